# 核驗問題：每個問題代碼一條，說明問題和處理辦法。$field 為欄位名稱（見 fields.ftl）。

product-class-missing = 未填寫{ $field }。請補充險種類別後重新提交。

product-term-missing = 未填寫{ $field }。請補充主險的保險期間後重新提交。

application-date-invalid =
    { $field }{ $reason ->
        [unset] 未填寫
        [impossible] 不是有效日期
       *[future] 晚於核驗當日
    }。請核對並更正。

field-missing = 缺少{ $field }。請讓客戶補充後重新提交。

field-placeholder = { $field }填寫的是佔位內容，視為未填寫。請讓客戶提供真實資料。

birth-date-impossible =
    { $field }{ $reason ->
        [no-day] 不是有效日期
       *[future] 晚於投保申請日期
    }。請核對證件正本並更正。

id-number-length = { $field }有 { $length } 位，居民身分號碼應為 18 位或 15 位。請核對證件正本並更正。

id-number-character = { $field }第 { $position } 位含有無效字元：只能是數字，18 位號碼的末位可以是 X。請核對證件正本並更正。

id-number-province = { $field }前兩位不是有效的省級代碼。請核對證件類型和證件正本並更正。

id-number-date = { $field }中的出生日期不存在。請核對證件正本並更正。

id-number-future = { $field }中的出生日期晚於投保申請日期。請核對證件正本並更正。

id-number-age = 按{ $field }推算的年齡超過 { $limit } 歲。請核對證件正本並更正。

id-number-check-character = { $field }的檢查碼不正確。請核對證件正本並更正。

sex-contradicts-id = { $field }與證件號碼不一致。請核對證件正本並更正。

birth-date-contradicts-id = { $field }與證件號碼不一致。請核對證件正本並更正。

payer-not-policyholder =
    { $field }與投保人姓名不一致，非投保人帳戶繳費{ $reason ->
        [none] 未經審批
        [other-account] 的審批不是針對該帳號
        [incomplete] 的審批資料不完整
        [not-yet-approved] 的審批日期晚於投保申請日期
       *[expired] 的審批已過有效期
    }。請改用投保人本人帳戶，或按公司審批程序補充有效審批。

field-unreadable = { $field }含有控制字元。請在來源系統更正後重新提交。

field-too-long =
    { $field }{ $reason ->
        [too-long] 超過 { $limit } 個字元
       *[too-many] 超過 { $limit } 項
    }。請在來源系統更正後重新提交。

revision-superseded = { $field }不高於已記錄的版本，本次內容僅留存，不生效。如需生效，請以更高的版本號重新提交。
