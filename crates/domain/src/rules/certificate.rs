//! Article 6: 「確保其身份證號碼符合身份證編碼規則」. The number of every certificate is judged by its kind, as
//! [`crate::identity::check()`] reads it; what can be wrong stands in [`crate::identity::codes`].

use crate::{
    application::{Certificate, CertificateKind},
    contact::placeholder,
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
        for (place, person) in cx.people() {
            let Some((kind, number)) = stated(&person.certificate) else { continue };
            for fault in identity::faults(kind, number, cx.as_of) {
                out.add_with(
                    fault.code,
                    place.field("certificate.number"),
                    fault.failure.unwrap_or_default(),
                );
            }
        }
    }
}

/// Whether a number is given; a placeholder is a missing number, not a wrong one.
pub(super) fn has_number(certificate: &Certificate) -> bool {
    !placeholder::is_no_certificate_number(certificate.kind, certificate.number.expose())
}

/// Kind and number of `certificate`; `None` without a kind, or if no number is given.
pub(super) fn stated(certificate: &Certificate) -> Option<(CertificateKind, &str)> {
    let kind = certificate.kind?;
    has_number(certificate).then_some((kind, certificate.number.expose().as_str()))
}
