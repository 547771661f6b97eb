//! Extensions: more working days for the investigation. They add up, up to a cap, and are counted from the end of the
//! ordinary working days; call-back and cooling-off never move, and on-time is reported without them.

use chrono::{DateTime, TimeDelta, Utc};
use zhenshi_domain::{
    case::Move,
    deadline::{DeadlineInputs, Stop, deadline, end_of_working_day},
};

use super::{
    Answer, CaseEventKind, CaseRefusal, Change, EventData,
    change::{Begun, Command, Tools},
    clock, moves,
    refusal::WrongArgument,
    text::NewText,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx},
};

/// Most working days that one extension gives.
pub const MOST_WORKING_DAYS: u16 = 5;
/// Most working days that all extensions of a case give together, within one channel.
pub const MOST_WORKING_DAYS_TOGETHER: u16 = 10;

/// Name of the count in the timeline, by which extensions are added up.
const WORKING_DAYS: &str = "working_days";

impl Store {
    /// Extends the working days of a case. Nobody extends a case that is his own.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn extend_case(
        &self,
        tools: Tools,
        scope: Scope,
        command: Command,
        working_days: u16,
        reason: NewText,
    ) -> Result<Answer, StoreError> {
        self.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                let mut change = match moves::begin(tx, &tools, &scope, &command, Move::Extend).await? {
                    Begun::Go(change) => change,
                    Begun::Answered(answer) => return Ok(answer),
                };
                if moves::is_own(tx, &change).await? {
                    return Ok(Answer::Refused(CaseRefusal::SecondPersonRequired));
                }
                // Without a channel no clock runs that could be extended.
                let Some(received) = change.case.channel_received_time else {
                    return moves::not_again(tx, &change, Move::Extend).await;
                };
                let granted = granted(tx, &change, received).await?;
                let left = MOST_WORKING_DAYS_TOGETHER.saturating_sub(granted);
                if working_days > left {
                    let wrong = WrongArgument::ExtensionTooLong { left };
                    return Ok(Answer::Refused(CaseRefusal::Argument(wrong)));
                }
                let until = until(tx, &tools, &change, received, granted + working_days).await?;
                change.case.extended_until = Some(until);
                let data = EventData::none().number(WORKING_DAYS, working_days).time("extended_time", until);
                change.tell_with(tx, CaseEventKind::Extended, data, &reason).await?;
                clock::reckon(tx, &tools, &mut change).await?;
                change.finish(tx, &tools).await
            })
        })
        .await
    }
}

/// Counts the extension of a case anew, after its clock went on: what was granted comes after what a stop gave back.
pub(in crate::store) async fn keep(
    tx: &mut Tx,
    tools: &Tools,
    change: &mut Change,
) -> Result<(), StoreError> {
    let Some(received) = change.case.channel_received_time else { return Ok(()) };
    let granted = granted(tx, change, received).await?;
    if granted > 0 {
        change.case.extended_until = Some(until(tx, tools, change, received, granted).await?);
    }
    Ok(())
}

/// Working days that were granted since the channel received the case.
async fn granted(tx: &mut Tx, change: &Change, received: DateTime<Utc>) -> Result<u16, StoreError> {
    let days = sqlx::query_scalar!(
        "SELECT coalesce(sum((data ->> $4::text)::bigint), 0)::bigint AS \"days!\" FROM case_event
         WHERE case_id = $1 AND kind = $2 AND recorded_time >= $3",
        change.case.id,
        CaseEventKind::Extended.number(),
        received,
        WORKING_DAYS,
    )
    .fetch_one(tx)
    .await?;
    Ok(u16::try_from(days).unwrap_or(u16::MAX))
}

/// The end of the working days with `granted` more.
async fn until(
    tx: &mut Tx,
    tools: &Tools,
    change: &Change,
    received: DateTime<Utc>,
    granted: u16,
) -> Result<DateTime<Utc>, StoreError> {
    let stops = sqlx::query!(
        "SELECT from_time, until_time FROM case_stop WHERE case_id = $1 AND (until_time IS NULL OR until_time > $2)",
        change.case.id,
        received,
    )
    .fetch_all(tx)
    .await?;
    let inputs = DeadlineInputs {
        channel_received_time: received,
        applications: Vec::new(),
        stops: stops.into_iter().map(|stop| Stop { from: stop.from_time, until: stop.until_time }).collect(),
        extended_until: None,
    };
    let ordinary = deadline(&tools.calendar, &tools.calendar_version, &inputs).working_days_due_time;
    // A deadline at 24:00 belongs to the day that it ends.
    Ok(end_of_working_day(&tools.calendar, ordinary - TimeDelta::nanoseconds(1), granted).value)
}
