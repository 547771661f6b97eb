//! `IDENTITY_CONFLICT`: one certificate under different names.
//!
//! The uses are of one customer, known by that certificate; what differs is the folded name. No relation excuses it: a
//! certificate is one person's. A verified case may clear it for the certificate (a change of name), which is then a pair
//! of the customer with himself.

use super::{Raised, Use, excuse::Ties, mark_pairs};

/// Uses under different names, one of them new.
pub(super) fn raise(uses: &[Use], ties: &Ties<'_>) -> Option<Raised> {
    let differ = |a: &Use, b: &Use| match (a.name, b.name) {
        (Some(one), Some(other)) => one != other && !ties.cleared.contains(a.customer, b.customer),
        _ => false,
    };
    Raised::of(uses, &mark_pairs(uses, differ), 1)
}
