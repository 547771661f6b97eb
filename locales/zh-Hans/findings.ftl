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

region-code-unknown = { $field }前六位的行政区划代码不在已知代码表中。真实证件也可能如此，请核对证件原件。

region-code-not-in-force =
    { $field }前六位的行政区划代码在出生年份{ $reason ->
        [not-yet] 尚未启用（{ $year } 年启用）
       *[no-longer] 已经停用（{ $year } 年停用）
    }。可能是登记较晚或沿用旧代码，请核对证件原件。

certificate-number-format =
    { $field }不符合{ $kind ->
        [hk-macau-residence-permit] 港澳居民居住证号码的格式：以 810000 或 820000 开头的 18 位
        [taiwan-residence-permit] 台湾居民居住证号码的格式：以 830000 开头的 18 位
        [foreigner-permanent-residence] 外国人永久居留身份证号码的格式：以 9 开头的 18 位，或旧版 3 位国家代码加 12 位数字
        [hk-macau-travel-permit] 港澳居民来往内地通行证号码的格式：H 或 M 加 8 位数字，可再加 2 位换证次数
        [taiwan-travel-permit] 台湾居民来往大陆通行证号码的格式：8 位数字，旧版为 10 位数字
        [prc-passport] 中国护照号码的格式：例如 E 加 8 位数字，或 E 加 1 个字母（不含 I、O）和 7 位数字
        [foreign-passport] 护照号码的格式：5 至 15 位字母和数字
        [mrz] 护照机读码的格式：两行，每行 44 个字符
       *[birth-certificate] 出生医学证明编号的格式：1 个字母加 9 位数字，或 8 位出生日期
    }。请核对证件类型和证件原件并更正。

certificate-number-check-digit =
    { $field }中{ $part ->
        [card] 末位
        [document-number] 护照号码
        [birth-date] 出生日期
        [expiry-date] 有效期
        [optional-data] 可选数据
       *[composite] 机读码整体
    }的校验码不正确。请核对证件原件并更正。

certificate-number-unusual = { $field }的格式少见，无法核对。请核对证件原件。

certificate-expired = { $field }早于投保申请日期，证件已过期。请让客户提供有效证件后更正。

certificate-expiry-impossible = { $field }不是有效日期。请核对证件原件并更正。

certificate-expiry-missing = 未填写{ $field }。护照和通行证都有有效期，请核对证件原件并补充。

certificate-kind-age =
    { $field }与年龄不符：{ $reason ->
        [too-old] 只适用于未满 { $limit } 周岁的人
       *[too-young] 只适用于年满 { $limit } 周岁的人
    }。请核对证件类型和出生日期并更正。

certificate-kind-nationality =
    { $field }与国籍不符：{ $reason ->
        [chinese] 该证件只签发给外国人，国籍却为中国
       *[foreign] 该证件只签发给中国公民，国籍却为外国
    }。请核对证件类型和国籍并更正。

sex-contradicts-id = { $field }与证件号码不一致。请核对证件原件并更正。

birth-date-contradicts-id = { $field }与证件号码不一致。请核对证件原件并更正。

phone-format =
    { $field }不是完整的电话号码：{ $reason ->
        [characters] 含有缺失或多余的字符
        [length] 位数不正确
        [area-code] 缺少区号或区号不存在
       *[foreign] 该国家或地区没有这样的号码
    }。请向客户核实并更正。

phone-unassigned = { $field }所属号段未启用。请向客户核实并更正。

phone-not-personal =
    { $field }是{ $reason ->
        [machine] 物联网号码
        [hotline] 企业热线号码
       *[service] 服务号码
    }，无法联系到本人。请让客户提供本人的电话。

phone-unusual =
    { $field }是{ $reason ->
        [satellite] 卫星电话号码
        [emergency] 应急通信号码
        [area-length] 比该区号的号码多一位的固定电话
       *[data-card] 上网卡号段的号码
    }，较为少见。请确认可以接通客户本人。

account-format =
    { $field }不是有效的账号：{ $reason ->
        [characters] 含有无效字符
       *[length] 位数与账户类型不符
    }。请核对银行卡或存折并更正。

account-damaged =
    { $field }已损坏：{ $reason ->
        [scientific] 被电子表格转换成了科学计数法
        [zeros] 第十五位以后的数字被电子表格变成了零
       *[masked] 被遮蔽或截断
    }。请按银行卡或存折以文本方式重新录入。

account-check-digit = { $field }的末位校验码不正确。请核对银行卡并更正。

account-kind-doubtful = { $field }的位数与银行卡相同，但不符合银行卡的校验规则。请注明账户类型并核对账号。

name-format =
    { $field }不是有效的姓名：{ $reason ->
        [damaged] 有字符丢失（问号、空框等）
        [digit] 含有数字
        [symbol] 含有无效符号
        [separator] 间隔符位于首尾或重复
       *[too-long] 过长
    }。请核对证件原件并更正。

name-not-personal =
    { $field }不是个人姓名：{ $reason ->
        [organisation] 是单位名称
       *[title] 是姓氏加称谓
    }。请按证件填写全名。

name-unusual =
    { $field }较为少见：{ $reason ->
        [one-character] 只有一个字
        [mixed] 汉字与字母混用
       *[script] 既不是汉字也不是拉丁字母
    }。请与证件原件核对。

address-unusable =
    { $field }无法送达：{ $reason ->
        [region-only] 只有行政区划
        [no-region] 没有市、县
        [number] 只有数字
       *[damaged] 有字符丢失
    }。请让客户提供完整地址。

address-incomplete =
    { $field }缺少{ $missing ->
        [province] 省份
        [city] 城市
        [district] 区县
       *[detail] 街道门牌或村组
    }。请让客户补充。

email-format = { $field }不是有效的电子邮箱。请向客户核实并更正。

policyholder-minor = 按{ $field }推算，投保人未满 { $limit } 周岁，应由监护人投保。请核对投保人。

relation-contradicts-age = 按出生日期，{ $field }不可能成立：子女的年龄不小于父母。请核对关系和出生日期并更正。

relation-unlikely =
    { $field }存疑：{ $reason ->
        [young-parent] 父母与子女的年龄差过小
        [young-spouse] 配偶未达法定婚龄
       *[same-sex] 配偶双方性别相同
    }。请核对关系、性别和出生日期。

certificate-shared-by-parties = { $field }与另一位姓名不同的当事人相同。请核对双方证件原件并更正。

oneself-differs = 与投保人关系为本人，但{ $field }与投保人不一致。请更正错误的一项，或更正关系。

payer-not-policyholder =
    { $field }与投保人姓名不一致，非投保人账户缴费{ $reason ->
        [none] 未经审批
        [other-account] 的审批不是针对该账号
        [incomplete] 的审批信息不完整
        [not-yet-approved] 的审批日期晚于投保申请日期
       *[expired] 的审批已过有效期
    }。请改用投保人本人账户，或按公司审批程序补充有效审批。

seller-not-qualified =
    { $field }{ $reason ->
        [unknown] 不在名录中
        [not-yet] 在投保日尚未取得销售资质
       *[ended] 在投保日的销售资质已终止
    }。请核对代码和资质。

seller-contact-used =
    { $field }是{ $owner ->
        [seller] 销售人员
        [agency] 代理机构
       *[staff] 公司内勤
    }的联系方式。请改为客户本人的真实联系方式。

field-unreadable = { $field }含有控制字符。请在来源系统更正后重新提交。

field-too-long =
    { $field }{ $reason ->
        [too-long] 超过 { $limit } 个字符
       *[too-many] 超过 { $limit } 项
    }。请在来源系统更正后重新提交。

revision-superseded = { $field }不高于已记录的版本，本次内容仅留存，不生效。如需生效，请以更高的版本号重新提交。
