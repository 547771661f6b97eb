# 登錄。不說明是登錄名還是密碼有誤：否則外人可以試出誰有賬戶。
sign-in-refused = 登錄名或密碼不正確，或者賬戶暫不可用。連續多次輸錯後，賬戶會鎖定一段時間。
sign-in-busy = 當前登錄人數較多，請稍候再試。
sign-in-session-over = 會話已結束，請重新登錄。
sign-in-must-change = 請先修改密碼。
password-too-short = 密碼至少需要 12 個字符。
password-too-long = 密碼過長。
password-holds-login = 密碼不能包含登錄名。
password-too-common = 這個密碼太常見，容易被猜到。
password-unchanged = 新密碼不能與原密碼相同。
sign-in-provider-unavailable = 暫時無法連接身份認證服務，請稍後重試。
