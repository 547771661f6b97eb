# 介面錯誤：每個原因一條，另有各欄位的說明。

invalid-request = 請求無法讀取，有誤的欄位已逐一列出。
too-many-insureds = 一份投保申請最多 100 名被保險人。
request-id-reused = 該 request_id 已用於其他內容。請用新的 request_id 提交。
token-invalid = 呼叫未攜帶令牌，或令牌無效。
out-of-scope = 該令牌無權提交此來源或銷售渠道的資料。
submission-not-found = 在呼叫方的權限範圍內沒有這條核驗記錄。
page-token-invalid = 翻頁標記不是按這些篩選條件給出的。請從第一頁重新開始。
store-unavailable = 暫時無法連接資料庫。請用同一 request_id 重新發送。
queue-full = 等待處理的申請過多，本次未記錄。請稍後用同一 request_id 重新發送。
shutting-down = 服務正在停止。請用同一 request_id 重新發送。
record-refused = 資料庫未接受本次提交，其他提交不受影響。請將事件編號告知運維人員。
internal = 內部錯誤。請稍後重試；如再次失敗，請將事件編號告知運維人員。
malformed-message = 訊息無法按本方法的請求格式解碼。請核對雙方使用的協定檔案是否一致，文字是否為 UTF-8 編碼。
message-too-large = 訊息超過允許的大小。請減少單則訊息的內容。
method-unknown = 沒有該服務或方法。請核對名稱和協定檔案的版本。
encoding-unsupported = 不接受壓縮的訊息。請發送未壓縮的訊息。
content-type-unsupported = 內容類型不是 application/grpc。本連接埠只支援 gRPC。
deadline-exceeded = 在得出結論之前已超過截止時間，不能確定是否已記錄。請用同一 request_id 重新發送。
rate-limited = 呼叫方的請求過於頻繁。請稍後用同一 request_id 重新發送。
overloaded = 服務正在處理的呼叫過多，本次呼叫未開始處理。請稍後用同一 request_id 重新發送。
stream-idle = 資料流停頓時間過長，已被結束。請開啟新的資料流，並用原來的 request_id 重新發送未得到答覆的訊息。
connection-aged = 連線已到使用期限。已讀取的訊息均已答覆；請開啟新的資料流發送其餘訊息。

violation-required = 必填。
violation-format = 格式不符合介面說明。
violation-enum = 未填寫，或不是本版本認識的取值。
violation-uuid = 不是 UUID。
violation-negative = 不能為負數。
