//! Lines in, lines out. All labelled cases run in `tests/it/cli_values.rs`.

use super::*;

fn answer(line: &str) -> anyhow::Result<Answer> {
    judge(line, NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), &Calendar::shipped().unwrap())
}

fn said(kind: &str, input: &Value) -> Value {
    answer(&json!({ "id": "a", "kind": kind, "input": input }).to_string()).unwrap().line
}

#[test]
fn a_value_is_valid_or_says_why_not() {
    let valid = said("id15", &json!("110101781027002"));
    assert_eq!(valid["verdict"], "valid");
    assert_eq!(valid["normalized"], "110101197810270029");
    assert_eq!(valid["findings"], json!([]));
    let line =
        json!({ "id": "b", "kind": "id18", "input": "110101197810270020", "why": "label" }).to_string();
    let invalid = answer(&line).unwrap();
    assert!(invalid.invalid);
    assert_eq!(invalid.line["verdict"], "invalid");
    assert_eq!(invalid.line["findings"], json!(["ID_NUMBER_CHECK_CHARACTER"]));
}

#[test]
fn a_year_without_a_notice_is_an_error_of_the_value() {
    let due = |start: &str, days: u16| {
        said("calendar", &json!({ "start": start, "working_days": days, "tz": "Asia/Shanghai" }))
    };
    assert_eq!(due("2026-09-30T18:00:00+08:00", 1), json!({ "id": "a", "due": "2026-10-08" }));
    let open = json!({ "id": "a", "due": "2026-12-31", "provisional": true });
    assert_eq!(due("2026-12-25T09:00:00+08:00", 4), open);
    let unknown = json!({ "id": "a", "error": "calendar_year_not_loaded" });
    assert_eq!(due("2026-12-25T09:00:00+08:00", 5), unknown);
    assert_eq!(said("calendar_day", &json!("2027-01-04")), unknown);
    assert_eq!(said("calendar_day", &json!("2026-02-28"))["verdict"], "working_day");
}

#[test]
fn an_unreadable_line_is_an_error_that_does_not_quote_it() {
    for line in [
        "secret",
        r#"{"id":"a","kind":"secret","input":"secret"}"#,
        r#"{"id":"a","kind":"id18","input":{"secret":1}}"#,
        r#"{"id":"a","kind":"id18","input":"x","as_of":"secret"}"#,
        r#"{"id":"a","kind":"calendar","input":"secret"}"#,
        r#"{"id":"a","kind":"calendar","input":{"start":"secret","working_days":1}}"#,
        r#"{"id":"a","kind":"calendar","input":{"start":"2026-01-01T00:00:00Z","working_days":1,"tz":"secret"}}"#,
        r#"{"id":"a","kind":"calendar_day","input":"secret"}"#,
    ] {
        let error = answer(line).err().unwrap();
        assert!(!format!("{error:#}").contains("secret"), "{line}: {error:#}");
    }
}
