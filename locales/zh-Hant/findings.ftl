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

region-code-unknown = { $field }前六位的行政區劃代碼不在已知代碼表中。真實證件也可能如此，請核對證件正本。

region-code-not-in-force =
    { $field }前六位的行政區劃代碼在出生年份{ $reason ->
        [not-yet] 尚未啟用（{ $year } 年啟用）
       *[no-longer] 已經停用（{ $year } 年停用）
    }。可能是登記較晚或沿用舊代碼，請核對證件正本。

certificate-number-format =
    { $field }不符合{ $kind ->
        [hk-macau-residence-permit] 港澳居民居住證號碼的格式：以 810000 或 820000 開頭的 18 位
        [taiwan-residence-permit] 臺灣居民居住證號碼的格式：以 830000 開頭的 18 位
        [foreigner-permanent-residence] 外國人永久居留身分證號碼的格式：以 9 開頭的 18 位，或舊版 3 位國家代碼加 12 位數字
        [hk-macau-travel-permit] 港澳居民來往內地通行證號碼的格式：H 或 M 加 8 位數字，可再加 2 位換證次數
        [taiwan-travel-permit] 臺灣居民來往大陸通行證號碼的格式：8 位數字，舊版為 10 位數字
        [prc-passport] 中國護照號碼的格式：例如 E 加 8 位數字，或 E 加 1 個字母（不含 I、O）和 7 位數字
        [foreign-passport] 護照號碼的格式：5 至 15 位字母和數字
        [mrz] 護照機讀碼的格式：兩行，每行 44 個字元
       *[birth-certificate] 出生醫學證明編號的格式：1 個字母加 9 位數字，或 8 位出生日期
    }。請核對證件類型和證件正本並更正。

certificate-number-check-digit =
    { $field }中{ $part ->
        [card] 末位
        [document-number] 護照號碼
        [birth-date] 出生日期
        [expiry-date] 有效期
        [optional-data] 選填資料
       *[composite] 機讀碼整體
    }的檢查碼不正確。請核對證件正本並更正。

certificate-number-unusual = { $field }的格式少見，無法核對。請核對證件正本。

certificate-expired = { $field }早於投保申請日期，證件已過期。請讓客戶提供有效證件後更正。

certificate-expiry-impossible = { $field }不是有效日期。請核對證件正本並更正。

certificate-expiry-missing = 未填寫{ $field }。護照和通行證都有有效期，請核對證件正本並補充。

certificate-kind-age =
    { $field }與年齡不符：{ $reason ->
        [too-old] 只適用於未滿 { $limit } 歲的人
       *[too-young] 只適用於年滿 { $limit } 歲的人
    }。請核對證件類型和出生日期並更正。

certificate-kind-nationality =
    { $field }與國籍不符：{ $reason ->
        [chinese] 該證件只簽發給外國人，國籍卻為中國
       *[foreign] 該證件只簽發給中國公民，國籍卻為外國
    }。請核對證件類型和國籍並更正。

sex-contradicts-id = { $field }與證件號碼不一致。請核對證件正本並更正。

birth-date-contradicts-id = { $field }與證件號碼不一致。請核對證件正本並更正。

phone-format =
    { $field }不是完整的電話號碼：{ $reason ->
        [characters] 含有缺失或多餘的字元
        [length] 位數不正確
        [area-code] 缺少區號或區號不存在
       *[foreign] 該國家或地區沒有這樣的號碼
    }。請向客戶核實並更正。

phone-unassigned = { $field }所屬號段未啟用。請向客戶核實並更正。

phone-not-personal =
    { $field }是{ $reason ->
        [machine] 物聯網號碼
        [hotline] 企業熱線號碼
       *[service] 服務號碼
    }，無法聯繫到本人。請讓客戶提供本人的電話。

phone-unusual =
    { $field }是{ $reason ->
        [satellite] 衛星電話號碼
        [emergency] 應急通訊號碼
        [area-length] 比該區號的號碼多一位的固定電話
       *[data-card] 上網卡號段的號碼
    }，較為少見。請確認可以接通客戶本人。

account-format =
    { $field }不是有效的帳號：{ $reason ->
        [characters] 含有無效字元
       *[length] 位數與帳戶類型不符
    }。請核對銀行卡或存摺並更正。

account-damaged =
    { $field }已損壞：{ $reason ->
        [scientific] 被試算表轉換成了科學記號
        [zeros] 第十五位以後的數字被試算表變成了零
       *[masked] 被遮蔽或截斷
    }。請按銀行卡或存摺以文字方式重新輸入。

account-check-digit = { $field }的末位檢查碼不正確。請核對銀行卡並更正。

account-kind-doubtful = { $field }的位數與銀行卡相同，但不符合銀行卡的檢查規則。請註明帳戶類型並核對帳號。

name-format =
    { $field }不是有效的姓名：{ $reason ->
        [damaged] 有字元遺失（問號、空框等）
        [digit] 含有數字
        [symbol] 含有無效符號
        [separator] 間隔號位於首尾或重複
       *[too-long] 過長
    }。請核對證件正本並更正。

name-not-personal =
    { $field }不是個人姓名：{ $reason ->
        [organisation] 是單位名稱
       *[title] 是姓氏加稱謂
    }。請按證件填寫全名。

name-unusual =
    { $field }較為少見：{ $reason ->
        [one-character] 只有一個字
        [mixed] 漢字與字母混用
       *[script] 既不是漢字也不是拉丁字母
    }。請與證件正本核對。

address-unusable =
    { $field }無法送達：{ $reason ->
        [region-only] 只有行政區劃
        [no-region] 沒有市、縣
        [number] 只有數字
       *[damaged] 有字元遺失
    }。請讓客戶提供完整地址。

address-incomplete =
    { $field }缺少{ $missing ->
        [province] 省份
        [city] 城市
        [district] 區縣
       *[detail] 街道門牌或村組
    }。請讓客戶補充。

email-format = { $field }不是有效的電子郵箱。請向客戶核實並更正。

policyholder-minor = 按{ $field }推算，投保人未滿 { $limit } 歲，應由監護人投保。請核對投保人。

relation-contradicts-age = 按出生日期，{ $field }不可能成立：子女的年齡不小於父母。請核對關係和出生日期並更正。

relation-unlikely =
    { $field }存疑：{ $reason ->
        [young-parent] 父母與子女的年齡差過小
        [young-spouse] 配偶未達法定婚齡
       *[same-sex] 配偶雙方性別相同
    }。請核對關係、性別和出生日期。

certificate-shared-by-parties = { $field }與另一位姓名不同的當事人相同。請核對雙方證件正本並更正。

oneself-differs = 與投保人關係為本人，但{ $field }與投保人不一致。請更正錯誤的一項，或更正關係。

payer-not-policyholder =
    { $field }與投保人姓名不一致，非投保人帳戶繳費{ $reason ->
        [none] 未經審批
        [other-account] 的審批不是針對該帳號
        [incomplete] 的審批資料不完整
        [not-yet-approved] 的審批日期晚於投保申請日期
       *[expired] 的審批已過有效期
    }。請改用投保人本人帳戶，或按公司審批程序補充有效審批。

seller-not-qualified =
    { $field }{ $reason ->
        [unknown] 不在名錄中
        [not-yet] 在投保日尚未取得銷售資質
       *[ended] 在投保日的銷售資質已終止
    }。請核對代碼和資質。

seller-contact-used =
    { $field }是{ $owner ->
        [seller] 銷售人員
        [agency] 代理機構
       *[staff] 公司內勤
    }的聯絡方式。請改為客戶本人的真實聯絡方式。

field-unreadable = { $field }含有控制字元。請在來源系統更正後重新提交。

field-too-long =
    { $field }{ $reason ->
        [too-long] 超過 { $limit } 個字元
       *[too-many] 超過 { $limit } 項
    }。請在來源系統更正後重新提交。

revision-superseded = { $field }不高於已記錄的版本，本次內容僅留存，不生效。如需生效，請以更高的版本號重新提交。
