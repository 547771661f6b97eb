# 核验问题：每个问题代码一条，说明问题和处理办法。$field 为字段名称（见 fields.ftl）。

product-class-missing = 未填写{ $field }。请补充险种类别后重新提交。

product-term-missing = 未填写{ $field }。请补充主险的保险期间后重新提交。

application-date-invalid =
    { $field }{ $reason ->
        [unset] 未填写
        [impossible] 不是有效日期
       *[future] 晚于核验当日
    }。请核对并更正。

field-missing = 缺少{ $field }。请让客户补充后重新提交。

field-placeholder = { $field }填写的是占位内容，视为未填写。请让客户提供真实信息。

birth-date-impossible =
    { $field }{ $reason ->
        [no-day] 不是有效日期
       *[future] 晚于投保申请日期
    }。请核对证件原件并更正。

id-number-length = { $field }有 { $length } 位，居民身份号码应为 18 位或 15 位。请核对证件原件并更正。

id-number-character = { $field }第 { $position } 位含有无效字符：只能是数字，18 位号码的末位可以是 X。请核对证件原件并更正。

id-number-province = { $field }前两位不是有效的省级代码。请核对证件类型和证件原件并更正。

id-number-date = { $field }中的出生日期不存在。请核对证件原件并更正。

id-number-future = { $field }中的出生日期晚于投保申请日期。请核对证件原件并更正。

id-number-age = 按{ $field }推算的年龄超过 { $limit } 周岁。请核对证件原件并更正。

id-number-check-character = { $field }的校验码不正确。请核对证件原件并更正。

sex-contradicts-id = { $field }与证件号码不一致。请核对证件原件并更正。

birth-date-contradicts-id = { $field }与证件号码不一致。请核对证件原件并更正。

payer-not-policyholder =
    { $field }与投保人姓名不一致，非投保人账户缴费{ $reason ->
        [none] 未经审批
        [other-account] 的审批不是针对该账号
        [incomplete] 的审批信息不完整
        [not-yet-approved] 的审批日期晚于投保申请日期
       *[expired] 的审批已过有效期
    }。请改用投保人本人账户，或按公司审批程序补充有效审批。

field-unreadable = { $field }含有控制字符。请在来源系统更正后重新提交。

field-too-long =
    { $field }{ $reason ->
        [too-long] 超过 { $limit } 个字符
       *[too-many] 超过 { $limit } 项
    }。请在来源系统更正后重新提交。

revision-superseded = { $field }不高于已记录的版本，本次内容仅留存，不生效。如需生效，请以更高的版本号重新提交。
