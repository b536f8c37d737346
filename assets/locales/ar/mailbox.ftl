# The demonstration's mailbox.

mailbox-title = صندوق بريد العرض التجريبي
mailbox-lead = كل رسالة يكتبها العرض التجريبي تنتهي هنا. لا شيء يغادر هذا الجهاز.
mailbox-caption = الرسائل: { $count }
mailbox-subject = الموضوع
mailbox-from = من
mailbox-to = إلى
mailbox-date = التاريخ
mailbox-files = الملفات
mailbox-bytes = { $count } بايت
mailbox-text = النص
mailbox-empty = لا توجد رسائل بعد
mailbox-empty-text = وقّع البيان فتظهر هنا رسالة طلب التأكيد.
