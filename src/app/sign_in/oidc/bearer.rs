//! A token of the identity provider on a call.

use crate::{
    app::{App, AppError},
    security::{
        jwt::{Claims, Refused, Unverified},
        principal::Principal,
    },
};

use super::Oidc;

/// What is known of a token at once.
pub enum Bearer {
    /// Whose it is.
    Of(Box<Principal>),
    /// It does not count.
    Refused,
    /// Its key or its holder is not known here yet: see [`App::bearer`].
    Unknown,
}

impl App {
    /// Whose token of the identity provider that is, as far as memory tells: no waiting, neither database nor provider.
    pub fn known_bearer(&self, token: &str) -> Bearer {
        let Some(oidc) = &self.sign_in.oidc else { return Bearer::Refused };
        let Ok(parsed) = Unverified::parse(token, oidc.settings.expected.algorithm) else {
            return Bearer::Refused;
        };
        match self.claims(oidc, &parsed) {
            Ok(Some(claims)) => self.holder(oidc, &claims).unwrap_or(Bearer::Refused),
            Ok(None) => Bearer::Unknown,
            Err(Refused) => Bearer::Refused,
        }
    }

    /// Whose token that is. Asks the provider for its keys, and the database for members of staff, as often as the one and the other allow.
    ///
    /// # Errors
    /// [`AppError::Unauthenticated`]; [`AppError::ProviderUnavailable`] as long as no key is known at all; [`AppError::StoreUnavailable`].
    pub async fn bearer(&self, token: &str) -> Result<Principal, AppError> {
        let oidc = self.sign_in.oidc.as_ref().ok_or(AppError::Unauthenticated)?;
        let parsed = Unverified::parse(token, oidc.settings.expected.algorithm)
            .map_err(|Refused| AppError::Unauthenticated)?;
        if oidc.provider.look_for(Some(parsed.kid()), self.clock.now()).await.is_none() {
            return Err(AppError::ProviderUnavailable);
        }
        let claims = self.claims(oidc, &parsed);
        let claims = claims.ok().flatten().ok_or(AppError::Unauthenticated)?;
        let code = oidc.settings.staff_code(&claims).map_err(|Refused| AppError::Unauthenticated)?;
        let member = self.callers.find_member(code).await?;
        let (principal, _) =
            oidc.settings.principal(member, &claims).map_err(|Refused| AppError::Unauthenticated)?;
        Ok(principal)
    }

    /// What a token says; none if its key is not known.
    fn claims(&self, oidc: &Oidc, token: &Unverified<'_>) -> Result<Option<Claims>, Refused> {
        let now = self.clock.now();
        let Some(known) = oidc.provider.known(now).filter(|known| known.keys.has(token.kid())) else {
            return Ok(None);
        };
        token.verify(&known.keys, &oidc.settings.expected, now).map(Some)
    }

    fn holder(&self, oidc: &Oidc, claims: &Claims) -> Result<Bearer, Refused> {
        let Some(member) = self.callers.member(oidc.settings.staff_code(claims)?) else {
            return Ok(Bearer::Unknown);
        };
        let (principal, _) = oidc.settings.principal(member, claims)?;
        Ok(Bearer::Of(Box::new(principal)))
    }
}
