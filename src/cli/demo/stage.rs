//! Plays a story against a running service: day by day under a moved clock, each list made and compared with the truth.

use std::sync::Arc;

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use zhenshi_domain::shanghai;

use super::{
    cases::settle,
    days::StoryDays,
    feed,
    lists::{ListScore, local, moved},
    play::play,
    report::Scoreboard,
    truth::Truth,
};
use crate::{
    app::{App, run_suspicion_list::run},
    clock::{Clock as _, OffsetClock},
    gendata::story::{Day, Story},
    grpc::client::Client,
    security::principal::Principal,
    store::list::listed::ListedWhole,
};

/// Hours of the day, in Asia/Shanghai, at which its parts begin.
const PART_HOURS: [i64; 3] = [9, 12, 15];
/// Hour at which lists are made.
pub(super) const LIST_HOUR: i64 = 6;

/// What the story needs of the service.
pub struct Stage<'a> {
    /// The service's use cases.
    pub app: &'a Arc<App>,
    /// A client that may send everything.
    pub client: &'a Client,
    /// Who makes the lists.
    pub principal: &'a Principal,
    /// The service's clock.
    pub clock: &'a OffsetClock,
    /// Told of what is going on.
    pub note: fn(String),
}

impl Stage<'_> {
    /// What time it is in the story.
    pub(super) fn clock_now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
}

/// A story that has been played.
#[derive(Debug, Default, Serialize)]
pub struct Played {
    /// Verdicts of all days beside what was planted.
    pub gate: Scoreboard,
    /// The lists in order.
    pub lists: Vec<ListScore>,
    /// How far the clock was moved from the real time at the end, in seconds.
    pub clock_moved_seconds: i64,
}

impl Played {
    /// Every application got its verdict, and every list says what was planted and nothing else.
    pub fn is_exact(&self) -> bool {
        self.gate.is_exact() && self.lists.iter().all(ListScore::is_exact)
    }
}

/// The instant of an hour of a day in Shanghai.
pub(super) fn at_hour(day: NaiveDate, hour: i64) -> DateTime<Utc> {
    shanghai::midnight(day) + TimeDelta::hours(hour)
}

/// When the story begins.
pub fn begins(days: &StoryDays) -> DateTime<Utc> {
    at_hour(days.days[0], PART_HOURS[0])
}

/// Plays `story` on `days`. The list of a day is made on its morning; that of the last but one is missed, and made on the
/// last morning together with the last.
///
/// # Errors
/// When a file cannot be read, the service cannot be reached, or a list is not there after it was made.
pub async fn play_story(stage: &Stage<'_>, days: &StoryDays, story: &Story) -> anyhow::Result<Played> {
    let mut played = Played::default();
    let mut made: Vec<ListedWhole> = Vec::new();
    let [second, fourth, fifth, last] = days.lists();
    for day in &story.days {
        if day.date == second || day.date == fourth {
            make_lists(stage, &[day.date], &mut made).await?;
        }
        play_day(stage, day, &made, &mut played.gate).await?;
    }
    make_lists(stage, &[fifth, last], &mut made).await?;
    played.lists = made.iter().zip(&story.lists).map(|(list, truth)| ListScore::of(list, truth)).collect();
    played.clock_moved_seconds = stage.clock.offset().num_seconds();
    Ok(played)
}

/// Makes what is due on the morning of the last of `dates`.
async fn make_lists(
    stage: &Stage<'_>,
    dates: &[NaiveDate],
    made: &mut Vec<ListedWhole>,
) -> anyhow::Result<()> {
    let Some(&today) = dates.last() else { return Ok(()) };
    stage.clock.move_to(at_hour(today, LIST_HOUR));
    run(stage.app, stage.principal, Some(today)).await?;
    for date in dates {
        let list = stage.app.store.listed_whole(*date).await?;
        made.push(list.with_context(|| format!("the list of {date} is not there"))?);
        say(stage, &format!("list of {date} made"));
    }
    settle(stage.app).await
}

async fn play_day(
    stage: &Stage<'_>,
    day: &Day,
    made: &[ListedWhole],
    gate: &mut Scoreboard,
) -> anyhow::Result<()> {
    for (part, hour) in day.parts.iter().zip(PART_HOURS) {
        stage.clock.move_to(at_hour(day.date, hour));
        // Nobody's case waits for the pace of the jobs: the story is the same on every machine.
        settle(stage.app).await?;
        say(stage, &format!("{} applications arrive", part.count));
        feed::tell(stage.app, stage.client, part, made).await?;
        let truth = Truth::read(&part.truth)?;
        gate.add(play(stage.client, &part.applications, part.count, truth).await?);
    }
    anyhow::ensure!(
        shanghai::date(stage.clock.now()) == day.date,
        "the day of {} was over before all its applications were sent: take fewer",
        day.date
    );
    Ok(())
}

/// Says something with the time, and that the time is moved.
pub(super) fn say(stage: &Stage<'_>, text: &str) {
    let (now, offset) = (stage.clock.now(), stage.clock.offset());
    (stage.note)(format!("{} (clock moved by {}): {text}", local(now), moved(offset)));
}
