# 接口错误：每个原因一条，另有各字段的说明。

invalid-request = 请求无法读取，有误的字段已逐一列出。
too-many-insureds = 一份投保申请最多 100 名被保险人。
request-id-reused = 该 request_id 已用于其他内容。请用新的 request_id 提交。
token-invalid = 调用未携带令牌，或令牌无效。
out-of-scope = 该令牌无权提交此来源或销售渠道的数据。
submission-not-found = 在调用方的权限范围内没有这条核验记录。
page-token-invalid = 翻页标记不是按这些筛选条件给出的。请从第一页重新开始。
store-unavailable = 暂时无法连接数据库。请用同一 request_id 重新发送。
queue-full = 等待处理的申请过多，本次未记录。请稍后用同一 request_id 重新发送。
shutting-down = 服务正在停止。请用同一 request_id 重新发送。
record-refused = 数据库未接受本次提交，其他提交不受影响。请将事件编号告知运维人员。
internal = 内部错误。请稍后重试；如再次失败，请将事件编号告知运维人员。
malformed-message = 消息无法按本方法的请求格式解码。请核对双方使用的协议文件是否一致，文本是否为 UTF-8 编码。
message-too-large = 消息超过允许的大小。请减少单条消息的内容。
method-unknown = 没有该服务或方法。请核对名称和协议文件的版本。
encoding-unsupported = 不接受压缩的消息。请发送未压缩的消息。
content-type-unsupported = 内容类型不是 application/grpc。本端口只支持 gRPC。
deadline-exceeded = 在得出结论之前已超过截止时间，不能确定是否已记录。请用同一 request_id 重新发送。
rate-limited = 调用方的请求过于频繁。请稍后用同一 request_id 重新发送。
overloaded = 服务正在处理的调用过多，本次调用未开始处理。请稍后用同一 request_id 重新发送。
stream-idle = 数据流停顿时间过长，已被结束。请打开新的数据流，并用原来的 request_id 重新发送未得到答复的消息。
connection-aged = 连接已到使用期限。已读取的消息均已答复；请打开新的数据流发送其余消息。

violation-required = 必填。
violation-format = 格式不符合接口说明。
violation-enum = 未填写，或不是本版本认识的取值。
violation-uuid = 不是 UUID。
violation-negative = 不能为负数。
