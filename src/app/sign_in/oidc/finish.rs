//! The second half: the browser is back, with a code that is redeemed for a token.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde::Deserialize;

use super::{Flow, Oidc, escaped, fields, provider::Known};
use crate::{
    app::{
        App,
        sign_in::{Session, SignInError, with_password::refuse},
    },
    security::jwt::{Claims, Expected, Refused, Unverified},
    store::session::Holder,
};

/// Longest code or state in an address that is looked at.
const MAX_CODE_BYTES: usize = 2_048;

/// What the provider answers to a code.
#[derive(Deserialize)]
struct Redeemed {
    id_token: String,
}

/// A session for whoever began the sign-in `flow` in this browser and came back with `code` and `state`.
///
/// # Errors
/// [`SignInError::Refused`] for whatever is wrong; [`SignInError::ProviderUnavailable`]; [`SignInError::Failed`].
pub async fn finish_oidc(app: &App, flow: &Flow, code: &str, state: &str) -> Result<Session, SignInError> {
    let oidc = app.sign_in.oidc.as_ref().ok_or(SignInError::Refused)?;
    // A code that somebody else's browser was given is not redeemed.
    if !flow.is_of(state) || code.is_empty() || code.len() > MAX_CODE_BYTES {
        return refuse(app, None).await;
    }
    let known = oidc.provider.look_for(None, app.clock.now()).await;
    let known = known.ok_or(SignInError::ProviderUnavailable)?;
    let token = redeem(oidc, &known, flow, code).await?;
    let Ok(claims) = claims(app, oidc, flow, &token).await else { return refuse(app, None).await };
    let Ok(code) = oidc.settings.staff_code(&claims) else { return refuse(app, None).await };
    let member = app.store.find_staff(code.to_owned()).await.map_err(|error| app.failed(&error))?;
    let Some(Ok((principal, duty))) = member.map(|member| oidc.settings.principal(member, &claims)) else {
        return refuse(app, None).await;
    };
    let subject = format!("{} {}", claims.iss, claims.sub);
    match app.make_session(&principal, Holder::Subject(subject), duty).await? {
        Some(secret) => Ok(Session { secret, principal, must_change: false }),
        None => Err(SignInError::Refused),
    }
}

async fn redeem(oidc: &Oidc, known: &Known, flow: &Flow, code: &str) -> Result<String, SignInError> {
    let settings = &oidc.settings;
    let client = settings.expected.client_id.as_str();
    let verifier = flow.verifier();
    let mut form = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", settings.redirect_url.as_str()),
        ("code_verifier", &verifier),
    ];
    // RFC 6749, 2.3.1: both parts are escaped before they are joined.
    let authorization = settings.client_secret.as_ref().map(|secret| {
        let login = format!("{}:{}", escaped(client), escaped(secret));
        format!("Basic {}", BASE64_STANDARD.encode(login))
    });
    if authorization.is_none() {
        form.push(("client_id", client));
    }
    let redeemed: Result<Redeemed, _> = oidc.provider.redeem(known, fields(&form), authorization).await;
    redeemed.map(|redeemed| redeemed.id_token).map_err(|error| {
        tracing::warn!(%error, "a code was not redeemed");
        SignInError::ProviderUnavailable
    })
}

/// What the ID token says: it is for this service itself, and of this sign-in.
async fn claims(app: &App, oidc: &Oidc, flow: &Flow, token: &str) -> Result<Claims, Refused> {
    let own = &oidc.settings.expected;
    let expected = Expected { audience: own.client_id.clone(), ..own.clone() };
    let token = Unverified::parse(token, expected.algorithm)?;
    let now = app.clock.now();
    let known = oidc.provider.look_for(Some(token.kid()), now).await.ok_or(Refused)?;
    let claims = token.verify(&known.keys, &expected, now)?;
    claims.has_nonce(&flow.nonce()).then_some(claims).ok_or(Refused)
}
