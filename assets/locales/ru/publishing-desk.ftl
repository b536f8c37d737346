# Первая страница рабочего стола.

publishing-today-days = Осталось дней: { $count }
publishing-today-what = Что
publishing-today-count = Сколько
publishing-today-waits = Что ждёт
publishing-today-late = Что просрочено
publishing-today-moved = Что изменилось за 30 дней
publishing-today-moved-none = Позиции не менялись.
publishing-today-replies = Ответы за 30 дней
publishing-today-replies-none = Ответов не записано.
publishing-today-vetting = Подписи на проверку
publishing-today-corrections = Исправления имён
publishing-today-proposals = Данные, предложенные по ответам
publishing-today-blocked = Письма, остановленные проверкой
publishing-today-approval = Рассылки ждут одобрения
publishing-today-release = Рассылки ждут отправки
publishing-today-failed = Сбои в работе
publishing-today-late-vetting = Подписи ждут больше 3 дней
publishing-today-late-proposals = Предложения ждут больше 7 дней
publishing-today-late-rounds = Раунды не отправлены, хотя событие уже началось
publishing-today-bounced = Вернувшиеся письма
publishing-today-late-work = Работа не начата в срок
publishing-reply-acknowledgement = подтверждение получения
publishing-reply-supportive = поддержка
publishing-reply-non_committal = без обязательств
publishing-reply-negative = отрицательный
publishing-reply-referred = передано другим
