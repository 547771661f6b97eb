//! The applications that are sent: two people with two phones each and one account, all right, no two people alike.
//!
//! Every text has the same length in every application, so that rows are of the same size.

use anyhow::{Context as _, bail};
use chrono::{Datelike as _, Days, NaiveDate};
use zhenshi::clock::{Clock as _, SystemClock};
use zhenshi_domain::{
    application::{
        Account, AccountKind, AccountPurpose, Address, Application, ApplicationKey, ApplicationKind,
        Certificate, CertificateKind, Channel, DateInput, Insured, Person, Product, ProductClass, Relation,
        Sex, Term,
    },
    personal::Personal,
    profile::Profile,
    rule::judge,
    verdict::Verdict,
};

/// Birth dates that are used, from the first day of 1970.
const BIRTH_DAYS: u64 = 9_000;
/// Men's sequence numbers of a birth date are odd.
const SEQUENCE_STEP: u64 = 2;
/// First of the telephone numbers.
const FIRST_PHONE: u64 = 13_920_000_000;
/// Weights of a resident ID number (GB 11643).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Its check characters.
const CHECKS: &[u8; 11] = b"10X98765432";

/// The first `count` applications that are accepted without a finding: some numbers look like placeholders.
pub(crate) fn applications(count: usize) -> anyhow::Result<Vec<Application>> {
    let (profile, now) = (Profile::default(), SystemClock.now());
    let mut found = Vec::with_capacity(count);
    // If hardly any is right the rules have changed, and the inputs must.
    for number in 0..u64::try_from(2 * count)? {
        if found.len() == count {
            break;
        }
        let application = application(number, now.date_naive())?;
        let judgement = judge(&application, &profile, now);
        if judgement.verdict == Verdict::Accepted && judgement.findings.is_empty() {
            found.push(application);
        }
    }
    if found.len() < count {
        bail!(
            "the rules accept only {} of {} applications: see benches/record/inputs.rs",
            found.len(),
            2 * count
        );
    }
    Ok(found)
}

fn application(number: u64, today: NaiveDate) -> anyhow::Result<Application> {
    let policyholder = person(2 * number, "测试")?;
    let account = Account {
        purpose: Some(AccountPurpose::Premium),
        number: Personal::new(luhn(&format!("62220{number:07}234567"))),
        kind: Some(AccountKind::Card),
        bank_code: "ICBC".into(),
        holder_name: policyholder.name.clone(),
    };
    Ok(Application {
        key: ApplicationKey {
            source: "core".into(),
            kind: ApplicationKind::NewBusiness,
            application_no: format!("B{number:011}"),
        },
        source_revision: Some(1),
        policy_no: String::new(),
        original_application_no: String::new(),
        channel: Channel::Bancassurance,
        branch_code: "4401".into(),
        seller_code: "S0001".into(),
        agency_code: "A0001".into(),
        product: Product {
            code: "P1".into(),
            name: "示范终身寿险".into(),
            class: Some(ProductClass::OrdinaryLife),
            term: Some(Term::WholeLife),
            group: false,
        },
        applied_on: DateInput::Day(today.checked_sub_days(Days::new(1)).context("no day before today")?),
        insureds: vec![Insured {
            person: person(2 * number + 1, "示例")?, relation: Some(Relation::Other)
        }],
        policyholder,
        accounts: vec![account],
        approvals: Vec::new(),
    })
}

/// The `number`th person: no other has the same name, birth date, certificate, phone or address.
fn person(number: u64, name: &str) -> anyhow::Result<Person> {
    let first = NaiveDate::from_ymd_opt(1970, 1, 1).context("1970")?;
    let birth = first.checked_add_days(Days::new(number % BIRTH_DAYS)).context("a birth date")?;
    let generation = number / BIRTH_DAYS;
    let suffix =
        "甲乙丙丁戊己庚辛壬癸".chars().nth(usize::try_from(generation)?).context("too many people")?;
    let (year, month, day) = (birth.year(), birth.month(), birth.day());
    let sequence = generation * SEQUENCE_STEP + 1;
    Ok(Person {
        name: Personal::new(format!("{name}{suffix}")),
        sex: Personal::new(Some(Sex::Male)),
        birth_date: Personal::new(DateInput::Day(birth)),
        certificate: Certificate {
            kind: Some(CertificateKind::ResidentId),
            number: Personal::new(with_check(&format!("110101{year:04}{month:02}{day:02}{sequence:03}"))),
            valid_until: NaiveDate::from_ymd_opt(2046, 1, 1).map_or(DateInput::Unset, DateInput::Day),
        },
        phones: (0..2).map(|phone| Personal::new(format!("{}", FIRST_PHONE + 2 * number + phone))).collect(),
        email: Personal::from(""),
        address: Address {
            province: "广东省".into(),
            city: "广州市".into(),
            district: "越秀区".into(),
            detail: Personal::new(format!("示范路{number:06}号3栋502室")),
            ..Address::default()
        },
        nationality: "CHN".into(),
    })
}

/// A resident ID number with its check character (GB 11643).
fn with_check(first17: &str) -> String {
    let digits = first17.bytes().map(|digit| u32::from(digit.wrapping_sub(b'0')));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let check = usize::try_from(sum % 11).ok().and_then(|place| CHECKS.get(place));
    format!("{first17}{}", check.map_or('?', |check| char::from(*check)))
}

/// An account number with its Luhn digit (ISO/IEC 7812).
fn luhn(body: &str) -> String {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let digits = body.bytes().rev().map(|digit| u32::from(digit.wrapping_sub(b'0'))).enumerate();
    let sum: u32 = digits.map(|(place, digit)| if place % 2 == 0 { doubled(digit) } else { digit }).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
