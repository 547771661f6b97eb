//! From what a token says to what its holder may do.

use super::OidcSettings;
use crate::security::{
    identified::{Identified, Method},
    jwt::{Claims, Refused},
    principal::Principal,
    role::Role,
};

/// Longest code of a member of staff in a claim.
const MAX_CODE_BYTES: usize = 64;
/// Longest `acr`, and most `amr`s of as many bytes each, that are kept.
const MAX_CONTEXT_BYTES: usize = 128;
/// Most methods of authentication.
const MOST_METHODS: usize = 16;

impl OidcSettings {
    /// The code of the member of staff that a token names.
    ///
    /// # Errors
    /// [`Refused`] if it names none.
    pub(super) fn staff_code<'a>(&self, claims: &'a Claims) -> Result<&'a str, Refused> {
        let code = claims.text(&self.staff_claim).ok_or(Refused)?;
        let fits = (1..=MAX_CODE_BYTES).contains(&code.len()) && !code.chars().any(char::is_control);
        fits.then_some(code).ok_or(Refused)
    }

    /// Who `member` of the directory is by this token, and the duty that it vouches for if roles are from claims.
    ///
    /// # Errors
    /// [`Refused`] if the token names no role or several, or he is not identified as well as his role needs.
    pub(super) fn principal(
        &self,
        member: Principal,
        claims: &Claims,
    ) -> Result<(Principal, Option<i16>), Refused> {
        let claimed = self.claimed_role(claims)?;
        let identified = Identified {
            method: Method::Oidc,
            acr: claims.acr.as_str().into(),
            amr: claims.amr.as_slice().into(),
            until: chrono::DateTime::from_timestamp(claims.exp, 0),
            role_claimed: claimed.is_some(),
        };
        let plain = |text: &str| text.len() <= MAX_CONTEXT_BYTES && !text.chars().any(char::is_control);
        let kept =
            plain(&claims.acr) && claims.amr.len() <= MOST_METHODS && claims.amr.iter().all(|one| plain(one));
        let role = claimed.unwrap_or(member.role);
        if !kept || (role.may_reveal() && !self.is_strong(&identified)) {
            return Err(Refused);
        }
        let duty = claimed.and_then(Role::duty);
        Ok((Principal { role, identified, ..member }, duty))
    }

    fn claimed_role(&self, claims: &Claims) -> Result<Option<Role>, Refused> {
        let Some((claim, roles)) = &self.roles else { return Ok(None) };
        let mut named: Vec<Role> =
            claims.texts(claim).into_iter().filter_map(|value| roles.get(value).copied()).collect();
        named.sort_unstable();
        named.dedup();
        match named[..] {
            [role] => Ok(Some(role)),
            _ => Err(Refused),
        }
    }

    /// Whether the provider's words are as strong as is asked.
    pub(in crate::app) fn is_strong(&self, identified: &Identified) -> bool {
        let acr =
            self.required_acr.is_empty() || self.required_acr.iter().any(|acr| **acr == *identified.acr);
        acr && self.required_amr.iter().all(|method| identified.amr.contains(method))
    }
}
