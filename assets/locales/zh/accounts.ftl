# Sign-in, roles and the audit trail.

accounts-email = 电子邮箱
accounts-password = 密码
accounts-sign-in-title = 登录工作台
accounts-sign-in-button = 登录
accounts-error-refused = 邮箱与密码不匹配。请检查后重试
accounts-error-too-many = 该邮箱尝试次数过多。请等待一刻钟后重试
accounts-role-coordinator = 协调员
accounts-role-campaigner = 倡导员
accounts-role-moderator = 审核员
accounts-role-reader = 读者
accounts-audit-title = 审计记录
accounts-audit-note = 最新在前。记录只增不改。
accounts-audit-when = 时间
accounts-audit-who = 人员
accounts-audit-what = 操作
accounts-audit-subject = 对象
accounts-audit-details = 详情
accounts-audit-system = 系统或访客
accounts-audit-newer = 较新记录
accounts-audit-older = 较旧记录
