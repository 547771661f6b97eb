//! The runbook, the alarms and the metrics speak of the same things: each alarm has its section and its rule, each of them
//! names metrics that there are, and every metric is spoken of.

use std::{collections::BTreeSet, fs, path::Path};

use regex::Regex;

/// What a name of a metric may end in, besides itself.
const SUFFIXES: [&str; 4] = ["_total", "_count", "_sum", "_bucket"];

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// Every first group of `pattern` in `text`.
fn all(pattern: &str, text: &str) -> BTreeSet<String> {
    Regex::new(pattern).unwrap().captures_iter(text).map(|found| found[1].to_owned()).collect()
}

/// The metrics of the snapshot, which a running service was asked for.
fn metrics() -> BTreeSet<String> {
    let snapshot = "tests/it/snapshots/it__metrics__every_metric_has_its_name_type_labels_and_help.snap";
    let metrics = all(r"(?m)^(\w+) \((?:counter|gauge|histogram|info|unknown)\)", &read(snapshot));
    assert!(metrics.len() > 20, "{metrics:?}");
    metrics
}

/// Metrics that `text` names, each by its name in the snapshot; the names that are none.
fn named(text: &str, metrics: &BTreeSet<String>) -> (BTreeSet<String>, Vec<String>) {
    let bare = |name: &str| {
        let shorter = SUFFIXES.iter().filter_map(|suffix| name.strip_suffix(suffix));
        std::iter::once(name).chain(shorter).find(|name| metrics.contains(*name)).map(str::to_owned)
    };
    let names = all(r"\b((?:zhenshi|rpc_server)_[a-z0-9_]+)\b", text);
    let unknown = names.iter().filter(|name| bare(name).is_none()).cloned().collect();
    (names.iter().filter_map(|name| bare(name)).collect(), unknown)
}

/// The sections of the alarms: name and text.
fn sections(page: &str) -> Vec<(String, String)> {
    let alarms = page.split("\n## ").find(|part| part.starts_with("Alarms\n")).unwrap();
    let sections = alarms.split("\n### ").skip(1);
    sections
        .map(|section| section.split_once('\n').unwrap())
        .map(|(name, text)| (name.into(), text.into()))
        .collect()
}

/// The rules: name and expression.
fn rules(file: &str) -> Vec<(String, String)> {
    let rules = file.split("- alert: ").skip(1);
    rules
        .map(|rule| {
            let (name, rest) = rule.split_once('\n').unwrap();
            let expression = rest.split_once("expr:").unwrap().1;
            let end = expression.find("labels: {").unwrap();
            (name.trim().to_owned(), expression[..end].to_owned())
        })
        .collect()
}

#[test]
fn every_alarm_has_its_rule_and_its_section() {
    let metrics = metrics();
    let (page, file) = (read("docs/runbook.md"), read("deploy/prometheus/alerts.yaml"));
    let (sections, rules) = (sections(&page), rules(&file));
    let names = |pairs: &[(String, String)]| pairs.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&sections), names(&rules), "the same alarms in the same order");
    assert!(rules.len() > 10, "{rules:?}");
    for ((name, text), (_, expression)) in sections.iter().zip(&rules) {
        let (in_rule, unknown) = named(expression, &metrics);
        assert!(unknown.is_empty(), "{name}: the rule names metrics that there are not: {unknown:?}");
        assert!(!in_rule.is_empty(), "{name}: the rule names no metric");
        let (in_section, _) = named(text, &metrics);
        assert!(in_rule.is_subset(&in_section), "{name}: the section does not name what its rule watches");
    }
}

#[test]
fn the_runbook_speaks_of_every_metric_and_of_no_other() {
    let metrics = metrics();
    let (spoken_of, unknown) = named(&read("docs/runbook.md"), &metrics);
    assert!(unknown.is_empty(), "there are no such metrics: {unknown:?}");
    let silent: Vec<&String> = metrics.difference(&spoken_of).collect();
    assert!(silent.is_empty(), "the runbook does not speak of {silent:?}");
}

#[test]
fn a_metric_that_there_is_not_would_be_told() {
    let metrics = BTreeSet::from(["zhenshi_up".to_owned()]);
    let (found, unknown) = named("zhenshi_up_total > 0 and zhenshi_down == 1", &metrics);
    assert_eq!((found, unknown), (metrics, vec!["zhenshi_down".to_owned()]));
}
