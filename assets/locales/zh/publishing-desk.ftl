# 工作台首页。

publishing-today-days = 剩余天数：{ $count }
publishing-today-what = 事项
publishing-today-count = 数量
publishing-today-waits = 待处理
publishing-today-late = 已逾期
publishing-today-moved = 近30天变化
publishing-today-moved-none = 立场没有变化。
publishing-today-replies = 近30天复函
publishing-today-replies-none = 没有记录复函。
publishing-today-vetting = 待审核签名
publishing-today-corrections = 名称更正
publishing-today-proposals = 由复函提出的证据
publishing-today-blocked = 被检查拦下的信函
publishing-today-approval = 待批准的批次
publishing-today-release = 待发出的批次
publishing-today-failed = 失败的任务
publishing-today-late-vetting = 等待超过3天的签名
publishing-today-late-proposals = 等待超过7天的提议
publishing-today-late-rounds = 活动已开始而尚未发送的批次
publishing-today-bounced = 退回的信函
publishing-today-late-work = 到期未开始的任务
publishing-reply-acknowledgement = 收悉
publishing-reply-supportive = 支持
publishing-reply-non_committal = 未表态
publishing-reply-negative = 否定
publishing-reply-referred = 已转交
