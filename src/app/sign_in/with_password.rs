//! Signing in with login name and password.

use super::{SignIn, SignInError, accounts, lockout::pause_after};
use crate::{
    app::App,
    ids,
    security::{
        identified::{Identified, Method},
        password,
        principal::Principal,
        session::SessionSecret,
    },
    store::{
        account::{Attempted, By},
        session::{Holder, NewSession},
    },
};

/// What audit entries call somebody who has not said who he is, or has not shown it.
const STRANGER: &str = "sign-in";

/// A session that has just been made.
#[derive(Debug)]
pub struct Session {
    /// For the cookie, and for nobody else.
    pub secret: SessionSecret,
    /// Whose it is.
    pub principal: Principal,
    /// Whether the password has to be changed before anything else.
    pub must_change: bool,
}

/// Makes a session for whoever knows the password of `login`.
///
/// # Errors
/// [`SignInError::Refused`] for whatever is wrong, after the same work; [`SignInError::Busy`]; [`SignInError::Failed`].
pub async fn sign_in_with_password(app: &App, login: &str, password: &str) -> Result<Session, SignInError> {
    let (attempted, right) = attempt(app, login, password).await?;
    let refused = |attempted| async move { refuse(app, attempted).await };
    let Some(attempted) = attempted else { return refused(None).await };
    let Some(principal) = attempted.principal.clone().filter(|_| right) else {
        return refused(Some(attempted)).await;
    };
    let outdated = !password::is_current(&attempted.password_hash);
    let rehashed =
        if outdated { Some(app.sign_in.hashing.hash(password, app.entropy.clone()).await?) } else { None };
    let must_change = attempted.must_change;
    let Attempted { id, password_hash, .. } = attempted;
    let holder = Holder::Account { id, password_hash, rehashed };
    let identified = Identified::by(Method::Password);
    let principal = principal.identified_by(identified);
    match app.make_session(&principal, holder, None).await? {
        Some(secret) => Ok(Session { secret, principal, must_change }),
        // The account was changed meanwhile.
        None => Err(SignInError::Refused),
    }
}

/// Counts an attempt, and says whether the password was right.
///
/// # Errors
/// [`SignInError::Busy`], [`SignInError::Failed`].
pub(super) async fn attempt(
    app: &App,
    login: &str,
    password: &str,
) -> Result<(Option<Attempted>, bool), SignInError> {
    let SignIn { hashing, .. } = &app.sign_in;
    // What can be neither is not looked up or hashed at any length, and still costs what the others do.
    let login = accounts::login_name(login).ok().filter(|_| password.len() <= password::MAX_BYTES);
    let (login, password) = login.map_or_else(|| (String::new(), ""), |login| (login, password));
    let begun = app.store.begin_attempt(login, app.clock.now(), pause_after).await;
    let attempted = begun.map_err(|error| app.failed(&error))?;
    let hash = attempted.as_ref().map(|attempted| attempted.password_hash.clone());
    let right = hashing.verify(password, hash).await?;
    Ok((attempted, right))
}

/// Writes the refusal to the audit log, of strangers only so many.
pub(super) async fn refuse<T>(app: &App, attempted: Option<Attempted>) -> Result<T, SignInError> {
    let now = app.clock.now();
    tracing::info!(known = attempted.is_some(), "a sign-in was refused");
    let (account, until) = match &attempted {
        // Locked or disabled before: that was written when it became so.
        Some(Attempted { principal: None, .. }) | None if !app.sign_in.strangers.is_due(now) => {
            return Err(SignInError::Refused);
        }
        Some(attempted) => (Some(attempted.id), attempted.locks_until),
        None => (None, None),
    };
    let by = By {
        actor: STRANGER.to_owned(),
        at: now,
        audit_id: ids::mint(now, app.entropy.as_ref()).map_err(|error| app.failed(&error.into()))?,
    };
    app.store.attempt_refused(account, until, by).await.map_err(|error| app.failed(&error))?;
    Err(SignInError::Refused)
}

impl App {
    /// Makes a session of `principal`, who is identified as he says; `None` if his account was changed meanwhile.
    pub(super) async fn make_session(
        &self,
        principal: &Principal,
        holder: Holder,
        duty: Option<i16>,
    ) -> Result<Option<SessionSecret>, SignInError> {
        let Some(staff) = &principal.staff else { return Ok(None) };
        let now = self.clock.now();
        let luck = || ids::mint(now, self.entropy.as_ref()).map_err(|error| self.failed(&error.into()));
        let secret =
            SessionSecret::generate(self.entropy.as_ref()).map_err(|error| self.failed(&error.into()))?;
        let settings = self.sign_in.settings;
        let new = NewSession {
            id: luck()?,
            secret_hash: secret.hash(),
            holder,
            staff_code: staff.staff_code.clone(),
            duty,
            identified: principal.identified.clone(),
            created_time: now,
            idle: settings.idle,
            expires_time: now + settings.lifetime,
            audit_id: luck()?,
        };
        let made = self.store.create_session(new).await.map_err(|error| self.failed(&error))?;
        Ok(made.then_some(secret))
    }
}
