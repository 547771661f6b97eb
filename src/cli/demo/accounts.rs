//! An account for each role of the demo's office, so that the page can be looked at as everybody sees it.

use zeroize::Zeroizing;

use super::Context;
use crate::{
    app::sign_in::{Hashing, accounts::Accounts},
    store::Store,
};

/// Login name, and whose account it is.
const ACCOUNTS: [(&str, &str); 9] = [
    ("service", "CS-1"),
    ("manager", "CS-MGR"),
    ("clerk", "B-01-1"),
    ("leader", "B-LEAD-01"),
    ("head", "B-HEAD"),
    ("compliance", "CO-1"),
    ("supervisor", "IS-1"),
    ("administrator", "AD-1"),
    ("auditor", "AU-1"),
];

/// The accounts, which share a password that was chosen for this run.
pub(super) struct DemoAccounts {
    /// Password of all of them.
    pub(super) password: Zeroizing<String>,
}

impl DemoAccounts {
    /// Makes them; the people must be in the directory.
    pub(super) async fn open(context: &Context, store: &Store) -> anyhow::Result<Self> {
        let accounts = Accounts {
            store: store.clone(),
            clock: context.clock.clone(),
            entropy: context.entropy.clone(),
            hashing: Hashing::default(),
            actor: "demo".to_owned(),
        };
        let password = accounts.choose_password()?;
        for (login, code) in ACCOUNTS {
            accounts.create(login, code, &password, false).await?;
        }
        Ok(Self { password })
    }

    /// The login names with the codes of the directory.
    pub(super) fn logins() -> String {
        let all: Vec<String> = ACCOUNTS.iter().map(|(login, code)| format!("{login} ({code})")).collect();
        all.join(", ")
    }
}
