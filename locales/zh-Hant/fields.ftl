# 欄位名稱，供 findings.ftl 使用。識別碼為 field- 加去掉索引的路徑，有索引處寫 -item；$first、$second 為從 1 起的序號。

field-branch-code = 機構代碼
field-seller-code = 銷售人員代碼
field-agency-code = 代理機構代碼
field-policy-no = 保單號
field-original-application-no = 原投保單號
field-product-code = 產品代碼
field-product-name = 產品名稱
field-accounts-item-number = 第 { $first } 個銀行帳號
field-product-class = 險種類別
field-product-term = 主險保險期間
field-applied-on = 投保申請日期
field-source-revision = 來源版本號
field-insureds = 被保險人
field-accounts-item-holder-name = 第 { $first } 個銀行帳號的戶名
field-accounts-item-purpose = 第 { $first } 個銀行帳號的用途

field-policyholder-name = 投保人姓名
field-policyholder-sex = 投保人性別
field-policyholder-birth-date = 投保人出生日期
field-policyholder-certificate-kind = 投保人證件類型
field-policyholder-certificate-number = 投保人證件號碼
field-policyholder-certificate-valid-until = 投保人證件有效期
field-policyholder-address = 投保人聯絡地址
field-policyholder-phones = 投保人電話
field-policyholder-phones-item = 投保人第 { $first } 個電話
field-policyholder-email = 投保人電子郵箱
field-policyholder-nationality = 投保人國籍

field-insureds-item-relation = 第 { $first } 被保險人與投保人的關係
field-insureds-item-person-name = 第 { $first } 被保險人姓名
field-insureds-item-person-sex = 第 { $first } 被保險人性別
field-insureds-item-person-birth-date = 第 { $first } 被保險人出生日期
field-insureds-item-person-certificate-kind = 第 { $first } 被保險人證件類型
field-insureds-item-person-certificate-number = 第 { $first } 被保險人證件號碼
field-insureds-item-person-certificate-valid-until = 第 { $first } 被保險人證件有效期
field-insureds-item-person-address = 第 { $first } 被保險人聯絡地址
field-insureds-item-person-phones = 第 { $first } 被保險人電話
field-insureds-item-person-phones-item = 第 { $first } 被保險人第 { $second } 個電話
field-insureds-item-person-email = 第 { $first } 被保險人電子郵箱
field-insureds-item-person-nationality = 第 { $first } 被保險人國籍
