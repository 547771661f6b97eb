//! Runs of the whole generator, read back as any client would read them.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use super::*;

fn options(count: u64, seed: u64) -> GenOptions {
    let as_of = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    GenOptions { count, seed, as_of, out: PathBuf::from("applications"), truth: PathBuf::from("truth") }
}

fn run(count: u64, seed: u64) -> (Vec<u8>, Vec<u8>, Summary) {
    let (mut applications, mut truth) = (Vec::new(), Vec::new());
    let summary = generate(&options(count, seed), &mut applications, &mut truth).unwrap();
    (applications, truth, summary)
}

fn parse(lines: &[u8]) -> Vec<Value> {
    lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|l| serde_json::from_slice(l).unwrap())
        .collect()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

#[test]
fn one_seed_gives_one_pair_of_files() {
    let (first, again, other) = (run(3_000, 7), run(3_000, 7), run(3_000, 8));
    assert!(first.0 == again.0 && first.1 == again.1);
    assert!(first.0 != other.0 && first.1 != other.1);
}

#[test]
fn every_code_is_planted_at_least_twenty_times() {
    for count in [2_000, 20_000] {
        let (_, _, summary) = run(count, 1);
        assert_eq!(summary.planted.len(), fault::WEIGHTS.len(), "{:?}", summary.planted);
        for (code, planted) in &summary.planted {
            assert!(*planted >= 20, "{code} only {planted} times in {count}");
        }
    }
}

#[test]
fn small_runs_have_every_code_once() {
    let (_, _, summary) = run(100, 1);
    assert_eq!(summary.planted.len(), fault::WEIGHTS.len(), "{:?}", summary.planted);
    assert_eq!(run(0, 1).2, Summary::default());
    assert_eq!(run(1, 1).2.by_verdict[&ExpectedVerdict::Accepted], 1);
}

#[test]
fn base_rates_are_those_of_the_inspection() {
    // Enough that the reserved faults of every code stay below the rates.
    const COUNT: u32 = 150_000;
    let (_, truth, _) = run(COUNT.into(), 3);
    let missing = ["FIELD_MISSING", "FIELD_PLACEHOLDER", "PRODUCT_CLASS_MISSING", "PRODUCT_TERM_MISSING"];
    let mut counts: BTreeMap<String, [f64; 3]> = BTreeMap::new();
    for line in parse(&truth).iter().filter(|line| text(line, "/record") == "application") {
        let count = counts.entry(text(line, "/channel").to_owned()).or_default();
        count[0] += 1.0;
        for fault in line["faults"].as_array().unwrap() {
            count[if missing.contains(&text(fault, "/expected_code")) { 1 } else { 2 }] += 1.0;
        }
    }
    // Channel, share, missing, false: in percent.
    for (channel, share, missing, false_) in [
        ("CHANNEL_INDIVIDUAL_AGENTS", 45.0, 0.31, 0.39),
        ("CHANNEL_BANCASSURANCE", 35.0, 5.25, 1.18),
        ("CHANNEL_INTERMEDIARIES", 15.0, 0.5, 0.3),
        ("CHANNEL_DIRECT", 5.0, 0.5, 0.3),
    ] {
        let count = counts[channel];
        let near = |seen: f64, wanted: f64, what: &str| {
            // Four standard deviations of a share of that many.
            let of = if what == "share" { f64::from(COUNT) } else { count[0] };
            let tolerance = 4.0 * (wanted * (100.0 - wanted) / of).sqrt();
            assert!((seen - wanted).abs() < tolerance, "{channel} {what}: {seen:.3} for {wanted}");
        };
        near(100.0 * count[0] / f64::from(COUNT), share, "share");
        near(100.0 * count[1] / count[0], missing, "missing");
        near(100.0 * count[2] / count[0], false_, "false");
    }
}

#[test]
fn truth_and_applications_go_together_line_by_line() {
    let (applications, truth, summary) = run(5_000, 5);
    let applications = parse(&applications);
    let truth: Vec<_> =
        parse(&truth).into_iter().filter(|line| text(line, "/record") == "application").collect();
    assert_eq!((applications.len(), truth.len(), summary.applications), (5_000, 5_000, 5_000));
    let mut ids = HashSet::new();
    for (request, truth) in applications.iter().zip(&truth) {
        assert_eq!(request["requestId"], truth["requestId"]);
        assert_eq!(request["application"]["applicationNo"], truth["applicationNo"]);
        assert_eq!(request["application"]["source"], truth["source"]);
        assert_eq!(request["application"]["channel"], truth["channel"]);
        let id: uuid::Uuid = text(request, "/requestId").parse().unwrap();
        assert_eq!(id.get_version_num(), 4);
        assert!(ids.insert(id));
        let gate =
            truth["faults"].as_array().unwrap().iter().filter(|fault| fault["found_by"] == "gate").count();
        assert!(gate <= 1);
        assert_eq!(gate == 1, truth["expectedVerdict"] == "REJECTED");
    }
}

#[test]
fn right_applications_have_every_field_that_is_asked_for() {
    let (applications, truth, _) = run(5_000, 6);
    let truth: Vec<_> =
        parse(&truth).into_iter().filter(|line| text(line, "/record") == "application").collect();
    for (request, truth) in parse(&applications).iter().zip(truth) {
        if truth["expectedVerdict"] != "ACCEPTED" {
            continue;
        }
        let application = &request["application"];
        for pointer in [
            "/kind",
            "/product/class",
            "/product/term",
            "/appliedOn/year",
            "/policyholder/certificate/number",
        ] {
            assert!(application.pointer(pointer).is_some(), "{pointer} in {application}");
        }
        assert!(application["policyholder"]["phones"][0].is_string());
        assert!(application["policyholder"]["address"].is_object());
        let insureds = application["insureds"].as_array().unwrap();
        assert!(!insureds.is_empty());
        for party in insureds.iter().map(|insured| &insured["person"]).chain([&application["policyholder"]]) {
            for pointer in ["/name", "/sex", "/birthDate/year", "/birthDate/month", "/birthDate/day"] {
                assert!(party.pointer(pointer).is_some(), "{pointer} in {party}");
            }
            let numberless = text(party, "/certificate/number").is_empty();
            assert!(!numberless || age(party, application) < 18, "{party}");
        }
    }
}

fn day(date: &Value) -> NaiveDate {
    let part = |name: &str| u32::try_from(date[name].as_u64().unwrap()).unwrap();
    NaiveDate::from_ymd_opt(i32::try_from(part("year")).unwrap(), part("month"), part("day")).unwrap()
}

fn age(party: &Value, application: &Value) -> u32 {
    day(&application["appliedOn"]).years_since(day(&party["birthDate"])).unwrap()
}

/// Digits of a phone or account as a normaliser would compare them.
fn bare(written: &str) -> String {
    let digits: String = written
        .chars()
        .map(|c| if ('０'..='９').contains(&c) { char::from_u32(u32::from(c) - 0xFEE0).unwrap() } else { c })
        .filter(char::is_ascii_digit)
        .collect();
    let digits = digits.strip_prefix("0086").unwrap_or(&digits);
    if digits.len() == 13 {
        digits.strip_prefix("86").unwrap_or(digits).to_owned()
    } else {
        digits.to_owned()
    }
}

/// No sharing that the truth file does not know: every phone in the hands of two customers is a `list` record.
#[test]
fn sharings_are_exactly_those_in_the_truth() {
    let (applications, truth, summary) = run(20_000, 9);
    let lines = parse(&truth);
    let mut holders: HashMap<String, Vec<(String, String)>> = HashMap::new();
    let mut known: HashSet<String> = HashSet::new();
    for line in lines.iter().filter(|line| line["record"] == "list" && line["expected_code"] == "SAME_PHONE")
    {
        for application in line["applications"].as_array().unwrap() {
            known.insert(text(application, "/applicationNo").to_owned());
        }
    }
    for request in parse(&applications) {
        let application = &request["application"];
        if application["product"]["group"] == true || application["kind"] != "APPLICATION_KIND_NEW_BUSINESS" {
            continue;
        }
        let party = &application["policyholder"];
        let phone = bare(text(party, "/phones/0"));
        holders
            .entry(phone)
            .or_default()
            .push((text(party, "/name").to_owned(), text(application, "/applicationNo").to_owned()));
    }
    let mut shared = 0;
    for (phone, mut uses) in holders {
        uses.sort();
        uses.dedup_by(|one, other| one.1 == other.1);
        if phone.len() == 11 && !fault_phone(&phone) && uses.len() > 1 {
            shared += 1;
            assert!(uses.iter().all(|(_, number)| known.contains(number)), "{uses:?}");
        }
    }
    assert!(shared > 500, "{shared}");
    assert!(summary.suspicious_sharings >= 40 && summary.excused_sharings > 1_000, "{summary:?}");
}

fn fault_phone(phone: &str) -> bool {
    ["13800138000", "13911111111", "13912345678", "13000000000"].contains(&phone)
}

#[test]
fn impossible_options_are_refused() {
    let mut nothing = io::sink();
    let too_many = options(MAX_COUNT + 1, 1);
    assert!(matches!(generate(&too_many, &mut nothing, &mut io::sink()), Err(GenError::TooMany)));
    let early = GenOptions { as_of: NaiveDate::from_ymd_opt(1900, 1, 1).unwrap(), ..options(1, 1) };
    assert!(matches!(generate(&early, &mut nothing, &mut io::sink()), Err(GenError::AsOfOutOfRange)));
    let same = GenOptions { out: PathBuf::from("truth"), ..options(1, 1) };
    assert!(matches!(generate_files(&same), Err(GenError::SameFile)));
}
