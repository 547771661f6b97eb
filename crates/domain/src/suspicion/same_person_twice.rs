//! `SAME_PERSON_TWICE`: one name, birth date and sex under different certificates. Goes to customer service.
//!
//! Customers known by a weak key only have no certificate to differ by, and are left out. Relatives are not excused: that
//! two relatives share all three is what the clue is about.

use super::{Raised, Use, excuse::Ties, mark_pairs, settings::ClueSettings};

/// Uses by customers with different certificates, one of them new.
pub(super) fn raise(uses: &[Use], ties: &Ties<'_>, settings: &ClueSettings) -> Option<Raised> {
    let two = |a: &Use, b: &Use| {
        !a.weak && !b.weak && a.customer != b.customer && !ties.cleared.contains(a.customer, b.customer)
    };
    Raised::of(uses, &mark_pairs(uses, two), settings.threshold)
}
