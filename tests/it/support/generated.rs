//! Generated applications, whose faults and sharings are known beforehand, sent through gRPC.

use chrono::NaiveDate;
use zhenshi::{
    cli::demo::{Scoreboard, Truth, play},
    gendata::{GenOptions, generate_files},
};

use super::service::TestService;

/// Makes `count` applications of `seed` around the first day of the tests, sends them to `service`, and scores the verdicts.
pub async fn play_generated(service: &TestService, count: u64, seed: u64) -> (GenOptions, Scoreboard) {
    let client = service.client("core").await;
    let options = GenOptions {
        count,
        seed,
        as_of: NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(),
        out: service.folder.path().join("applications.jsonl"),
        truth: service.folder.path().join("truth.jsonl"),
    };
    generate_files(&options).unwrap();
    let truth = Truth::read(&options.truth).unwrap();
    let board = play(&client, &options.out, count, truth).await.unwrap();
    assert_eq!((board.answered, board.failed, board.wrong_verdicts), (count, 0, 0));
    (options, board)
}
