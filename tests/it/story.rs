//! The suspicion lists against a story whose truth is known beforehand: several days with late, repeated and revised
//! applications, a weekend, a missed list, policies that end, contacts of sellers, cleared pairs.

use std::{collections::BTreeMap, sync::Arc};

use zhenshi::{
    cli::demo::{Stage, StoryDays, begins, play_story},
    clock::{FixedClock, OffsetClock},
    gendata::story::{Story, StoryOptions},
    security::principal::Principal,
};
use zhenshi_domain::calendar::Calendar;

use crate::support::{database::start_time, service::TestService};

/// Usual applications of the first day, and of each later working day; the cases come on top.
const FIRST: u64 = 800;
const LATER: u64 = 120;
/// How often each case is planted.
const TIMES: u32 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_says_what_was_planted_and_nothing_else() {
    let calendar = Calendar::shipped().unwrap();
    let days = StoryDays::choose(&calendar, "2026-11-23".parse().unwrap()).unwrap();
    let clock = Arc::new(OffsetClock::new(Arc::new(FixedClock::new(start_time())), begins(&days)));
    let service = TestService::start_with_clock(clock.clone()).await;
    let client = service.client("core").await;
    let options = StoryOptions {
        seed: 5,
        first: FIRST,
        later: LATER,
        times: TIMES,
        days: days.days,
        folder: service.folder.path().to_owned(),
    };
    let story = Story::write(&options).unwrap();
    let principal = Principal::whole("test");
    let stage = Stage {
        app: service.running().app(),
        client: &client,
        principal: &principal,
        clock: &clock,
        note: |_| (),
    };
    let played = play_story(&stage, &days, &story).await.unwrap();

    let sent: u64 = story.days.iter().flat_map(|day| &day.parts).map(|part| part.count).sum();
    assert_eq!((played.gate.answered, played.gate.failed, played.gate.wrong_verdicts), (sent, 0, 0));
    assert!(played.gate.is_exact(), "{:?}", played.gate.codes);

    let dates: Vec<_> = played.lists.iter().map(|list| (list.list_date, list.caught_up)).collect();
    let [one, two, missed, last] = days.lists();
    assert_eq!(dates, [(one, false), (two, false), (missed, true), (last, false)]);
    let mut planted: BTreeMap<&str, u64> = BTreeMap::new();
    for list in &played.lists {
        for (clue, scored) in &list.clues {
            *planted.entry(clue).or_default() += scored.score.hits;
            assert!(scored.score.hits > 0, "{clue} on {}", list.list_date);
            assert_eq!(
                (scored.score.missed, scored.score.unplanted),
                (0, 0),
                "{clue} on {}: {:#?}",
                list.list_date,
                list.differences
            );
            // Exact: both are 1 where nothing is missed and nothing else found.
            assert!(
                scored.precision.to_bits() == 1f64.to_bits() && scored.recall.to_bits() == 1f64.to_bits()
            );
        }
    }
    assert!(planted.len() == 5 && planted.values().all(|count| *count >= 20), "{planted:?}");
    assert!(played.is_exact());
}
