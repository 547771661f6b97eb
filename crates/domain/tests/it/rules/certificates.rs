//! Cases of all certificates but the resident ID: number, expiry, and the kind against its holder.

use zhenshi_domain::{
    application::{Application, CertificateKind as Kind, DateInput, Sex},
    personal::Personal,
};

use super::{Case, insured, minor, set_number};
use crate::sample::{date, id_number};

/// Gives the policyholder another certificate, one that holds no sex and no birth date, or the right ones.
fn set(a: &mut Application, kind: Kind, number: &str) {
    a.policyholder.certificate.kind = Some(kind);
    a.policyholder.certificate.valid_until = date(2030, 1, 1);
    set_number(&mut a.policyholder, number);
}

/// The sample of ICAO 9303 part 4, appendix B: a woman born on 12 August 1974.
const ZONE: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

pub(super) const NUMBERS: &[Case] = &[
    Case(
        "region unknown",
        |a| set_number(&mut a.policyholder, id_number("440399", "19800506", "351")),
        &["REGION_CODE_UNKNOWN policyholder.certificate.number"],
    ),
    Case(
        "region not yet there",
        |a| set_number(&mut a.policyholder, id_number("440305", "19800506", "351")),
        &["REGION_CODE_NOT_IN_FORCE policyholder.certificate.number not-yet 1990"],
    ),
    Case(
        "region no longer there",
        |a| set_number(insured(a), id_number("332501", "20050708", "352")),
        &["REGION_CODE_NOT_IN_FORCE insureds[0].person.certificate.number no-longer 1994"],
    ),
    Case("travel permit", |a| set(a, Kind::HkMacauTravelPermit, "H1234567802"), &[]),
    Case(
        "travel permit of another letter",
        |a| set(a, Kind::HkMacauTravelPermit, "K1234567802"),
        &["CERTIFICATE_NUMBER_FORMAT policyholder.certificate.number hk-macau-travel-permit"],
    ),
    Case(
        "passport",
        |a| set(a, Kind::PrcPassport, "EI1234567"),
        &["CERTIFICATE_NUMBER_FORMAT policyholder.certificate.number prc-passport"],
    ),
    Case(
        "old card of permanent residence",
        |a| {
            set(a, Kind::ForeignerPermanentResidence, "KAZ110090123106");
            a.policyholder.nationality = "KAZ".into();
        },
        &["CERTIFICATE_NUMBER_CHECK_DIGIT policyholder.certificate.number card"],
    ),
    Case(
        "passport as its machine-readable zone",
        |a| {
            set(a, Kind::ForeignPassport, ZONE);
            a.policyholder.sex = Personal::new(Some(Sex::Female));
            a.policyholder.birth_date = Personal::new(date(1974, 8, 12));
            a.insureds.truncate(1);
            insured(a).birth_date = Personal::new(date(2005, 7, 8));
        },
        &[],
    ),
    Case(
        "zone with a wrong digit",
        |a| set(a, Kind::ForeignPassport, &ZONE.replace("7408122", "7408123")),
        &["CERTIFICATE_NUMBER_CHECK_DIGIT policyholder.certificate.number birth-date"],
    ),
    Case(
        "text that is far too long for a zone",
        |a| set(a, Kind::ForeignPassport, &"A<".repeat(47)),
        &[
            "CERTIFICATE_NUMBER_FORMAT policyholder.certificate.number mrz",
            "FIELD_TOO_LONG policyholder.certificate.number too-long 92",
        ],
    ),
    Case("officer", |a| set(a, Kind::OfficerCertificate, "示字第00123号"), &[]),
    Case(
        "officer with another form",
        |a| set(a, Kind::OfficerCertificate, "示例00123"),
        &["CERTIFICATE_NUMBER_UNUSUAL policyholder.certificate.number"],
    ),
    Case(
        "residence permit of the other region",
        |a| set(a, Kind::TaiwanResidencePermit, &id_number("810000", "19800506", "351")),
        &["CERTIFICATE_NUMBER_FORMAT policyholder.certificate.number taiwan-residence-permit"],
    ),
    Case(
        "residence permit against its holder",
        |a| set(a, Kind::HkMacauResidencePermit, &id_number("810000", "19800507", "352")),
        &["SEX_CONTRADICTS_ID policyholder.sex", "BIRTH_DATE_CONTRADICTS_ID policyholder.birth_date"],
    ),
    Case(
        "old card against its holder",
        |a| set(a, Kind::ForeignerPermanentResidence, "KAZ110090123105"),
        &["BIRTH_DATE_CONTRADICTS_ID policyholder.birth_date"],
    ),
    Case(
        "a century is left out",
        |a| {
            set(a, Kind::ForeignerPermanentResidence, "KAZ110019010107");
            a.policyholder.birth_date = Personal::new(date(1919, 1, 1));
        },
        &[],
    ),
    Case("any other", |a| set(a, Kind::Other, "X-1"), &[]),
];

pub(super) const VALIDITY: &[Case] = &[
    Case("the last day", |a| a.policyholder.certificate.valid_until = date(2026, 11, 23), &[]),
    Case(
        "the day after",
        |a| a.policyholder.certificate.valid_until = date(2026, 11, 22),
        &["CERTIFICATE_EXPIRED policyholder.certificate.valid_until"],
    ),
    Case(
        "no day",
        |a| insured(a).certificate.valid_until = DateInput::Impossible,
        &["CERTIFICATE_EXPIRY_IMPOSSIBLE insureds[0].person.certificate.valid_until"],
    ),
    Case(
        "a register does not expire",
        |a| {
            a.policyholder.certificate.kind = Some(Kind::HouseholdRegister);
            a.policyholder.certificate.valid_until = date(2001, 1, 1);
        },
        &[],
    ),
    Case(
        "a passport does",
        |a| {
            set(a, Kind::PrcPassport, "E12345670");
            a.policyholder.certificate.valid_until = DateInput::Unset;
        },
        &["CERTIFICATE_EXPIRY_MISSING policyholder.certificate.valid_until"],
    ),
];

pub(super) const HOLDERS: &[Case] = &[
    Case(
        "birth certificate on the third birthday",
        |a| {
            let child = minor(a, date(2023, 11, 23));
            child.certificate.kind = Some(Kind::BirthCertificate);
            set_number(child, "Q110012345");
        },
        &["CERTIFICATE_KIND_AGE insureds[0].person.certificate.kind too-old 3"],
    ),
    Case(
        "birth certificate the day before",
        |a| {
            let child = minor(a, date(2023, 11, 24));
            child.certificate.kind = Some(Kind::BirthCertificate);
            set_number(child, "20231124");
        },
        &[],
    ),
    Case(
        "a kind without a number",
        |a| minor(a, date(2015, 1, 1)).certificate.kind = Some(Kind::BirthCertificate),
        &[],
    ),
    Case(
        "soldier of sixteen",
        |a| {
            let person = minor(a, date(2010, 1, 1));
            person.certificate.kind = Some(Kind::SoldierCertificate);
            set_number(person, "示字第00123号");
        },
        &["CERTIFICATE_KIND_AGE insureds[0].person.certificate.kind too-young 17"],
    ),
    Case(
        "officer of seventeen",
        |a| {
            let person = minor(a, date(2009, 1, 1));
            person.certificate.kind = Some(Kind::OfficerCertificate);
            set_number(person, "示字第00123号");
        },
        &["CERTIFICATE_KIND_AGE insureds[0].person.certificate.kind too-young 18"],
    ),
    Case(
        "foreigner with a resident ID",
        |a| a.policyholder.nationality = "usa".into(),
        &["CERTIFICATE_KIND_NATIONALITY policyholder.certificate.kind foreign"],
    ),
    Case(
        "Chinese with a foreign passport",
        |a| {
            set(a, Kind::ForeignPassport, "C01X00T47");
            a.policyholder.nationality = "CN".into();
        },
        &["CERTIFICATE_KIND_NATIONALITY policyholder.certificate.kind chinese"],
    ),
    Case("what is no code says nothing", |a| a.policyholder.nationality = "中国".into(), &[]),
    Case(
        "a permit says where somebody lives",
        |a| {
            set(a, Kind::HkMacauResidencePermit, &id_number("820000", "19800506", "351"));
            a.policyholder.nationality = "PRT".into();
        },
        &[],
    ),
    Case(
        "a right foreigner",
        |a| {
            set(a, Kind::ForeignerPermanentResidence, &id_number("911840", "19800506", "351"));
            a.policyholder.nationality = "US".into();
            a.policyholder.sex = Personal::new(Some(Sex::Male));
        },
        &[],
    ),
];
