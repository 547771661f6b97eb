//! Retention and erasure of persons (保管與銷毀, fifth text 25): who asks, who decides, what is destroyed, and what proves it.
//!
//! The law's terms and the machine are in `zhenshi_domain::{retention, erasure}`, the rows in `store::retention`. What was
//! destroyed is written outside the database first ([`ledger`]): after a restore it is destroyed again before anything opens.
//! To add a use case: its file here, its [`Action`](crate::security::policy::Action), its command in `cli/erasure.rs`.

pub mod accept_ledger;
pub mod certificate;
pub mod decide;
pub mod hold;
pub mod ledger;
pub mod list;
pub mod request;
pub mod shred;

use std::path::PathBuf;

use aws_lc_rs::hmac;
use zhenshi_domain::erasure::Refusal;

use super::{App, AppError};
use crate::{
    security::scope::Scope,
    store::{
        StoreError,
        retention::{Asked, Tools},
    },
};

/// What use cases of erasure need beside the rest: where the ledger is, and the key that signs it and certificates.
#[derive(Clone)]
pub struct Witness {
    /// Key of the audit log: ledger, certificates and reports are signed with it, each under its own words.
    pub key: hmac::Key,
    /// The ledger, beside the checkpoint.
    pub ledger: PathBuf,
}

/// Why a destruction was not asked for, decided or shown.
#[derive(Debug, thiserror::Error)]
pub enum ErasureError {
    /// Not of erasure: the caller, the store.
    #[error(transparent)]
    App(#[from] AppError),
    /// No such person or destruction.
    #[error("no such person, hold or destruction")]
    NotFound,
    /// Not allowed as it stands.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// A number of a matter has letters, digits and `-_./:` only, at most 64.
    #[error("a reference has 1 to 64 letters, digits or any of - _ . / : and no other characters")]
    Reference,
}

impl From<crate::security::policy::Refused> for ErasureError {
    fn from(refused: crate::security::policy::Refused) -> Self {
        Self::App(refused.into())
    }
}

/// How the transport sees it.
impl From<ErasureError> for AppError {
    fn from(error: ErasureError) -> Self {
        match error {
            ErasureError::App(error) => error,
            ErasureError::NotFound => Self::ErasureSubjectNotFound,
            ErasureError::Refused(Refusal::SamePerson) => Self::SecondPersonRequired,
            ErasureError::Refused(refusal) => Self::ErasureRefused(refusal),
            ErasureError::Reference => Self::ReferenceInvalid,
        }
    }
}

/// Longest number of a matter.
const MAX_REFERENCE_CHARS: usize = 64;

/// Whether `text` is a number and no words: words may hold personal data.
fn is_reference(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:".contains(c);
    !text.is_empty() && text.len() <= MAX_REFERENCE_CHARS && text.chars().all(plain)
}

impl App {
    fn retention_tools(&self, scope: &Scope) -> Tools {
        Tools { now: self.clock.now(), entropy: self.entropy.clone(), actor: scope.actor().to_owned() }
    }

    fn asked<T>(&self, asked: Result<Asked<T>, StoreError>) -> Result<T, ErasureError> {
        match asked.map_err(|error| self.failed(&error))? {
            Asked::Done(done) => Ok(done),
            Asked::NotFound => Err(ErasureError::NotFound),
            Asked::Refused(refusal) => Err(refusal.into()),
            Asked::Reused => Err(AppError::RequestIdReused.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_number_and_no_words() {
        assert!(is_reference("2026/LIT-0042.a:1"));
        for wrong in ["", "张三", "a b", "x\n", &"9".repeat(65)] {
            assert!(!is_reference(wrong), "{wrong:?}");
        }
    }
}
