//! Article 6: 「性別、出生日期與身份證號碼無邏輯錯誤」. Judged for every kind of certificate whose number holds a sex or a birth
//! date, and only against a number that is right in itself: a wrong one says nothing about either.

use crate::{
    application::{CertificateKind, DateInput, Person},
    finding::{Code, Severity},
    identity::{self, short_date},
    rule::{Context, Findings, Rule},
};

/// The stated sex is not that of the certificate number.
pub const SEX_CONTRADICTS_ID: Code =
    Code { name: "SEX_CONTRADICTS_ID", article: Some(6), severity: Severity::Blocking, args: &[] };

/// The stated birth date is not that of the certificate number.
pub const BIRTH_DATE_CONTRADICTS_ID: Code =
    Code { name: "BIRTH_DATE_CONTRADICTS_ID", article: Some(6), severity: Severity::Blocking, args: &[] };

/// Compares sex and birth date with the certificate number.
#[derive(Debug)]
pub struct IdAgreement;

impl Rule for IdAgreement {
    fn codes(&self) -> &'static [Code] {
        &[SEX_CONTRADICTS_ID, BIRTH_DATE_CONTRADICTS_ID]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person, known) in cx.known_people() {
            let Some((kind, number)) = known.stated() else { continue };
            let (birth, sex) = match known.resident() {
                Some(Ok(id)) => (Some(id.birth_date()), Some(id.sex())),
                Some(Err(_)) => continue,
                None => identity::holds(kind, number, cx.as_of),
            };
            let sexes = (*person.sex.expose(), sex);
            if matches!(sexes, (Some(stated), Some(read)) if stated != read) {
                out.add(SEX_CONTRADICTS_ID, place.field("sex"));
            }
            let dates = (*person.birth_date.expose(), birth);
            let (DateInput::Day(stated), Some(read)) = dates else { continue };
            if stated != read && !(leaves_out_century(person) && short_date::agrees(stated, read)) {
                out.add(BIRTH_DATE_CONTRADICTS_ID, place.field("birth_date"));
            }
        }
    }
}

/// Whether the number may give the year of birth with two digits: old cards of permanent residence and passports do. Of
/// the new cards of permanent residence nobody is old enough for the difference.
const fn leaves_out_century(person: &Person) -> bool {
    matches!(
        person.certificate.kind,
        Some(
            CertificateKind::ForeignerPermanentResidence
                | CertificateKind::PrcPassport
                | CertificateKind::ForeignPassport
        )
    )
}
