//! A person changes the password of his own account.

use super::{
    SignInError, Use,
    resume::find,
    with_password::{attempt, refuse},
};
use crate::{
    app::App,
    ids,
    security::password::{self, Unfit},
    store::account::{AccountChange, By},
};

/// Changes the password of the account whose session has this `secret`; its other sessions end. A wrong old password counts as a refused
/// sign-in: a session that was left open is no way to try passwords.
///
/// # Errors
/// [`SignInError::SignedOut`], also for who came by the identity provider; [`SignInError::Refused`] if `old` is not the password;
/// [`SignInError::Unfit`]; [`SignInError::Busy`]; [`SignInError::Failed`].
pub async fn change_password(app: &App, secret: &str, old: &str, new: &str) -> Result<(), SignInError> {
    let (_, session) = find(app, secret, Use::Person).await?;
    let account = session.account.ok_or(SignInError::SignedOut)?;
    password::check(&account.login, new)?;
    if old == new {
        return Err(Unfit::Unchanged.into());
    }
    let (attempted, right) = attempt(app, &account.login, old).await?;
    let attempted = match attempted {
        Some(attempted) if attempted.principal.is_some() && right => attempted,
        other => return refuse(app, other).await,
    };
    let hash = app.sign_in.hashing.hash(new, app.entropy.clone()).await?;
    let now = app.clock.now();
    let by = By {
        actor: session.principal.caller.to_string(),
        at: now,
        audit_id: ids::mint(now, app.entropy.as_ref()).map_err(|error| app.failed(&error.into()))?,
    };
    let change = AccountChange::Password { hash, must_change: false, but: Some(session.id) };
    let changed = app.store.change_password(attempted.id, attempted.password_hash, change, by).await;
    if changed.map_err(|error| app.failed(&error))? { Ok(()) } else { Err(SignInError::Refused) }
}
