# Errors of the API: one message for each reason, and the sentences of single fields.

invalid-request = The request cannot be read; each field that is at fault is named.
too-many-insureds = An application may have at most 100 insured parties.
request-id-reused = This request_id was used before for other content. Send a new submission under a new request_id.
token-invalid = The call carries no bearer token, or one that is not in force.
out-of-scope = The token does not allow this source or channel.
submission-not-found = There is no such submission within the caller's reach.
page-token-invalid = The page token is not one that was given for these filters. Begin again with the first page.
store-unavailable = The database cannot be reached just now. Send the same request again, with the same request_id.
queue-full = Too many applications are waiting; this one was not recorded. Send it again a little later, with the same request_id.
shutting-down = The service is shutting down. Send the same request again, with the same request_id.
record-refused = The database refused this submission; others are not affected. Give the incident number to the operator.
internal = Internal error. Try again later; if it fails again, give the incident number to the operator.
malformed-message = The message cannot be decoded as a request of this method. Check that both sides use the same protos and that texts are UTF-8.
message-too-large = The message is larger than the service takes. Send less in one message.
method-unknown = There is no such service or method. Check the name and the version of the protos.
encoding-unsupported = Compressed messages are not taken. Send messages uncompressed.
content-type-unsupported = The content type is not application/grpc. This port speaks gRPC only.
deadline-exceeded = The deadline passed before there was an answer. Whether the submission was recorded is not known: send the same request again, with the same request_id.
rate-limited = This caller sends more requests than it may. Send the request again a little later, with the same request_id.
overloaded = The service has too many calls under way; this one was not begun. Send it again a little later, with the same request_id.
stream-idle = The stream stood still too long and was ended. Open a new stream; send what was not answered again, with the same request_ids.
connection-aged = The connection has reached its age. Everything that was read is answered; open a new stream and send the rest there.

violation-required = Required.
violation-format = Not of the form that the API describes.
violation-enum = Not given, or not a value that this version knows.
violation-uuid = Not a UUID.
violation-negative = Must not be negative.
