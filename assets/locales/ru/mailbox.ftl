# The demonstration's mailbox.

mailbox-title = Почтовый ящик демонстрации
mailbox-lead = Все письма демонстрации остаются здесь. Ничего не покидает эту машину.
mailbox-caption = Письма: { $count }
mailbox-subject = Тема
mailbox-from = От
mailbox-to = Кому
mailbox-date = Дата
mailbox-files = Файлы
mailbox-bytes = байт: { $count }
mailbox-text = Текст
mailbox-empty = Писем пока нет
mailbox-empty-text = Подпишите заявление, и письмо с просьбой о подтверждении появится здесь.
