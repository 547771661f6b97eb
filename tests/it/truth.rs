//! The rules against data whose faults are known beforehand: nothing planted is missed, nothing else is found.

use chrono::NaiveDate;
use zhenshi::{
    cli::demo::{Truth, play},
    gendata::{GenOptions, generate_files},
};
use zhenshi_domain::{finding::Severity, rules};

use crate::support::service::TestService;

/// Applications of the run; every code is planted at least 20 times from 2,000 on.
const COUNT: u64 = 4_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_finds_what_was_planted_and_nothing_else() {
    let service = TestService::start().await;
    let client = service.client("core").await;
    let options = GenOptions {
        count: COUNT,
        seed: 7,
        as_of: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        out: service.folder.path().join("applications.jsonl"),
        truth: service.folder.path().join("truth.jsonl"),
    };
    generate_files(&options).unwrap();
    let truth = Truth::read(&options.truth).unwrap();
    let board = play(&client, &options.out, COUNT, truth).await.unwrap();

    assert_eq!((board.answered, board.failed, board.wrong_verdicts), (COUNT, 0, 0));
    for (code, score) in &board.codes {
        assert_eq!((score.missed, score.unplanted), (0, 0), "{code}: {score:?}");
        assert!(score.hits >= 20, "{code} was planted {} times", score.hits);
    }
    let unplanted: Vec<&str> = rules::ALL
        .iter()
        .flat_map(|rule| rule.codes())
        .filter(|code| code.severity == Severity::Blocking)
        .map(|code| code.name)
        .filter(|code| !board.codes.contains_key(*code))
        .collect();
    assert_eq!(unplanted, [] as [&str; 0], "every blocking code of every rule is planted");
}
