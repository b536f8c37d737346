# Общая рамка сайта и части, из которых состоят все страницы.

site-skip-main = Перейти к основному содержанию
site-title-error = Ошибка:
site-nav-label = Главное меню
site-languages-label = Языки
site-demo = Это демонстрация. Подписавшие вымышлены, и ни одно сообщение не покидает этот компьютер.
site-footer-label = Об этом сайте
site-footer-what = { $name }: о чём мы просим, кто подписал и какова позиция государств.
site-footer-desk = Рабочий стол

site-nav-home = Обзор
site-nav-statement = Заявление
site-nav-sign = Подписать
site-nav-signatories = Подписавшие
site-nav-states = Позиции государств
site-nav-write = Написать правительству
site-nav-calendar = Календарь
site-nav-data = Данные
site-nav-method = Данные и метод
site-nav-verify = Это письмо от нас?
site-nav-privacy = Конфиденциальность

site-notice-good = Готово.
site-notice-info = Обратите внимание.
site-notice-wait = Ожидание.
site-notice-bad = Не получилось.
site-consequence-what = Что произойдёт
site-consequence-whom = Кого это коснётся
site-consequence-undo = Как это отменить

site-form-optional = (необязательно)
site-form-error = Ошибка:
site-form-labelled = { $label }: { $text }
site-form-summary =
    { $count ->
        [one] Нужно исправить { $count } пункт
        [few] Нужно исправить { $count } пункта
        [many] Нужно исправить { $count } пунктов
       *[other] Нужно исправить { $count } пункта
    }
site-form-trap = Оставьте это поле пустым
site-filter-apply = Применить
site-filter-clear = Сбросить

site-count-organisations =
    { $count ->
        [one] { $shown } организация
        [few] { $shown } организации
        [many] { $shown } организаций
       *[other] { $shown } организации
    }
site-count-individuals =
    { $count ->
        [one] { $shown } частное лицо
        [few] { $shown } частных лица
        [many] { $shown } частных лиц
       *[other] { $shown } частных лица
    }
# Следует за «из».
site-count-countries =
    { $count ->
        [one] { $shown } страны
        [few] { $shown } стран
        [many] { $shown } стран
       *[other] { $shown } страны
    }
# Далее следует дата: см. site-as-of.
site-count-both = { $first } и { $second } из { $third },
site-count-one = { $first } из { $third },
site-as-of = по состоянию на { $when }
site-time-local = { $when }, { $zone }
site-time-aoe = { $when }, в любой точке Земли

site-paging-label = Страницы
site-paging-range = { $from }–{ $to } из { $count }
site-paging-previous = Назад
site-paging-next = Вперёд
site-paging-page = Страница { $number }

site-stance-strong_support = Решительная поддержка
site-stance-support = Поддержка
site-stance-neutral = Нейтрально
site-stance-oppose = Против
site-stance-strong_oppose = Решительно против
site-stance-silent = Молчание
site-stance-no_data = Нет данных
site-stance-then = затем
site-stance-legend = Обозначения позиций

site-map-skip = Перейти к таблице с теми же сведениями
site-map-tile = { $name } ({ $code }): { $stance }
site-map-disclaimer = Одна клетка — одно государство и один голос. Место и размер клетки ничего не означают и ничего не говорят о правовом статусе какой-либо территории или о её границах.
site-chart-data = Числа к этому графику
site-chart-session = Сессия
site-chart-shares = Доли

site-progress-running = { $done } из { $total }
site-progress-done = Завершено: { $done } из { $total }
site-progress-stopped = Остановлено: { $done } из { $total }
site-progress-failed = Сбой: { $done } из { $total }
site-progress-elapsed = прошло { $time }
site-progress-left = осталось около { $time }
site-progress-stop = Остановить
site-progress-refresh = Обновить страницу
site-progress-note = Эту страницу можно закрыть. Работа продолжится, а по этому адресу видно, как она идёт.

# Страницы, объясняющие, почему запрос не выполнен.
site-problem-not-found-title = Страница не найдена
site-problem-not-found-text = По этому адресу ничего нет. Возможно, он набран с ошибкой или обрезан в письме.
site-problem-gone-title = Этой страницы больше нет
site-problem-gone-text = То, что находилось по этому адресу, удалено.
site-problem-forbidden-title = Ваша роль этого не позволяет
site-problem-forbidden-text = У вашей учётной записи нет права на это действие. Если считаете, что оно нужно, обратитесь к координатору.
site-problem-stale-form-title = Форма устарела
site-problem-stale-form-text = Вы вошли или вышли после того, как её открыли, либо она пришла с другого сайта. Вернитесь, обновите страницу и отправьте форму снова.
site-problem-bad-form-title = Не удалось прочитать форму
site-problem-bad-form-text = Часть отправленного отсутствует или повреждена. Вернитесь и отправьте форму снова.
site-problem-bad-query-title = Не удалось прочитать адрес
site-problem-bad-query-text = Часть адреса после вопросительного знака повреждена. Удалите её и попробуйте снова.
site-problem-bad-request-title = Не удалось прочитать запрос
site-problem-bad-request-text = Вернитесь и попробуйте снова.
site-problem-method-title = Этот адрес работает иначе
site-problem-method-text = Ничего не изменено. Вернитесь и воспользуйтесь кнопкой на странице.
site-problem-too-large-title = Слишком большой объём
site-problem-too-large-text = Отправленное превышает допустимый размер. Ничего не сохранено.
site-problem-too-many-title = Слишком много попыток
site-problem-too-many-text = Подождите несколько минут и попробуйте снова. С нашей стороны ничего не потеряно.
site-problem-unexpected-title = Сбой на нашей стороне
site-problem-unexpected-text = Отправленное вами никому не показано. Попробуйте через минуту; если сбой повторится, сообщите нам номер, указанный ниже.
site-problem-number = Номер этого запроса

# Between a word and what it introduces, and between the parts of a line. The quoted spaces are kept as they are.
site-colon = :{" "}
site-full-stop = .{" "}
site-comma = ,{" "}
site-semicolon = ;{" "}
site-deadline-extended = Срок был продлён { $when }. Прежний срок:
