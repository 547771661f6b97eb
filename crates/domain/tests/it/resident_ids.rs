//! Labelled numbers with their sources, and what must hold for every number.

use chrono::NaiveDate;
use proptest::prelude::*;
use zhenshi_domain::{
    application::Sex,
    identity::resident_id::{ResidentIdError, canonical, parse},
};

use crate::sample::{day, id_number};

const CASES: &str = include_str!("../fixtures/resident_ids.jsonl");

/// The text of a field of one line of JSON.
pub(crate) fn field(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(&format!("\"{name}\": \""))?;
    let mut text = String::new();
    let mut chars = rest.chars();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => text.push(match chars.next()? {
                't' => '\t',
                plain @ ('"' | '\\' | '/') => plain,
                other => panic!("escape {other} in the fixture"),
            }),
            plain => text.push(plain),
        }
    }
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_labelled_number_comes_out_as_labelled() {
    let mut count = 0;
    for line in CASES.lines() {
        let field = |name| field(line, name);
        let id = field("id").unwrap();
        let input = field("input").unwrap();
        let parsed = parse(&input, date(&field("as_of").unwrap()));
        assert_eq!(parsed.is_ok(), field("expect").as_deref() == Some("valid"), "{id}: {parsed:?}");
        if let Ok(parsed) = parsed {
            if let Some(normalized) = field("normalized") {
                assert_eq!(parsed.number(), normalized, "{id}");
            }
            if let Some(birth) = field("birth") {
                assert_eq!(parsed.birth_date(), date(&birth), "{id}");
            }
            if let Some(sex) = field("sex") {
                assert_eq!(parsed.sex() == Sex::Male, sex == "M", "{id}");
            }
            assert_eq!(parsed.from_15(), field("kind").as_deref() == Some("id15"), "{id}");
        }
        count += 1;
    }
    assert_eq!(count, 130);
}

#[test]
fn each_reason_is_told_apart() {
    let as_of = day(2026, 11, 23);
    let right = |area: &str, birth: &str| id_number(area, birth, "123");
    let cases = [
        ("11010519491231002X".to_owned(), None),
        (right("110105", "19061123"), None),
        (right("110105", "20261123"), None),
        (String::new(), Some(ResidentIdError::Length { actual: 0 })),
        ("1101051949123100".to_owned(), Some(ResidentIdError::Length { actual: 16 })),
        ("证".repeat(18), Some(ResidentIdError::Character { position: 1 })),
        ("11010519491231002\u{0425}".to_owned(), Some(ResidentIdError::Character { position: 18 })),
        ("11010519491231002×".to_owned(), Some(ResidentIdError::Character { position: 18 })),
        ("11010549123100X".to_owned(), Some(ResidentIdError::Character { position: 15 })),
        ("110105194912310〇2X".to_owned(), Some(ResidentIdError::Character { position: 16 })),
        (right("710000", "19900101"), Some(ResidentIdError::Province)),
        (right("810000", "19900101"), Some(ResidentIdError::Province)),
        (right("932682", "19850101"), Some(ResidentIdError::Province)),
        (right("010105", "19900101"), Some(ResidentIdError::Province)),
        (right("110105", "19000229"), Some(ResidentIdError::Date)),
        (right("110105", "20250229"), Some(ResidentIdError::Date)),
        (right("110105", "20261124"), Some(ResidentIdError::Future)),
        (right("110105", "19051123"), Some(ResidentIdError::Age)),
        (right("110105", "19051124"), None),
        ("110105194912310021".to_owned(), Some(ResidentIdError::CheckCharacter)),
    ];
    for (number, reason) in cases {
        assert_eq!(parse(&number, as_of).err(), reason, "{number}");
    }
}

#[test]
fn debug_and_errors_show_no_number() {
    let parsed = parse("11010519491231002X", day(2026, 1, 1));
    assert_eq!(format!("{parsed:?}"), "Ok(ResidentId(<personal>))");
}

/// Provinces that stand on cards.
const PROVINCES: [&str; 31] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
    "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65",
];

fn as_of() -> NaiveDate {
    day(2026, 11, 23)
}

prop_compose! {
    /// A right number of somebody born on one of these days, counted from 1908-01-01.
    fn right_number_of(born: std::ops::Range<u64>)(
        province in 0..PROVINCES.len(),
        county in 0..10_000_u32,
        days in born,
        sequence in 0..1000_u32,
    ) -> String {
        let birth = day(1908, 1, 1).checked_add_days(chrono::Days::new(days)).unwrap();
        let area = format!("{}{county:04}", PROVINCES[province]);
        id_number(&area, &birth.format("%Y%m%d").to_string(), &format!("{sequence:03}"))
    }
}

fn right_number() -> impl Strategy<Value = String> {
    right_number_of(0..43_000)
}

/// Before 2000.
fn number_of_last_century() -> impl Strategy<Value = String> {
    right_number_of(0..33_603)
}

proptest! {
    #[test]
    fn right_numbers_pass_and_say_what_is_in_them(number in right_number()) {
        let parsed = parse(&number, as_of()).unwrap();
        prop_assert_eq!(parsed.number(), &number);
        prop_assert_eq!(parsed.birth_date().format("%Y%m%d").to_string(), &number[6..14]);
        let odd = number.as_bytes()[16] % 2 == 1;
        prop_assert_eq!(parsed.sex() == Sex::Male, odd);
    }

    #[test]
    fn every_single_error_is_caught(number in right_number(), place in 0..18_usize, wrong in "[0-9X]") {
        let mut changed = number.clone();
        changed.replace_range(place..=place, &wrong);
        if changed != number {
            prop_assert!(parse(&changed, as_of()).is_err());
            prop_assert!(canonical(&changed).is_none());
        }
    }

    #[test]
    fn every_swap_of_neighbours_is_caught(number in right_number(), place in 0..17_usize) {
        let mut swapped = number.clone().into_bytes();
        swapped.swap(place, place + 1);
        let swapped = String::from_utf8(swapped).unwrap();
        prop_assert!(swapped == number || parse(&swapped, as_of()).is_err());
    }

    #[test]
    fn twins_of_15_and_18_characters_agree(number in number_of_last_century()) {
        let old = format!("{}{}", &number[..6], &number[8..17]);
        let (old, new) = (parse(&old, as_of()).unwrap(), parse(&number, as_of()).unwrap());
        prop_assert_eq!(old.number(), new.number());
        prop_assert_eq!((old.birth_date(), old.sex()), (new.birth_date(), new.sex()));
        prop_assert!(old.from_15() && !new.from_15());
    }

    #[test]
    fn no_text_panics_and_normalising_is_idempotent(raw in any::<String>(), likely in "\\PC{0,4}[0-9０-９xXＸ \u{200B}]{15,22}") {
        for text in [raw, likely] {
            let _ = parse(&text, as_of());
            if let Some(once) = canonical(&text) {
                prop_assert_eq!(canonical(&once), Some(once.clone()));
                prop_assert!(once.is_ascii() && once.len() == 18);
            }
        }
    }

    #[test]
    fn dress_changes_nothing(number in right_number(), place in 0..18_usize) {
        let dressed = format!("\u{FEFF} {}\u{200B} {}\t", &number[..place], number[place..].to_lowercase());
        prop_assert_eq!(canonical(&dressed), Some(number));
    }
}
