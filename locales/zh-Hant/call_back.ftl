# 回訪時需要核實的內容，按可疑線索分列。

call-back-point-same-phone = 請核實聯繫電話是否為客戶本人使用：其他客戶也登記了該號碼。
call-back-point-same-bank-account = 請核實銀行帳號的戶主：其他客戶也登記了該帳號。
call-back-point-seller-contact = 請核實聯繫電話和地址：與銷售人員、代理機構或內勤人員的登記資訊相同。
call-back-point-identity-conflict = 請核實姓名和證件：同一證件號碼登記在另一姓名下。
call-back-point-same-person-twice = 請核實證件：相同姓名、出生日期和性別登記了另一證件號碼。

# 規則設定中的猶豫期
profile-cooling-off = 猶豫期為 { $days } 天：{ $where }。
profile-class = { $class ->
        [ordinary_life] 普通壽險
        [participating] 分紅險
        [unit_linked] 投連險
        [universal] 萬能險
        [accident] 意外險
       *[health] 健康險
    }
profile-over-one-year = { $over ->
        [true] 保險期間超過一年
       *[false] 保險期間為一年
    }
profile-receipt-from = 回執簽收日期自 { $from } 起
profile-receipt-until = 回執簽收日期至 { $until } 止
profile-receipt-from-until = 回執簽收日期自 { $from } 起至 { $until } 止
