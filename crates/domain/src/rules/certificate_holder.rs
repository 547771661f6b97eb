//! The kind of a certificate against its holder: some kinds are given only at certain ages, some only to Chinese or only
//! to foreigners. It follows from who issues them to whom; article 3 asks for data without 「錯誤」. Judged only where a
//! number is given: a kind without one claims nothing.

use crate::{
    application::{CertificateKind, DateInput, Person},
    finding::{Arg, ArgSpec, Code, Severity},
    identity::country::{Nationality, nationality},
    rule::{Context, Findings, Rule},
    shanghai::{FULL_AGE, age},
};

/// The holder has not the age at which certificates of the kind are used.
pub const CERTIFICATE_KIND_AGE: Code = Code {
    name: "CERTIFICATE_KIND_AGE",
    article: Some(3),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[TOO_OLD, TOO_YOUNG]), ArgSpec::Number("limit")],
};

/// The stated nationality is not one of those to whom certificates of the kind are given.
pub const CERTIFICATE_KIND_NATIONALITY: Code = Code {
    name: "CERTIFICATE_KIND_NATIONALITY",
    article: Some(3),
    severity: Severity::Blocking,
    args: &[ArgSpec::Keys("reason", &[CHINESE, FOREIGN])],
};

const TOO_OLD: &str = "too-old";
const TOO_YOUNG: &str = "too-young";
const CHINESE: &str = "chinese";
const FOREIGN: &str = "foreign";

/// A birth certificate identifies children under this age, in years: it is for infants who are not registered yet, and
/// registration is due within a month of the birth; three years leave room for late ones.
pub const BIRTH_CERTIFICATE_BELOW: i32 = 3;
/// Soldiers are this old at least, in years: with consent somebody of seventeen may enlist (Military Service Law,
/// article 20).
pub const SOLDIER_FROM: i32 = 17;
/// Officers are of full age.
pub const OFFICER_FROM: i32 = FULL_AGE;

/// Asks whether holders can have certificates of the kind.
#[derive(Debug)]
pub struct CertificateHolder;

impl Rule for CertificateHolder {
    fn codes(&self) -> &'static [Code] {
        &[CERTIFICATE_KIND_AGE, CERTIFICATE_KIND_NATIONALITY]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person, known) in cx.known_people() {
            let Some(kind) = person.certificate.kind else { continue };
            if !known.number_given() {
                continue;
            }
            if let Some((reason, limit)) = wrong_age(kind, person, cx) {
                let args = vec![("reason", Arg::Key(reason)), ("limit", Arg::Number(limit.unsigned_abs()))];
                out.add_with(CERTIFICATE_KIND_AGE, place.field("certificate.kind"), args);
            }
            if let Some(reason) = wrong_nationality(kind, &person.nationality) {
                let args = vec![("reason", Arg::Key(reason))];
                out.add_with(CERTIFICATE_KIND_NATIONALITY, place.field("certificate.kind"), args);
            }
        }
    }
}

/// An impossible or future birth date is a finding of its own.
fn wrong_age(kind: CertificateKind, person: &Person, cx: &Context<'_>) -> Option<(&'static str, i32)> {
    let DateInput::Day(birth) = *person.birth_date.expose() else { return None };
    let age = age(birth, cx.as_of);
    let too_young = |from: i32| (0..from).contains(&age).then_some((TOO_YOUNG, from));
    match kind {
        CertificateKind::BirthCertificate => {
            (age >= BIRTH_CERTIFICATE_BELOW).then_some((TOO_OLD, BIRTH_CERTIFICATE_BELOW))
        }
        CertificateKind::OfficerCertificate => too_young(OFFICER_FROM),
        CertificateKind::SoldierCertificate => too_young(SOLDIER_FROM),
        _ => None,
    }
}

/// Only where the kind leaves no doubt: permits of Hong Kong, Macau and Taiwan residents say where somebody lives, and
/// children of any nationality have birth certificates.
fn wrong_nationality(kind: CertificateKind, stated: &str) -> Option<&'static str> {
    let (wrong, reason) = match kind {
        CertificateKind::ResidentId
        | CertificateKind::HouseholdRegister
        | CertificateKind::PrcPassport
        | CertificateKind::OfficerCertificate
        | CertificateKind::SoldierCertificate => (Nationality::Foreign, FOREIGN),
        CertificateKind::ForeignerPermanentResidence | CertificateKind::ForeignPassport => {
            (Nationality::Chinese, CHINESE)
        }
        _ => return None,
    };
    (nationality(stated) == Some(wrong)).then_some(reason)
}
