//! The edge of a list: what lands just before its cut, at it and just after it, whenever and however often it is made.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use zhenshi_domain::{policy::PolicyEventKind, suspicion::schedule::cut};

use super::world::{World, holder};

/// What lands near the cut.
#[derive(Debug, Clone, Copy)]
enum Landing {
    /// A revision of A-2 with another phone.
    Revision,
    /// A-2 is surrendered.
    Surrender,
    /// A third customer with the same phone.
    Application,
}

/// When the list is made.
#[derive(Debug, Clone, Copy)]
enum Made {
    OnTime,
    /// With the list of two days after.
    Late,
    /// On time, and asked for again on both days after.
    Twice,
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The list of 25 November and the one after it, when `landing` is recorded at `time`; came the day before.
async fn lists(landing: Landing, time: DateTime<Utc>, made: Made) -> [Vec<String>; 2] {
    let world = World::new().await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    world.at("2026-11-24 10:00");
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.apply("A-2", &[holder(2, &[100])]).await;
    let now = zhenshi::clock::Clock::now(world.clock.as_ref());
    world.clock.advance(time - now);
    match landing {
        Landing::Revision => drop(world.apply("A-2", &[holder(2, &[200])]).await),
        Landing::Surrender => world.policy("A-2", PolicyEventKind::Surrendered).await,
        Landing::Application => drop(world.apply("A-3", &[holder(3, &[100])]).await),
    }
    for morning in ["2026-11-25", "2026-11-26", "2026-11-27"] {
        world.at(&format!("{morning} 06:00"));
        if !matches!(made, Made::Late) || morning == "2026-11-27" {
            world.run(morning).await;
        }
        if matches!(made, Made::Twice) {
            let digests = world.digests().await;
            world.run("2026-11-25").await;
            assert_eq!(world.digests().await, digests, "{landing:?}");
        }
    }
    [world.list("2026-11-25").await, world.list("2026-11-26").await]
}

#[tokio::test]
async fn a_list_is_what_its_cut_says_to_the_microsecond() {
    let cut = cut(day("2026-11-25"));
    let (before, after) = (cut - TimeDelta::microseconds(1), cut + TimeDelta::microseconds(1));
    let (pair, none) = ("SAME_PHONE A-1/1+ A-2/2+", "");
    let three = "SAME_PHONE A-1/1+ A-2/2+ A-3/3+";
    let later = "SAME_PHONE A-1/1 A-2/2 A-3/3+";
    let cases = [
        (Landing::Revision, before, [none, none]),
        (Landing::Revision, cut, [pair, none]),
        (Landing::Revision, after, [pair, none]),
        (Landing::Surrender, before, [none, none]),
        (Landing::Surrender, cut, [pair, none]),
        (Landing::Surrender, after, [pair, none]),
        (Landing::Application, before, [three, none]),
        (Landing::Application, cut, [pair, later]),
        (Landing::Application, after, [pair, later]),
    ];
    for (landing, time, expected) in cases {
        for made in [Made::OnTime, Made::Late, Made::Twice] {
            let found = lists(landing, time, made).await.map(|list| list.join("; "));
            assert_eq!(found, expected, "{landing:?} at {time}, {made:?}");
        }
    }
}
