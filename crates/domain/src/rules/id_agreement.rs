//! Article 6: 「性別、出生日期與身份證號碼無邏輯錯誤」. Judged only against a number that is right in itself: a wrong one says
//! nothing about sex and birth date.

use crate::{
    application::DateInput,
    finding::{Code, Severity},
    rule::{Context, Findings, Rule},
};

/// The stated sex is not that of the resident ID number.
pub const SEX_CONTRADICTS_ID: Code =
    Code { name: "SEX_CONTRADICTS_ID", article: Some(6), severity: Severity::Blocking, args: &[] };

/// The stated birth date is not that of the resident ID number.
pub const BIRTH_DATE_CONTRADICTS_ID: Code =
    Code { name: "BIRTH_DATE_CONTRADICTS_ID", article: Some(6), severity: Severity::Blocking, args: &[] };

/// Compares sex and birth date with the resident ID number.
#[derive(Debug)]
pub struct IdAgreement;

impl Rule for IdAgreement {
    fn codes(&self) -> &'static [Code] {
        &[SEX_CONTRADICTS_ID, BIRTH_DATE_CONTRADICTS_ID]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person) in cx.people() {
            let Some(Ok(id)) = super::resident_id::read(&person.certificate, cx) else { continue };
            if person.sex.expose().is_some_and(|sex| sex != id.sex()) {
                out.add(SEX_CONTRADICTS_ID, place.field("sex"));
            }
            if matches!(person.birth_date.expose(), DateInput::Day(day) if *day != id.birth_date()) {
                out.add(BIRTH_DATE_CONTRADICTS_ID, place.field("birth_date"));
            }
        }
    }
}
