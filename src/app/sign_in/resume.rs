//! Who comes with a session's secret, and until when the session lasts.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::SignInError;
use crate::{
    app::App,
    security::{principal::Principal, session::SessionSecret},
    store::session::{SessionAccount, SessionRow},
};

/// What a request is to its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// Something that the person did: the idle time starts again.
    Person,
    /// Something that the page does by itself.
    Background,
}

/// Somebody with a session in force.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who he is now, by the directory, and how he was identified.
    pub principal: Principal,
    /// Id of the session: not secret.
    pub session_id: Uuid,
    /// Login name of his account; none for who came by the identity provider.
    pub login: Option<String>,
    /// When he signed in.
    pub created_time: DateTime<Utc>,
    /// When the session ends if nothing is done: what to warn of.
    pub idle_expires_time: DateTime<Utc>,
    /// When it ends in any case; never before `idle_expires_time`.
    pub expires_time: DateTime<Utc>,
    secret: SessionSecret,
}

impl SignedIn {
    /// What forms of this session carry.
    pub fn csrf_token(&self) -> String {
        self.secret.csrf_token()
    }

    /// Whether a form is one of this session's. In constant time.
    pub fn accepts_csrf(&self, given: &str) -> bool {
        self.secret.accepts_csrf(given)
    }
}

/// Who comes with `secret`, the text of his cookie.
///
/// # Errors
/// [`SignInError::SignedOut`] if the session is none, or over, or its holder is not in the directory any more;
/// [`SignInError::MustChange`]; [`SignInError::Failed`] with the database's absence.
pub async fn resume(app: &App, secret: &str, using: Use) -> Result<SignedIn, SignInError> {
    let (secret, row) = find(app, secret, using).await?;
    if row.account.as_ref().is_some_and(|account| account.must_change) {
        return Err(SignInError::MustChange);
    }
    Ok(SignedIn {
        principal: row.principal,
        session_id: row.id,
        login: row.account.map(|SessionAccount { login, .. }| login),
        created_time: row.created_time,
        idle_expires_time: row.idle_expires_time,
        expires_time: row.expires_time,
        secret,
    })
}

/// The session of `secret`, whatever it may be used for.
pub(super) async fn find(
    app: &App,
    secret: &str,
    using: Use,
) -> Result<(SessionSecret, SessionRow), SignInError> {
    let secret = SessionSecret::parse(secret).ok_or(SignInError::SignedOut)?;
    let found = app.store.find_session(secret.hash(), app.clock.now(), using == Use::Person).await;
    let row = found.map_err(|error| app.failed(&error))?.ok_or(SignInError::SignedOut)?;
    Ok((secret, row))
}
