//! A scope as queries bind it: the first wall, beside row security.

use super::{Scope, codes::Coded as _};

/// What a scope lets through of applications and of entries of the directory.
pub(super) struct Bounds {
    /// These channels only.
    pub(super) channels: Vec<i16>,
    /// This branch only; every branch if there is none.
    pub(super) branch_code: Option<String>,
    /// Whatever the source is; else `sources` only.
    pub(super) every_source: bool,
    /// These sources.
    pub(super) sources: Vec<String>,
}

impl From<&Scope> for Bounds {
    fn from(scope: &Scope) -> Self {
        Self {
            channels: scope.channels().iter().map(|channel| channel.number()).collect(),
            branch_code: scope.branch().map(ToOwned::to_owned),
            every_source: scope.sources().is_none(),
            sources: scope.sources().map(<[String]>::to_vec).unwrap_or_default(),
        }
    }
}
