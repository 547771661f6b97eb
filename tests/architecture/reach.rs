//! Who may touch what: tonic, sqlx, the clock, luck, the world outside of the domain, and SQL that is not constant.

use regex::Regex;

use super::names::{after_root, words};
use super::tree::{File, Tree, Violation};

/// Code of the product.
const PRODUCT: &[&str] = &["src/", "crates/"];

/// Violations for each word that matches `pattern` in code outside of `home`.
fn only_in(tree: &Tree, home: &[&str], pattern: &str, what: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.rust(PRODUCT).filter(|file| !home.iter().any(|home| file.path.starts_with(home))) {
        for (at, word) in words(&file.code(), pattern) {
            found.push(file.violation(at, format!("{word}: {what}")));
        }
    }
    found
}

/// Only `src/grpc` and `crates/proto` name tonic or generated types.
pub(crate) fn tonic(tree: &Tree) -> Vec<Violation> {
    let pattern = "tonic|tonic_[a-z_]+|zhenshi_proto";
    only_in(tree, &["src/grpc/", "crates/proto/"], pattern, "only src/grpc and crates/proto may name it")
}

/// Only `src/store` names sqlx.
pub(crate) fn sqlx(tree: &Tree) -> Vec<Violation> {
    only_in(tree, &["src/store/"], "sqlx|sqlx_core", "only src/store may name it")
}

/// Only `src/clock.rs` asks what time it is. `Instant` measures durations and is free.
pub(crate) fn clock(tree: &Tree) -> Vec<Violation> {
    let pattern = r"(?:Utc|Local|SystemTime|OffsetDateTime)\s*::\s*now|now_v7|now_v6|now_v1";
    only_in(tree, &["src/clock.rs"], pattern, "time is an argument: take a Clock (src/clock.rs)")
}

/// Only `src/entropy.rs` draws lots.
pub(crate) fn luck(tree: &Tree) -> Vec<Violation> {
    let pattern = "thread_rng|ThreadRng|OsRng|SystemRandom|from_os_rng|from_entropy|getrandom|new_v4|rand::rng|rand::random";
    only_in(tree, &["src/entropy.rs"], pattern, "luck is an argument: take an Entropy (src/entropy.rs)")
}

/// The service's own scope sees everything: a transport never takes it, nor a use case that somebody has called.
pub(crate) fn own_scope(tree: &Tree) -> Vec<Violation> {
    let home = [
        "src/store/",
        "src/worker/",
        "src/cli/",
        "src/security/",
        // Notes a call that was refused: there is no scope of the caller's to note it under.
        "src/app/refusals.rs",
        // Destroys what two persons approved long before: the job and the operator's command do it, on nobody's behalf.
        "src/app/erasure/shred.rs",
        // The half-yearly inspection looks at everything that is kept; only the operator's command begins it.
        "src/app/inspect.rs",
    ];
    let what = "take the scope from Principal::permit; the service's own is for what nobody asked for";
    only_in(tree, &home, r"Scope\s*::\s*system", what)
}

/// `crates/domain` is pure: no runtime, no store, no environment, no files.
pub(crate) fn domain(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.rust(&["crates/domain/src/"]) {
        let code = file.code();
        let outside = words(&code, "tokio|sqlx|tonic|tracing|async|await|rand|println|eprintln|include_dir");
        let outside = outside.into_iter().map(|(at, word)| (at, word.to_owned()));
        let std = after_root(&code, "std").into_iter().filter(|(_, name)| {
            ["env", "fs", "net", "process", "thread", "time", "io", "*"].contains(&name.as_str())
        });
        for (at, name) in outside.chain(std) {
            found
                .push(file.violation(at, format!("{name}: the domain is pure, time and luck are arguments")));
        }
    }
    let dependency =
        Regex::new(r"(?m)^(tokio|sqlx|tonic|prost|tracing|rand|axum|reqwest|log)\b").expect("a pattern");
    for file in tree.files().filter(|file| file.path == "crates/domain/Cargo.toml") {
        for hit in dependency.find_iter(&file.text) {
            found.push(
                file.violation(hit.start(), format!("{}: the domain may not depend on it", hit.as_str())),
            );
        }
    }
    found
}

/// No SQL asks what time it is: not in migrations, not in the strings of `src/`.
pub(crate) fn sql_clock(tree: &Tree) -> Vec<Violation> {
    let asks = Regex::new(
        r"(?i)\bnow\s*\(\s*\)|'now'|\b(?:current_timestamp|current_date|localtimestamp|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\b",
    )
    .expect("a pattern");
    let mut found = Vec::new();
    for file in tree.files() {
        let sql = match file {
            File { path, text } if path.starts_with("migrations/") && file.is("sql") => text.clone(),
            File { path, .. } if path.starts_with("src/") && file.is("rs") => file.strings(),
            _ => continue,
        };
        let sql = without_sql_comments(&sql);
        for hit in asks.find_iter(&sql) {
            found.push(
                file.violation(hit.start(), format!("{}: time comes from the injected clock", hit.as_str())),
            );
        }
    }
    found
}

/// Blanks out `-- …` to the end of each line.
fn without_sql_comments(sql: &str) -> String {
    let comment = Regex::new(r"--[^\n]*").expect("a pattern");
    comment.replace_all(sql, |hit: &regex::Captures<'_>| " ".repeat(hit[0].len())).into_owned()
}

/// SQL is constant and checked by the compiler, but for filters (binds only) and `COPY`.
pub(crate) fn built_sql(tree: &Tree) -> Vec<Violation> {
    let mut found = Vec::new();
    for file in tree.rust(PRODUCT) {
        let free = file.path.starts_with("src/store/")
            && (file.path.ends_with("/filter.rs") || file.path.ends_with("/copy.rs"));
        if free {
            continue;
        }
        for (at, word) in words(&file.code(), "AssertSqlSafe|QueryBuilder") {
            found.push(
                file.violation(
                    at,
                    format!("{word}: SQL is built only in filter.rs and copy.rs of src/store"),
                ),
            );
        }
    }
    found
}
