//! The clocks of a case: its deadline is reckoned from what is recorded, and its timers follow.
//!
//! What a deadline is computed from (`deadline.rs` of the domain): the channel's receipt and the extension in the case's row,
//! its stops in `case_stop`, and the policy events of its members. So call [`reckon`] after these are written, and before
//! [`Change::finish`].

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    case::CaseState,
    deadline::{
        ApplicationDates, Deadline, DeadlineInputs, Stop, customers_first, deadline, end_of_working_day,
    },
    timer::Clock,
};

use super::{
    CaseEventKind, CaseRow, Change, EventData,
    change::Tools,
    dates::dates,
    row::NEVER,
    timer::{self, Wish},
};
use crate::store::{StoreError, Tx, codes::Coded as _};

/// Reckons the deadline of a case under change anew, from its channel's receipt, its applications' policy events, its stops
/// and its extension: sets the `due_*`, `call_back_time`, `cooling_off_end_date`, `calendar_version` and `urgent_time` of
/// its row, and replaces the timers that are not sent. Says whether the due time changed; if it had one before, the timeline
/// says so too.
pub(in crate::store) async fn reckon(
    tx: &mut Tx,
    tools: &Tools,
    change: &mut Change,
) -> Result<bool, StoreError> {
    let moved = reckon_all(tx, tools, std::slice::from_mut(change)).await?;
    Ok(moved.contains(&true))
}

/// As [`reckon`], for many cases in a fixed number of statements.
pub(in crate::store) async fn reckon_all(
    tx: &mut Tx,
    tools: &Tools,
    changes: &mut [Change],
) -> Result<Vec<bool>, StoreError> {
    let Some(now) = changes.iter().map(|change| change.now).max() else { return Ok(Vec::new()) };
    let running: Vec<&CaseRow> =
        changes.iter().map(|change| &change.case).filter(|case| runs(case) || waits(case)).collect();
    let (mut dates, mut stops, assists) = if running.is_empty() {
        (HashMap::new(), HashMap::new(), HashMap::new())
    } else {
        let ids: Vec<Uuid> = running.iter().map(|case| case.id).collect();
        let dates = dates(tx, &running, &tools.profile, now).await?;
        (dates, stops(tx, &ids).await?, assists(tx, &ids).await?)
    };
    let mut wishes = Vec::new();
    let mut moved = Vec::with_capacity(changes.len());
    for change in changes {
        let id = change.case.id;
        let applications = dates.remove(&id).unwrap_or_default();
        let stops = stops.remove(&id).unwrap_or_default();
        moved.push(reckon_one(tools, change, applications, stops, &mut wishes));
        let asked = assists.get(&id).filter(|_| runs(&change.case));
        // A channel that nothing is asked of any more is told nothing more.
        for (channel, _) in Channel::CODES {
            let due_time = asked.and_then(|asked| asked.get(channel).copied());
            wishes.push(Wish { case_id: id, clock: Clock::Assist, channel: Some(*channel), due_time });
        }
    }
    // A case that is not inserted yet has no timers, and none are planned for it before it is with a channel.
    timer::plan(tx, tools, &wishes, now).await?;
    Ok(moved)
}

/// Whether any clock of the case runs: some channel has received it, and nobody has ended it.
fn runs(case: &CaseRow) -> bool {
    case.channel_received_time.is_some() && case.state != CaseState::Sorting && !case.state.is_over()
}

/// Whether the case waits for its channel: no clock runs, but its customers' days do.
fn waits(case: &CaseRow) -> bool {
    case.state == CaseState::Open && case.channel_received_time.is_none()
}

fn reckon_one(
    tools: &Tools,
    change: &mut Change,
    applications: Vec<ApplicationDates>,
    stops: Vec<Stop>,
    wishes: &mut Vec<Wish>,
) -> bool {
    let case_id = change.case.id;
    let mut wish = |clock, due_time| wishes.push(Wish { case_id, clock, channel: None, due_time });
    let case = &mut change.case;
    let before = (case.due_time, case.due_basis);
    let Some(channel_received_time) = case.channel_received_time.filter(|_| runs(case)) else {
        wish(Clock::Investigation, None);
        wish(Clock::Verification, None);
        // Among those that wait, whose customer is called first comes first.
        case.urgent_time = if waits(case) { customers_first(&applications) } else { None }.unwrap_or(NEVER);
        return false;
    };
    let extended_working_days = case.extended_working_days;
    let inputs = DeadlineInputs { channel_received_time, applications, stops, extended_working_days };
    let found = deadline(&tools.calendar, &tools.calendar_version, &inputs);
    case.call_back_time = found.call_back_time;
    case.cooling_off_end_date = found.cooling_off_end_date;
    case.calendar_version.clone_from(&found.calendar_version);
    if case.state == CaseState::Submitted {
        // The investigation's deadline stands as it was submitted against; the verifiers' clock runs.
        let days = tools.profile.cases().verification_working_days;
        let since = case.submitted_time.unwrap_or(change.now);
        let due_time = end_of_working_day(&tools.calendar, since, days).value;
        case.verification_due_time = Some(due_time);
        case.urgent_time = due_time;
        wish(Clock::Investigation, None);
        wish(Clock::Verification, Some(due_time));
        return false;
    }
    case.verification_due_time = None;
    wish(Clock::Verification, None);
    wish(Clock::Investigation, found.falls_due().then_some(found.due_time));
    set(case, &found, change.now);
    let moved = before != (case.due_time, case.due_basis);
    if moved && let (Some(due_time), _) = before {
        tell(change, due_time, &found);
    }
    moved
}

fn set(case: &mut CaseRow, found: &Deadline, now: DateTime<Utc>) {
    if case.due_time.is_none() {
        case.opened_overdue = found.overdue(now).is_some();
    }
    case.due_time = Some(found.due_time);
    case.due_basis = Some(found.basis);
    case.due_provisional = found.is_provisional();
    case.extended_until = (case.extended_working_days > 0).then_some(found.working_days_due_time);
    case.unextended_due_time = Some(found.unextended_due_time);
    case.urgent_time = if found.falls_due() { found.due_time } else { NEVER };
}

fn tell(change: &mut Change, before: DateTime<Utc>, found: &Deadline) {
    let data = EventData::none()
        .time("due_time_before", before)
        .time("due_time", found.due_time)
        .number("due_basis", found.basis.code());
    change.tell(CaseEventKind::DeadlineRecomputed, data);
}

/// Until when the days that were granted to a case under change reach, beside its stops and by the calendar of `tools`; none
/// if none were, or no channel has it.
pub(in crate::store) async fn extended_until(
    tx: &mut Tx,
    tools: &Tools,
    change: &Change,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let case = &change.case;
    let Some(channel_received_time) = case.channel_received_time.filter(|_| case.extended_working_days > 0)
    else {
        return Ok(None);
    };
    let inputs = DeadlineInputs {
        channel_received_time,
        applications: Vec::new(),
        stops: stops(tx, &[case.id]).await?.remove(&case.id).unwrap_or_default(),
        extended_working_days: case.extended_working_days,
    };
    Ok(Some(deadline(&tools.calendar, &tools.calendar_version, &inputs).working_days_due_time))
}

/// When the investigation clocks stood still, by case.
async fn stops(tx: &mut Tx, case_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Stop>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT case_id, from_time, until_time FROM case_stop WHERE case_id = ANY($1)
         ORDER BY case_id, from_time, kind",
        case_ids,
    )
    .fetch_all(tx)
    .await?;
    let mut stops: HashMap<Uuid, Vec<Stop>> = HashMap::new();
    for row in rows {
        stops.entry(row.case_id).or_default().push(Stop { from: row.from_time, until: row.until_time });
    }
    Ok(stops)
}

/// When each channel's assist falls due that is neither answered nor overridden, by case.
async fn assists(
    tx: &mut Tx,
    case_ids: &[Uuid],
) -> Result<HashMap<Uuid, HashMap<Channel, DateTime<Utc>>>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT case_id, channel, min(due_time) AS "due_time!" FROM case_participant
           WHERE case_id = ANY($1) AND kind = 2 AND answered_time IS NULL AND NOT overridden AND due_time IS NOT NULL
           GROUP BY case_id, channel"#,
        case_ids,
    )
    .fetch_all(tx)
    .await?;
    let mut assists: HashMap<Uuid, HashMap<Channel, DateTime<Utc>>> = HashMap::new();
    for row in rows {
        let channel = Channel::from_number(row.channel, row.case_id)?;
        assists.entry(row.case_id).or_default().insert(channel, row.due_time);
    }
    Ok(assists)
}
