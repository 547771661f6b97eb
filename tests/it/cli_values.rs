//! `zhenshi check --values` and `zhenshi explain` as a program: every labelled case comes out as labelled.
//!
//! `fixtures/cases.jsonl` has the cases, each with its label (`expect`), the reason and the source. To add cases, add
//! lines; a deviation from a label stands in [`DEVIATIONS`] with its reason.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// Cases that are not judged as labelled: id and why ours is right.
const DEVIATIONS: &[(&str, &str)] = &[];

/// The codes that a label of `expect_warning` stands for.
const WARNINGS: [(&str, &str); 2] = [
    ("area_code_unknown", "REGION_CODE_UNKNOWN"),
    ("area_code_not_in_force_at_birth", "REGION_CODE_NOT_IN_FORCE"),
];

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cases.jsonl")
}

/// Runs the program with `args` and `input` on stdin, in a folder of its own.
fn zhenshi(args: &[&str], input: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_zhenshi"))
        .env_remove("DATABASE_URL")
        .args(args)
        .current_dir(folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "nothing is stored: {left:?}");
    output
}

fn json_lines(text: &[u8]) -> Vec<Value> {
    String::from_utf8_lossy(text).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What is wrong with `answer` to the labelled `case`.
fn deviation(case: &Value, answer: &Value) -> Option<String> {
    let (key, expected) = match case["kind"].as_str().unwrap() {
        "calendar" if case["expect"] == "error" => ("error", Value::from("calendar_year_not_loaded")),
        "calendar" => ("due", case["expect"].clone()),
        _ => ("verdict", case["expect"].clone()),
    };
    if answer[key] != expected {
        return Some(format!("{key} should be {expected}"));
    }
    if !case["normalized"].is_null() && answer["normalized"] != case["normalized"] {
        return Some(format!("normalized should be {}", case["normalized"]));
    }
    let warning = case["expect_warning"].as_str()?;
    let code = WARNINGS.iter().find(|(label, _)| *label == warning).map(|(_, code)| Value::from(*code));
    let warned =
        code.is_some_and(|code| answer["advisories"].as_array().is_some_and(|all| all.contains(&code)));
    (!warned).then(|| format!("should warn: {warning}"))
}

#[test]
fn every_labelled_case_comes_out_as_labelled() {
    let path = fixture();
    let output = zhenshi(&["check", "--values", path.to_str().unwrap()], "");
    // Some cases are labelled invalid.
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let cases = json_lines(&fs::read(&path).unwrap());
    let answers = json_lines(&output.stdout);
    assert_eq!((cases.len(), answers.len()), (310, 310));
    let mut wrong = Vec::new();
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!(case["id"], answer["id"]);
        let id = case["id"].as_str().unwrap();
        let excused = DEVIATIONS.iter().any(|(known, _)| *known == id);
        match deviation(case, answer) {
            Some(_) if excused => {}
            Some(what) => wrong.push(format!("{what}\n  {case}\n  {answer}")),
            None => assert!(!excused, "{id} is judged as labelled: take it off the list"),
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn exit_codes_tell_clean_from_findings_from_failure() {
    let check = |input: &str| zhenshi(&["check", "--values", "-"], input).status.code();
    assert_eq!(check(r#"{"id":"a","kind":"id15","input":"110101781027002"}"#), Some(0));
    assert_eq!(check(r#"{"id":"a","kind":"id15","input":"1"}"#), Some(1));
    assert_eq!(check("\n"), Some(0));
    assert_eq!(check("no json"), Some(3));
    assert_eq!(zhenshi(&["check", "--values", "missing.jsonl"], "").status.code(), Some(3));
    assert_eq!(zhenshi(&["check"], "").status.code(), Some(2));
}

#[test]
fn a_value_is_explained_and_not_logged() {
    let number = "110101197810270029";
    let output = zhenshi(&["explain", "resident_id", "-", "--language", "en", "--json"], number);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let said = &json_lines(&output.stdout)[0];
    assert_eq!(
        (&said["valid"], &said["birth_date"], &said["sex"]),
        (&Value::from(true), &Value::from("1978-10-27"), &Value::from("female"))
    );
    assert!(said["region"].as_str().unwrap().starts_with("110101 "), "{said}");
    let output = zhenshi(&["explain", "resident_id", "110101197810270020"], "");
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("ID_NUMBER_CHECK_CHARACTER"), "{text}");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(zhenshi(&["explain", "shoe_size", "43"], "").status.code(), Some(2));
}

#[test]
fn a_profile_is_checked_with_all_its_errors() {
    let profile = |text: &str| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rules.toml");
        fs::write(&path, text).unwrap();
        zhenshi(&["config", "check", "--json", "--language", "en", "--profile", path.to_str().unwrap()], "")
    };
    let wrong = profile("[rule.NO_SUCH]\nseverity = 'off'\n[[required]]\nparty = 'payer'\n");
    assert_eq!(wrong.status.code(), Some(1));
    let errors = &json_lines(&wrong.stdout)[0]["errors"];
    let keys: Vec<&str> =
        errors.as_array().unwrap().iter().filter_map(|error| error["key"].as_str()).collect();
    assert_eq!(keys, ["required[0].party", "required[0].field", "rule.NO_SUCH"]);
    let right = profile("[rule.FIELD_MISSING]\nseverity = 'advisory'\nuntil = 2027-06-30\n");
    assert_eq!(right.status.code(), Some(0));
    let said = json_lines(&right.stdout)[0]["profile"][0].to_string();
    assert!(
        said.contains("FIELD_MISSING is advisory everywhere, for applications until 2027-06-30"),
        "{said}"
    );
}
