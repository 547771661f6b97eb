//! Labelled telephones, accounts, names and addresses with their sources, and what must hold for every text.

use proptest::prelude::*;
use zhenshi_domain::{
    application::{AccountKind, Address},
    contact::{address, bank_account, email, person_name, phone},
    finding::Arg,
    personal::Personal,
    reading::Reading,
};

use crate::resident_ids::field;

const CASES: &str = include_str!("../fixtures/contacts.jsonl");

fn text_address(text: &str) -> Address {
    Address { text: text.into(), ..Address::default() }
}

fn read(kind: &str, input: &str) -> Reading {
    match kind {
        "phone" => phone::check(input),
        "bank" => bank_account::check(None, input),
        "name" => person_name::check(input),
        "address" => address::check(&text_address(input)),
        other => panic!("no such kind: {other}"),
    }
}

fn failures(reading: &Reading) -> Vec<&'static str> {
    reading.failures().map(|check| check.code.name).collect()
}

fn normalized(reading: &Reading) -> Option<&str> {
    reading.normalized.as_ref().map(Personal::expose).map(String::as_str)
}

#[test]
fn every_labelled_value_comes_out_as_labelled() {
    let mut count = 0;
    let mut wrong = Vec::new();
    for line in CASES.lines() {
        let field = |name| field(line, name);
        let (id, input) = (field("id").unwrap(), field("input").unwrap());
        let reading = read(&field("kind").unwrap(), &input);
        let as_labelled = reading.is_valid() == (field("expect").as_deref() == Some("valid"));
        let form = field("normalized");
        if !as_labelled || form.is_some() && form.as_deref() != normalized(&reading) {
            wrong.push(format!("{id} {input}: {:?}", failures(&reading)));
        }
        count += 1;
    }
    assert_eq!(wrong, [] as [String; 0]);
    assert_eq!(count, 104);
}

#[test]
fn telephones_have_typed_reasons() {
    for (raw, expected) in [
        ("13827359461", &[] as &[&str]),
        ("14958273946", &["PHONE_UNUSUAL"]),
        ("13498273946", &["PHONE_UNUSUAL"]),
        ("17401827394", &["PHONE_UNUSUAL"]),
        ("16858273946", &["PHONE_UNASSIGNED"]),
        ("1064858273946", &["PHONE_NOT_PERSONAL"]),
        ("95588", &["PHONE_NOT_PERSONAL"]),
        ("10086", &["PHONE_NOT_PERSONAL"]),
        ("110", &["PHONE_NOT_PERSONAL"]),
        ("12345", &["PHONE_NOT_PERSONAL"]),
        ("400-812-3456", &["PHONE_NOT_PERSONAL"]),
        ("138273594612", &["PHONE_FORMAT"]),
        ("1382735946", &["PHONE_FORMAT"]),
        ("65529988", &["PHONE_FORMAT"]),
        ("0755-8376542", &["PHONE_FORMAT"]),
        ("010-05529988", &["PHONE_FORMAT"]),
        ("phone", &["PHONE_FORMAT"]),
        ("0931-8465217-1", &[]),
        ("0434-3284617", &[]),
        ("0578-2384617", &[]),
        ("0931-84652171", &["PHONE_UNUSUAL"]),
        ("0300-3284617", &["PHONE_FORMAT"]),
        ("0410-3284617", &["PHONE_FORMAT"]),
        ("0400-8284617", &["PHONE_NOT_PERSONAL"]),
        ("0800-8284617", &["PHONE_NOT_PERSONAL"]),
        ("17498273946", &["PHONE_UNUSUAL"]),
        ("16101918051", &[]),
        ("1064158273946", &["PHONE_NOT_PERSONAL"]),
        ("+44 (0)20 7946 0958", &[]),
        ("010-65529988转123", &[]),
        ("010-65529988 分机 123", &[]),
        ("+85291234567", &[]),
        ("0085291234567", &[]),
        ("+1 415 555 2671", &[]),
        ("+85212358679", &["PHONE_FORMAT"]),
        ("+999123456789", &["PHONE_FORMAT"]),
        ("+8613827359", &["PHONE_FORMAT"]),
        ("+1 800 234 5678", &["PHONE_NOT_PERSONAL"]),
        ("", &["FIELD_MISSING"]),
        ("无", &["FIELD_PLACEHOLDER"]),
    ] {
        assert_eq!(failures(&phone::check(raw)), expected, "{raw}");
    }
    assert_eq!(normalized(&phone::check("0755 8376 5421 转 8")), Some("0755-83765421 ext 8"));
    assert_eq!(normalized(&phone::check("0085291234567")), Some("+85291234567"));
}

#[test]
fn addresses_say_what_is_missing() {
    let missing = |text: &str| -> Vec<&str> {
        let reading = address::check(&text_address(text));
        let args = reading.failures().flat_map(|check| check.failure.iter().flatten());
        args.filter_map(|(_, arg)| if let Arg::Key(key) = arg { Some(*key) } else { None }).collect()
    };
    for (text, expected) in [
        ("北京市朝阳区示例路1号", &[] as &[&str]),
        ("北京市示例路1号", &["district"]),
        ("广东省东莞市示例镇示例路1号", &[]),
        ("示例省示例市示例区示例路", &["detail"]),
        ("示例省示例市示例县示例新村", &[]),
        ("朝阳区示例路1号", &["province", "city"]),
        ("北京市朝阳区", &["region-only"]),
        ("示例路1号", &["no-region"]),
        ("13827359461", &["number"]),
        ("1 Sample Road, Example", &["province", "city", "district"]),
    ] {
        assert_eq!(missing(text), expected, "{text}");
    }
}

#[test]
fn debug_shows_nothing() {
    let reading = phone::check("13827359461");
    assert!(!format!("{reading:?}").contains("138"));
}

fn is_stable(reading: &Reading, again: impl Fn(&str) -> Reading) -> Result<(), TestCaseError> {
    if let Some(form) = normalized(reading) {
        let second = again(form);
        prop_assert_eq!(normalized(&second), Some(form));
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_text_panics_and_normal_forms_stay(
        raw in any::<String>(),
        likely in "[+0-9 转x*.E'-]{0,24}",
        words in "[测试·. A-Za-z市县区路0-9]{0,16}",
    ) {
        for text in [&raw, &likely, &words] {
            is_stable(&phone::check(text), phone::check)?;
            for kind in [None, Some(AccountKind::Card), Some(AccountKind::Passbook), Some(AccountKind::Corporate)] {
                is_stable(&bank_account::check(kind, text), |form| bank_account::check(kind, form))?;
            }
            is_stable(&person_name::check(text), person_name::check)?;
            is_stable(&email::check(text), email::check)?;
            let by_text = |text: &str| address::check(&text_address(text));
            is_stable(&by_text(text), by_text)?;
            address::check(&Address { detail: text.as_str().into(), province: raw.clone(), ..Address::default() });
        }
    }

    #[test]
    fn each_wrong_digit_and_each_swap_of_a_card_is_caught(
        body in "62[0-9]{16}",
        place in 0usize..19,
        step in 1u8..10,
    ) {
        let card = with_luhn(&body);
        // Spreadsheet damage and placeholders are told before the check digit.
        prop_assume!(bank_account::check(Some(AccountKind::Card), &card).is_valid());
        let mut wrong = card.clone().into_bytes();
        wrong[place] = b'0' + (wrong[place] - b'0' + step) % 10;
        let wrong = String::from_utf8(wrong).unwrap();
        prop_assert!(!bank_account::check(Some(AccountKind::Card), &wrong).is_valid());
        if let Some(&[first, second]) = card.as_bytes().get(place..place + 2).and_then(|pair| pair.first_chunk())
            // Luhn does not see 09 and 90.
            && first != second && ![(b'0', b'9'), (b'9', b'0')].contains(&(first, second))
        {
            let mut swapped = card.into_bytes();
            swapped.swap(place, place + 1);
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert!(!bank_account::check(Some(AccountKind::Card), &swapped).is_valid());
        }
    }
}

/// The body with its Luhn digit, found by trying.
fn with_luhn(body: &str) -> String {
    let doubled = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let sum: usize = body
        .bytes()
        .rev()
        .map(|digit| usize::from(digit - b'0'))
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { doubled[digit] } else { digit })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}
