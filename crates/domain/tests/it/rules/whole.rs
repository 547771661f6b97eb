//! Cases of articles 4 and 5 and of the application as a whole.

use zhenshi_domain::{
    application::{Account, AccountPurpose, CertificateKind, DateInput, Person, ProductClass, Term},
    personal::Personal,
};

use super::{Case, insured, minor, set_number};
use crate::sample::{account, date};

pub(super) const APPLICABILITY: &[Case] = &[
    Case("right", |_| {}, &[]),
    Case("no class", |a| a.product.class = None, &["PRODUCT_CLASS_MISSING product.class"]),
    Case("no term", |a| a.product.term = None, &["PRODUCT_TERM_MISSING product.term"]),
    Case("no years", |a| a.product.term = Some(Term::Years(0)), &["PRODUCT_TERM_MISSING product.term"]),
    Case("no months", |a| a.product.term = Some(Term::Months(0)), &["PRODUCT_TERM_MISSING product.term"]),
    Case("one year", |a| a.product.term = Some(Term::Years(1)), &[]),
    Case("twelve months", |a| a.product.term = Some(Term::Months(12)), &[]),
    Case("365 days", |a| a.product.term = Some(Term::Days(365)), &[]),
    Case("accident", |a| a.product.class = Some(ProductClass::Accident), &[]),
];

pub(super) const APPLICATION_DATE: &[Case] = &[
    Case("unset", |a| a.applied_on = DateInput::Unset, &["APPLICATION_DATE_INVALID applied_on unset"]),
    Case(
        "no day",
        |a| a.applied_on = DateInput::Impossible,
        &["APPLICATION_DATE_INVALID applied_on impossible"],
    ),
    Case("tomorrow", |a| a.applied_on = date(2026, 11, 24), &["APPLICATION_DATE_INVALID applied_on future"]),
    Case("yesterday", |a| a.applied_on = date(2026, 11, 22), &[]),
    Case(
        "far future ages nobody",
        |a| a.applied_on = date(9999, 1, 1),
        &["APPLICATION_DATE_INVALID applied_on future"],
    ),
];

pub(super) const COMPLETENESS: &[Case] = &[
    Case(
        "nothing at all",
        |a| {
            a.policyholder = Person::default();
            a.insureds.clear();
        },
        &[
            "FIELD_MISSING policyholder.name",
            "FIELD_MISSING policyholder.sex",
            "FIELD_MISSING policyholder.birth_date",
            "FIELD_MISSING policyholder.certificate.number",
            "FIELD_MISSING policyholder.address",
            "FIELD_MISSING policyholder.phones",
            "FIELD_MISSING insureds",
        ],
    ),
    Case(
        "an empty insured",
        |a| a.insureds[0].person = Person::default(),
        &[
            "FIELD_MISSING insureds[0].person.name",
            "FIELD_MISSING insureds[0].person.sex",
            "FIELD_MISSING insureds[0].person.birth_date",
            "FIELD_MISSING insureds[0].person.certificate.number",
        ],
    ),
    Case(
        "spaces only",
        |a| a.policyholder.name = "\u{3000} \u{200B}".into(),
        &["FIELD_MISSING policyholder.name"],
    ),
    Case(
        "number without kind",
        |a| a.policyholder.certificate.kind = None,
        &["FIELD_MISSING policyholder.certificate.kind"],
    ),
    Case(
        "an insured needs no phone and address",
        |a| {
            insured(a).phones.clear();
            insured(a).address = zhenshi_domain::application::Address::default();
        },
        &[],
    ),
    Case(
        "a region is no address",
        |a| a.policyholder.address.detail = "".into(),
        &["FIELD_MISSING policyholder.address"],
    ),
    Case(
        "empty phones",
        |a| a.policyholder.phones = vec!["".into(), " ".into()],
        &["FIELD_MISSING policyholder.phones"],
    ),
    Case("second phone is real", |a| a.policyholder.phones = vec!["无".into(), "010-65529988".into()], &[]),
    Case(
        "two placeholders",
        |a| a.policyholder.phones = vec!["13800138000".into(), "".into(), "无".into()],
        &["FIELD_PLACEHOLDER policyholder.phones[0]", "FIELD_PLACEHOLDER policyholder.phones[2]"],
    ),
    Case("name", |a| insured(a).name = "不详".into(), &["FIELD_PLACEHOLDER insureds[0].person.name"]),
    Case(
        "address",
        |a| a.policyholder.address.detail = "同身份证".into(),
        &["FIELD_PLACEHOLDER policyholder.address"],
    ),
    Case(
        "fifteen ones",
        |a| set_number(&mut a.policyholder, "111111111111111"),
        &["FIELD_PLACEHOLDER policyholder.certificate.number"],
    ),
    Case(
        "ascending",
        |a| set_number(&mut a.policyholder, "123456789012345678"),
        &["FIELD_PLACEHOLDER policyholder.certificate.number"],
    ),
    Case(
        "premium account without holder",
        |a| a.accounts[0].holder_name = " ".into(),
        &["FIELD_MISSING accounts[0].holder_name"],
    ),
    Case(
        "premium account with a placeholder as holder",
        |a| a.accounts[0].holder_name = "无".into(),
        &["FIELD_PLACEHOLDER accounts[0].holder_name"],
    ),
    Case(
        "no number, no holder; or not for premium",
        |a| {
            a.accounts = vec![
                account(AccountPurpose::Premium, "", ""),
                account(AccountPurpose::Benefit, "6222020650662277328", ""),
                Account::default(),
            ];
        },
        &[],
    ),
];

pub(super) const MINORS: &[Case] = &[
    Case("seventeen", |a| drop(minor(a, date(2008, 11, 24)).name.clone()), &[]),
    Case(
        "eighteen today",
        |a| drop(minor(a, date(2008, 11, 23)).name.clone()),
        &["FIELD_MISSING insureds[0].person.certificate.number"],
    ),
    Case(
        "leap day child on 28 February",
        |a| {
            a.applied_on = date(2026, 2, 28);
            minor(a, date(2008, 2, 29));
        },
        &[],
    ),
    Case(
        "leap day child on 1 March",
        |a| {
            a.applied_on = date(2026, 3, 1);
            minor(a, date(2008, 2, 29));
        },
        &["FIELD_MISSING insureds[0].person.certificate.number"],
    ),
    Case(
        "unknown birth date",
        |a| drop(minor(a, DateInput::Unset).name.clone()),
        &[
            "FIELD_MISSING insureds[0].person.birth_date",
            "FIELD_MISSING insureds[0].person.certificate.number",
        ],
    ),
    Case(
        "exempt from the number only",
        |a| {
            let person = minor(a, date(2020, 1, 1));
            person.sex = Personal::default();
            person.name = Personal::default();
        },
        &["FIELD_MISSING insureds[0].person.name", "FIELD_MISSING insureds[0].person.sex"],
    ),
    Case("a placeholder is no number", |a| set_number(minor(a, date(2020, 1, 1)), "无"), &[]),
    Case("a number needs no kind", |a| set_number(minor(a, date(2020, 1, 1)), "A123456789"), &[]),
    Case(
        "a given number must be right",
        |a| {
            let person = minor(a, date(2020, 1, 1));
            person.certificate.kind = Some(CertificateKind::HouseholdRegister);
            set_number(person, "44010320200101352");
        },
        &["ID_NUMBER_LENGTH insureds[0].person.certificate.number 17"],
    ),
    Case(
        "the policyholder is not exempt",
        |a| {
            a.policyholder.birth_date = Personal::new(date(2020, 1, 1));
            set_number(&mut a.policyholder, "");
        },
        &[
            "FIELD_MISSING policyholder.certificate.number",
            "POLICYHOLDER_MINOR policyholder.birth_date 18",
            "RELATION_CONTRADICTS_AGE insureds[0].relation",
        ],
    ),
];

pub(super) const BIRTH_DATES: &[Case] = &[
    Case(
        "no day",
        |a| insured(a).birth_date = Personal::new(DateInput::Impossible),
        &["BIRTH_DATE_IMPOSSIBLE insureds[0].person.birth_date no-day"],
    ),
    Case(
        "unborn",
        |a| {
            a.policyholder.birth_date = Personal::new(date(2026, 11, 24));
            a.policyholder.certificate.kind = Some(CertificateKind::PrcPassport);
            a.policyholder.certificate.valid_until = date(2030, 1, 1);
            set_number(&mut a.policyholder, "E12345670");
        },
        &["BIRTH_DATE_IMPOSSIBLE policyholder.birth_date future"],
    ),
    Case("born today", |a| drop(minor(a, date(2026, 11, 23)).name.clone()), &[]),
];
