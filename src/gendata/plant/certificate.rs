//! Certificates of other kinds than the resident ID: numbers of a wrong form, wrong check digits, expired ones, and
//! kinds that their holder cannot have. Each is wrong in one way and right in all others.

use chrono::{Datelike as _, Days, Months, NaiveDate};

use super::{Party, Planted, Turn};
use crate::gendata::draft::Draft;
use crate::gendata::fault::Fault;
use crate::gendata::id_number::Parts;
use crate::gendata::people::People;
use crate::gendata::wire::{Application, Certificate, CertificateKind, Date};

/// Kinds with a number that they do not have: `#` stands for eight digits of its own, `=` for the holder's birth date,
/// sequence and check character behind the area before it. The nationality is stated with it.
const NO_FORM: [(CertificateKind, &str, &str); 9] = [
    (CertificateKind::HkMacauTravelPermit, "K#", ""),
    (CertificateKind::PrcPassport, "EO#", "CN"),
    (CertificateKind::TaiwanTravelPermit, "#9", ""),
    (CertificateKind::HkMacauResidencePermit, "810101=", ""),
    (CertificateKind::HkMacauTravelPermit, "HM#", ""),
    (CertificateKind::ForeignPassport, "C-#", "KOR"),
    (CertificateKind::HkMacauResidencePermit, "830000=", ""),
    (CertificateKind::ForeignerPermanentResidence, "931156=", "KR"),
    (CertificateKind::PrcPassport, "F#", "CHN"),
];
/// Beginnings of old cards of permanent residence: nationality and area, and the nationality as it is stated.
const OLD_CARDS: [(&str, &str); 3] = [("KAZ1100", "KAZ"), ("DEU3100", "DE"), ("USA3205", "US")];
/// How long a certificate had been expired: months, days.
const EXPIRED: [(u32, u64); 5] = [(0, 1), (1, 0), (12, 0), (0, 20), (120, 3)];
/// Nationalities of somebody who shows a resident ID card.
const FOREIGN: [&str; 4] = ["USA", "KR", "gbr", "SGP"];

/// Gives a party a certificate with the turn's fault.
pub(super) fn plant(turn: Turn, draft: &Draft, message: &mut Application, people: &mut People) -> Planted {
    let party = turn.party();
    match turn.fault {
        Fault::CertificateFormat => wrong_form(turn, party, draft, message, people),
        Fault::CertificateCheckDigit => wrong_check_digit(turn, party, draft, message),
        Fault::CertificateExpired => {
            let (months, days) = turn.variant(&EXPIRED);
            let last = before(draft.applied_on, months, days);
            set_expiry(party, message, Date::from(last));
            expiry(party, "expired before the application")
        }
        Fault::CertificateExpiryImpossible => {
            let year = draft.applied_on.year() + 5;
            let wrong = turn.variant(&[
                Date { year, month: 2, day: 30 },
                Date { year, month: 13, day: 1 },
                Date { year, month: 6, day: 31 },
                Date { year, month: 0, day: 0 },
            ]);
            set_expiry(party, message, wrong);
            expiry(party, "last day of validity that is no day of the calendar")
        }
        Fault::CertificateKindAge => wrong_age(turn, draft, message, people),
        _ => wrong_nationality(turn, party, draft, message, people),
    }
}

fn wrong_form(
    turn: Turn,
    party: Party,
    draft: &Draft,
    message: &mut Application,
    people: &mut People,
) -> Planted {
    let (kind, form, nationality) = turn.variant(&NO_FORM);
    let number = match (form.strip_suffix('='), party.human(draft).parts()) {
        (Some(area), Some(holder)) => Parts { county: area, ..holder }.eighteen(),
        _ => form.replace('#', &people.numbers.document()),
    };
    set(party, draft, message, kind, number);
    party.of(message).nationality = nationality;
    Planted { field_path: party.path("certificate.number"), cause: "a number that the kind does not have" }
}

/// An old card of permanent residence with another check digit.
fn wrong_check_digit(turn: Turn, party: Party, draft: &Draft, message: &mut Application) -> Planted {
    let (beginning, nationality) = turn.variant(&OLD_CARDS);
    let birth = party.human(draft).birth.format("%y%m%d");
    let body = format!("{beginning}{birth}{}", turn.number % 10);
    let wrong = (mrz_digit(&body) + 1 + u32::try_from(turn.number % 9).unwrap_or_default()) % 10;
    set(party, draft, message, CertificateKind::ForeignerPermanentResidence, format!("{body}{wrong}"));
    party.of(message).nationality = nationality;
    Planted { field_path: party.path("certificate.number"), cause: "check digit does not match" }
}

/// A birth certificate of an adult, or an officer's certificate of a child.
fn wrong_age(turn: Turn, draft: &Draft, message: &mut Application, people: &mut People) -> Planted {
    let serial = people.numbers.document();
    let (party, kind, number) = if turn.number.is_multiple_of(2) {
        (Party::Policyholder, CertificateKind::BirthCertificate, format!("Q1{serial}"))
    } else {
        (Party::Insured(0), CertificateKind::OfficerCertificate, format!("示字第{serial}号"))
    };
    set(party, draft, message, kind, number);
    Planted { field_path: party.path("certificate.kind"), cause: "a kind that nobody of that age has" }
}

/// A foreigner with a resident ID card, or a Chinese with a foreign passport.
fn wrong_nationality(
    turn: Turn,
    party: Party,
    draft: &Draft,
    message: &mut Application,
    people: &mut People,
) -> Planted {
    if turn.number % 3 == 2 {
        let number = format!("SP{}", people.numbers.document());
        set(party, draft, message, CertificateKind::ForeignPassport, number);
        party.of(message).nationality = "CHN";
    } else {
        party.of(message).nationality = turn.variant(&FOREIGN);
    }
    Planted {
        field_path: party.path("certificate.kind"),
        cause: "a kind that nobody of that nationality has",
    }
}

/// Replaces the certificate; the new one is in force for a year.
fn set(party: Party, draft: &Draft, message: &mut Application, kind: CertificateKind, number: String) {
    let last = draft.applied_on.checked_add_months(Months::new(12)).unwrap_or(draft.applied_on);
    party.of(message).certificate = Some(Certificate { kind, number, valid_until: Some(Date::from(last)) });
}

/// Gives the resident ID card another last day of validity.
fn set_expiry(party: Party, message: &mut Application, last: Date) {
    if let Some(certificate) = &mut party.of(message).certificate {
        certificate.valid_until = Some(last);
    }
}

fn expiry(party: Party, cause: &'static str) -> Planted {
    Planted { field_path: party.path("certificate.valid_until"), cause }
}

fn before(day: NaiveDate, months: u32, days: u64) -> NaiveDate {
    let earlier = day.checked_sub_months(Months::new(months)).unwrap_or(day);
    earlier.checked_sub_days(Days::new(days)).unwrap_or(earlier)
}

/// The ICAO 9303 check digit of capitals and digits: weights 7, 3, 1 from the left.
fn mrz_digit(text: &str) -> u32 {
    let weight = |from_left: usize| match from_left % 3 {
        0 => 7,
        1 => 3,
        _ => 1,
    };
    text.chars()
        .enumerate()
        .map(|(place, c)| c.to_digit(36).unwrap_or_default() * weight(place))
        .fold(0, |sum, value| (sum + value) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_of_icao() {
        assert_eq!((mrz_digit("520727"), mrz_digit("KAZ11009012310")), (3, 5));
    }
}
