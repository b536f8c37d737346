# The public list of signatories.

roll-kind-organisation = منظمة
roll-kind-network = شبكة
roll-kind-individual = فرد
roll-of-these = منها شبكات: { $networks }. أسماء محجوبة لأسباب أمنية: { $withheld }.
roll-filter-kind = النوع
roll-filter-country = البلد
roll-filter-search = البحث عن اسم
roll-filter-state = الحالة
roll-all = الكل
roll-withheld-here = أسماء محجوبة لأسباب أمنية في هذا البلد: { $count }
roll-csv = هذه القائمة بصيغة CSV
roll-corrections = تصويبات
roll-correction = { $day }: التوقيعات المسحوبة: { $count }
roll-nothing = لا يوجد اسم مطابق
roll-nothing-text = جرّب حروفا أقل أو أزل عوامل التصفية. لا تظهر الأسماء المحجوبة هنا أبدا.
roll-withheld-name = الاسم محجوب
