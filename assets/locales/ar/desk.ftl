# إطار مكتب العمل وما تشترك فيه صفحاته.

desk-title = مكتب العمل
desk-menu = القائمة
desk-nav-label = مكتب العمل
desk-public-site = الموقع العام
desk-sign-out = تسجيل الخروج
desk-nav-today = اليوم
desk-nav-statement = البيان
desk-nav-signatures = التوقيعات
desk-nav-waves = القوائم المغلقة
desk-nav-states = الدول
desk-nav-letters = الرسائل
desk-nav-replies = الردود
desk-nav-positions = المواقف
desk-nav-briefing = ورقة الإحاطة
desk-nav-calendar = التقويم
desk-nav-people = فريق العمل
desk-nav-settings = الإعدادات
desk-nav-work = الأعمال الجارية
desk-nav-mailbox = صندوق البريد
desk-nav-audit = سجل التغييرات
desk-nav-waiting =
    { $count ->
        [zero] لا شيء في الانتظار
        [one] واحد في الانتظار
        [two] اثنان في الانتظار
        [few] { $count } في الانتظار
        [many] { $count } في الانتظار
       *[other] { $count } في الانتظار
    }

desk-shortcuts-title = اختصارات لوحة المفاتيح
desk-shortcuts-note = تُضغط المفاتيح واحداً بعد الآخر: g ثم الحرف.
desk-shortcuts-list = إظهار هذه القائمة
desk-shortcuts-search = الانتقال إلى خانة البحث
desk-shortcuts-next = الصف التالي
desk-shortcuts-previous = الصف السابق
desk-shortcuts-tick = تأشير الصف
desk-shortcuts-off = إيقاف الاختصارات على هذا الجهاز

desk-bulk-shown =
    { $count ->
        [zero] لا صفوف معروضة
        [one] صف واحد معروض
        [two] صفّان معروضان
        [few] { $count } صفوف معروضة
        [many] { $count } صفاً معروضاً
       *[other] { $count } صف معروض
    }
desk-bulk-chosen = المختار:
desk-release-send = تخرج كل رسالة بالبريد الإلكتروني، واحدة تلو الأخرى، وتُحفظ كما أُرسلت.
desk-release-rehearsal = تُنضَّد كل رسالة ويُكتب بريدها. ولا يخرج شيء.
desk-release-undo = ما خرج لا يمكن استرجاعه. ويمكن إيقاف الباقي.
desk-release-whom = عدد المخاطبين: { $count }
desk-nav-plan = الخطة
