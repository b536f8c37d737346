# الإطار العام للموقع والأجزاء المشتركة بين الصفحات.

site-skip-main = انتقل إلى المحتوى الرئيسي
site-title-error = خطأ:
site-nav-label = القائمة الرئيسية
site-languages-label = اللغات
site-demo = هذا عرض تجريبي. الموقّعون فيه خياليون ولا تغادر هذا الجهازَ أيُّ رسالة.
site-footer-label = عن هذا الموقع
site-footer-what = { $name }: ما المطلوب، ومن وقّع، وما مواقف الدول.
site-footer-desk = مكتب العمل

site-nav-home = نظرة عامة
site-nav-statement = البيان
site-nav-sign = التوقيع
site-nav-signatories = الموقّعون
site-nav-states = مواقف الدول
site-nav-write = اكتب إلى حكومتك
site-nav-calendar = التقويم
site-nav-data = البيانات
site-nav-method = البيانات والمنهج
site-nav-verify = هل هذه الرسالة منّا؟
site-nav-privacy = الخصوصية

site-notice-good = تمّ.
site-notice-info = يُرجى الانتباه.
site-notice-wait = في الانتظار.
site-notice-bad = لم يتمّ ذلك.
site-consequence-what = ما الذي سيحدث
site-consequence-whom = من يشمله ذلك
site-consequence-undo = كيف يمكن التراجع

site-form-optional = (اختياري)
site-form-error = خطأ:
site-form-labelled = { $label }: { $text }
site-form-summary =
    { $count ->
        [zero] لا أخطاء
        [one] هناك خطأ واحد
        [two] هناك خطآن
        [few] هناك { $count } أخطاء
        [many] هناك { $count } خطأً
       *[other] هناك { $count } خطأ
    }
site-form-trap = اترك هذه الخانة فارغة
site-filter-apply = تطبيق
site-filter-clear = مسح

site-count-organisations =
    { $count ->
        [zero] { $shown } منظمة
        [one] منظمة واحدة
        [two] منظمتان
        [few] { $shown } منظمات
        [many] { $shown } منظمةً
       *[other] { $shown } منظمة
    }
site-count-individuals =
    { $count ->
        [zero] { $shown } فرد
        [one] فرد واحد
        [two] فردان
        [few] { $shown } أفراد
        [many] { $shown } فرداً
       *[other] { $shown } فرد
    }
# تأتي بعد «من».
site-count-countries =
    { $count ->
        [zero] { $shown } بلد
        [one] بلد واحد
        [two] بلدين
        [few] { $shown } بلدان
        [many] { $shown } بلداً
       *[other] { $shown } بلد
    }
# يليها التاريخ: انظر site-as-of.
site-count-both = { $first } و{ $second } من { $third }،
site-count-one = { $first } من { $third }،
site-as-of = حتى { $when }
site-time-local = { $when }، { $zone }
site-time-aoe = { $when }، في أي مكان على الأرض

site-paging-label = الصفحات
site-paging-range = { $from } إلى { $to } من أصل { $count }
site-paging-previous = السابقة
site-paging-next = التالية
site-paging-page = الصفحة { $number }

site-stance-strong_support = تأييد قوي
site-stance-support = تأييد
site-stance-neutral = حياد
site-stance-oppose = معارضة
site-stance-strong_oppose = معارضة شديدة
site-stance-silent = صمت
site-stance-no_data = لا بيانات
site-stance-then = ثم
site-stance-legend = مفتاح المواقف

site-map-skip = انتقل إلى الجدول الذي يحوي المعلومات نفسها
site-map-tile = { $name } ({ $code }): { $stance }
site-map-disclaimer = كل مربّع دولة واحدة وصوت واحد. لا معنى لموضع المربّع ولا لحجمه، ولا ينطويان على أي رأي في المركز القانوني لأي إقليم أو في حدوده.
site-chart-data = الأرقام وراء هذا الرسم
site-chart-session = الدورة
site-chart-shares = الحصص

site-progress-running = { $done } من { $total }
site-progress-done = انتهى: { $done } من { $total }
site-progress-stopped = أُوقف عند { $done } من { $total }
site-progress-failed = تعذّر عند { $done } من { $total }
site-progress-elapsed = مضى { $time }
site-progress-left = بقي نحو { $time }
site-progress-stop = إيقاف
site-progress-refresh = تحديث هذه الصفحة
site-progress-note = يمكنك إغلاق هذه الصفحة. يستمر العمل، ويُظهر هذا العنوان ما وصل إليه.

# صفحات تبيّن سبب عدم تلبية الطلب.
site-problem-not-found-title = الصفحة غير موجودة
site-problem-not-found-text = لا شيء في هذا العنوان. قد يكون مكتوباً خطأً أو مقطوعاً في رسالة.
site-problem-gone-title = لم تعد هنا
site-problem-gone-text = أُزيل ما كان في هذا العنوان.
site-problem-forbidden-title = دورك لا يسمح بذلك
site-problem-forbidden-text = لا يتيح حسابك هذا الإجراء. راجع أحد المنسّقين إن رأيت أنه ينبغي أن يتيحه.
site-problem-stale-form-title = انتهت صلاحية هذا النموذج
site-problem-stale-form-text = سجّلت الدخول أو الخروج بعد فتحه، أو أنه ورد من موقع آخر. عُد إلى الصفحة وحدّثها ثم أرسله من جديد.
site-problem-bad-form-title = تعذّرت قراءة النموذج
site-problem-bad-form-text = جزء مما أُرسل ناقص أو تالف. عُد وأرسله من جديد.
site-problem-bad-query-title = تعذّرت قراءة هذا العنوان
site-problem-bad-query-text = الجزء الذي يلي علامة الاستفهام تالف. احذفه وحاول مجدداً.
site-problem-bad-request-title = تعذّرت قراءة الطلب
site-problem-bad-request-text = عُد وحاول مجدداً.
site-problem-method-title = يعمل هذا العنوان بطريقة أخرى
site-problem-method-text = لم يتغيّر شيء. عُد واستخدم الزر الموجود في الصفحة.
site-problem-too-large-title = الحجم أكبر من المسموح
site-problem-too-large-text = ما أرسلته يتجاوز الحجم المقبول. لم يُحفظ شيء.
site-problem-too-many-title = محاولات كثيرة
site-problem-too-many-text = انتظر بضع دقائق ثم حاول مجدداً. لم يُفقد شيء لدينا.
site-problem-unexpected-title = حدث خلل لدينا
site-problem-unexpected-text = لم يُعرض ما أرسلته على أحد. حاول مجدداً بعد دقيقة، وإن تكرّر الخلل فأخبرنا بالرقم أدناه.
site-problem-number = رقم هذا الطلب

# Between a word and what it introduces, and between the parts of a line. The quoted spaces are kept as they are.
site-colon = :{" "}
site-full-stop = .{" "}
site-comma = ،{" "}
site-semicolon = ؛{" "}
site-deadline-extended = مُدّد الموعد النهائي في { $when }. وكان قبل ذلك:
