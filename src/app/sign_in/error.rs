//! Why somebody is not signed in, in words that tell a stranger nothing.

use crate::{app::AppError, security::password::Unfit};

/// Why somebody is not signed in, or his password is not changed.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The login name, the password, or the account: not said which.
    #[error("the sign-in was refused")]
    Refused,
    /// As many sign in at this moment as the service takes: nothing was looked at.
    #[error("too many people sign in at this moment")]
    Busy,
    /// There is no session, or it is over.
    #[error("the session is over")]
    SignedOut,
    /// The password has to be changed before anything else.
    #[error("the password has to be changed first")]
    MustChange,
    /// It cannot be a password.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The identity provider does not answer, or not as it should.
    #[error("the identity provider cannot be used just now")]
    ProviderUnavailable,
    /// Something else.
    #[error(transparent)]
    Failed(#[from] AppError),
}

impl SignInError {
    /// Its key in the word catalogues; none for what the errors' own catalogue has words for.
    pub const fn key(&self) -> Option<&'static str> {
        match self {
            Self::Refused => Some("sign-in-refused"),
            Self::Busy => Some("sign-in-busy"),
            Self::SignedOut => Some("sign-in-session-over"),
            Self::MustChange => Some("sign-in-must-change"),
            Self::ProviderUnavailable => Some("sign-in-provider-unavailable"),
            Self::Unfit(unfit) => Some(unfit.key()),
            Self::Failed(_) => None,
        }
    }
}
