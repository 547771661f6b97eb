//! A right application, from which tests depart by one change. All data is made up, and plainly so.

use chrono::{DateTime, NaiveDate, Utc};
use zhenshi_domain::{
    application::{
        Account, AccountKind, AccountPurpose, Address, Application, ApplicationKey, ApplicationKind,
        Certificate, CertificateKind, Channel, DateInput, Insured, Person, Product, ProductClass, Relation,
        Sex, Term,
    },
    finding::{Arg, Finding},
    personal::Personal,
    profile::Profile,
    rule::judge,
};

/// Day of the sample application and of its decision.
pub(crate) const TODAY: (i32, u32, u32) = (2026, 11, 23);

pub(crate) fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

pub(crate) fn date(year: i32, month: u32, day: u32) -> DateInput {
    DateInput::Day(self::day(year, month, day))
}

/// Noon of [`TODAY`] in Shanghai.
pub(crate) fn now() -> DateTime<Utc> {
    day(TODAY.0, TODAY.1, TODAY.2).and_hms_opt(4, 0, 0).unwrap().and_utc()
}

/// A resident ID number with the right check character, by another formula than the code under test.
pub(crate) fn id_number(area: &str, birth: &str, sequence: &str) -> String {
    let body = format!("{area}{birth}{sequence}");
    let value = body.bytes().fold(0_i64, |value, digit| (value * 13 + i64::from(digit - b'0')) % 11);
    match (1 - 2 * value).rem_euclid(11) {
        10 => body + "X",
        digit => format!("{body}{digit}"),
    }
}

/// A person with everything that article 5 asks for.
pub(crate) fn person(name: &str, birth: NaiveDate, sex: Sex) -> Person {
    let sequence = if sex == Sex::Male { "351" } else { "352" };
    Person {
        name: name.into(),
        sex: Personal::new(Some(sex)),
        birth_date: Personal::new(DateInput::Day(birth)),
        certificate: Certificate {
            kind: Some(CertificateKind::ResidentId),
            number: Personal::new(id_number("440103", &birth.format("%Y%m%d").to_string(), sequence)),
            valid_until: DateInput::Unset,
        },
        phones: vec!["13827359461".into()],
        email: Personal::default(),
        address: Address {
            province: "示例省".into(),
            city: "示例市".into(),
            district: "示例区".into(),
            detail: "示例路1号101室".into(),
            ..Address::default()
        },
        nationality: String::new(),
    }
}

pub(crate) fn account(purpose: AccountPurpose, number: &str, holder: &str) -> Account {
    Account {
        purpose: Some(purpose),
        number: number.into(),
        kind: Some(AccountKind::Card),
        bank_code: String::new(),
        holder_name: holder.into(),
    }
}

/// An application that every rule accepts: 测试甲 insures his adult child 测试乙 and pays from his own account.
pub(crate) fn application() -> Application {
    Application {
        key: ApplicationKey {
            source: "core".into(),
            kind: ApplicationKind::NewBusiness,
            application_no: "T1".into(),
        },
        source_revision: None,
        policy_no: String::new(),
        original_application_no: String::new(),
        channel: Channel::Bancassurance,
        branch_code: String::new(),
        seller_code: String::new(),
        agency_code: String::new(),
        product: Product {
            code: "P1".into(),
            name: "示例终身寿险".into(),
            class: Some(ProductClass::OrdinaryLife),
            term: Some(Term::WholeLife),
            group: false,
        },
        applied_on: date(TODAY.0, TODAY.1, TODAY.2),
        policyholder: person("测试甲", day(1980, 5, 6), Sex::Male),
        insureds: vec![Insured {
            person: person("测试乙", day(2005, 7, 8), Sex::Female),
            relation: Some(Relation::Child),
        }],
        accounts: vec![account(AccountPurpose::Premium, "6222020650662277328", "测试甲")],
        approvals: Vec::new(),
    }
}

/// The findings on `application`: code, path, first argument.
pub(crate) fn findings(application: &Application, profile: &Profile) -> Vec<String> {
    let judgement = judge(application, profile, now());
    judgement.findings.iter().map(written).collect()
}

/// Code, path and arguments of a finding.
pub(crate) fn written(finding: &Finding) -> String {
    let args: String = finding
        .args
        .iter()
        .map(|(_, arg)| match arg {
            Arg::Number(number) => format!(" {number}"),
            Arg::Key(key) => format!(" {key}"),
        })
        .collect();
    format!("{} {}{args}", finding.code.name, finding.field_path)
}
