# 公开页面的框架以及各页共用的部分。

site-skip-main = 跳到主要内容
site-title-error = 有误：
site-nav-label = 主导航
site-languages-label = 语言
site-demo = 这是演示。签署方均为虚构，任何信件都不会离开本机。
site-footer-label = 关于本网站
site-footer-what = { $name }：诉求是什么，谁已签署，各国立场如何。
site-footer-desk = 工作台

site-nav-home = 概览
site-nav-statement = 联合声明
site-nav-sign = 签署
site-nav-signatories = 签署方
site-nav-states = 各国立场
site-nav-write = 致函本国政府
site-nav-calendar = 日程
site-nav-data = 数据
site-nav-method = 数据与方法
site-nav-verify = 这封信是我们发的吗？
site-nav-privacy = 隐私

site-notice-good = 已完成。
site-notice-info = 请注意。
site-notice-wait = 等待中。
site-notice-bad = 未能完成。
site-consequence-what = 将会发生什么
site-consequence-whom = 涉及何人
site-consequence-undo = 如何撤销

site-form-optional = （选填）
site-form-error = 有误：
site-form-labelled = { $label }：{ $text }
site-form-summary =
    { $count ->
       *[other] 有 { $count } 处需要更正
    }
site-form-trap = 请将此栏留空
site-filter-apply = 应用
site-filter-clear = 清除

site-count-organisations =
    { $count ->
       *[other] { $shown } 个组织
    }
site-count-individuals =
    { $count ->
       *[other] { $shown } 位个人
    }
# 接在“来自”之后。
site-count-countries =
    { $count ->
       *[other] { $shown } 个国家
    }
# 其后为日期：见 site-as-of。
site-count-both = 来自 { $third }的 { $first }和 { $second }，
site-count-one = 来自 { $third }的 { $first }，
site-as-of = 截至 { $when }
site-time-local = { $when }，{ $zone }
site-time-aoe = { $when }（以地球上最晚的时区为准）

site-paging-label = 分页
site-paging-range = 第 { $from } 至 { $to } 条，共 { $count } 条
site-paging-previous = 上一页
site-paging-next = 下一页
site-paging-page = 第 { $number } 页

site-stance-strong_support = 坚决支持
site-stance-support = 支持
site-stance-neutral = 中立
site-stance-oppose = 反对
site-stance-strong_oppose = 坚决反对
site-stance-silent = 未表态
site-stance-no_data = 无数据
site-stance-then = 之后
site-stance-legend = 立场图例

site-map-skip = 转到内容相同的表格
site-map-tile = { $name }（{ $code }）：{ $stance }
site-map-disclaimer = 一格代表一个国家、一票。格子的位置和大小没有任何含义，也不表示对任何领土的法律地位或边界的任何意见。
site-chart-data = 本图所用数字
site-chart-session = 届会
site-chart-shares = 占比

site-progress-running = { $done } / { $total }
site-progress-done = 已完成：{ $done } / { $total }
site-progress-stopped = 已停止：{ $done } / { $total }
site-progress-failed = 出错：{ $done } / { $total }
site-progress-elapsed = 已用 { $time }
site-progress-left = 约剩 { $time }
site-progress-stop = 停止
site-progress-refresh = 刷新本页
site-progress-note = 您可以关闭本页。工作会继续进行，随时可在此网址查看进度。

# 说明请求未获处理之原因的页面。
site-problem-not-found-title = 找不到页面
site-problem-not-found-text = 此网址没有内容。网址可能输入有误，或在邮件中被截断。
site-problem-gone-title = 内容已移除
site-problem-gone-text = 此网址原有的内容已被移除。
site-problem-forbidden-title = 您的角色无此权限
site-problem-forbidden-text = 您的账号不能进行此操作。如认为应有权限，请联系协调员。
site-problem-stale-form-title = 表单已失效
site-problem-stale-form-text = 表单打开之后您曾登录或退出，或者表单来自其他网站。请返回、刷新页面后重新提交。
site-problem-bad-form-title = 无法读取表单
site-problem-bad-form-text = 提交的内容有缺失或损坏。请返回并重新提交。
site-problem-bad-query-title = 无法读取此网址
site-problem-bad-query-text = 问号之后的部分已损坏。请将其删除后重试。
site-problem-bad-request-title = 无法读取请求
site-problem-bad-request-text = 请返回并重试。
site-problem-method-title = 此网址的用法不同
site-problem-method-text = 没有任何改动。请返回并使用页面上的按钮。
site-problem-too-large-title = 内容过大
site-problem-too-large-text = 您提交的内容超过允许的大小，未予保存。
site-problem-too-many-title = 尝试次数过多
site-problem-too-many-text = 请等待几分钟后再试。我们这边没有丢失任何内容。
site-problem-unexpected-title = 我们这边出了问题
site-problem-unexpected-text = 您提交的内容没有向任何人显示。请一分钟后再试；如再次出现，请将下面的编号告诉我们。
site-problem-number = 本次请求的编号

# Between a word and what it introduces, and between the parts of a line. The quoted spaces are kept as they are.
site-colon = ：
site-full-stop = 。
site-comma = ，
site-semicolon = ；
site-deadline-extended = 截止时间已于 { $when } 延长。原截止时间：
