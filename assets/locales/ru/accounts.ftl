# Sign-in, roles and the audit trail.

accounts-email = Электронная почта
accounts-password = Пароль
accounts-sign-in-title = Вход в рабочий кабинет
accounts-sign-in-button = Войти
accounts-error-refused = Адрес и пароль не подходят друг к другу. Проверьте их и попробуйте снова
accounts-error-too-many = Слишком много попыток для этого адреса. Подождите четверть часа и попробуйте снова
accounts-role-coordinator = Координатор
accounts-role-campaigner = Ответственный за кампанию
accounts-role-moderator = Модератор
accounts-role-reader = Читатель
accounts-audit-title = Журнал аудита
accounts-audit-note = Сначала новые. Строки только добавляются.
accounts-audit-when = Когда
accounts-audit-who = Кто
accounts-audit-what = Что
accounts-audit-subject = Объект
accounts-audit-details = Подробности
accounts-audit-system = система или посетитель
accounts-audit-newer = Более новые строки
accounts-audit-older = Более старые строки
