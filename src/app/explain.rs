//! Says in words what a value was read as and how each check came out. Nothing is stored and nothing is logged.

use std::fmt::Write as _;

use chrono::NaiveDate;
use zhenshi_domain::{
    application::Sex,
    finding::{Arg, Severity},
    personal::Personal,
    reading::{Check, Region},
};

use super::values::ValueKind;
use crate::words::{Language, WordArg, Words};

/// One check in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExplainedCheck {
    /// Code of the finding that a failure is.
    pub code: &'static str,
    /// Whether the value passed.
    pub passed: bool,
    /// What a failure weighs when the rule profile says nothing.
    pub severity: Severity,
    /// What was checked and seen.
    pub message: String,
}

/// A value explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Whether nothing failed that blocks.
    pub valid: bool,
    /// The normal form, unmasked: whoever shows it masks it.
    pub normalized: Option<Personal<String>>,
    /// Birth date that the value holds.
    pub birth_date: Option<Personal<NaiveDate>>,
    /// Sex that the value holds.
    pub sex: Option<Sex>,
    /// Region that the value names: code, names, and the years in which the code was in force.
    pub region: Option<String>,
    /// The checks in the order in which they were made.
    pub checks: Vec<ExplainedCheck>,
}

/// Reads `value` as of `kind` on the day `as_of` and puts the outcome into words of `language`.
pub fn explain(
    kind: ValueKind,
    value: &str,
    as_of: NaiveDate,
    words: &Words,
    language: Language,
) -> Explanation {
    let reading = kind.read(value, as_of);
    let check = |check: &Check| explained(check, kind.field_path(), words, language);
    Explanation {
        valid: reading.is_valid(),
        checks: reading.checks.iter().map(check).collect(),
        region: reading.region.as_ref().map(region),
        sex: reading.sex,
        birth_date: reading.birth_date,
        normalized: reading.normalized,
    }
}

fn explained(check: &Check, field_path: &str, words: &Words, language: Language) -> ExplainedCheck {
    let code = check.code;
    let message = if let Some(args) = &check.failure {
        let args = args.iter().map(|(name, arg)| (*name, word_arg(*arg)));
        words.finding(language, code.name, field_path, args)
    } else {
        let title = title(code.name, words, language);
        words.message(language, "check-passed", [("check", WordArg::Key(&title))].into_iter())
    };
    ExplainedCheck { code: code.name, passed: check.failure.is_none(), severity: code.severity, message }
}

const fn word_arg(arg: Arg) -> WordArg<'static> {
    match arg {
        Arg::Number(number) => WordArg::Number(number),
        Arg::Key(key) => WordArg::Key(key),
    }
}

/// What the check for `code` looks at; the code itself if the catalogue has no words for it.
pub fn title(code: &str, words: &Words, language: Language) -> String {
    let id = format!("check-{}", code.to_ascii_lowercase().replace('_', "-"));
    if words.has(language, &id) { words.message(language, &id, std::iter::empty()) } else { code.to_owned() }
}

/// Code, names and years: `332501 浙江省丽水市 1986–1994`; without a last year the code is in force.
fn region(region: &Region) -> String {
    let mut text = region.code.clone();
    if !region.names.is_empty() {
        text.push(' ');
        text.push_str(&region.names.concat());
    }
    if let Some((first, last)) = region.years {
        let last = last.map(|year| year.to_string()).unwrap_or_default();
        // Writing to a String cannot fail.
        let _ = write!(text, " {first}–{last}");
    }
    text
}

#[cfg(test)]
mod tests {
    use zhenshi_domain::rules;

    use super::*;

    /// How the codes begin that a single value can have.
    const OF_VALUES: [&str; 10] = [
        "FIELD_MISSING",
        "FIELD_PLACEHOLDER",
        "ID_NUMBER_",
        "REGION_CODE_",
        "CERTIFICATE_NUMBER_",
        "PHONE_",
        "ACCOUNT_",
        "NAME_",
        "ADDRESS_",
        "EMAIL_",
    ];

    fn as_of() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
    }

    #[test]
    fn every_check_of_a_value_has_a_title_in_every_language() {
        let words = Words::load().unwrap();
        let codes: Vec<&str> = rules::all_codes()
            .map(|code| code.name)
            .filter(|code| OF_VALUES.iter().any(|prefix| code.starts_with(prefix)))
            .collect();
        for language in Language::ALL {
            for code in &codes {
                assert_ne!(title(code, &words, language), **code, "{language:?}");
            }
        }
        // No value is checked for anything else.
        for (_, kind) in ValueKind::NAMES {
            for value in ["", "无", "1", "110101197810270029", "13800138000", "测试甲", "北京市", "a@b.cn"]
            {
                for check in kind.read(value, as_of()).checks {
                    assert!(codes.contains(&check.code.name), "{}", check.code.name);
                }
            }
        }
    }

    #[test]
    fn no_message_holds_the_value() {
        let words = Words::load().unwrap();
        for (name, kind) in ValueKind::NAMES {
            for value in ["110101197810270020", "1380013800", "测试甲@", "示例路"] {
                for language in Language::ALL {
                    let said = explain(kind, value, as_of(), &words, language);
                    assert!(said.checks.iter().all(|check| !check.message.contains(value)), "{name}");
                    assert!(!format!("{said:?}").contains(value), "{name}");
                }
            }
        }
    }

    #[test]
    fn a_region_is_told_with_its_years() {
        let told =
            |years| region(&Region { code: "332501".to_owned(), names: vec!["甲省", "乙市"], years });
        assert_eq!(told(None), "332501 甲省乙市");
        assert_eq!(told(Some((1986, Some(1994)))), "332501 甲省乙市 1986–1994");
        assert_eq!(told(Some((1986, None))), "332501 甲省乙市 1986–");
    }
}
