# zhenshi explain、ExplainCertificate 与 zhenshi config check 的用语。check-… 说明各代码所检查的内容。

explain-valid = 通过。
explain-invalid = 未通过。
explain-normalized = 规范形式
explain-birth-date = 出生日期
explain-sex = 性别
explain-sex-male = 男
explain-sex-female = 女
explain-region = 地区

check-passed = 已通过：{ $check }。
check-field-missing = 已填写
check-field-placeholder = 不是占位内容
check-id-number-length = 位数
check-id-number-character = 字符
check-id-number-province = 省级代码
check-id-number-date = 号码中的出生日期
check-id-number-future = 出生日期不晚于投保申请日期
check-id-number-age = 按号码推算的年龄
check-id-number-check-character = 校验码（MOD 11-2）
check-region-code-unknown = 地区代码已收录
check-region-code-not-in-force = 出生当年的地区代码
check-certificate-number-format = 号码格式
check-certificate-number-check-digit = 校验位（权数 7-3-1）
check-certificate-number-unusual = 常见形式
check-phone-format = 完整的电话号码
check-phone-unassigned = 手机号段已启用
check-phone-not-personal = 个人使用的号码
check-phone-unusual = 常见号段
check-account-format = 账号格式
check-account-damaged = 号码未受损
check-account-check-digit = 银行卡校验位（Luhn）
check-account-kind-doubtful = 按号码判断的账户类型
check-name-format = 姓名用字与间隔号
check-name-not-personal = 自然人姓名
check-name-unusual = 姓名的常见形式
check-address-unusable = 信件可以送达
check-address-incomplete = 省、市、区县与详细地址齐全
check-email-format = 电子邮箱格式

field-certificate-number = 证件号码
field-phone = 电话
field-account-number = 银行账号
field-name = 姓名
field-address = 联系地址
field-email = 电子邮箱
field-sex = 性别
field-birth-date = 出生日期
field-certificate-valid-until = 证件有效期
field-phones = 电话
field-nationality = 国籍

profile-default = 全部按规定各条的默认方式核验。
profile-minor-all-fields = 未满 18 周岁的被保险人可以不填第五条要求的全部内容，不限于证件号码。
profile-weight =
    { $severity ->
        [blocking] 为阻断
        [advisory] 为提示
       *[off] 已关闭
    }
profile-default-weight =
    { $severity ->
        [blocking] 默认为阻断
       *[advisory] 默认为提示
    }
profile-everywhere = 全部范围
profile-channel =
    { $channel ->
        [individual_agents] 个人营销员渠道
        [bancassurance] 银保渠道
        [intermediaries] 中介渠道
       *[direct] 直销渠道
    }
profile-product = 产品 { $product }
profile-from = 投保申请日期自 { $from } 起
profile-until = 投保申请日期至 { $until } 止
profile-from-until = 投保申请日期自 { $from } 至 { $until }
profile-rule = { $where }：{ $code } { $weight }（{ $default }）。
profile-required = { $where }：{ $party ->
        [policyholder] 投保人
       *[insured] 每一被保险人
    }须填写{ $field }。

# Clues of the daily list
clue-same-phone = 同一电话
clue-same-bank-account = 同一银行账号
clue-seller-contact = 疑似使用销售人员联系方式
clue-identity-conflict = 证件号码相同而姓名不同
clue-same-person-twice = 疑似同一客户
profile-clue-off = 问题件清单不排查“{ $clue }”。
profile-clue =
    问题件清单自 { $threshold } 名客户起排查“{ $clue }”；已申报的亲属{ $family ->
        [low_priority] 以低优先级列入
       *[excused] 不列入
    }。
