# The public list of signatories.

roll-kind-organisation = Организация
roll-kind-network = Сеть
roll-kind-individual = Частное лицо
roll-of-these = В том числе сетей: { $networks }. Имён не разглашается: { $withheld }.
roll-filter-kind = Вид
roll-filter-country = Страна
roll-filter-search = Поиск по имени
roll-filter-state = Состояние
roll-all = Все
roll-withheld-here = Имена, не названные из соображений безопасности, в этой стране, не менее: { $count }
roll-csv = Этот список в CSV
roll-corrections = Исправления
roll-correction = { $day }: отозвано подписей: { $count }
roll-nothing = Ничего не найдено
roll-nothing-text = Попробуйте меньше букв или снимите фильтры. Неразглашаемые имена здесь не находятся.
roll-withheld-name = Имя не разглашается
wave-names-removed = С тех пор по просьбе подписавших убрано имён: { $count }. Числа остаются такими, какими были зафиксированы.
wave-kit = Для распространения
wave-kit-note = Если вы подписали, можете использовать эти слова, в том числе на своём сайте:
wave-kit-text = Мы подписали «{ $statement }». Уже подписали: { $counts }.
wave-frozen-lists = Списки, как они были зафиксированы и переданы:
