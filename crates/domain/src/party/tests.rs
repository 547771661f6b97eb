//! Who the parties are, whose the accounts, and by which key each customer is known.

use chrono::NaiveDate;

use super::*;
use crate::{
    application::{
        Account, AccountPurpose, Address, ApplicationKey, ApplicationKind, Certificate, CertificateKind,
        Channel, DateInput, Insured, Product,
    },
    clue::{ClueKey, contact_keys},
};

const PASSPORT: &str = "E12345670";

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn person(name: &str, born: i32, number: &str) -> Person {
    Person {
        name: name.into(),
        sex: Personal::new(Some(Sex::Female)),
        birth_date: Personal::new(DateInput::Day(day(born, 1, 2))),
        certificate: Certificate {
            kind: Some(CertificateKind::PrcPassport),
            number: number.into(),
            valid_until: DateInput::Unset,
        },
        ..Person::default()
    }
}

fn account(purpose: AccountPurpose, holder: &str) -> Account {
    let number = Personal::new(format!("6222 0206 5066 2277 32{}", holder.len()));
    Account { purpose: Some(purpose), number, holder_name: holder.into(), ..Account::default() }
}

fn application(insureds: Vec<Person>, accounts: Vec<Account>) -> Application {
    Application {
        key: ApplicationKey {
            source: "core".into(),
            kind: ApplicationKind::NewBusiness,
            application_no: "1".into(),
        },
        source_revision: None,
        policy_no: String::new(),
        original_application_no: String::new(),
        channel: Channel::Direct,
        branch_code: String::new(),
        seller_code: String::new(),
        agency_code: String::new(),
        product: Product::default(),
        applied_on: DateInput::Unset,
        policyholder: person("测试甲", 1980, PASSPORT),
        insureds: insureds
            .into_iter()
            .map(|person| Insured { person, relation: Some(Relation::Child) })
            .collect(),
        accounts,
        approvals: Vec::new(),
    }
}

fn as_of() -> NaiveDate {
    day(2026, 11, 23)
}

fn keys(parties: &[Party<'_>]) -> Vec<String> {
    parties.iter().map(|party| party.subject.key()).collect()
}

#[test]
fn accounts_go_to_the_party_of_their_holders_name() {
    use AccountPurpose::{Benefit, Premium};
    let application = application(
        vec![person("测试乙", 2000, "E2"), person("测试甲", 2001, "E3")],
        vec![
            account(Premium, "测试甲"),
            account(Benefit, "测 试甲"),
            account(Benefit, "测试乙"),
            account(Benefit, "示例丁"),
            account(Premium, ""),
            account(Premium, "示例戊"),
            account(Premium, "示例 丁"),
            account(Premium, "无"),
        ],
    );
    let parties = parties(&application, as_of());
    let owned: Vec<(Role, u16, &[usize])> =
        parties.iter().map(|party| (party.role, party.party_no, party.accounts.as_slice())).collect();
    assert_eq!(
        owned,
        [
            (Role::Policyholder, 0, &[0][..]),
            (Role::Insured, 1, &[2]),
            (Role::Insured, 2, &[1]),
            (Role::Payer, 3, &[3, 6]),
            (Role::Payer, 4, &[5]),
        ]
    );
    assert_eq!(keys(&parties)[3], "payer|示例丁|prc_passport:E12345670");
    assert!(parties[3].subject.is_weak() && parties[3].person.is_none());
    assert_eq!(parties[3].payer_name.as_ref().map(|name| name.expose().as_str()), Some("示例丁"));
}

#[test]
fn a_minor_without_a_number_is_known_by_his_policyholder() {
    let application = application(
        vec![person("测试乙", 2020, ""), person("测试|丙", 2000, "无"), person("测试丁", 2020, "E4")],
        Vec::new(),
    );
    let parties = parties(&application, as_of());
    assert_eq!(
        keys(&parties),
        [
            "prc_passport:E12345670",
            "minor|测试乙|2020-01-02|F|prc_passport:E12345670",
            "weak|测试\\|丙|2000-01-02|F",
            "prc_passport:E4",
        ]
    );
    assert_eq!(parties.iter().map(|party| party.minor).collect::<Vec<_>>(), [false, true, false, true]);
}

#[test]
fn nothing_of_a_party_shows() {
    let application =
        application(vec![person("测试乙", 2020, "")], vec![account(AccountPurpose::Premium, "示例丁")]);
    let parties = parties(&application, as_of());
    let shown = format!("{parties:?}{:?}", contact_keys(&application, &parties));
    for value in ["测试", "示例", "E12345670", "2020", "6222"] {
        assert!(!shown.contains(value), "{value} in {shown}");
    }
}

#[test]
fn every_value_of_every_party_is_a_key_once() {
    let mut application = application(
        vec![person("测试乙", 2020, "")],
        vec![account(AccountPurpose::Benefit, "示例丁"), account(AccountPurpose::Premium, "示例丁")],
    );
    let phones = ["13827359461", "+86 13827359461", "010-65529988-1", "13800138000", "无"];
    application.policyholder.phones = phones.map(Personal::from).into();
    application.policyholder.address =
        Address { text: "示例省示例市示例路1号".into(), ..Address::default() };
    application.insureds[0].person.sex = Personal::default();
    application.insureds[0].person.phones = vec!["13827359461".into()];
    let parties = parties(&application, as_of());
    let keys: Vec<(ClueKey, u16, Option<AccountPurpose>, String)> = contact_keys(&application, &parties)
        .into_iter()
        .map(|key| (key.clue, key.party_no, key.purpose, key.form.expose().clone()))
        .collect();
    let account = "6222020650662277329".to_owned();
    assert_eq!(
        keys,
        [
            (ClueKey::Phone, 0, None, "+861065529988;ext=1".to_owned()),
            (ClueKey::Phone, 0, None, "+8613827359461".to_owned()),
            (ClueKey::Phone, 1, None, "+8613827359461".to_owned()),
            (ClueKey::Account, 2, Some(AccountPurpose::Premium), account.clone()),
            (ClueKey::Account, 2, Some(AccountPurpose::Benefit), account),
            (ClueKey::Certificate, 0, None, "prc_passport:E12345670".to_owned()),
            (ClueKey::PersonTriple, 0, None, "测试甲|1980-01-02|F".to_owned()),
            (ClueKey::Address, 0, None, "示例省示例市示例路1号".to_owned()),
        ]
    );
}
