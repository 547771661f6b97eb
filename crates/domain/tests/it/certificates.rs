//! Labelled numbers of every kind of certificate with their sources, and what must hold for every number.

use chrono::NaiveDate;
use proptest::prelude::*;
use zhenshi_domain::{
    application::{CertificateKind as Kind, Sex},
    identity::{check, codes, faults, holds},
    reading::Reading,
};

use crate::{
    resident_ids::field,
    sample::{day, id_number},
};

const CASES: &str = include_str!("../fixtures/certificates.jsonl");
const RESIDENT_CASES: &str = include_str!("../fixtures/resident_ids.jsonl");

const KINDS: [Kind; 13] = [
    Kind::ResidentId,
    Kind::HkMacauResidencePermit,
    Kind::TaiwanResidencePermit,
    Kind::ForeignerPermanentResidence,
    Kind::HkMacauTravelPermit,
    Kind::TaiwanTravelPermit,
    Kind::PrcPassport,
    Kind::ForeignPassport,
    Kind::OfficerCertificate,
    Kind::SoldierCertificate,
    Kind::HouseholdRegister,
    Kind::BirthCertificate,
    Kind::Other,
];

fn as_of() -> NaiveDate {
    day(2026, 11, 23)
}

fn kind_of(name: &str, input: &str) -> Kind {
    match name {
        "id18" | "id15" => Kind::ResidentId,
        "hmt_permit" if input.starts_with("83") => Kind::TaiwanResidencePermit,
        "hmt_permit" => Kind::HkMacauResidencePermit,
        "foreigner_prc" | "foreigner_prc_old" => Kind::ForeignerPermanentResidence,
        "hk_macau_travel_permit" => Kind::HkMacauTravelPermit,
        "taiwan_travel_permit" => Kind::TaiwanTravelPermit,
        "passport" => Kind::PrcPassport,
        "passport_mrz" | "foreign_passport" => Kind::ForeignPassport,
        "birth_certificate" => Kind::BirthCertificate,
        "officer_certificate" => Kind::OfficerCertificate,
        other => panic!("kind {other} in the fixture"),
    }
}

fn failed(reading: &Reading) -> Vec<&'static str> {
    reading.failures().map(|check| check.code.name).collect()
}

#[test]
fn every_labelled_number_comes_out_as_labelled() {
    for line in CASES.lines().chain(RESIDENT_CASES.lines()) {
        let get = |name| field(line, name);
        let (id, input) = (get("id").unwrap(), get("input").unwrap());
        let as_of = get("as_of").unwrap().parse().unwrap();
        let reading = check(kind_of(&get("kind").unwrap(), &input), &input, as_of);
        let valid = get("expect").as_deref() == Some("valid");
        assert_eq!(reading.is_valid(), valid, "{id}: {:?}", failed(&reading));
        if !valid {
            assert!(reading.birth_date.is_none() && reading.sex.is_none(), "{id}");
            if let Some(code) = get("code") {
                assert_eq!(failed(&reading), [code], "{id}");
            }
            continue;
        }
        if let Some(normalized) = get("normalized") {
            assert_eq!(reading.normalized.as_ref().unwrap().expose(), &normalized, "{id}");
        }
        if let Some(birth) = get("birth") {
            assert_eq!(reading.birth_date.as_ref().unwrap().expose().to_string(), birth, "{id}");
        }
        if let Some(sex) = get("sex") {
            assert_eq!(reading.sex, Some(if sex == "M" { Sex::Male } else { Sex::Female }), "{id}");
        }
        let advice = match get("expect_warning").as_deref() {
            None => None,
            Some("area_code_unknown") => Some(codes::REGION_CODE_UNKNOWN.name),
            Some("area_code_not_in_force_at_birth") => Some(codes::REGION_CODE_NOT_IN_FORCE.name),
            Some("unusual") => Some(codes::CERTIFICATE_NUMBER_UNUSUAL.name),
            Some(other) => panic!("warning {other} in the fixture"),
        };
        assert_eq!(failed(&reading), Vec::from_iter(advice), "{id}");
    }
}

#[test]
fn what_stands_for_no_number_is_told_as_missing() {
    for kind in KINDS {
        assert_eq!(failed(&check(kind, " \u{3000}", as_of())), ["FIELD_MISSING"]);
        assert_eq!(failed(&check(kind, "不详", as_of())), ["FIELD_PLACEHOLDER"]);
        assert_eq!(failed(&check(kind, "000000000", as_of())), ["FIELD_PLACEHOLDER"]);
    }
}

#[test]
fn every_check_is_told_in_its_order() {
    let reading = check(Kind::ResidentId, "11010519491231002X", as_of());
    let names: Vec<&str> = reading.checks.iter().map(|check| check.code.name).collect();
    assert_eq!(names, codes::ALL[..9].iter().map(|code| code.name).collect::<Vec<_>>());
    let region = reading.region.unwrap();
    assert_eq!((region.names, region.years), (vec!["北京市", "朝阳区"], Some((1980, None))));
    let reading = check(Kind::HouseholdRegister, "11010519491331002X", as_of());
    assert_eq!((reading.checks.len(), failed(&reading)), (4, vec!["ID_NUMBER_DATE"]));
    let reading = check(Kind::ForeignerPermanentResidence, "932682198501010017", as_of());
    assert_eq!(reading.region.unwrap().names, ["江苏省"]);
}

#[test]
fn debug_shows_nothing_of_a_number() {
    for (kind, number) in [
        (Kind::ResidentId, "11010519491231002X"),
        (Kind::PrcPassport, "E12345670"),
        (Kind::Other, "SECRET77"),
    ] {
        let shown = format!("{:?}", check(kind, number, as_of()));
        assert!(!shown.contains("1949") && !shown.contains("12345") && !shown.contains("SECRET"), "{shown}");
    }
}

/// Check digit of ICAO 9303 by another way than the code under test: a table of values, weights by hand.
fn icao_digit(text: &str) -> char {
    let values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let sum: usize =
        text.chars().enumerate().map(|(place, c)| values.find(c).unwrap_or(0) * [7, 3, 1][place % 3]).sum();
    char::from(b'0' + u8::try_from(sum % 10).unwrap())
}

prop_compose! {
    /// A number of 18 characters of a permit or a new card, with its kind.
    fn eighteen()(
        place in 0..4_usize,
        days in 0..43_000_u64,
        sequence in 0..1000_u32,
    ) -> (Kind, String) {
        let (kind, area) = [
            (Kind::HkMacauResidencePermit, "810000"),
            (Kind::HkMacauResidencePermit, "820000"),
            (Kind::TaiwanResidencePermit, "830000"),
            (Kind::ForeignerPermanentResidence, "932682"),
        ][place];
        let birth = day(1908, 1, 1).checked_add_days(chrono::Days::new(days)).unwrap();
        (kind, id_number(area, &birth.format("%Y%m%d").to_string(), &format!("{sequence:03}")))
    }
}

prop_compose! {
    /// An old card of permanent residence.
    fn old_card()(
        country in 0..4_usize,
        area in 1000..6600_u32,
        days in 0..30_000_u64,
        sequence in 0..10_u32,
    ) -> String {
        let birth = day(1935, 1, 1).checked_add_days(chrono::Days::new(days)).unwrap();
        let body = format!("{}{area:04}{}{sequence}", ["KAZ", "USA", "DEU", "IND"][country], birth.format("%y%m%d"));
        let digit = icao_digit(&body);
        format!("{body}{digit}")
    }
}

prop_compose! {
    /// A machine-readable zone.
    fn zone()(
        number in "[A-Z][A-Z0-9]{5,8}",
        days in 0..30_000_u64,
        sex in "[MF<]",
        personal in "[A-Z0-9<]{14}",
    ) -> String {
        let birth = day(1935, 1, 1).checked_add_days(chrono::Days::new(days)).unwrap().format("%y%m%d");
        let guarded = |text: String| { let digit = icao_digit(&text); format!("{text}{digit}") };
        let (number, birth, expiry, personal) = (
            guarded(format!("{number:<<9}")),
            guarded(birth.to_string()),
            guarded("310405".into()),
            guarded(personal),
        );
        let whole = icao_digit(&format!("{number}{birth}{expiry}{personal}"));
        let first = format!("{:<<44}", "P<UTOMUSTERFRAU<<TEST");
        format!("{first}{number}UTO{birth}{sex}{expiry}{personal}{whole}")
    }
}

proptest! {
    #[test]
    fn no_text_panics_and_normalising_is_idempotent(
        raw in any::<String>(),
        likely in "\\PC{0,3}[0-9０-９xXHMEPKＸ<字第号 \u{200B}]{5,22}",
        long in "P[A-Z0-9<é]{80,90}",
    ) {
        for text in [raw, likely, long] {
            for kind in KINDS {
                let once = check(kind, &text, as_of());
                prop_assert_eq!(&faults(kind, &text, as_of()), &once.failures().cloned().collect::<Vec<_>>());
                let held = (once.birth_date.as_ref().map(|birth| *birth.expose()), once.sex);
                prop_assert_eq!(holds(kind, &text, as_of()), held);
                let Some(normalized) = &once.normalized else { continue };
                let again = check(kind, normalized.expose(), as_of());
                prop_assert_eq!(again, once.clone());
            }
        }
    }

    #[test]
    fn every_error_in_18_characters_is_caught((kind, number) in eighteen(), place in 0..18_usize, to in 0..11_usize) {
        prop_assert!(check(kind, &number, as_of()).is_valid());
        let mut changed = number.clone().into_bytes();
        changed[place] = b"0123456789X"[to];
        let changed = String::from_utf8(changed).unwrap();
        prop_assert!(changed == number || !check(kind, &changed, as_of()).is_valid());
        let mut swapped = number.clone().into_bytes();
        swapped.swap(place, (place + 1) % 18);
        let swapped = String::from_utf8(swapped).unwrap();
        prop_assert!(swapped == number || place == 17 || !check(kind, &swapped, as_of()).is_valid());
    }

    /// The weights 7-3-1 find every change of a digit. They find a swap of neighbours unless the two differ by five.
    #[test]
    fn errors_in_old_cards_are_caught(number in old_card(), place in 3..15_usize, to in b'0'..=b'9') {
        let kind = Kind::ForeignerPermanentResidence;
        prop_assert!(check(kind, &number, as_of()).is_valid(), "{}", number);
        let bytes = number.clone().into_bytes();
        let mut changed = bytes.clone();
        changed[place] = to;
        let changed = String::from_utf8(changed).unwrap();
        prop_assert!(changed == number || !check(kind, &changed, as_of()).is_valid());
        if place < 13 && bytes[place].abs_diff(bytes[place + 1]) != 5 {
            let mut swapped = bytes;
            swapped.swap(place, place + 1);
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert!(swapped == number || !check(kind, &swapped, as_of()).is_valid());
        }
    }

    #[test]
    fn errors_in_machine_readable_zones_are_caught(zone in zone(), place in 0..31_usize, to in b'0'..=b'9') {
        for kind in [Kind::PrcPassport, Kind::ForeignPassport] {
            prop_assert!(check(kind, &zone, as_of()).is_valid(), "{}", zone);
            let two_lines = format!("{}\n{}", &zone[..44], &zone[44..]);
            prop_assert_eq!(check(kind, &two_lines, as_of()), check(kind, &zone, as_of()));
            // Digits that check digits guard: 1-10, 14-20, 22-28 and the digits at 43 and 44.
            let guarded: Vec<usize> = (0..10).chain(13..20).chain(21..28).chain([42, 43]).collect();
            let place = 44 + guarded[place % guarded.len()];
            let mut changed = zone.clone().into_bytes();
            if !changed[place].is_ascii_digit() {
                continue;
            }
            changed[place] = to;
            let changed = String::from_utf8(changed).unwrap();
            prop_assert!(changed == zone || !check(kind, &changed, as_of()).is_valid(), "{}", changed);
        }
    }
}
