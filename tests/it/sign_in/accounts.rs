//! Accounts by the command line: made, reset, closed, opened, unlocked, listed.

use std::{
    io::Write as _,
    process::{Output, Stdio},
};

use zhenshi::app::sign_in::{SignInError, Use, change_password, resume, sign_in_with_password};

use super::{PASSWORD, clerk, is_refused, signed_in};
use crate::support::{program::command, service::TestService, staff::Member};

/// `zhenshi account …`, with a line on its standard input.
fn account(service: &TestService, args: &[&str], line: &str) -> Output {
    let mut command = command(service.folder.path(), Some(&service.database.url));
    command.arg("account").args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(line.as_bytes());
    child.wait_with_output().unwrap()
}

fn text(output: &Output) -> (bool, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[tokio::test]
async fn the_command_makes_an_account_whose_password_is_changed_first() {
    let service = TestService::start().await;
    let app = service.running().app();
    service.enter(&clerk()).await;
    let (made, first, told) =
        text(&account(&service, &["create", "--login", "wang.li", "--staff", "ST-CL"], ""));
    assert!(made && first.len() >= 20, "{told}");

    let session = sign_in_with_password(app, "wang.li", &first).await.unwrap();
    assert!(session.must_change);
    let secret = session.secret.expose();
    assert!(matches!(resume(app, secret, Use::Person).await, Err(SignInError::MustChange)));
    change_password(app, secret, &first, PASSWORD).await.unwrap();
    resume(app, secret, Use::Person).await.unwrap();

    let reset = account(&service, &["reset", "wang.li", "--password-stdin"], "a password of somebody else\n");
    assert!(text(&reset).0, "{}", text(&reset).2);
    assert!(matches!(resume(app, secret, Use::Person).await, Err(SignInError::SignedOut)));
    assert!(is_refused(&sign_in_with_password(app, "wang.li", PASSWORD).await));
    assert!(sign_in_with_password(app, "wang.li", "a password of somebody else").await.unwrap().must_change);
    service.stop().await;
}

#[tokio::test]
async fn the_command_closes_opens_unlocks_and_lists() {
    let service = super::with_account().await;
    let app = service.running().app();
    let session = signed_in(app).await;
    let list = || text(&account(&service, &["list"], "")).1;
    assert_eq!(list(), "wang.li  ST-CL  in use  last sign-in 2026-11-23 02:00:00 UTC");
    assert!(text(&account(&service, &["disable", "Wang.Li"], "")).0);
    assert!(matches!(resume(app, session.secret.expose(), Use::Person).await, Err(SignInError::SignedOut)));
    assert!(list().contains("  disabled  "), "{}", list());
    assert!(text(&account(&service, &["enable", "wang.li"], "")).0);
    assert!(text(&account(&service, &["unlock", "wang.li"], "")).0);
    service.enter(&Member { active: false, ..clerk() }).await;
    assert!(list().contains("not active in the directory"), "{}", list());
    service.stop().await;
}

#[tokio::test]
async fn what_cannot_be_an_account_is_refused_by_name() {
    let service = super::with_account().await;
    let other = Member { code: "ST-CL2", ..clerk() };
    service.enter(&other).await;
    let create = |login: &str, staff: &str, password: &str| {
        let args = ["create", "--login", login, "--staff", staff, "--password-stdin"];
        text(&account(&service, &args, password))
    };
    for (login, staff, password, words) in [
        ("wang li", "ST-CL2", PASSWORD, "a login name has"),
        ("wang.li", "ST-CL2", PASSWORD, "there is an account of that login name"),
        ("li.wang", "ST-CL", PASSWORD, "has an account already"),
        ("li.wang", "ST-GONE", PASSWORD, "no active member of staff"),
        ("li.wang", "ST-CL2", "short", "fewer than 12 characters"),
        ("li.wang", "ST-CL2", "password123456", "one of the commonest"),
        ("li.wang", "ST-CL2", "my name is li.wang", "holds the login name"),
    ] {
        let (made, _, told) = create(login, staff, password);
        assert!(!made && told.contains(words), "{login}: {told}");
        assert!(!told.contains("my name is"), "no password in an error: {told}");
    }
    assert!(text(&account(&service, &["disable", "nobody"], "")).2.contains("no account of that login name"));
    assert!(create("li.wang", "ST-CL2", PASSWORD).0);
    service.stop().await;
}
