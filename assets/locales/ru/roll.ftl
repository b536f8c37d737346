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
roll-withheld-here = Имён не разглашается в этой стране: { $count }
roll-csv = Этот список в CSV
roll-corrections = Исправления
roll-correction = { $day }: отозвано подписей: { $count }
roll-nothing = Ничего не найдено
roll-nothing-text = Попробуйте меньше букв или снимите фильтры. Неразглашаемые имена здесь не находятся.
roll-withheld-name = Имя не разглашается
