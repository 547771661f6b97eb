# Sign-in. Whether the name or the password was wrong is not said: a stranger could find out who has an account.
sign-in-refused = The login name or the password is not right, or the account cannot be used now. After several wrong attempts in a row an account is locked for a while.
sign-in-busy = Many people are signing in at this moment. Please try again shortly.
sign-in-session-over = The session has ended. Please sign in again.
sign-in-must-change = Please change the password first.
password-too-short = A password has at least 12 characters.
password-too-long = The password is too long.
password-holds-login = The password must not contain the login name.
password-too-common = This password is one of those that are guessed first.
password-unchanged = The new password must differ from the old one.
sign-in-provider-unavailable = The identity provider cannot be reached just now. Try again shortly.
