//! `SAME_BANK_ACCOUNT` (article 7): one bank account, whatever it is for, in the data of different customers.

use super::{Raised, Use, excuse::Ties, settings::ClueSettings, sharing};

/// See [`sharing`]. Approved payers are excused within the policies that they are approved for.
pub(super) fn raise(uses: &[Use], ties: &Ties<'_>, settings: &ClueSettings) -> Option<Raised> {
    sharing::raise(uses, ties, settings)
}
