//! What the rules of contacts and names have in common: which texts they judge, and how a [`Reading`] becomes findings.

use super::completeness::{self, FIELD_MISSING, FIELD_PLACEHOLDER};
use crate::{
    application::Person,
    contact::placeholder,
    finding::FieldPath,
    profile::RequiredField,
    reading::Reading,
    rule::{Context, Findings, Place},
    text::{has_control, is_blank},
};

/// Whether a text is judged: something is written, and [`super::readable`] has no objection.
pub(super) fn is_judged(text: &str) -> bool {
    !is_blank(text) && !has_control(text)
}

/// Whether what was read is neither blank nor a placeholder.
pub(super) fn is_value(reading: &Reading) -> bool {
    !reading.failures().any(|check| [FIELD_MISSING, FIELD_PLACEHOLDER].contains(&check.code))
}

/// Whether the field of that person is required.
pub(super) fn asks_for(cx: &Context<'_>, place: Place, person: &Person, field: RequiredField) -> bool {
    completeness::is_required(cx, place, person, field)
}

/// Adds what failed. Silent about missing fields; about placeholders if [`completeness`] reports them (`asked`), and about
/// words for "nothing" in a field that nobody asks for: such a field is empty.
pub(super) fn report(
    reading: &Reading,
    asked: impl Fn() -> bool,
    text: &str,
    path: impl Fn() -> FieldPath,
    out: &mut Findings<'_>,
) {
    for check in reading.failures() {
        let said = check.code == FIELD_MISSING
            || check.code == FIELD_PLACEHOLDER && (asked() || placeholder::is_placeholder_text(text));
        if !said {
            out.add_with(check.code, path(), check.failure.clone().unwrap_or_default());
        }
    }
}
