//! `zhenshi explain KIND VALUE`: what a value was read as, and how each check came out, in words.
//!
//! The value is shown in full to whoever typed it; it is neither stored nor logged. With `-` it is read from stdin, so
//! that it stands in no shell history and no list of processes.

use std::{convert::Infallible, io, process::ExitCode};

use anyhow::Context as _;
use chrono::NaiveDate;
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use serde_json::json;
use zhenshi_domain::{application::Sex, finding::Severity, personal::Personal, shanghai};

use super::{Context, EXIT_FINDINGS, output};
use crate::{
    app::{
        explain::{Explanation, explain},
        values::ValueKind,
    },
    words::{Language, Words},
};

/// Name of the standard input.
const STDIN: &str = "-";

/// Flags of `explain`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Kind of value.
    #[arg(value_parser = kinds())]
    kind: String,
    /// The value; `-` reads it from stdin.
    #[arg(allow_hyphen_values = true, value_parser = personal)]
    value: Personal<String>,
    /// Language of the words: zh-Hans, zh-Hant or en.
    #[arg(long, default_value = "zh-Hans", value_parser = language)]
    language: Language,
    /// Day on which age and validity are judged (default: today in Asia/Shanghai).
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
}

fn kinds() -> impl clap::builder::TypedValueParser<Value = String> {
    PossibleValuesParser::new(ValueKind::NAMES.map(|(name, _)| name)).map(|name| name)
}

/// Wrapped, so that no `Debug` of the arguments shows it.
#[expect(clippy::unnecessary_wraps, reason = "a value parser of clap returns a Result")]
fn personal(value: &str) -> Result<Personal<String>, Infallible> {
    Ok(Personal::from(value))
}

/// A language tag on the command line.
pub(super) fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag).ok_or_else(|| "must be zh-Hans, zh-Hant or en".to_owned())
}

/// Explains one value. Exit code 1 if it is invalid.
pub fn run(context: &Context, args: &Args) -> anyhow::Result<ExitCode> {
    let words = Words::load()?;
    let Some(kind) = ValueKind::named(&args.kind) else { anyhow::bail!("no such kind: {}", args.kind) };
    let mut value = args.value.expose().clone();
    if value == STDIN {
        value.clear();
        io::stdin().read_line(&mut value).context("cannot read stdin")?;
        value.truncate(value.trim_end_matches(['\n', '\r']).len());
    }
    let as_of = args.as_of.unwrap_or_else(|| shanghai::date(context.clock.now()));
    let said = explain(kind, &value, as_of, &words, args.language);
    if context.json {
        output::json(&as_json(&said));
    } else {
        for line in lines(&said, &words, args.language) {
            output::line(line);
        }
    }
    Ok(if said.valid { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

fn as_json(said: &Explanation) -> serde_json::Value {
    let checks: Vec<_> = said
        .checks
        .iter()
        .map(|check| {
            json!({
                "code": check.code,
                "passed": check.passed,
                "severity": severity(check.severity),
                "message": check.message,
            })
        })
        .collect();
    json!({
        "valid": said.valid,
        "normalized": said.normalized.as_ref().map(Personal::expose),
        "birth_date": said.birth_date.as_ref().map(|day| day.expose().to_string()),
        "sex": said.sex.map(sex),
        "region": said.region,
        "checks": checks,
    })
}

fn lines(said: &Explanation, words: &Words, language: Language) -> Vec<String> {
    let word = |id: &str| words.message(language, id, std::iter::empty());
    let mut lines = vec![word(if said.valid { "explain-valid" } else { "explain-invalid" })];
    let mut fact = |id: &str, value: Option<String>| {
        lines.extend(value.map(|value| format!("{}: {value}", word(id))));
    };
    fact("explain-normalized", said.normalized.as_ref().map(|text| text.expose().clone()));
    fact("explain-birth-date", said.birth_date.as_ref().map(|day| day.expose().to_string()));
    fact("explain-sex", said.sex.map(|of| word(&format!("explain-sex-{}", sex(of)))));
    fact("explain-region", said.region.clone());
    for check in &said.checks {
        let mark = match (check.passed, check.severity) {
            (true, _) => "+",
            (false, Severity::Advisory) => "!",
            (false, Severity::Blocking) => "x",
        };
        lines.push(format!("{mark} {}: {}", check.code, check.message));
    }
    lines
}

const fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
    }
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Advisory => "advisory",
        Severity::Blocking => "blocking",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(kind: &str, value: &str, language: Language) -> (Explanation, Vec<String>) {
        let words = Words::load().unwrap();
        let as_of = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        let said = explain(ValueKind::named(kind).unwrap(), value, as_of, &words, language);
        let lines = lines(&said, &words, language);
        (said, lines)
    }

    #[test]
    fn a_number_is_explained_in_three_languages() {
        let mut texts = Vec::new();
        for language in Language::ALL {
            let (said, lines) = explained("id15", "110101781027002", language);
            assert!(said.valid, "{lines:?}");
            let text = lines.join("\n");
            assert!(text.contains("110101197810270029") && text.contains("1978-10-27"), "{text}");
            assert!(text.contains("110101 ") && text.contains("+ ID_NUMBER_LENGTH: "), "{text}");
            assert!(!text.contains("explain-") && !text.contains("check-"), "{text}");
            texts.push(text);
        }
        texts.dedup();
        assert_eq!(texts.len(), Language::ALL.len());
    }

    #[test]
    fn what_is_wrong_is_told_with_its_code() {
        let (said, lines) = explained("id18", "110101197810270020", Language::En);
        assert!(!said.valid);
        assert!(lines.iter().any(|line| line.starts_with("x ID_NUMBER_CHECK_CHARACTER: ")), "{lines:?}");
        let json = as_json(&said);
        assert_eq!(json["valid"], false);
        assert_eq!(json["checks"].as_array().unwrap().len(), said.checks.len());
    }

    #[test]
    fn tags_are_read_or_refused() {
        assert_eq!(language("zh-TW"), Ok(Language::ZhHant));
        assert!(language("fr").is_err());
    }
}
