//! People sign in: local accounts, sessions, lockout; see the modules.

mod accounts;
mod passwords;
mod sessions;

use zhenshi::app::{
    App,
    sign_in::{Session, SignInError, sign_in_with_password},
};

use crate::support::{
    service::TestService,
    staff::{Member, one_of_each},
};

/// A password that may be one.
pub const PASSWORD: &str = "correct horse battery";

/// The clerk of the examples.
pub fn clerk() -> Member {
    one_of_each()[1].clone()
}

/// A service with the clerk's account `wang.li`, whose password is his own.
pub async fn with_account() -> TestService {
    let service = TestService::start().await;
    account(&service, "wang.li", &clerk()).await;
    service
}

/// Makes the account of a member of staff.
pub async fn account(service: &TestService, login: &str, member: &Member) {
    service.enter(member).await;
    let accounts = service.running().app().accounts("operator");
    accounts.create(login, member.code, PASSWORD, false).await.unwrap();
}

/// Signs in as the clerk.
pub async fn signed_in(app: &App) -> Session {
    sign_in_with_password(app, "wang.li", PASSWORD).await.unwrap()
}

/// Whether that is the one refusal.
pub fn is_refused<T>(outcome: &Result<T, SignInError>) -> bool {
    matches!(outcome, Err(SignInError::Refused))
}

/// Entries of the audit log that are about accounts and sessions, by action and reason: the clock stands, so they have no order.
pub async fn told(service: &TestService) -> Vec<(String, String, String)> {
    let admin = service.database.admin().await;
    sqlx::query_as(
        "SELECT actor, action, reason FROM (
            SELECT id, actor, action, subject_kind, reason FROM audit_pending
            UNION ALL SELECT id, actor, action, subject_kind, reason FROM audit_entry) both_of
         WHERE subject_kind IN ('account', 'session') ORDER BY action, reason",
    )
    .fetch_all(&admin)
    .await
    .unwrap()
}
