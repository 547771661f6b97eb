# 回访时需要核实的内容，按可疑线索分列。

call-back-point-same-phone = 请核实联系电话是否为客户本人使用：其他客户也登记了该号码。
call-back-point-same-bank-account = 请核实银行账号的户主：其他客户也登记了该账号。
call-back-point-seller-contact = 请核实联系电话和地址：与销售人员、代理机构或内勤人员的登记信息相同。
call-back-point-identity-conflict = 请核实姓名和证件：同一证件号码登记在另一姓名下。
call-back-point-same-person-twice = 请核实证件：相同姓名、出生日期和性别登记了另一证件号码。

# 规则配置中的犹豫期
profile-cooling-off = 犹豫期为 { $days } 天：{ $where }。
profile-class = { $class ->
        [ordinary_life] 普通寿险
        [participating] 分红险
        [unit_linked] 投连险
        [universal] 万能险
        [accident] 意外险
       *[health] 健康险
    }
profile-over-one-year = { $over ->
        [true] 保险期间超过一年
       *[false] 保险期间为一年
    }
profile-receipt-from = 回执签收日期自 { $from } 起
profile-receipt-until = 回执签收日期至 { $until } 止
profile-receipt-from-until = 回执签收日期自 { $from } 起至 { $until } 止
