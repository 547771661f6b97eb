//! Article 6: 「確保其身份證號碼符合身份證編碼規則」. The number of every certificate is judged by its kind, as
//! [`crate::identity::check()`] reads it; what can be wrong stands in [`crate::identity::codes`].

use crate::{
    finding::Code,
    identity::{self, codes},
    rule::{Context, Findings, Rule},
};

/// Asks whether the numbers of certificates are built as their kinds demand.
#[derive(Debug)]
pub struct CertificateNumber;

impl Rule for CertificateNumber {
    fn codes(&self) -> &'static [Code] {
        codes::ALL
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, _, known) in cx.known_people() {
            let Some((kind, number)) = known.stated() else { continue };
            let faults = match known.resident() {
                Some(read) => identity::resident_faults(read),
                None => identity::faults(kind, number, cx.as_of),
            };
            for fault in faults {
                out.add_with(
                    fault.code,
                    place.field("certificate.number"),
                    fault.failure.unwrap_or_default(),
                );
            }
        }
    }
}
