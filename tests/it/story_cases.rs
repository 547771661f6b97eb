//! The demo's cases: distributed, worked on for three working days by everybody of an office, and each planted one comes out as
//! planted.

use std::sync::Arc;

use zhenshi::{
    cli::demo::{Board, Door, Office, Stage, StoryDays, begins, play_cases, play_story},
    clock::{FixedClock, OffsetClock},
    entropy::{SeededEntropy, SharedEntropy},
    gendata::story::{Story, StoryOptions},
    security::principal::Principal,
};
use zhenshi_domain::calendar::Calendar;

use crate::support::{
    database::start_time,
    service::{CHANNELS, TestService},
};

/// Usual applications of the first day, and of each later working day.
const FIRST: u64 = 200;
const LATER: u64 = 40;
/// How often each suspicion is planted.
const TIMES: u32 = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_planted_case_comes_out_as_planted_and_every_desk_has_something_left() {
    let days = StoryDays::choose(&Calendar::shipped().unwrap(), "2026-11-23".parse().unwrap()).unwrap();
    let clock = Arc::new(OffsetClock::new(Arc::new(FixedClock::new(start_time())), begins(&days)));
    let service = TestService::start_with_clock(clock.clone()).await;
    let token = service.token("core", &["*"], &CHANNELS).await;
    let client = zhenshi::grpc::client::Client::connect(service.url(), &token).await.unwrap();
    let options = StoryOptions {
        seed: 7,
        first: FIRST,
        later: LATER,
        times: TIMES,
        days: days.days,
        folder: service.folder.path().to_owned(),
    };
    let story = Story::write(&options).unwrap();
    let stage = Stage {
        app: service.running().app(),
        client: &client,
        principal: &Principal::whole("test"),
        clock: &clock,
        note: |_| (),
    };
    let entropy: SharedEntropy = Arc::new(SeededEntropy::new(5));
    let door = Door { url: &service.url(), token: &token, entropy: &entropy };
    let office = Office::open(&stage, &door).await.unwrap();
    let played = play_story(&stage, &days, &story).await.unwrap();
    assert!(played.is_exact(), "people of the directory change no verdict and no list");
    let board = play_cases(&stage, &office, &days, &story, &entropy).await.unwrap();

    for line in &board.planted {
        assert_eq!(line.came_out, line.planted, "{}\n{board}", line.name);
    }
    assert!(board.is_exact());
    desks_have_something(&board);
    let shown = board.to_string();
    assert!(shown.contains("left lying until it is late") && !shown.contains("DIFFERS"), "{shown}");
}

/// Whoever opens the worklist after the demo finds something of everything. Nothing is OPEN for longer than it takes to give it.
fn desks_have_something(board: &Board) {
    let of = |state: &str| board.states.iter().find(|line| line.state == state).unwrap().cases;
    for state in ["SORTING", "ASSIGNED", "INVESTIGATING", "SUBMITTED", "CLOSED", "WITHDRAWN"] {
        assert!(of(state) > 0, "{state}: {board}");
    }
    let with_cases = board.clerks.iter().filter(|clerk| clerk.cases.iter().sum::<usize>() > 0).count();
    assert!(with_cases * 2 > board.clerks.len(), "{board}");
    assert!(board.elsewhere > 0 && board.escalations > 0, "{board}");
}
