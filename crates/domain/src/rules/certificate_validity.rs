//! A certificate must be valid on the application date: article 3 calls data true that are 「準確無誤，完整有效，沒有虛假、
//! 錯誤和無效的資訊」, and one that has run out proves nobody's identity. Blocking by default; a profile can weigh it
//! otherwise.
//!
//! Household registers and birth certificates do not expire: a date behind one says nothing. Travel permits and
//! passports always do, so a missing date is told, as advice.

use super::Known;
use crate::{
    application::{Certificate, CertificateKind, DateInput},
    finding::{Code, Severity},
    rule::{Context, Findings, Rule},
};

/// The certificate had expired on the application date; its last day is still a day of validity.
pub const CERTIFICATE_EXPIRED: Code =
    Code { name: "CERTIFICATE_EXPIRED", article: Some(3), severity: Severity::Blocking, args: &[] };

/// The last day of validity is no day of the calendar.
pub const CERTIFICATE_EXPIRY_IMPOSSIBLE: Code =
    Code { name: "CERTIFICATE_EXPIRY_IMPOSSIBLE", article: Some(3), severity: Severity::Blocking, args: &[] };

/// A travel permit or passport without its last day of validity.
pub const CERTIFICATE_EXPIRY_MISSING: Code =
    Code { name: "CERTIFICATE_EXPIRY_MISSING", article: Some(3), severity: Severity::Advisory, args: &[] };

/// Asks whether certificates were in force.
#[derive(Debug)]
pub struct CertificateValidity;

impl Rule for CertificateValidity {
    fn codes(&self) -> &'static [Code] {
        &[CERTIFICATE_EXPIRED, CERTIFICATE_EXPIRY_IMPOSSIBLE, CERTIFICATE_EXPIRY_MISSING]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person, known) in cx.known_people() {
            let certificate = &person.certificate;
            let code = match certificate.valid_until {
                DateInput::Impossible => CERTIFICATE_EXPIRY_IMPOSSIBLE,
                DateInput::Day(last) if last < cx.as_of && expires(certificate.kind) => CERTIFICATE_EXPIRED,
                DateInput::Unset if must_tell(certificate, known) => CERTIFICATE_EXPIRY_MISSING,
                DateInput::Unset | DateInput::Day(_) => continue,
            };
            out.add(code, place.field("certificate.valid_until"));
        }
    }
}

/// Whether a certificate of the kind can run out.
const fn expires(kind: Option<CertificateKind>) -> bool {
    !matches!(kind, Some(CertificateKind::HouseholdRegister | CertificateKind::BirthCertificate))
}

/// Whether a certificate is a travel document with a number: such a one always has a last day.
fn must_tell(certificate: &Certificate, known: &Known<'_>) -> bool {
    let travel = matches!(
        certificate.kind,
        Some(
            CertificateKind::HkMacauTravelPermit
                | CertificateKind::TaiwanTravelPermit
                | CertificateKind::PrcPassport
                | CertificateKind::ForeignPassport
        )
    );
    travel && known.number_given()
}
