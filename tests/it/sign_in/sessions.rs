//! Sessions: until when they last, what a use is, whose role they have, how they end.

use chrono::TimeDelta;
use zhenshi::{
    app::{
        AppError,
        case::watch_cases::watch_cases,
        directory::Duty,
        sign_in::{SignInError, Use, end_sessions_of, resume, sign_in_with_password, sign_out},
    },
    security::role::Role,
};

use super::{PASSWORD, clerk, signed_in, told, with_account};
use crate::support::{database::count, service::TestService, staff::Member};

async fn is_over(service: &TestService, secret: &str) -> bool {
    let outcome = resume(service.running().app(), secret, Use::Background).await;
    matches!(outcome, Err(SignInError::SignedOut))
}

#[tokio::test]
async fn a_session_ends_without_use_and_in_any_case_after_its_life() {
    let service = with_account().await;
    let app = service.running().app();
    let session = signed_in(app).await;
    let secret = session.secret.expose();
    let begun = service.running().app().clock.now();
    let facts = resume(app, secret, Use::Person).await.unwrap();
    assert_eq!(facts.idle_expires_time - begun, TimeDelta::minutes(30));
    assert_eq!(facts.expires_time - begun, TimeDelta::hours(12));

    // What the page asks by itself keeps nothing alive.
    service.clock.advance(TimeDelta::minutes(29));
    assert_eq!(
        resume(app, secret, Use::Background).await.unwrap().idle_expires_time,
        facts.idle_expires_time
    );
    service.clock.advance(TimeDelta::minutes(1));
    assert!(is_over(&service, secret).await);
    assert!(is_over(&service, secret).await, "what is over stays so");

    // What the person does, does; up to the end.
    let session = signed_in(app).await;
    let secret = session.secret.expose();
    for _ in 0..24 {
        service.clock.advance(TimeDelta::minutes(29));
        resume(app, secret, Use::Person).await.unwrap();
    }
    service.clock.advance(TimeDelta::minutes(23));
    let last = resume(app, secret, Use::Person).await.unwrap();
    assert_eq!(last.idle_expires_time, last.expires_time);
    service.clock.advance(TimeDelta::minutes(1));
    assert!(is_over(&service, secret).await);
    // The rows of what is over go with the next sign-in.
    signed_in(app).await;
    assert_eq!(count(&service.database.admin().await, "SELECT count(*) FROM session").await, 1);
    service.stop().await;
}

#[tokio::test]
async fn a_role_follows_the_directory_and_who_has_left_is_signed_out_at_once() {
    let service = with_account().await;
    let app = service.running().app();
    let session = signed_in(app).await;
    let secret = session.secret.expose();
    app.callers.refresh().await.unwrap();
    let watcher =
        watch_cases(app, &session.principal, zhenshi::app::CaseFilter::default(), None).await.unwrap();
    assert!(watcher.is_in_force());

    service.enter(&Member { duty: Duty::Administrator, ..clerk() }).await;
    assert_eq!(resume(app, secret, Use::Person).await.unwrap().principal.role, Role::Administrator);
    // The job that polls does this every two seconds.
    app.callers.refresh().await.unwrap();
    assert!(!watcher.is_in_force(), "another duty ends the watching");

    service.enter(&Member { active: false, ..clerk() }).await;
    assert!(is_over(&service, secret).await);
    service.stop().await;
}

#[tokio::test]
async fn a_session_is_ended_by_its_holder_or_for_him_and_only_once() {
    let service = with_account().await;
    let app = service.running().app();
    let session = signed_in(app).await;
    assert!(sign_out(app, session.secret.expose()).await.unwrap());
    assert!(!sign_out(app, session.secret.expose()).await.unwrap());
    assert!(is_over(&service, session.secret.expose()).await);
    for nonsense in ["", "zhenshi_x", "zhenshi-session_", "zhenshi-session_\u{feff}", &"a".repeat(10_000)] {
        assert!(!sign_out(app, nonsense).await.unwrap() && is_over(&service, nonsense).await, "{nonsense}");
    }
    let (a, b) = (signed_in(app).await, signed_in(app).await);
    assert_eq!(end_sessions_of(app, "ST-CL", "staff:ST-AD").await.unwrap(), 2);
    assert!(is_over(&service, a.secret.expose()).await && is_over(&service, b.secret.expose()).await);
    let actions: Vec<String> = told(&service).await.into_iter().map(|(_, action, _)| action).collect();
    assert_eq!(actions, ["CREATE_ACCOUNT", "END_SESSIONS", "SIGN_IN", "SIGN_IN", "SIGN_IN", "SIGN_OUT"]);
    service.stop().await;
}

#[tokio::test]
async fn nobody_has_more_than_five() {
    let service = with_account().await;
    let app = service.running().app();
    let mut sessions = Vec::new();
    for _ in 0..6 {
        service.clock.advance(TimeDelta::seconds(1));
        sessions.push(signed_in(app).await.secret);
    }
    assert!(is_over(&service, sessions[0].expose()).await);
    for kept in &sessions[1..] {
        resume(app, kept.expose(), Use::Person).await.unwrap();
    }
    service.stop().await;
}

#[tokio::test]
async fn forms_carry_what_only_their_own_session_accepts() {
    let service = with_account().await;
    let app = service.running().app();
    let (one, other) = (signed_in(app).await, signed_in(app).await);
    let one = resume(app, one.secret.expose(), Use::Person).await.unwrap();
    let other = resume(app, other.secret.expose(), Use::Person).await.unwrap();
    assert!(one.accepts_csrf(&one.csrf_token()) && !one.accepts_csrf(&other.csrf_token()));
    assert!(!one.accepts_csrf(""));
    service.stop().await;
}

#[tokio::test]
async fn without_the_database_nobody_is_told_that_his_session_is_over() {
    let service = with_account().await;
    let app = service.running().app();
    let session = signed_in(app).await;
    service.database.close_doors().await;
    let outcome = resume(app, session.secret.expose(), Use::Person).await;
    assert!(matches!(outcome, Err(SignInError::Failed(AppError::StoreUnavailable))), "{outcome:?}");
    let outcome = sign_in_with_password(app, "wang.li", PASSWORD).await;
    assert!(matches!(outcome, Err(SignInError::Failed(AppError::StoreUnavailable))), "{outcome:?}");
    service.database.open_doors().await;
    service.stop().await;
}
