//! Signing in: local accounts, sessions, and what the page does with them.
//!
//! For a transport (the page) the whole of it is:
//!
//! - [`sign_in_with_password`] gives the secret for the cookie. The cookie is `HttpOnly`, `SameSite=Lax`, `Path=/`, `Secure` where the
//!   listener speaks TLS, and lasts as long as the browser.
//! - [`resume`] takes the cookie's text, at every request, and answers with a [`SignedIn`]: the principal for the use cases, until when the
//!   session lasts, the token that forms carry. [`Use::Background`] is for what the page asks by itself (live updates, the warning before
//!   the end): it does not keep a session alive. Nothing is to be kept between two requests: roles follow the directory at once.
//! - [`SignInError::MustChange`] from [`resume`] leads to the form that calls [`change_password`], the only thing that such a session may do.
//! - [`sign_out`], and [`end_sessions_of`] for somebody else's.
//! - forms are checked by [`SignedIn::accepts_csrf`].
//! - [`oidc`]: the way by an identity provider, where [`SignIn::oidc`] is one.
//!
//! Every refusal of a sign-in is [`SignInError::Refused`], whatever was wrong with it: who is told more can find out who has an account. Its
//! words are `sign-in-refused` of the catalogue; [`SignInError::key`] names those of the others.
//!
//! Accounts are made and changed by [`accounts::Accounts`], which the command line, the demo and tests share.

pub mod accounts;
mod change_password;
mod error;
mod hashing;
mod lockout;
pub mod oidc;
mod resume;
mod settings;
mod sign_out;
mod strength;
mod with_password;

pub use change_password::change_password;
pub use error::SignInError;
pub use hashing::Hashing;
pub use lockout::{FIRST_PAUSE, FREE_ATTEMPTS, LONGEST_PAUSE, pause_after};
pub use resume::{SignedIn, Use, resume};
pub use settings::Settings;
pub use sign_out::{end_sessions_of, sign_out};
pub use with_password::{Session, sign_in_with_password};

/// What signing in needs beside the store.
pub struct SignIn {
    /// The identity provider, if there is one.
    pub oidc: Option<oidc::Oidc>,
    /// How long sessions last.
    pub settings: Settings,
    /// Where passwords are hashed.
    pub hashing: Hashing,
    /// Refused attempts on login names that nobody has: written to the audit log as far as they fill no disk.
    pub(super) strangers: lockout::Strangers,
}

impl SignIn {
    /// By these settings.
    pub fn new(settings: Settings, oidc: Option<oidc::Oidc>) -> Self {
        Self { oidc, settings, hashing: Hashing::default(), strangers: lockout::Strangers::default() }
    }
}
