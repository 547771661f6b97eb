//! Article 10: sellers and agencies must be qualified, and known to the insurer, when they sell. Judged against the directory
//! on the application date; a code that is not given is no matter of this rule.

use crate::{
    directory::Standing,
    finding::{Arg, ArgSpec, Code, FieldPath, Severity},
    rule::{Context, Findings, Rule},
};

/// The seller or the agency is unknown, or not qualified on the application date.
pub const SELLER_NOT_QUALIFIED: Code = Code {
    name: "SELLER_NOT_QUALIFIED",
    article: Some(10),
    severity: Severity::Advisory,
    args: &[ArgSpec::Keys("reason", &[UNKNOWN, NOT_YET, ENDED])],
};

const UNKNOWN: &str = "unknown";
const NOT_YET: &str = "not-yet";
const ENDED: &str = "ended";

/// Asks whether who sold may sell.
#[derive(Debug)]
pub struct SellerQualification;

impl Rule for SellerQualification {
    fn codes(&self) -> &'static [Code] {
        &[SELLER_NOT_QUALIFIED]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        let standings = [("seller_code", cx.directory.seller), ("agency_code", cx.directory.agency)];
        for (field, standing) in standings {
            let reason = match standing {
                None | Some(Standing::Qualified) => continue,
                Some(Standing::Unknown) => UNKNOWN,
                Some(Standing::NotYet) => NOT_YET,
                Some(Standing::Ended) => ENDED,
            };
            out.add_with(SELLER_NOT_QUALIFIED, FieldPath::new(field), vec![("reason", Arg::Key(reason))]);
        }
    }
}
