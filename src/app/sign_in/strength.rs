//! How well somebody has to be identified before he sees values in plain.
//!
//! Where the house has an identity provider, it alone says who somebody is: whoever opens what was sealed came by it, as well as
//! `required_acr` and `required_amr` ask. It is asked of every call that opens something, and not only at the sign-in, because there are
//! other ways in (a token of ours, a local account), and because a session lasts while its holder's role changes.
//! To guard another use case that shows values in plain: begin it with [`App::permit_in_plain`] instead of `permit`.

use crate::{
    app::{App, AppError},
    security::{
        identified::{Identified, Method},
        policy::{Action, Refusal, Refused},
        principal::Principal,
        scope::Scope,
    },
};

use super::oidc::OidcSettings;

impl OidcSettings {
    /// Whether somebody may see values in plain as he is identified.
    fn is_enough(&self, identified: &Identified) -> bool {
        identified.method == Method::Oidc && self.is_strong(identified)
    }
}

impl App {
    /// What the caller may touch in doing `action`, which shows values in plain. Without an identity provider it is what the policy says.
    ///
    /// # Errors
    /// [`AppError::NotPermitted`]; [`AppError::StrongerSignInRequired`], which is in the audit log then.
    pub(in crate::app) async fn permit_in_plain(
        &self,
        principal: &Principal,
        action: Action,
    ) -> Result<Scope, AppError> {
        let scope = principal.permit(action)?;
        let Some(oidc) = self.sign_in.oidc.as_ref() else { return Ok(scope) };
        if oidc.settings.is_enough(&principal.identified) {
            return Ok(scope);
        }
        let refused = Refused { action, role: principal.role, why: Refusal::Weak };
        self.note_refused(principal, refused).await;
        Err(AppError::StrongerSignInRequired {
            acr: oidc.settings.required_acr.join(","),
            amr: oidc.settings.required_amr.join(","),
        })
    }
}
