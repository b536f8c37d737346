# The demonstration's mailbox.

mailbox-title = 演示邮箱
mailbox-lead = 演示写出的每封邮件都保存在这里，不会离开本机。
mailbox-caption = 邮件：{ $count }
mailbox-subject = 主题
mailbox-from = 发件人
mailbox-to = 收件人
mailbox-date = 日期
mailbox-files = 附件
mailbox-bytes = { $count } 字节
mailbox-text = 正文
mailbox-empty = 还没有邮件
mailbox-empty-text = 签署声明后，确认邮件会出现在这里。
