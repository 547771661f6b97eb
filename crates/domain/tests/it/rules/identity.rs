//! Cases of article 6: the resident ID number, and sex and birth date against it.

use zhenshi_domain::{
    application::{CertificateKind, Sex},
    personal::Personal,
};

use super::{Case, insured, set_number};
use crate::sample::{date, id_number};

pub(super) const RESIDENT_IDS: &[Case] = &[
    Case(
        "length",
        |a| set_number(&mut a.policyholder, "4401031980050635"),
        &["ID_NUMBER_LENGTH policyholder.certificate.number 16"],
    ),
    Case(
        "character",
        |a| set_number(&mut a.policyholder, "44010319800506O51X"),
        &["ID_NUMBER_CHARACTER policyholder.certificate.number 15"],
    ),
    Case(
        "province",
        |a| set_number(&mut a.policyholder, id_number("380103", "19800506", "351")),
        &["ID_NUMBER_PROVINCE policyholder.certificate.number"],
    ),
    Case(
        "date",
        |a| set_number(&mut a.policyholder, id_number("440103", "19800631", "351")),
        &["ID_NUMBER_DATE policyholder.certificate.number"],
    ),
    Case(
        "born after the application",
        |a| {
            a.applied_on = date(2026, 1, 1);
            set_number(insured(a), id_number("440103", "20260102", "351"));
        },
        &["ID_NUMBER_FUTURE insureds[0].person.certificate.number"],
    ),
    Case(
        "121 years",
        |a| set_number(&mut a.policyholder, id_number("440103", "19051123", "351")),
        &["ID_NUMBER_AGE policyholder.certificate.number 120"],
    ),
    Case(
        "check character",
        |a| {
            let right = id_number("440103", "19800506", "351");
            let wrong = if right.ends_with('1') { "2" } else { "1" };
            set_number(&mut a.policyholder, format!("{}{wrong}", &right[..17]));
        },
        &["ID_NUMBER_CHECK_CHARACTER policyholder.certificate.number"],
    ),
    Case("fifteen digits", |a| set_number(&mut a.policyholder, "440103800506351"), &[]),
    Case(
        "household register",
        |a| {
            a.policyholder.certificate.kind = Some(CertificateKind::HouseholdRegister);
            set_number(&mut a.policyholder, "4403");
        },
        &["ID_NUMBER_LENGTH policyholder.certificate.number 4"],
    ),
    Case(
        "other certificates are not judged by it",
        |a| {
            a.policyholder.certificate.kind = Some(CertificateKind::OfficerCertificate);
            set_number(&mut a.policyholder, "示字第00123号");
        },
        &[],
    ),
];

pub(super) const AGREEMENT: &[Case] = &[
    Case(
        "sex",
        |a| a.policyholder.sex = Personal::new(Some(Sex::Female)),
        &["SEX_CONTRADICTS_ID policyholder.sex"],
    ),
    Case(
        "birth date",
        |a| insured(a).birth_date = Personal::new(date(2005, 8, 7)),
        &["BIRTH_DATE_CONTRADICTS_ID insureds[0].person.birth_date"],
    ),
    Case(
        "both, with fifteen digits",
        |a| {
            set_number(&mut a.policyholder, "440103800507352");
        },
        &["SEX_CONTRADICTS_ID policyholder.sex", "BIRTH_DATE_CONTRADICTS_ID policyholder.birth_date"],
    ),
    Case(
        "a wrong number says nothing",
        |a| {
            a.policyholder.sex = Personal::new(Some(Sex::Female));
            set_number(&mut a.policyholder, "44010319800506");
        },
        &["ID_NUMBER_LENGTH policyholder.certificate.number 14"],
    ),
];
