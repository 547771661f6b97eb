//! What the two sharing clues of article 7 have in common: one value in the data of two different people.
//!
//! Raised when an unexcused pair with a new use exists; members are everyone in such a pair, old and new holder alike.

use super::{
    Raised, Use,
    excuse::{Excuse, Ties, why},
    mark_pairs,
    settings::{ClueSettings, Family},
};

/// The members of unexcused pairs; or, if the profile asks for it, those of pairs that only a declaration excuses.
pub(super) fn raise(uses: &[Use], ties: &Ties<'_>, settings: &ClueSettings) -> Option<Raised> {
    let suspicious = mark_pairs(uses, |a, b| why(a, b, ties).is_none());
    if let Some(raised) = Raised::of(uses, &suspicious, settings.threshold) {
        return Some(raised);
    }
    if settings.family == Family::Excused {
        return None;
    }
    let related = mark_pairs(uses, |a, b| why(a, b, ties) == Some(Excuse::Family));
    let raised = Raised::of(uses, &related, settings.threshold)?;
    Some(Raised { declared_family: true, ..raised })
}
