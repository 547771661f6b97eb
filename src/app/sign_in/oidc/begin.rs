//! The first half of a sign-in over the page: where the browser is led.

use super::{Flow, fields};
use crate::app::{App, sign_in::SignInError};

/// The address at the provider for the sign-in `flow`.
///
/// # Errors
/// [`SignInError::Refused`] if no provider is configured; [`SignInError::ProviderUnavailable`].
pub async fn begin_oidc(app: &App, flow: &Flow) -> Result<String, SignInError> {
    let oidc = app.sign_in.oidc.as_ref().ok_or(SignInError::Refused)?;
    let known = oidc.provider.look_for(None, app.clock.now()).await;
    let known = known.ok_or(SignInError::ProviderUnavailable)?;
    let settings = &oidc.settings;
    let scopes = settings.scopes.join(" ");
    let acr = settings.required_acr.join(" ");
    let mut asked = vec![
        ("response_type", "code"),
        ("client_id", settings.expected.client_id.as_str()),
        ("redirect_uri", settings.redirect_url.as_str()),
        ("scope", scopes.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let (state, nonce, challenge) = (flow.state(), flow.nonce(), flow.challenge());
    asked.extend([("state", &*state), ("nonce", &*nonce), ("code_challenge", &*challenge)]);
    if !acr.is_empty() {
        asked.push(("acr_values", &acr));
    }
    let endpoint = known.authorization_endpoint();
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    Ok(format!("{endpoint}{joint}{}", fields(&asked)))
}
