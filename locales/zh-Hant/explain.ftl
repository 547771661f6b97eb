# zhenshi explain、ExplainCertificate 與 zhenshi config check 的用語。check-… 說明各代碼所檢查的內容。

explain-valid = 通過。
explain-invalid = 未通過。
explain-normalized = 規範形式
explain-birth-date = 出生日期
explain-sex = 性別
explain-sex-male = 男
explain-sex-female = 女
explain-region = 地區

check-passed = 已通過：{ $check }。
check-field-missing = 已填寫
check-field-placeholder = 不是佔位內容
check-id-number-length = 位數
check-id-number-character = 字元
check-id-number-province = 省級代碼
check-id-number-date = 號碼中的出生日期
check-id-number-future = 出生日期不晚於投保申請日期
check-id-number-age = 按號碼推算的年齡
check-id-number-check-character = 校驗碼（MOD 11-2）
check-region-code-unknown = 地區代碼已收錄
check-region-code-not-in-force = 出生當年的地區代碼
check-certificate-number-format = 號碼格式
check-certificate-number-check-digit = 校驗位（權數 7-3-1）
check-certificate-number-unusual = 常見形式
check-phone-format = 完整的電話號碼
check-phone-unassigned = 手機號段已啟用
check-phone-not-personal = 個人使用的號碼
check-phone-unusual = 常見號段
check-account-format = 賬號格式
check-account-damaged = 號碼未受損
check-account-check-digit = 銀行卡校驗位（Luhn）
check-account-kind-doubtful = 按號碼判斷的賬戶類型
check-name-format = 姓名用字與間隔號
check-name-not-personal = 自然人姓名
check-name-unusual = 姓名的常見形式
check-address-unusable = 信件可以送達
check-address-incomplete = 省、市、區縣與詳細地址齊全
check-email-format = 電子郵箱格式

field-certificate-number = 證件號碼
field-phone = 電話
field-account-number = 銀行賬號
field-name = 姓名
field-address = 聯繫地址
field-email = 電子郵箱
field-sex = 性別
field-birth-date = 出生日期
field-certificate-valid-until = 證件有效期
field-phones = 電話
field-nationality = 國籍

profile-default = 全部按規定各條的預設方式核驗。
profile-minor-all-fields = 未滿 18 周歲的被保險人可以不填第五條要求的全部內容，不限於證件號碼。
profile-weight =
    { $severity ->
        [blocking] 為阻斷
        [advisory] 為提示
       *[off] 已關閉
    }
profile-default-weight =
    { $severity ->
        [blocking] 預設為阻斷
       *[advisory] 預設為提示
    }
profile-everywhere = 全部範圍
profile-channel =
    { $channel ->
        [individual_agents] 個人營銷員渠道
        [bancassurance] 銀保渠道
        [intermediaries] 中介渠道
       *[direct] 直銷渠道
    }
profile-product = 產品 { $product }
profile-from = 投保申請日期自 { $from } 起
profile-until = 投保申請日期至 { $until } 止
profile-from-until = 投保申請日期自 { $from } 至 { $until }
profile-rule = { $where }：{ $code } { $weight }（{ $default }）。
profile-required = { $where }：{ $party ->
        [policyholder] 投保人
       *[insured] 每一被保險人
    }須填寫{ $field }。

# Clues of the daily list
clue-same-phone = 同一電話
clue-same-bank-account = 同一銀行賬號
clue-seller-contact = 疑似使用銷售人員聯繫方式
clue-identity-conflict = 證件號碼相同而姓名不同
clue-same-person-twice = 疑似同一客戶
profile-clue-off = 問題件清單不排查「{ $clue }」。
profile-clue =
    問題件清單自 { $threshold } 名客戶起排查「{ $clue }」；已申報的親屬{ $family ->
        [low_priority] 以低優先級列入
       *[excused] 不列入
    }。
