//! A stated birth date must be a day of the calendar that had come when the application was made. Whether one is stated
//! is asked by [`super::completeness`]; whether it agrees with the certificate, by [`super::id_agreement`].

use crate::{
    application::DateInput,
    finding::{Arg, ArgSpec, Code, Severity},
    rule::{Context, Findings, Rule},
};

/// The birth date is no day of the calendar, or lies after the application.
pub const BIRTH_DATE_IMPOSSIBLE: Code = Code {
    name: "BIRTH_DATE_IMPOSSIBLE",
    article: Some(5),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &["no-day", "future"])],
};

/// Asks whether birth dates can be.
#[derive(Debug)]
pub struct BirthDate;

impl Rule for BirthDate {
    fn codes(&self) -> &'static [Code] {
        &[BIRTH_DATE_IMPOSSIBLE]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person) in cx.people() {
            let reason = match person.birth_date.expose() {
                DateInput::Impossible => "no-day",
                DateInput::Day(day) if *day > cx.as_of => "future",
                DateInput::Unset | DateInput::Day(_) => continue,
            };
            let args = vec![("reason", Arg::Key(reason))];
            out.add_with(BIRTH_DATE_IMPOSSIBLE, place.field("birth_date"), args);
        }
    }
}
