//! The walls of the house, as text checks over the tree; `docs/ARCHITECTURE.md` says why each stands.
//!
//! A wall is a pure function from a [`Tree`] to its violations. For each, one test holds it against the repository and
//! against planted files: what must be reported, and what looks alike and must not be. To add a wall, write the function
//! in one of the modules and a test below.

#![expect(clippy::expect_used, reason = "a test that cannot read its own tree or patterns has failed")]

#[path = "architecture/direction.rs"]
mod direction;
#[path = "architecture/jobs.rs"]
mod jobs;
#[path = "architecture/names.rs"]
mod names;
#[path = "architecture/papers.rs"]
mod papers;
#[path = "architecture/reach.rs"]
mod reach;
#[path = "architecture/tree.rs"]
mod tree;

use tree::{Tree, Violation};

/// Holds `wall` against the repository, against files that break it (each must be reported alone) and against files that
/// do not.
fn check(wall: fn(&Tree) -> Vec<Violation>, breaks: &[(&str, &str)], innocent: &[(&str, &str)]) {
    for planted in breaks {
        assert!(
            !wall(&Tree::planted(&[*planted])).is_empty(),
            "a planted violation was not reported: {planted:?}"
        );
    }
    assert_eq!(wall(&Tree::planted(innocent)), [], "a file that breaks nothing was reported");
    let found: Vec<String> = wall(&Tree::repository())
        .iter()
        .map(|Violation { path, line, what }| format!("{path}:{line}: {what}"))
        .collect();
    assert!(found.is_empty(), "{} violation(s):\n{}", found.len(), found.join("\n"));
}

#[test]
fn arrows_between_parts_point_inwards() {
    check(
        direction::parts,
        &[
            ("src/app/x.rs", "//! x\nuse crate::grpc::status;\n"),
            ("src/app/x.rs", "//! x\nuse crate::{store::Store, config::Config};\n"),
            ("src/app/x.rs", "//! x\nfn f() { super::super::cli::run(); }\n"),
            ("src/app/mod.rs", "//! x\nuse super::worker;\n"),
            ("src/store/record/x.rs", "//! x\nuse crate::app::App;\n"),
            ("src/grpc/x.rs", "//! x\nuse crate::store::Store;\n"),
            ("src/web/mod.rs", "//! x\nuse crate::grpc::server;\n"),
            ("src/security/x.rs", "//! x\nuse crate::store::Store;\n"),
            ("src/clock.rs", "//! x\nuse crate::config::Config;\n"),
            ("src/main.rs", "//! x\nuse zhenshi::store::Store;\n"),
            ("src/app/x.rs", "//! x\nuse crate::*;\n"),
            ("src/shelf/x.rs", "//! x\n"),
        ],
        &[
            (
                "src/app/x.rs",
                "//! Not [`crate::grpc`].\nuse crate::{clock::Clock, store::Store};\nuse super::cli;\n",
            ),
            ("src/cli/x.rs", "//! x\nuse crate::{app::App, grpc::server, store::Store};\n"),
            ("src/store/mod.rs", "//! x\npub(crate) mod app_rows;\nlet s = \"crate::app\";\n"),
            ("src/main.rs", "//! x\nuse zhenshi::cli::Cli;\n"),
            ("src/lib.rs", "//! x\npub mod app;\n"),
        ],
    );
}

#[test]
fn only_the_service_itself_takes_its_own_scope() {
    check(
        reach::own_scope,
        &[
            ("src/app/x.rs", "//! x\nfn f() { store.get(Scope::system(), id); }\n"),
            ("src/app/erasure/x.rs", "//! x\nfn f() { store.erasure(Scope::system(), id); }\n"),
            ("src/grpc/x.rs", "//! x\nfn f() { let scope = security::scope::Scope::system(); }\n"),
        ],
        &[
            ("src/store/x.rs", "//! x\nfn f() { self.with_tx(Scope::system(), work); }\n"),
            ("src/app/erasure/shred.rs", "//! x\nfn f() { store.erasure(Scope::system(), id); }\n"),
            (
                "src/app/x.rs",
                "//! Never [`Scope::system`].\nfn f() { principal.permit(Action::GetCase)?; }\n",
            ),
        ],
    );
}

#[test]
fn crates_do_not_name_what_stands_on_them() {
    check(
        direction::crates,
        &[
            ("crates/domain/src/x.rs", "//! x\nuse zhenshi_proto::zhenshi::v1;\n"),
            ("crates/proto/src/x.rs", "//! x\nuse zhenshi_domain::verdict;\n"),
        ],
        &[("crates/domain/src/x.rs", "//! zhenshi_proto::x\nuse crate::verdict;\n")],
    );
}

#[test]
fn the_oracle_shares_no_code_with_the_rules() {
    check(
        direction::oracle,
        &[("src/gendata/x.rs", "//! x\nuse zhenshi_domain::identity;\n")],
        &[
            ("src/gendata/x.rs", "//! Not `zhenshi_domain`.\n"),
            ("src/app/x.rs", "//! x\nuse zhenshi_domain::rule;\n"),
        ],
    );
}

#[test]
fn only_grpc_names_tonic_and_generated_types() {
    check(
        reach::tonic,
        &[
            ("src/app/x.rs", "//! x\nuse tonic::Status;\n"),
            ("src/cli/x.rs", "//! x\nuse tonic_health::server;\n"),
            ("src/store/x.rs", "//! x\nfn f(a: zhenshi_proto::zhenshi::v1::Application) {}\n"),
        ],
        &[
            ("src/grpc/x.rs", "//! x\nuse tonic::Status;\n"),
            ("crates/proto/src/lib.rs", "//! x\nuse tonic::Status;\n"),
            ("src/app/x.rs", "//! tonic\nconst LOG: &str = \"tonic=warn\"; // tonic\n"),
        ],
    );
}

#[test]
fn only_the_store_names_sqlx() {
    check(
        reach::sqlx,
        &[
            ("src/app/x.rs", "//! x\nuse sqlx::PgPool;\n"),
            ("crates/domain/src/x.rs", "//! x\n#[derive(sqlx::Type)]\nstruct X;\n"),
        ],
        &[
            ("src/store/x.rs", "//! x\nuse sqlx::PgPool;\n"),
            ("src/cli/x.rs", "//! sqlx\nlet a = \"sqlx=warn\";\n"),
        ],
    );
}

#[test]
fn only_the_clock_asks_the_time() {
    check(
        reach::clock,
        &[
            ("src/app/x.rs", "//! x\nlet t = chrono::Utc::now();\n"),
            ("src/store/x.rs", "//! x\nlet t = SystemTime :: now();\n"),
            ("crates/domain/src/x.rs", "//! x\nlet t = Local::now();\n"),
            ("src/app/x.rs", "//! x\nlet id = Uuid::now_v7();\n"),
        ],
        &[
            ("src/clock.rs", "//! x\nlet t = Utc::now();\n"),
            ("src/app/x.rs", "//! Utc::now\nlet t = clock.now(); let i = Instant::now();\n"),
        ],
    );
}

#[test]
fn only_entropy_draws_lots() {
    check(
        reach::luck,
        &[
            ("src/app/x.rs", "//! x\nlet mut rng = rand::rng();\n"),
            ("src/security/x.rs", "//! x\nuse aws_lc_rs::rand::SystemRandom;\n"),
            ("src/store/x.rs", "//! x\nlet id = Uuid::new_v4();\n"),
        ],
        &[("src/entropy.rs", "//! x\nuse aws_lc_rs::rand::SystemRandom;\n")],
    );
}

#[test]
fn the_domain_is_pure() {
    check(
        reach::domain,
        &[
            ("crates/domain/src/x.rs", "//! x\nuse std::{collections::BTreeMap, fs};\n"),
            ("crates/domain/src/x.rs", "//! x\nlet home = std::env::var(\"HOME\");\n"),
            ("crates/domain/src/x.rs", "//! x\nasync fn f() {}\n"),
            ("crates/domain/src/x.rs", "//! x\ntracing::info!(\"x\");\n"),
            ("crates/domain/Cargo.toml", "[dependencies]\ntokio.workspace = true\n"),
        ],
        &[
            ("crates/domain/src/x.rs", "//! std::fs\nuse std::{collections::BTreeMap, fmt};\n"),
            ("crates/domain/Cargo.toml", "[dependencies]\nregex.workspace = true\n"),
            ("src/app/x.rs", "//! x\nuse std::fs;\n"),
        ],
    );
}

#[test]
fn no_sql_asks_the_time() {
    check(
        reach::sql_clock,
        &[
            ("migrations/1_x.sql", "CREATE TABLE a (t timestamptz DEFAULT now());\n"),
            ("migrations/1_x.sql", "SELECT CURRENT_TIMESTAMP;\n"),
            ("src/store/x.rs", "//! x\nquery!(r#\"SELECT clock_timestamp()\"#);\n"),
            ("src/store/x.rs", "//! x\nquery!(\"DELETE FROM a WHERE t < NOW ( )\");\n"),
            ("src/cli/x.rs", "//! x\nconst SQL: &str = \"SELECT 'now'::date\";\n"),
        ],
        &[
            ("migrations/1_x.sql", "-- never now()\nSELECT knownow(1);\n"),
            ("src/store/x.rs", "//! x\nlet t = clock.now(); // now()\nquery!(\"SELECT $1 -- not now()\");\n"),
        ],
    );
}

#[test]
fn sql_is_constant() {
    check(
        reach::built_sql,
        &[
            ("src/store/x.rs", "//! x\nsqlx::query(AssertSqlSafe(sql));\n"),
            ("src/store/x.rs", "//! x\nlet q = QueryBuilder::new(\"\");\n"),
            ("src/app/filter.rs", "//! x\nlet q = QueryBuilder::new(\"\");\n"),
        ],
        &[
            ("src/store/filter.rs", "//! x\nlet q = QueryBuilder::new(\"\");\n"),
            ("src/store/list/copy.rs", "//! x\nAssertSqlSafe(sql);\n"),
        ],
    );
}

#[test]
fn every_job_is_started_once() {
    check(
        jobs::once,
        &[
            (
                "src/cli/x.rs",
                "//! x\nfn f() { w.spawn(run_every(\"timers\", p, s, a)); w.spawn(run_every(\"timers\", p, s, b)); }\n",
            ),
            ("src/cli/x.rs", "//! x\nfn f() { w.spawn(run_every(\n    \"a\", p)); run_every(\"a\", p) }\n"),
            ("src/cli/x.rs", "//! x\nfn f() { w.spawn(run_every(name, p, s, a)); }\n"),
        ],
        &[
            (
                "src/cli/x.rs",
                "//! x\n// run_every(\"a\")\nuse worker::run_every;\nfn f() { run_every(\"a\", p); }\n",
            ),
            ("src/cli/y.rs", "//! x\nfn f() { run_every(\"b\", p); }\n"),
            ("src/worker/mod.rs", "//! x\npub async fn run_every(name: &str) {}\n"),
        ],
    );
}

#[test]
fn every_file_says_what_it_is() {
    check(
        papers::heads,
        &[("tests/it/x.rs", "use std::fs;\n"), ("src/x.rs", "")],
        &[("src/x.rs", "//! The x.\n")],
    );
}

#[test]
fn files_are_short() {
    let long = "//! x\n".repeat(401);
    let longest = "//! x\n".repeat(601);
    check(
        papers::lengths,
        &[("src/x.rs", &long), ("tests/x.rs", &longest)],
        &[("src/x.rs", &"//! x\n".repeat(400)), ("docs/x.md", &longest)],
    );
}

#[test]
fn what_the_pages_name_is_there() {
    check(
        papers::references,
        &[
            ("README.md", "See [the story](docs/STORY.md).\n"),
            ("docs/a.md", "See `src/nowhere.rs`.\n"),
            ("docs/adr/0001-x.md", "See [a](../b.md#part).\n"),
        ],
        &[
            (
                "README.md",
                "[docs](docs/a.md#x), [out](https://example.org), [here](#here), `src/app/<verb>.rs`\n",
            ),
            ("docs/a.md", "[b](adr/b.md), [up](../README.md), `docs/`, `src/app/a.rs::f`, `src/*.rs`\n"),
            ("docs/adr/b.md", "[a](../a.md)\n"),
            ("src/app/a.rs", "//! x\n"),
        ],
    );
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    check(
        papers::machine,
        &[
            ("docs/a.md", concat!("See /wo", "rk/x.\n")),
            ("src/x.rs", concat!("//! As in ../sh", "ared.\n")),
            ("README.md", concat!("See design", ".md.\n")),
        ],
        &[("README.md", "Binaries in `/usr/lib/postgresql/15/bin`, network, rework/s.\n")],
    );
}
