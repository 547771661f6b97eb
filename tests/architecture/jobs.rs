//! Jobs: each has one name and is started in one place. Two of a name would do everything twice and be one in the metrics.

use std::collections::BTreeMap;

use regex::Regex;

use super::tree::{File, Tree, Violation};

/// Starts of a job (`run_every("name", …)`) whose name another start has too, and those whose name is not written there.
pub(crate) fn once(tree: &Tree) -> Vec<Violation> {
    let start = Regex::new(r#"\brun_every\(\s*(?:"([^"]*)")?"#).expect("the wall's pattern is one");
    let mut started: BTreeMap<String, Vec<(&File, usize)>> = BTreeMap::new();
    let mut violations = Vec::new();
    for file in tree.rust(&["src/cli/"]) {
        let code = file.code();
        for found in start.captures_iter(&file.text) {
            let at = found.get_match().start();
            // Not one that a comment speaks of.
            if !code[at..].starts_with("run_every") {
                continue;
            }
            match found.get(1) {
                Some(name) => started.entry(name.as_str().to_owned()).or_default().push((file, at)),
                None => {
                    violations.push(file.violation(at, "the name of a job is written where it is started"));
                }
            }
        }
    }
    for (name, places) in started {
        for (file, at) in places.iter().skip(1) {
            violations.push(file.violation(*at, format!("the job {name:?} is started elsewhere too")));
        }
    }
    violations
}
