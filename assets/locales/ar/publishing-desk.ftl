# الصفحة الأولى للمكتب.

publishing-today-days = الأيام الباقية: { $count }
publishing-today-what = ماذا
publishing-today-count = العدد
publishing-today-waits = ما ينتظر
publishing-today-late = ما تأخّر
publishing-today-moved = ما تحرّك في آخر 30 يوماً
publishing-today-moved-none = لم يتحرك أي موقف.
publishing-today-replies = ردود آخر 30 يوماً
publishing-today-replies-none = لم يُسجَّل أي رد.
publishing-today-vetting = توقيعات للتحقق
publishing-today-corrections = تصحيحات الأسماء
publishing-today-proposals = أدلة مقترحة من الردود
publishing-today-blocked = رسائل أوقفها فحص
publishing-today-approval = جولات تنتظر الموافقة
publishing-today-release = جولات تنتظر الإطلاق
publishing-today-failed = أعمال فاشلة
publishing-today-late-vetting = توقيعات تنتظر أكثر من 3 أيام
publishing-today-late-proposals = مقترحات تنتظر أكثر من 7 أيام
publishing-today-late-rounds = جولات لم تُرسل مع أن حدثها قد بدأ
publishing-today-bounced = رسائل مرتدة
publishing-today-late-work = أعمال مستحقة لم تبدأ
publishing-reply-acknowledgement = إشعار استلام
publishing-reply-supportive = مؤيد
publishing-reply-non_committal = غير ملتزم
publishing-reply-negative = سلبي
publishing-reply-referred = أُحيل
