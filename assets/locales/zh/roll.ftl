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
roll-withheld-here = 该国出于安全不公布名称：{ $count }
roll-csv = 下载此名单（CSV）
roll-corrections = 更正
roll-correction = { $day }：撤回的签名：{ $count }
roll-nothing = 没有符合的名称
roll-nothing-text = 请减少字符或清除筛选。不公布的名称不会出现在此。
roll-withheld-name = 名称不公布
