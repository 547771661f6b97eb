# 登录。不说明是登录名还是密码有误：否则外人可以试出谁有账户。
sign-in-refused = 登录名或密码不正确，或者账户暂不可用。连续多次输错后，账户会锁定一段时间。
sign-in-busy = 当前登录人数较多，请稍候再试。
sign-in-session-over = 会话已结束，请重新登录。
sign-in-must-change = 请先修改密码。
password-too-short = 密码至少需要 12 个字符。
password-too-long = 密码过长。
password-holds-login = 密码不能包含登录名。
password-too-common = 这个密码太常见，容易被猜到。
password-unchanged = 新密码不能与原密码相同。
sign-in-provider-unavailable = 暂时无法连接身份认证服务，请稍后重试。
