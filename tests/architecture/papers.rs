//! Walls about the files themselves: heads, lengths, references that lead somewhere, nothing of one machine.

use regex::Regex;

use super::tree::{Tree, Violation};

/// A file longer than this is split, or stands in [`LONG_FILES`] with a reason.
const SOFT_LINES: usize = 400;
/// No file is longer than this.
const HARD_LINES: usize = 600;
/// Files between the two limits, and why they are better whole.
const LONG_FILES: &[(&str, &str)] = &[];

/// Every Rust file says first what it is: it begins with `//!`.
pub(crate) fn heads(tree: &Tree) -> Vec<Violation> {
    let headless = tree.files().filter(|file| file.is("rs") && !file.text.starts_with("//!"));
    headless.map(|file| file.violation(0, "begin with a line `//!` that says what the file is")).collect()
}

/// Files stay short.
pub(crate) fn lengths(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.files().filter(|file| file.is("rs")) {
        let lines = file.text.lines().count();
        let excused = lines <= HARD_LINES && LONG_FILES.iter().any(|(path, _)| *path == file.path);
        if lines > SOFT_LINES && !excused {
            found.push(
                file.violation(
                    0,
                    format!("{lines} lines: split it (target 80 to 250, at most {SOFT_LINES})"),
                ),
            );
        }
    }
    found
}

/// What README and docs name is there: relative links, and paths in code marks. A path with a placeholder
/// (`<name>`, `*`, `{a,b}`, `…`) is not looked at, nor is the change log, which speaks of the past.
pub(crate) fn references(tree: &Tree) -> Vec<Violation> {
    let link = Regex::new(r"\]\(([^)\s]+)\)").expect("a pattern");
    let mark = Regex::new(
        r"`((?:\./)?(?:src|crates|proto|migrations|tests|benches|docs|locales|deploy|templates|assets|testdata|\.ci|\.cargo)/[^`\s]*)`",
    )
    .expect("a pattern");
    let mut found = Vec::new();
    for file in tree.files().filter(|file| file.is("md") && file.path != "CHANGELOG.md") {
        for hit in link.captures_iter(&file.text) {
            let (at, target) = (hit.get_match().start(), hit[1].split('#').next().unwrap_or_default());
            let outside = target.is_empty() || target.contains(':') || target.starts_with('<');
            if !outside && !tree.exists(&beside(&file.path, target)) {
                found.push(file.violation(at, format!("the link to {target} leads nowhere")));
            }
        }
        for hit in mark.captures_iter(&file.text) {
            let path = hit[1].trim_start_matches("./");
            let path = path.split("::").next().unwrap_or(path).trim_end_matches('/');
            if !path.contains(['<', '*', '{', '…', '$']) && !path.contains("...") && !tree.exists(path) {
                found.push(file.violation(hit.get_match().start(), format!("{path} is not there")));
            }
        }
    }
    found
}

/// `target` as seen from the page at `path`, as a path from the root of the repository.
fn beside(path: &str, target: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.join("/")
}

/// Nothing names a path of the machine that it was written on, or papers that are not in this repository.
pub(crate) fn machine(tree: &Tree) -> Vec<Violation> {
    // Put together here, so that this file does not name them itself.
    let needles = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Use", "rs/"),
        concat!("../sh", "ared"),
        concat!("sh", "ared/design"),
        concat!("design", ".md"),
        concat!("reliability", ".md"),
        concat!("ecosystem", ".md"),
        concat!("domain", ".md"),
        concat!("style", ".md"),
    ];
    let mut found = Vec::new();
    for file in tree.files() {
        for needle in needles {
            for (at, _) in file.text.match_indices(needle) {
                found.push(file.violation(at, format!("{needle} is not part of this repository")));
            }
        }
    }
    found
}
