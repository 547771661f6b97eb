# 名錄匯入：欄名、列內問題、整個檔案的問題。
directory-problem-column = 問題

directory-field-code = 代碼
directory-field-name = 名稱或姓名
directory-field-duty = 類別或角色
directory-field-channel = 銷售渠道
directory-field-branch = 機構代碼
directory-field-team-leader = 團隊負責人代碼
directory-field-agency = 代理機構代碼
directory-field-capacity = 在辦件上限
directory-field-leave = 休假期間
directory-field-qualified-from = 資質起始日期
directory-field-qualified-until = 資質終止日期
directory-field-active = 是否在用
directory-field-certificate-kind = 證件類型
directory-field-certificate-number = 證件號碼
directory-field-phones = 聯絡電話
directory-field-address = 聯絡地址

directory-flaw-required = { $field }未填寫
directory-flaw-not-of-kind = 此類條目不應填寫該{ $field }
directory-flaw-too-long = { $field }過長或過多
directory-flaw-characters = { $field }含有代碼不允許的字元
directory-flaw-unknown-word = { $field }不是可識別的取值
directory-flaw-not-date = { $field }不是有效日期（應為 YYYY-MM-DD）
directory-flaw-order = { $field }的先後順序有誤或有重疊
directory-flaw-not-number = { $field }不是允許範圍內的整數
directory-flaw-not-phone = { $field }中有無法使用的號碼
directory-flaw-not-certificate = { $field }與證件類型的規則不符
directory-flaw-unusable = { $field }無法使用，請填寫真實內容
directory-flaw-formula = { $field }是公式，請改為文字
directory-flaw-lost-digits = { $field }以數字格式儲存，末位已遺失，請改為文字後重新填寫
directory-flaw-duplicate = { $field }在檔案中重複
directory-flaw-unknown-code = { $field }在名錄中不存在，請先錄入對應條目

directory-file-too-large = 檔案過大
directory-file-incomplete = 收到的內容與聲明的檔案大小不符
directory-file-too-many-rows = 列數過多
directory-file-encoding = 編碼既不是 UTF-8 也不是 GB18030
directory-file-old-workbook = 不支援舊版 Excel（.xls），請另存為 .xlsx
directory-file-broken = 無法讀取該檔案
directory-file-unpacks-too-large = 活頁簿解壓後過大
directory-file-empty = 檔案為空
directory-file-missing-columns = 缺少必需的欄
directory-file-double-columns = 同一內容出現在多欄
