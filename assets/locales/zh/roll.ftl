# The public list of signatories.

roll-kind-organisation = 组织
roll-kind-network = 网络
roll-kind-individual = 个人
roll-of-these = 其中网络：{ $networks }。出于安全不公布名称：{ $withheld }。
roll-filter-kind = 类型
roll-filter-country = 国家
roll-filter-search = 搜索名称
roll-filter-state = 状态
roll-all = 全部
roll-withheld-here = 该国因安全原因不公开的名称，至少：{ $count }
roll-csv = 下载此名单（CSV）
roll-corrections = 更正
roll-correction = { $day }：撤回的签名：{ $count }
roll-nothing = 没有符合的名称
roll-nothing-text = 请减少字符或清除筛选。不公布的名称不会出现在此。
roll-withheld-name = 名称不公布
wave-names-removed = 此后应签署者要求删除的名称：{ $count }。数字保持冻结时的状态。
wave-kit = 转发
wave-kit-note = 如果您已签署，欢迎使用以下文字，也可用于贵方网站：
wave-kit-text = 我们签署了《{ $statement }》。目前已签署：{ $counts }。
wave-frozen-lists = 已冻结并递交的名单：
