//! The end of sessions: one's own, or all of somebody's.

use super::SignInError;
use crate::{app::App, ids, security::session::SessionSecret};

/// Ends the session of `secret`, the text of a cookie; `false` if there was none.
///
/// # Errors
/// [`SignInError::Failed`].
pub async fn sign_out(app: &App, secret: &str) -> Result<bool, SignInError> {
    let Some(secret) = SessionSecret::parse(secret) else { return Ok(false) };
    let now = app.clock.now();
    let audit_id = ids::mint(now, app.entropy.as_ref()).map_err(|error| app.failed(&error.into()))?;
    Ok(app.store.end_session(secret.hash(), now, audit_id).await.map_err(|error| app.failed(&error))?)
}

/// Ends every session of the member of staff of that code, on behalf of `actor`, and says how many they were. Whoever calls it has
/// asked the policy whether `actor` may.
///
/// # Errors
/// [`SignInError::Failed`].
pub async fn end_sessions_of(app: &App, staff_code: &str, actor: &str) -> Result<usize, SignInError> {
    let now = app.clock.now();
    let audit_id = ids::mint(now, app.entropy.as_ref()).map_err(|error| app.failed(&error.into()))?;
    let ended = app.store.end_sessions_of(staff_code.to_owned(), actor.to_owned(), now, audit_id).await;
    Ok(ended.map_err(|error| app.failed(&error))?)
}
