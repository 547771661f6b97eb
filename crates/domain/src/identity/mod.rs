//! Certificates: what their numbers say, and under which form two of them are one customer.
//!
//! One kind of certificate per file. To add a kind: a file that fills a [`crate::reading::Reading`], its line in
//! [`check()`], and a line in [`fingerprint_form`] if its number has more than one spelling (then raise
//! [`crate::NORMALISER_VERSION`]).

mod birth_certificate;
mod check;
pub mod codes;
pub mod country;
mod foreigner;
mod icao;
pub(crate) mod mrz;
mod passport;
pub mod permit;
mod region;
mod residence_permit;
pub mod resident_id;
pub mod short_date;

pub(crate) use check::resident_faults;
pub use check::{check, faults, holds};

use std::fmt;

use crate::{application::CertificateKind, contact::placeholder, text::fold_number};

/// Class of everything that carries the resident ID number.
const RESIDENT: &str = "resident";

/// A certificate as it is compared: who is this customer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateForm {
    /// Kinds that carry the same number are of one class.
    pub class: &'static str,
    /// The number in the one spelling that all others are folded to.
    pub number: String,
}

impl CertificateForm {
    /// The form as one text.
    pub fn key(&self) -> String {
        format!("{}:{}", self.class, self.number)
    }
}

impl fmt::Debug for CertificateForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateForm").field("class", &self.class).finish_non_exhaustive()
    }
}

/// The canonical form of a certificate. Independent of any date, so that a number has one form for ever.
///
/// - Identity card and household register are one class; 15 digits become 18.
/// - Travel permits lose the count of renewals or issues.
/// - Of a machine-readable zone, given as the number of a passport, the document number counts.
/// - Any other number, and one that cannot be read, is folded as text; its class is its kind.
///
/// `None` when no number is given: an empty text or a placeholder (see [`placeholder::is_no_certificate_number`]), which
/// would make one customer of all who have none; and a birth certificate keyed as the birth date, which would make one
/// of all who were born that day.
pub fn fingerprint_form(kind: Option<CertificateKind>, number: &str) -> Option<CertificateForm> {
    if placeholder::is_no_certificate_number(kind, number) {
        return None;
    }
    let (class, canonical) = match kind {
        Some(CertificateKind::ResidentId | CertificateKind::HouseholdRegister) => {
            (RESIDENT, resident_id::canonical(number))
        }
        // Without a kind, a number that passes every check of the resident ID is one.
        None => match resident_id::canonical(number) {
            Some(canonical) => (RESIDENT, Some(canonical)),
            None => ("unstated", None),
        },
        Some(CertificateKind::HkMacauTravelPermit) => {
            ("hk_macau_travel_permit", permit::hk_macau_holder(number))
        }
        Some(CertificateKind::TaiwanTravelPermit) => ("taiwan_travel_permit", permit::taiwan_holder(number)),
        Some(CertificateKind::HkMacauResidencePermit) => ("hk_macau_residence_permit", None),
        Some(CertificateKind::TaiwanResidencePermit) => ("taiwan_residence_permit", None),
        Some(CertificateKind::ForeignerPermanentResidence) => ("foreigner_permanent_residence", None),
        Some(CertificateKind::PrcPassport) => ("prc_passport", mrz::document_number(number)),
        Some(CertificateKind::ForeignPassport) => ("foreign_passport", mrz::document_number(number)),
        Some(CertificateKind::OfficerCertificate) => ("officer_certificate", None),
        Some(CertificateKind::SoldierCertificate) => ("soldier_certificate", None),
        Some(CertificateKind::BirthCertificate) => {
            if birth_certificate::is_date_style(&fold_number(number)) {
                return None;
            }
            ("birth_certificate", None)
        }
        Some(CertificateKind::Other) => ("other", None),
    };
    Some(CertificateForm { class, number: canonical.unwrap_or_else(|| fold_number(number).into_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(kind: CertificateKind, number: &str) -> Option<String> {
        fingerprint_form(Some(kind), number).map(|form| form.key())
    }

    #[test]
    fn one_person_has_one_form() {
        let expected = Some("resident:110101197810270029".to_owned());
        for number in [
            "110101197810270029",
            "110101781027002",
            " １１０１０１781027002\u{200B}",
            "110101 19781027 0029",
        ] {
            assert_eq!(form(CertificateKind::ResidentId, number), expected, "{number:?}");
            assert_eq!(form(CertificateKind::HouseholdRegister, number), expected, "{number:?}");
            assert_eq!(fingerprint_form(None, number).map(|form| form.key()), expected, "{number:?}");
        }
        let x = Some("resident:36010419890707557X".to_owned());
        assert_eq!(form(CertificateKind::ResidentId, "36010419890707557x"), x);
        let permit = Some("hk_macau_travel_permit:H12345678".to_owned());
        for number in ["H12345678", "h1234567802", "Ｈ12345678 00"] {
            assert_eq!(form(CertificateKind::HkMacauTravelPermit, number), permit);
        }
        let permit = Some("taiwan_travel_permit:12345678".to_owned());
        for number in ["12345678", "1234567890", "1234567801（b）", "1234567802(B)", "1234567801b"] {
            assert_eq!(form(CertificateKind::TaiwanTravelPermit, number), permit);
        }
    }

    #[test]
    fn an_unreadable_number_is_kept_as_folded_text_of_its_kind() {
        assert_eq!(
            form(CertificateKind::ResidentId, "11010119781027002 1"),
            Some("resident:110101197810270021".into())
        );
        assert_eq!(form(CertificateKind::PrcPassport, " e 1234 5678"), Some("prc_passport:E12345678".into()));
        assert_eq!(
            form(CertificateKind::ForeignPassport, "E12345678"),
            Some("foreign_passport:E12345678".into())
        );
        assert_eq!(
            form(CertificateKind::HkMacauTravelPermit, "HM1234567"),
            Some("hk_macau_travel_permit:HM1234567".into())
        );
        assert_eq!(
            fingerprint_form(None, "E12345678").map(|form| form.key()),
            Some("unstated:E12345678".into())
        );
    }

    #[test]
    fn a_zone_and_the_number_in_it_are_one_passport() {
        let zone =
            "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
        let plain = form(CertificateKind::ForeignPassport, "l898902c3");
        assert_eq!(form(CertificateKind::ForeignPassport, zone), plain);
        assert_eq!(plain.as_deref(), Some("foreign_passport:L898902C3"));
    }

    #[test]
    fn nothing_is_nobody() {
        for number in
            ["", " \u{3000}", "无", "不详", "000000000000000000", "111111111111111", "123456789012345678"]
        {
            assert_eq!(form(CertificateKind::ResidentId, number), None, "{number:?}");
        }
    }

    #[test]
    fn children_born_on_one_day_are_not_one_customer() {
        assert_eq!(form(CertificateKind::BirthCertificate, "2026 0105"), None);
        assert_eq!(
            form(CertificateKind::BirthCertificate, "q110012345"),
            Some("birth_certificate:Q110012345".into())
        );
    }

    #[test]
    fn debug_shows_no_number() {
        let form = fingerprint_form(Some(CertificateKind::PrcPassport), "E12345678").unwrap();
        assert!(!format!("{form:?}").contains("123"));
    }
}
