//! Accounts: made, reset, closed, opened, unlocked, listed. What the command line, the demo and tests share.
//!
//! A password that somebody else has chosen is changed by its holder before he does anything else (`must_change`).

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

pub use crate::store::account::AccountRow;
use crate::{
    clock::SharedClock,
    entropy::{EntropyError, SharedEntropy, bytes},
    ids,
    security::password::{self, Unfit},
    store::{
        Store, StoreError,
        account::{AccountChange, By, NewAccount, Taken},
    },
};

use super::{Hashing, SignInError};

/// Fewest characters of a login name.
pub const MIN_LOGIN_CHARS: usize = 3;
/// Most bytes of a login name.
pub const MAX_LOGIN_BYTES: usize = 64;
/// Random bytes of a password that the program chooses.
const CHOSEN_BYTES: usize = 15;

/// Why an account is not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// Not a login name.
    #[error(
        "a login name has {MIN_LOGIN_CHARS} to {MAX_LOGIN_BYTES} of the characters a-z, 0-9, `.`, `-`, `_` and `@`, and begins with a letter or digit"
    )]
    Login,
    /// Not a password.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// Somebody goes by that login name.
    #[error("there is an account of that login name")]
    LoginTaken,
    /// The member of staff has an account.
    #[error("the member of staff has an account already")]
    HasAccount,
    /// The directory does not know him as active.
    #[error("the directory has no active member of staff of that code")]
    NoMember,
    /// There is none.
    #[error("there is no account of that login name")]
    NoAccount,
    /// No luck was to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The password cannot be hashed just now.
    #[error(transparent)]
    Hashing(#[from] SignInError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is to be done with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    /// Nobody gets in any more; ends its sessions.
    Disable,
    /// As before.
    Enable,
    /// Refused attempts are forgotten.
    Unlock,
}

/// Makes and changes accounts. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    /// Where they are kept.
    pub store: Store,
    /// Tells the time.
    pub clock: SharedClock,
    /// Gives salts and ids.
    pub entropy: SharedEntropy,
    /// Where passwords are hashed.
    pub hashing: Hashing,
    /// Who does it, for the audit log.
    pub actor: String,
}

impl Accounts {
    /// Makes the account of the active member of staff of `staff_code`. With `must_change` its holder chooses another password first.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn create(
        &self,
        login: &str,
        staff_code: &str,
        password: &str,
        must_change: bool,
    ) -> Result<(), AccountError> {
        let login = login_name(login)?;
        password::check(&login, password)?;
        if self.store.find_staff(staff_code.to_owned()).await?.is_none() {
            return Err(AccountError::NoMember);
        }
        let by = self.by()?;
        let new = NewAccount {
            id: ids::mint(by.at, self.entropy.as_ref())?,
            login,
            staff_code: staff_code.to_owned(),
            password_hash: self.hashing.hash(password, self.entropy.clone()).await?,
            must_change,
        };
        match self.store.create_account(new, by).await? {
            Ok(()) => Ok(()),
            Err(Taken::Login) => Err(AccountError::LoginTaken),
            Err(Taken::Staff) => Err(AccountError::HasAccount),
        }
    }

    /// Gives an account another password, which its holder changes first; ends its sessions and forgets refused attempts.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn reset(&self, login: &str, password: &str) -> Result<(), AccountError> {
        let login = login_name(login)?;
        password::check(&login, password)?;
        let hash = self.hashing.hash(password, self.entropy.clone()).await?;
        self.change(login, AccountChange::Password { hash, must_change: true, but: None }).await
    }

    /// Closes, opens or unlocks an account.
    ///
    /// # Errors
    /// [`AccountError`].
    pub async fn switch(&self, login: &str, switch: Switch) -> Result<(), AccountError> {
        let change = match switch {
            Switch::Disable => AccountChange::Disable,
            Switch::Enable => AccountChange::Enable,
            Switch::Unlock => AccountChange::Unlock,
        };
        self.change(login_name(login)?, change).await
    }

    /// Every account, by login name.
    ///
    /// # Errors
    /// [`AccountError::Store`].
    pub async fn list(&self) -> Result<Vec<AccountRow>, AccountError> {
        Ok(self.store.list_accounts().await?)
    }

    /// A password that nobody can guess, for whoever does not want to choose one.
    ///
    /// # Errors
    /// When there is no luck to be had.
    pub fn choose_password(&self) -> Result<Zeroizing<String>, EntropyError> {
        let random = Zeroizing::new(bytes::<CHOSEN_BYTES>(self.entropy.as_ref())?);
        Ok(Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(*random)))
    }

    async fn change(&self, login: String, change: AccountChange) -> Result<(), AccountError> {
        if self.store.change_account(login, change, self.by()?).await? {
            Ok(())
        } else {
            Err(AccountError::NoAccount)
        }
    }

    fn by(&self) -> Result<By, AccountError> {
        let at = self.clock.now();
        Ok(By { actor: self.actor.clone(), at, audit_id: ids::mint(at, self.entropy.as_ref())? })
    }
}

impl crate::app::App {
    /// Accounts, changed on behalf of `actor`. Whoever calls it has asked whether `actor` may.
    pub fn accounts(&self, actor: &str) -> Accounts {
        Accounts {
            store: self.store.clone(),
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            hashing: self.sign_in.hashing.clone(),
            actor: actor.to_owned(),
        }
    }
}

/// How a login name is kept: how it was typed does not matter.
fn folded(login: &str) -> String {
    login.trim().to_lowercase()
}

/// The login name, as it is kept.
pub(super) fn login_name(login: &str) -> Result<String, AccountError> {
    let login = folded(login);
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ['.', '-', '_', '@'].contains(&c);
    let begins = login.starts_with(|c: char| c.is_ascii_alphanumeric());
    let right =
        begins && (MIN_LOGIN_CHARS..=MAX_LOGIN_BYTES).contains(&login.len()) && login.chars().all(fits);
    right.then_some(login).ok_or(AccountError::Login)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_name_is_plain_and_its_case_does_not_matter() {
        assert_eq!(login_name(" Wang.Li ").unwrap(), "wang.li");
        for bad in ["", "ab", "王力", ".wang", "wang li", "a\0bc", &"a".repeat(MAX_LOGIN_BYTES + 1)] {
            assert!(matches!(login_name(bad), Err(AccountError::Login)), "{bad:?}");
        }
    }
}
