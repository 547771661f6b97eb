//! Applications to send: one that is right, and ways to make it wrong. All synthetic.

use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

pub const fn date(year: i32, month: i32, day: i32) -> Date {
    Date { year, month, day }
}

/// The number with its check character, for tests that need many people.
pub fn with_check(first17: &str) -> String {
    let sum: u32 = first17
        .bytes()
        .zip([7u32, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    format!("{first17}{}", char::from(b"10X98765432"[(sum % 11) as usize]))
}

/// Names of the synthetic people.
const NAMES: [&str; 7] = ["测试甲", "测试乙", "测试丙", "测试丁", "测试戊", "测试己", "测试庚"];

/// A man born on 1985-03-15, the `n`th of 500.
pub fn man(n: u32) -> proto::Person {
    let sequence = (n % 500) * 2 + 1;
    let county = 110_101 + (n / 500) % 5;
    person(
        NAMES[(n % 7) as usize],
        &with_check(&format!("{county}19850315{sequence:03}")),
        proto::Sex::Male,
        n,
    )
}

fn person(name: &str, number: &str, sex: proto::Sex, n: u32) -> proto::Person {
    proto::Person {
        name: name.into(),
        sex: sex.into(),
        birth_date: Some(date(1985, 3, 15)),
        certificate: Some(proto::Certificate {
            kind: proto::CertificateKind::ResidentId.into(),
            number: number.into(),
            valid_until: Some(date(2036, 1, 1)),
        }),
        phones: vec![format!("139{:08}", 24_680_000 + n)],
        email: String::new(),
        address: Some(proto::Address {
            province: "广东省".into(),
            city: "广州市".into(),
            district: "越秀区".into(),
            detail: format!("示范路{n}号3栋502室"),
            ..proto::Address::default()
        }),
        nationality: "CHN".into(),
    }
}

/// An application that is right: the `n`th man insures himself.
pub fn application(application_no: &str, n: u32) -> proto::Application {
    let holder = man(n);
    proto::Application {
        source: "core".into(),
        application_no: application_no.into(),
        kind: proto::ApplicationKind::NewBusiness.into(),
        channel: proto::Channel::Bancassurance.into(),
        branch_code: "4401".into(),
        seller_code: "S001".into(),
        agency_code: "A001".into(),
        product: Some(proto::Product {
            code: "P1".into(),
            name: "示范终身寿险".into(),
            class: proto::ProductClass::OrdinaryLife.into(),
            term: Some(proto::Term { length: Some(proto::term::Length::WholeLife(true)) }),
            group: false,
        }),
        applied_on: Some(date(2026, 11, 20)),
        insureds: vec![proto::Insured {
            person: Some(holder.clone()),
            relation: proto::Relation::Oneself.into(),
        }],
        accounts: vec![proto::Account {
            purpose: proto::AccountPurpose::Premium.into(),
            number: luhn(&format!("62220{n:07}234567")),
            kind: proto::AccountKind::Card.into(),
            bank_code: "ICBC".into(),
            holder_name: holder.name.clone(),
        }],
        policyholder: Some(holder),
        ..proto::Application::default()
    }
}

/// The number with its Luhn digit.
fn luhn(body: &str) -> String {
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0');
            if place % 2 == 1 {
                digit
            } else if digit > 4 {
                digit * 2 - 9
            } else {
                digit * 2
            }
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// The same, without the policyholder's phone: to be rejected.
pub fn rejected(application_no: &str, n: u32) -> proto::Application {
    let mut application = application(application_no, n);
    application.policyholder.as_mut().unwrap().phones.clear();
    application
}

/// The same as group business: not applicable.
pub fn not_applicable(application_no: &str, n: u32) -> proto::Application {
    let mut application = application(application_no, n);
    application.product.as_mut().unwrap().group = true;
    application
}

/// A request for `application` with the request id of `n`.
pub fn request(n: u128, application: proto::Application) -> proto::ValidateApplicationRequest {
    proto::ValidateApplicationRequest {
        request_id: uuid::Uuid::from_u128(0x1234_5678_0000_4000_8000_0000_0000_0000 + n).to_string(),
        application: Some(application),
        validate_only: false,
        language_code: String::new(),
    }
}
