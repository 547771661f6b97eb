//! Passwords: right, wrong, of nobody; lockout; what a refusal costs and tells.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use zhenshi::{
    app::sign_in::{
        FIRST_PAUSE, FREE_ATTEMPTS, LONGEST_PAUSE, SignInError, Use, change_password, resume,
        sign_in_with_password,
    },
    security::{identified::Method, password::Unfit, role::Role},
};

use super::{PASSWORD, clerk, is_refused, signed_in, told, with_account};
use crate::support::{database::count, staff::Member};

#[tokio::test]
async fn the_right_password_is_a_session_and_whatever_is_wrong_is_one_refusal() {
    let service = with_account().await;
    let app = service.running().app();
    let session = sign_in_with_password(app, " WANG.LI ", PASSWORD).await.unwrap();
    assert_eq!(
        (session.principal.role, session.principal.identified.method),
        (Role::Clerk, Method::Password)
    );
    assert_eq!(&*session.principal.caller, "staff:ST-CL");
    let signed_in = resume(app, session.secret.expose(), Use::Person).await.unwrap();
    assert_eq!((signed_in.principal, signed_in.login.as_deref()), (session.principal, Some("wang.li")));

    let long = "x".repeat(100_000);
    for (login, password) in [
        ("wang.li", "correct horse batterx"),
        ("wang.li", ""),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("wang.li", &long),
        (&long, PASSWORD),
        ("wang.li\0", PASSWORD),
    ] {
        let outcome = sign_in_with_password(app, login, password).await;
        assert!(is_refused(&outcome), "{login:?}: {outcome:?}");
        assert_eq!(outcome.unwrap_err().to_string(), "the sign-in was refused");
    }
    let told = told(&service).await;
    assert_eq!(told[0].1, "CREATE_ACCOUNT");
    assert_eq!(told[8], ("staff:ST-CL".into(), "SIGN_IN".into(), "password".into()));
    assert!(told[1..8].iter().all(|(actor, action, _)| actor == "sign-in" && action == "REFUSE_SIGN_IN"));
    assert_eq!(told.len(), 9, "{told:?}");
    service.stop().await;
}

#[tokio::test]
async fn an_account_is_locked_for_longer_and_longer_and_opens_by_itself() {
    let service = with_account().await;
    let app = service.running().app();
    let wrong = async || is_refused(&sign_in_with_password(app, "wang.li", "a wrong password").await);
    for _ in 0..=FREE_ATTEMPTS {
        assert!(wrong().await);
    }
    let locked = async || is_refused(&sign_in_with_password(app, "wang.li", PASSWORD).await);
    assert!(locked().await, "the right password does not open a locked account");
    // Attempts on a locked account do not lengthen the pause.
    assert!(wrong().await);
    service.clock.advance(FIRST_PAUSE - TimeDelta::seconds(1));
    assert!(locked().await);
    service.clock.advance(TimeDelta::seconds(1));
    assert!(wrong().await, "the next wrong one doubles it");
    service.clock.advance(FIRST_PAUSE);
    assert!(locked().await);
    service.clock.advance(FIRST_PAUSE);
    signed_in(app).await;
    // All is forgiven.
    for _ in 0..FREE_ATTEMPTS {
        assert!(wrong().await);
    }
    signed_in(app).await;
    let told = told(&service).await;
    let locks: Vec<&str> =
        told.iter().filter(|entry| entry.1 == "LOCK_ACCOUNT").map(|entry| entry.2.as_str()).collect();
    assert_eq!(locks, ["until 2026-11-23 02:01:00 UTC", "until 2026-11-23 02:03:00 UTC"]);

    // Never longer than an hour, and an operator opens it at once.
    for _ in 0..20 {
        assert!(wrong().await);
        service.clock.advance(LONGEST_PAUSE);
    }
    assert!(wrong().await);
    app.accounts("operator")
        .switch("wang.li", zhenshi::app::sign_in::accounts::Switch::Unlock)
        .await
        .unwrap();
    signed_in(app).await;
    service.stop().await;
}

#[tokio::test]
async fn many_guesses_at_a_time_are_as_many_attempts() {
    let service = with_account().await;
    let app = service.running().app();
    let guesses: Vec<_> = (0..24)
        .map(|n| {
            let app = app.clone();
            tokio::spawn(async move {
                // The right one is among them, behind more wrong ones than are free.
                let password = if n == 20 { PASSWORD.to_owned() } else { format!("a wrong password {n}") };
                sign_in_with_password(&app, "wang.li", &password).await.is_ok()
            })
        })
        .collect();
    let mut right = 0;
    for guess in guesses {
        right += u32::from(guess.await.unwrap());
    }
    let failed = count(&service.database.admin().await, "SELECT failed_count::bigint FROM account").await;
    // Either it came among the first, and what was counted after it is the rest of the free ones; or it was locked out.
    assert!(right <= 1 && failed <= i64::from(FREE_ATTEMPTS) + 1, "{right} right, {failed} counted");
    let examined = told(&service).await;
    assert!(examined.iter().any(|entry| ["LOCK_ACCOUNT", "SIGN_IN"].contains(&entry.1.as_str())));
    service.stop().await;
}

/// A name that nobody has costs what a wrong password does; without the hash it would take a tenth of the time.
#[tokio::test]
async fn how_long_a_refusal_takes_does_not_tell_who_has_an_account() {
    let service = with_account().await;
    let app = service.running().app();
    let admin = service.database.admin().await;
    let (mut known, mut unknown): (Vec<Duration>, Vec<Duration>) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        for (login, times) in [("wang.li", &mut known), ("nobody", &mut unknown)] {
            let begun = Instant::now();
            assert!(is_refused(&sign_in_with_password(app, login, "a wrong password").await));
            times.push(begun.elapsed());
        }
        sqlx::query("UPDATE account SET failed_count = 0, locked_until = NULL")
            .execute(&admin)
            .await
            .unwrap();
    }
    known.sort_unstable();
    unknown.sort_unstable();
    let ratio = unknown[4].as_secs_f64() / known[4].as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "unknown {:?}, known {:?}", unknown[4], known[4]);
    service.stop().await;
}

#[tokio::test]
async fn a_password_is_changed_by_its_holder_alone_and_ends_his_other_sessions() {
    let service = with_account().await;
    let app = service.running().app();
    let (here, elsewhere) = (signed_in(app).await, signed_in(app).await);
    let secret = here.secret.expose();
    let new = "another horse's battery";
    let change = async |old: &str, new: &str| change_password(app, secret, old, new).await;
    assert!(is_refused(&change("a wrong password", new).await));
    for (bad, why) in [
        ("short", Unfit::TooShort),
        ("I am wang.li, a clerk", Unfit::HoldsLogin),
        ("passwordpassword", Unfit::TooCommon),
        (PASSWORD, Unfit::Unchanged),
    ] {
        let outcome = change(PASSWORD, bad).await;
        assert!(matches!(outcome, Err(SignInError::Unfit(found)) if found == why), "{bad}: {outcome:?}");
    }
    change(PASSWORD, new).await.unwrap();
    resume(app, secret, Use::Person).await.unwrap();
    let gone = resume(app, elsewhere.secret.expose(), Use::Person).await;
    assert!(matches!(gone, Err(SignInError::SignedOut)));
    assert!(is_refused(&sign_in_with_password(app, "wang.li", PASSWORD).await));
    sign_in_with_password(app, "wang.li", new).await.unwrap();

    // Wrong old passwords lock the account as wrong sign-ins do.
    for _ in 0..=FREE_ATTEMPTS {
        assert!(is_refused(&change("a wrong password", "yet another horse").await));
    }
    assert!(is_refused(&change(new, "yet another horse").await));
    service.stop().await;
}

#[tokio::test]
async fn a_hash_of_lower_costs_is_made_again_at_the_next_sign_in() {
    let service = with_account().await;
    let app = service.running().app();
    let admin = service.database.admin().await;
    // `correct horse battery`, at a cost that was never ours.
    let weak = argon2_of_lower_cost();
    sqlx::query("UPDATE account SET password_hash = $1").bind(&weak).execute(&admin).await.unwrap();
    signed_in(app).await;
    let hash: String =
        sqlx::query_scalar("SELECT password_hash FROM account").fetch_one(&admin).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
    signed_in(app).await;
    service.stop().await;
}

fn argon2_of_lower_cost() -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version, password_hash::phc::PasswordHash};
    let lower = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let made: PasswordHash = lower.hash_password_with_salt(PASSWORD.as_bytes(), &[1; 16]).unwrap();
    made.to_string()
}

#[tokio::test]
async fn who_has_left_or_is_disabled_gets_in_no_more() {
    let service = with_account().await;
    let app = service.running().app();
    service.enter(&Member { active: false, ..clerk() }).await;
    assert!(is_refused(&sign_in_with_password(app, "wang.li", PASSWORD).await));
    service.enter(&clerk()).await;
    signed_in(app).await;
    let accounts = app.accounts("operator");
    accounts.switch("wang.li", zhenshi::app::sign_in::accounts::Switch::Disable).await.unwrap();
    assert!(is_refused(&sign_in_with_password(app, "wang.li", PASSWORD).await));
    accounts.switch("wang.li", zhenshi::app::sign_in::accounts::Switch::Enable).await.unwrap();
    signed_in(app).await;
    service.stop().await;
}
