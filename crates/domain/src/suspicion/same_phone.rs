//! `SAME_PHONE` (article 7): one phone, with its extension, in the data of different customers.

use super::{Raised, Use, excuse::Ties, settings::ClueSettings, sharing};

/// See [`sharing`].
pub(super) fn raise(uses: &[Use], ties: &Ties<'_>, settings: &ClueSettings) -> Option<Raised> {
    sharing::raise(uses, ties, settings)
}
