//! The figures that are drawn: each a table, which `assets/plots.js` draws beside it. Asked for by themselves, so that the board
//! waits for nobody.

use std::{collections::BTreeMap, sync::Arc};

use axum::{extract::State, response::Response};
use chrono::{Duration, NaiveDate};
use zhenshi_domain::{shanghai, suspicion::Clue, verdict::Verdict};

use crate::{
    app::{
        Dimension,
        case::{
            board::{INFLOW_DAYS, JUDGED_DAYS, inflow, judged},
            get_case_statistics::{Asked, get_case_statistics},
        },
    },
    security::{policy::Action, principal::ALL_CHANNELS},
    web::{
        Site,
        error::PageError,
        person::Person,
        render, say,
        view::{
            board::{Cell, Plot, Plots, Row},
            words,
        },
    },
};

/// Days over which the on-time rate is counted.
const RATE_DAYS: i64 = 30;

pub(super) async fn show(person: Person, State(site): State<Arc<Site>>) -> Result<Response, PageError> {
    let today = shanghai::date(site.app.clock.now());
    let mut plots = Vec::new();
    if person.principal().permit(Action::GetCaseStatistics).is_ok() {
        plots.push(by_clue(&person, &site, today).await?);
        plots.push(on_time(&person, &site, today).await?);
    }
    if person.principal().permit(Action::ListSubmissions).is_ok() {
        plots.push(by_verdict(&person, &site, today).await?);
    }
    Ok(render::page(&Plots { say: person.say.clone(), plots }))
}

fn days(today: NaiveDate, count: i64) -> impl Iterator<Item = NaiveDate> {
    (0..count).rev().filter_map(move |back| today.checked_sub_signed(Duration::days(back)))
}

/// Cases by day and clue, stacked.
async fn by_clue(person: &Person, site: &Site, today: NaiveDate) -> Result<Plot, PageError> {
    let mut found: BTreeMap<(NaiveDate, &str), i64> = BTreeMap::new();
    for one in inflow(&site.app, person.principal()).await? {
        found.insert((one.day, one.clue.name()), one.count);
    }
    let say = &person.say;
    let rows = days(today, INFLOW_DAYS).map(|day| Row {
        head: day.format("%m-%d").to_string(),
        cells: Clue::ALL
            .iter()
            .map(|clue| Cell::count(found.get(&(day, clue.name())).copied().unwrap_or(0)))
            .collect(),
    });
    Ok(Plot {
        title: say.n("page-board-plot-inflow", INFLOW_DAYS),
        kind: "bar",
        stack: true,
        percent: false,
        first: say.t("page-board-day"),
        heads: Clue::ALL.iter().map(|clue| say.t(words::clue(*clue))).collect(),
        rows: rows.collect(),
    })
}

/// The share of submissions in time by channel.
async fn on_time(person: &Person, site: &Site, today: NaiveDate) -> Result<Plot, PageError> {
    let first = today.checked_sub_signed(Duration::days(RATE_DAYS - 1)).unwrap_or(today);
    let asked = Asked { first, last: today, dimension: Dimension::Channel, channel: None, branch_code: None };
    let statistics = get_case_statistics(&site.app, person.principal(), asked).await?;
    let say = &person.say;
    let rows = ALL_CHANNELS.iter().filter_map(|channel| {
        let key = channel_number(*channel);
        let of = statistics.rows.iter().find(|of| of.key == key)?;
        let all = of.on_time + of.extended + of.late;
        // Nothing was submitted: no rate, not a rate of nothing.
        let rate = (all > 0).then(|| (of.on_time * 100 + all / 2) / all);
        Some(Row { head: say.t(words::channel(*channel)), cells: vec![Cell::percent(rate)] })
    });
    Ok(Plot {
        title: say.n("page-board-plot-on-time", RATE_DAYS),
        kind: "bar",
        stack: false,
        percent: true,
        first: say.t("list-column-channel"),
        heads: vec![say.t("page-board-on-time")],
        rows: rows.collect(),
    })
}

/// The number by which statistics name a channel.
fn channel_number(channel: zhenshi_domain::application::Channel) -> String {
    let place = ALL_CHANNELS.iter().position(|one| *one == channel).unwrap_or_default();
    (place + 1).to_string()
}

/// The share of applications that were not accepted, by day and channel.
async fn by_verdict(person: &Person, site: &Site, today: NaiveDate) -> Result<Plot, PageError> {
    let mut found: BTreeMap<(NaiveDate, usize), (i64, i64)> = BTreeMap::new();
    for one in judged(&site.app, person.principal()).await? {
        let Some(place) = ALL_CHANNELS.iter().position(|channel| *channel == one.channel) else { continue };
        let (rejected, all) = found.entry((one.day, place)).or_default();
        *all += one.count;
        if one.verdict == Verdict::Rejected {
            *rejected += one.count;
        }
    }
    let say = &person.say;
    let rows = days(today, JUDGED_DAYS).map(|day| Row {
        head: say::date(day).split_off(5),
        cells: (0..ALL_CHANNELS.len())
            .map(|place| match found.get(&(day, place)) {
                Some((rejected, all)) if *all > 0 => Cell::percent_of(*rejected, *all),
                _ => Cell::percent(None),
            })
            .collect(),
    });
    Ok(Plot {
        title: say.n("page-board-plot-verdicts", JUDGED_DAYS),
        kind: "line",
        stack: false,
        percent: true,
        first: say.t("page-board-day"),
        heads: ALL_CHANNELS.iter().map(|channel| say.t(words::channel(*channel))).collect(),
        rows: rows.collect(),
    })
}
