//! A contract needs somebody who can make one: minors act through their guardians (Civil Code, articles 17 to 20), so a
//! policyholder under 18 is a mistake about who applies. A profile may weigh it as advice for those of 16 and 17 who
//! live on their own work (article 18).

use super::facts;
use crate::{
    finding::{Arg, ArgSpec, Code, Severity},
    rule::{Context, Findings, Place, Rule},
    shanghai::{self, FULL_AGE},
};

/// The policyholder is a minor.
pub const POLICYHOLDER_MINOR: Code = Code {
    name: "POLICYHOLDER_MINOR",
    article: None,
    severity: Severity::Blocking,
    args: &[ArgSpec::Number("limit")],
};

/// Asks whether the policyholder is of age.
#[derive(Debug)]
pub struct PolicyholderAge;

impl Rule for PolicyholderAge {
    fn codes(&self) -> &'static [Code] {
        &[POLICYHOLDER_MINOR]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        let Some((_, policyholder, known)) = cx.known_people().next() else { return };
        let Some(birth) = facts::birth_date(policyholder, known, cx.as_of) else { return };
        if shanghai::age(birth, cx.as_of) < FULL_AGE {
            let limit = Arg::Number(FULL_AGE.unsigned_abs());
            out.add_with(POLICYHOLDER_MINOR, Place::Policyholder.field("birth_date"), vec![("limit", limit)]);
        }
    }
}
