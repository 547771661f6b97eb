//! `[sign_in]`: how people sign in, and how long that lasts.

use serde::{Deserialize, Serialize};

use super::{ConfigError, Oidc};

/// `[sign_in]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignIn {
    /// Minutes without use after which a session ends.
    pub idle_minutes: u32,
    /// Hours after which a session ends in any case.
    pub lifetime_hours: u32,
    /// The identity provider of the house; without it people have local accounts.
    pub oidc: Option<Oidc>,
}

/// Without use: somebody leaves his desk.
const DEFAULT_IDLE_MINUTES: u32 = 30;
/// A working day, with its lunch break and an evening.
const DEFAULT_LIFETIME_HOURS: u32 = 12;
/// Most minutes without use: a day.
const MOST_IDLE_MINUTES: u32 = 24 * 60;
/// Most hours: a week.
const MOST_LIFETIME_HOURS: u32 = 7 * 24;

impl Default for SignIn {
    fn default() -> Self {
        Self { idle_minutes: DEFAULT_IDLE_MINUTES, lifetime_hours: DEFAULT_LIFETIME_HOURS, oidc: None }
    }
}

impl SignIn {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        within("sign_in.idle_minutes", self.idle_minutes, MOST_IDLE_MINUTES)?;
        within("sign_in.lifetime_hours", self.lifetime_hours, MOST_LIFETIME_HOURS)?;
        self.oidc.as_ref().map_or(Ok(()), Oidc::validate)
    }
}

fn within(key: &'static str, value: u32, most: u32) -> Result<(), ConfigError> {
    if (1..=most).contains(&value) {
        return Ok(());
    }
    Err(ConfigError::Value { key, problem: format!("must be from 1 to {most}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends() {
        SignIn::default().validate().unwrap();
        for (idle_minutes, lifetime_hours, key) in [
            (0, 12, "sign_in.idle_minutes"),
            (MOST_IDLE_MINUTES + 1, 12, "sign_in.idle_minutes"),
            (30, 0, "sign_in.lifetime_hours"),
            (30, u32::MAX, "sign_in.lifetime_hours"),
        ] {
            let error =
                SignIn { idle_minutes, lifetime_hours, oidc: None }.validate().unwrap_err().to_string();
            assert!(error.contains(key), "{error}");
        }
    }
}
