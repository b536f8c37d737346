# Рамка рабочего стола и общие части его страниц.

desk-title = Рабочий стол
desk-menu = Меню
desk-nav-label = Рабочий стол
desk-public-site = Открытый сайт
desk-sign-out = Выйти
desk-nav-today = Сегодня
desk-nav-statement = Заявление
desk-nav-signatures = Подписи
desk-nav-waves = Закрытые списки
desk-nav-states = Государства
desk-nav-letters = Письма
desk-nav-replies = Ответы
desk-nav-positions = Позиции
desk-nav-briefing = Справка
desk-nav-calendar = Календарь
desk-nav-people = Сотрудники
desk-nav-settings = Настройки
desk-nav-work = Текущие работы
desk-nav-mailbox = Почтовый ящик
desk-nav-audit = Журнал
desk-nav-waiting =
    { $count ->
        [one] { $count } ожидает
        [few] { $count } ожидают
        [many] { $count } ожидают
       *[other] { $count } ожидает
    }

desk-shortcuts-title = Сочетания клавиш
desk-shortcuts-note = Клавиши нажимают одну за другой: сначала g, затем букву.
desk-shortcuts-list = Показать этот список
desk-shortcuts-search = Перейти к полю поиска
desk-shortcuts-next = Следующая строка
desk-shortcuts-previous = Предыдущая строка
desk-shortcuts-tick = Отметить строку
desk-shortcuts-off = Отключить сочетания клавиш на этом устройстве

desk-bulk-shown =
    { $count ->
        [one] Показана { $count } строка
        [few] Показаны { $count } строки
        [many] Показано { $count } строк
       *[other] Показано { $count } строки
    }
desk-bulk-chosen = Выбрано:
desk-release-send = Каждое письмо уходит по электронной почте, одно за другим, и хранится как отправленное.
desk-release-rehearsal = Каждое письмо верстается, сообщение готовится. Ничего не отправляется.
desk-release-undo = Отправленное вернуть нельзя. Остальное можно остановить.
desk-release-whom = Адресаты: { $count }
desk-nav-plan = План
