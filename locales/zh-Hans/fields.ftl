# 字段名称，供 findings.ftl 使用。标识为 field- 加去掉下标的路径，有下标处写 -item；$first、$second 为从 1 起的序号。

field-branch-code = 机构代码
field-seller-code = 销售人员代码
field-agency-code = 代理机构代码
field-policy-no = 保单号
field-original-application-no = 原投保单号
field-product-code = 产品代码
field-product-name = 产品名称
field-accounts-item-number = 第 { $first } 个银行账号
field-product-class = 险种类别
field-product-term = 主险保险期间
field-applied-on = 投保申请日期
field-source-revision = 来源版本号
field-insureds = 被保险人
field-accounts-item-holder-name = 第 { $first } 个银行账号的户名
field-accounts-item-purpose = 第 { $first } 个银行账号的用途

field-policyholder-name = 投保人姓名
field-policyholder-sex = 投保人性别
field-policyholder-birth-date = 投保人出生日期
field-policyholder-certificate-kind = 投保人证件类型
field-policyholder-certificate-number = 投保人证件号码
field-policyholder-certificate-valid-until = 投保人证件有效期
field-policyholder-address = 投保人联系地址
field-policyholder-phones = 投保人电话
field-policyholder-phones-item = 投保人第 { $first } 个电话
field-policyholder-email = 投保人电子邮箱
field-policyholder-nationality = 投保人国籍

field-insureds-item-relation = 第 { $first } 被保险人与投保人的关系
field-insureds-item-person-name = 第 { $first } 被保险人姓名
field-insureds-item-person-sex = 第 { $first } 被保险人性别
field-insureds-item-person-birth-date = 第 { $first } 被保险人出生日期
field-insureds-item-person-certificate-kind = 第 { $first } 被保险人证件类型
field-insureds-item-person-certificate-number = 第 { $first } 被保险人证件号码
field-insureds-item-person-certificate-valid-until = 第 { $first } 被保险人证件有效期
field-insureds-item-person-address = 第 { $first } 被保险人联系地址
field-insureds-item-person-phones = 第 { $first } 被保险人电话
field-insureds-item-person-phones-item = 第 { $first } 被保险人第 { $second } 个电话
field-insureds-item-person-email = 第 { $first } 被保险人电子邮箱
field-insureds-item-person-nationality = 第 { $first } 被保险人国籍
