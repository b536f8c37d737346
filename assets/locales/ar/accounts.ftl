# Sign-in, roles and the audit trail.

accounts-email = البريد الإلكتروني
accounts-password = كلمة المرور
accounts-sign-in-title = تسجيل الدخول إلى المكتب
accounts-sign-in-button = تسجيل الدخول
accounts-error-refused = العنوان وكلمة المرور غير متطابقين. تحقق منهما ثم حاول مجددا
accounts-error-too-many = محاولات كثيرة لهذا العنوان. انتظر ربع ساعة ثم حاول مجددا
accounts-role-coordinator = منسق
accounts-role-campaigner = مسؤول الحملة
accounts-role-moderator = مشرف
accounts-role-reader = قارئ
accounts-audit-title = سجل التدقيق
accounts-audit-note = الأحدث أولا. لا تُحذف الأسطر ولا تُعدل، بل تُضاف فقط.
accounts-audit-when = متى
accounts-audit-who = من
accounts-audit-what = ماذا
accounts-audit-subject = الموضوع
accounts-audit-details = التفاصيل
accounts-audit-system = النظام أو زائر
accounts-audit-newer = الأسطر الأحدث
accounts-audit-older = الأسطر الأقدم
