# 工作台的框架以及各页共用的部分。

desk-title = 工作台
desk-menu = 菜单
desk-nav-label = 工作台
desk-public-site = 公开网站
desk-sign-out = 退出登录
desk-nav-today = 今日
desk-nav-statement = 联合声明
desk-nav-signatures = 签名
desk-nav-waves = 定稿名单
desk-nav-states = 国家
desk-nav-letters = 信函
desk-nav-replies = 答复
desk-nav-positions = 立场
desk-nav-briefing = 简报
desk-nav-calendar = 日程
desk-nav-people = 人员
desk-nav-settings = 设置
desk-nav-work = 进行中的工作
desk-nav-mailbox = 邮箱
desk-nav-audit = 审计记录
desk-nav-waiting =
    { $count ->
       *[other] { $count } 项待处理
    }

desk-shortcuts-title = 键盘快捷键
desk-shortcuts-note = 依次按键：先按 g，再按字母。
desk-shortcuts-list = 显示本列表
desk-shortcuts-search = 转到搜索栏
desk-shortcuts-next = 下一行
desk-shortcuts-previous = 上一行
desk-shortcuts-tick = 勾选此行
desk-shortcuts-off = 在本机关闭快捷键

desk-bulk-shown =
    { $count ->
       *[other] 显示 { $count } 行
    }
desk-bulk-chosen = 已选：
desk-release-send = 每封信逐一以电子邮件发出，并按发出时的样子保存。
desk-release-rehearsal = 每封信都会排版并写好邮件，但不会发出。
desk-release-undo = 已发出的无法撤回，其余可以停止。
desk-release-whom = 收件人：{ $count }
desk-nav-plan = 计划
