//! How people sign in, put together from `[sign_in]`.

use anyhow::Context as _;
use chrono::TimeDelta;
use zeroize::Zeroizing;

use crate::{
    app::sign_in::{
        Settings, SignIn,
        oidc::{Oidc, OidcSettings},
    },
    config,
    security::jwt::{Expected, algorithm},
};

/// As `config` says; reads the files that it names.
///
/// # Errors
/// What is wrong, naming the key.
pub(super) fn sign_in(config: &config::SignIn) -> anyhow::Result<SignIn> {
    let settings = Settings {
        idle: TimeDelta::minutes(config.idle_minutes.into()),
        lifetime: TimeDelta::hours(config.lifetime_hours.into()),
    };
    let oidc = config.oidc.as_ref().map(oidc).transpose()?.map(Oidc::new);
    Ok(SignIn::new(settings, oidc))
}

fn oidc(config: &config::Oidc) -> anyhow::Result<OidcSettings> {
    if config.required_acr.is_empty() && config.required_amr.is_empty() {
        tracing::warn!(
            "sign_in.oidc asks for neither required_acr nor required_amr: who sees values in plain may have signed in by a password alone"
        );
    }
    let algorithm = algorithm(&config.algorithm).context("sign_in.oidc.algorithm")?;
    let secret = config.client_secret_file.as_ref().map(|path| {
        let read = std::fs::read_to_string(path).map(Zeroizing::new);
        read.with_context(|| format!("sign_in.oidc.client_secret_file: cannot read {}", path.display()))
    });
    let authorities = config.ca.as_ref().map(|path| {
        std::fs::read(path).with_context(|| format!("sign_in.oidc.ca: cannot read {}", path.display()))
    });
    Ok(OidcSettings {
        expected: Expected {
            issuer: config.issuer.clone(),
            audience: config.audience.clone().unwrap_or_else(|| config.client_id.clone()),
            algorithm,
            client_id: config.client_id.clone(),
        },
        client_secret: secret.transpose()?.map(|secret| Zeroizing::new(secret.trim().to_owned())),
        redirect_url: config.redirect_url.clone(),
        scopes: config.scopes.clone(),
        staff_claim: config.staff_claim.clone(),
        roles: config.role_claim.clone().map(|claim| (claim, config.named_roles())),
        required_acr: config.required_acr.clone(),
        required_amr: config.required_amr.clone(),
        authorities: authorities.transpose()?,
        allow_http: config.allow_http,
    })
}
