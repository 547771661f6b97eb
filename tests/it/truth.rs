//! The rules against data whose faults are known beforehand: nothing planted is missed, nothing else is found.

use zhenshi_domain::{finding::Severity, rules};

use crate::support::{generated::play_generated, service::TestService};

/// Applications of the run; every code is planted at least 20 times from 2,000 on.
const COUNT: u64 = 4_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_finds_what_was_planted_and_nothing_else() {
    let service = TestService::start().await;
    let (_, board) = play_generated(&service, COUNT, 7).await;
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
