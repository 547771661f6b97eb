//! The application date: ages and approvals are counted on it (article 5 exempts by age), so it must be a day, and one
//! that has come.

use chrono::NaiveDate;

use crate::{
    application::{Application, DateInput},
    finding::{Arg, ArgSpec, Code, FieldPath, Severity},
    rule::{Context, Findings, Rule},
};

/// The application date is not given, is no day, or lies after the decision.
pub const APPLICATION_DATE_INVALID: Code = Code {
    name: "APPLICATION_DATE_INVALID",
    article: Some(5),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &["unset", "impossible", "future"])],
};

/// Asks for an application date that can be counted on.
#[derive(Debug)]
pub struct ApplicationDate;

impl Rule for ApplicationDate {
    fn codes(&self) -> &'static [Code] {
        &[APPLICATION_DATE_INVALID]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        let reason = match cx.application.applied_on {
            DateInput::Unset => "unset",
            DateInput::Impossible => "impossible",
            DateInput::Day(day) if day > cx.decided_on => "future",
            DateInput::Day(_) => return,
        };
        out.add_with(
            APPLICATION_DATE_INVALID,
            FieldPath::new("applied_on"),
            vec![("reason", Arg::Key(reason))],
        );
    }
}

/// The application date, if it is a day that had come on `decided_on`.
pub fn stated(application: &Application, decided_on: NaiveDate) -> Option<NaiveDate> {
    application.applied_on.day().filter(|day| *day <= decided_on)
}
