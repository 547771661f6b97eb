//! Which part of the program may name which: `main → cli → {grpc, web, worker} → app → {store, domain}`.
//!
//! To add a top-level module of `src/`, add its line to [`PARTS`]; to allow an arrow, add it there and say why.

use super::names::{after_root, after_supers, words};
use super::tree::{File, Tree, Violation};

/// Small parts that know nothing of the others; every part may name them.
const LEAVES: &[&str] = &["clock", "entropy", "ids", "lifecycle", "telemetry", "words"];

/// Each part and the parts that it may name, leaves apart.
const PARTS: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    // The only place where everything is put together.
    ("cli", &["app", "config", "edge", "gendata", "grpc", "security", "store", "web", "webhook", "worker"]),
    ("config", &["security"]),
    // Connections and TLS, whatever is spoken over them.
    ("edge", &[]),
    // The limits of a call are configuration.
    ("grpc", &["app", "config", "edge", "security"]),
    // Sends bytes to the endpoints of the configuration.
    ("webhook", &["config", "outbound"]),
    // Sends bytes to others and reads their answers.
    ("outbound", &[]),
    ("web", &["app", "edge", "security"]),
    // Jobs are transactions of the store that no caller asked for.
    ("worker", &["app", "edge", "security", "store", "webhook"]),
    // The identity provider is asked over `outbound`.
    ("app", &["outbound", "security", "store"]),
    ("store", &["security"]),
    ("security", &[]),
    // The independent oracle: see `oracle`.
    ("gendata", &[]),
    ("clock", &[]),
    ("entropy", &[]),
    ("ids", &[]),
    ("lifecycle", &[]),
    ("telemetry", &[]),
    ("words", &[]),
];

/// Arrows point inwards only.
pub(crate) fn parts(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.rust(&["src/"]) {
        let (part, depth) = part_of(file);
        if part == "lib" {
            continue; // declares the parts
        }
        let Some((_, allowed)) = PARTS.iter().find(|(name, _)| *name == part) else {
            found.push(
                file.violation(
                    0,
                    format!("src/{part} is no known part: add it to the table in direction.rs"),
                ),
            );
            continue;
        };
        let code = file.code();
        // `use super::*` in a file's own tests stays inside of the file.
        let above = after_supers(&code, depth).into_iter().filter(|(_, name)| name != "*");
        for (at, name) in after_root(&code, "crate|zhenshi").into_iter().chain(above) {
            let known = PARTS.iter().any(|(other, _)| *other == name);
            let may = name == part || LEAVES.contains(&name.as_str()) || allowed.contains(&name.as_str());
            if name == "*" || (known && !may) {
                found.push(
                    file.violation(at, format!("{part} may not name {name}; see docs/ARCHITECTURE.md")),
                );
            }
        }
    }
    found
}

/// The part of a file of `src/`, and how far below the crate's root its module lies.
fn part_of(file: &File) -> (&str, usize) {
    let inside = file.path.trim_start_matches("src/").trim_end_matches(".rs");
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    (inside.split('/').next().unwrap_or(inside), inside.split('/').count())
}

/// The domain knows neither the service nor its API, and the API's crate not the domain.
pub(crate) fn crates(tree: &Tree) -> Vec<Violation> {
    let walls = [("crates/domain/", "zhenshi|zhenshi_proto"), ("crates/proto/", "zhenshi_domain")];
    let mut found = Vec::new();
    for (prefix, pattern) in walls {
        for file in tree.rust(&[prefix]) {
            for (at, _) in after_root(&file.code(), pattern) {
                found.push(file.violation(at, format!("{prefix} may not name {pattern}")));
            }
        }
    }
    found
}

/// What makes the test data must not share the rules' mistakes: it shares no code with them.
pub(crate) fn oracle(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.rust(&["src/gendata"]) {
        for (at, name) in words(&file.code(), "zhenshi_domain|zhenshi_proto") {
            found.push(
                file.violation(at, format!("gendata is an independent oracle and may not name {name}")),
            );
        }
    }
    found
}
