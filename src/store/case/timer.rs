//! Timers of cases: planned beside the change that moves a deadline, under the case's row lock.
//!
//! What is to change is decided by [`replan`]; here it is read and written for many cases in three statements.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    timer::{Clock, Kept, Recipient, Timer, TimerKind, replan},
};

use super::change::Tools;
use crate::{
    ids,
    store::{StoreError, Tx, codes::Coded as _},
};

/// States of a timer: what is in the column.
const PLANNED: i16 = 1;
const SENT: i16 = 2;
const CANCELLED: i16 = 3;

/// When a clock of a case falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct Wish {
    /// The case, which is locked.
    pub(in crate::store) case_id: Uuid,
    /// Which of its clocks.
    pub(in crate::store) clock: Clock,
    /// Whose, if it is that of an assist: each channel has one of its own.
    pub(in crate::store) channel: Option<Channel>,
    /// When; none: it cannot fall due.
    pub(in crate::store) due_time: Option<DateTime<Utc>>,
}

/// A timer that is due, of a case that is locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) struct DueTimer {
    /// Its row.
    pub(in crate::store) id: Uuid,
    /// The case.
    pub(in crate::store) case_id: Uuid,
    /// Whose, if it is of the clock of an assist.
    pub(in crate::store) channel: Option<Channel>,
    /// The timer.
    pub(in crate::store) timer: Timer,
    /// What falls due.
    pub(in crate::store) deadline_time: DateTime<Utc>,
}

/// Plans and cancels timers so that `wishes` are met.
pub(in crate::store) async fn plan(
    tx: &mut Tx,
    tools: &Tools,
    wishes: &[Wish],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let case_ids: Vec<Uuid> = wishes.iter().map(|wish| wish.case_id).collect();
    let kept = kept(tx, &case_ids).await?;
    let (mut cancelled, mut added) = (Vec::new(), Added::default());
    for wish in wishes {
        let rows = kept.get(&wish.case_id).map_or(&[][..], Vec::as_slice);
        let rows: Vec<_> = rows.iter().filter(|(_, channel, _)| *channel == number(wish.channel)).collect();
        let timers: Vec<Kept> = rows.iter().map(|(.., kept)| *kept).collect();
        let begins = tools.profile.cases().work_begins;
        let found = replan(wish.clock, wish.due_time, &timers, &tools.calendar, begins, now);
        cancelled.extend(found.cancel.iter().map(|place| rows[*place].0));
        for (timer, (deadline, planned)) in found
            .add
            .iter()
            .zip(std::iter::repeat(wish.due_time.zip(found.planned_time).unwrap_or((now, now))))
        {
            added.push(ids::mint(now, tools.entropy.as_ref())?, wish, timer, deadline, planned);
        }
    }
    settle(tx, &cancelled, CANCELLED, now).await?;
    added.insert(tx).await
}

/// A timer that is kept: its row, the channel's number, itself.
type Row = (Uuid, i16, Kept);

/// A channel as the column holds it: 0 for a clock that is the case's own.
fn number(channel: Option<Channel>) -> i16 {
    channel.map_or(0, Channel::number)
}

/// Everything that is planned or was sent, by case.
async fn kept(tx: &mut Tx, case_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Row>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, case_id, clock, channel, kind, step, due_time, recipient, state, deadline_time, planned_time
         FROM case_timer WHERE case_id = ANY($1) AND state <> 3 ORDER BY id",
        case_ids,
    )
    .fetch_all(tx)
    .await?;
    let mut kept: HashMap<Uuid, Vec<Row>> = HashMap::new();
    for row in rows {
        let timer = read(row.id, row.clock, row.kind, row.step, row.due_time, row.recipient)?;
        let one = Kept {
            timer,
            deadline_time: row.deadline_time,
            planned_time: row.planned_time,
            sent: row.state == SENT,
        };
        kept.entry(row.case_id).or_default().push((row.id, row.channel, one));
    }
    Ok(kept)
}

/// Timers of the locked cases that are due at `now`, in order of their due times.
pub(in crate::store) async fn due(
    tx: &mut Tx,
    case_ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Vec<DueTimer>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, case_id, clock, channel, kind, step, due_time, recipient, deadline_time FROM case_timer
         WHERE case_id = ANY($1) AND state = 1 AND due_time <= $2 ORDER BY due_time, id",
        case_ids,
        now,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let timer = read(row.id, row.clock, row.kind, row.step, row.due_time, row.recipient)?;
            let channel =
                (row.channel != 0).then(|| Channel::from_number(row.channel, row.id)).transpose()?;
            Ok(DueTimer {
                id: row.id,
                case_id: row.case_id,
                channel,
                timer,
                deadline_time: row.deadline_time,
            })
        })
        .collect()
}

/// Locks cases with timers that are due at `now`, the longest due first, at most as many as `limit` timers have; leaves out
/// those that others have locked. Their timers are read again afterwards: another may have sent them meanwhile.
pub(in crate::store) async fn lock_due(
    tx: &mut Tx,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let mut ids = sqlx::query_scalar!(
        "SELECT c.id FROM case_timer AS t JOIN case_file AS c ON c.id = t.case_id
         WHERE t.state = 1 AND t.due_time <= $1 ORDER BY t.due_time, t.id LIMIT $2 FOR UPDATE OF c SKIP LOCKED",
        now,
        limit,
    )
    .fetch_all(tx)
    .await?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Marks timers as sent.
pub(in crate::store) async fn sent(tx: &mut Tx, ids: &[Uuid], now: DateTime<Utc>) -> Result<(), StoreError> {
    settle(tx, ids, SENT, now).await
}

/// Marks timers as cancelled.
pub(in crate::store) async fn cancel(
    tx: &mut Tx,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    settle(tx, ids, CANCELLED, now).await
}

async fn settle(tx: &mut Tx, ids: &[Uuid], state: i16, now: DateTime<Utc>) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let settled = sqlx::query!(
        "UPDATE case_timer SET state = $2, settled_time = $3 WHERE id = ANY($1) AND state = 1",
        ids,
        state,
        now,
    )
    .execute(tx)
    .await?;
    // The case's lock is held: nobody else can have settled one.
    if settled.rows_affected() == ids.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::Unexpected("a timer was settled without its case's lock".into()))
    }
}

/// New rows, a column each.
#[derive(Default)]
struct Added {
    ids: Vec<Uuid>,
    case_ids: Vec<Uuid>,
    clocks: Vec<i16>,
    channels: Vec<i16>,
    kinds: Vec<i16>,
    steps: Vec<i16>,
    due_times: Vec<DateTime<Utc>>,
    recipients: Vec<i16>,
    deadline_times: Vec<DateTime<Utc>>,
    planned_times: Vec<DateTime<Utc>>,
}

impl Added {
    fn push(
        &mut self,
        id: Uuid,
        wish: &Wish,
        timer: &Timer,
        deadline: DateTime<Utc>,
        planned: DateTime<Utc>,
    ) {
        self.ids.push(id);
        self.case_ids.push(wish.case_id);
        self.clocks.push(timer.clock.code());
        self.channels.push(number(wish.channel));
        self.kinds.push(timer.kind.code());
        self.steps.push(timer.step);
        self.due_times.push(timer.due_time);
        self.recipients.push(timer.recipient.code());
        self.deadline_times.push(deadline);
        self.planned_times.push(planned);
    }

    /// One that was sent for another due time at the very same instant is not sent again.
    async fn insert(self, tx: &mut Tx) -> Result<(), StoreError> {
        if self.ids.is_empty() {
            return Ok(());
        }
        sqlx::query!(
            "INSERT INTO case_timer
                 (id, case_id, clock, kind, step, due_time, recipient, deadline_time, planned_time, state, channel)
             SELECT id, case_id, clock, kind, step, due_time, recipient, deadline_time, planned_time, $10, channel
             FROM UNNEST($1::uuid[], $2::uuid[], $3::smallint[], $4::smallint[], $5::smallint[], $6::timestamptz[],
                 $7::smallint[], $8::timestamptz[], $9::timestamptz[], $11::smallint[])
                 AS new (id, case_id, clock, kind, step, due_time, recipient, deadline_time, planned_time, channel)
             ON CONFLICT (case_id, clock, channel, kind, step, due_time) WHERE state <> 3 DO NOTHING",
            &self.ids,
            &self.case_ids,
            &self.clocks,
            &self.kinds,
            &self.steps,
            &self.due_times,
            &self.recipients,
            &self.deadline_times,
            &self.planned_times,
            PLANNED,
            &self.channels,
        )
        .execute(tx)
        .await?;
        Ok(())
    }
}

fn read(
    row: Uuid,
    clock: i16,
    kind: i16,
    step: i16,
    due_time: DateTime<Utc>,
    recipient: i16,
) -> Result<Timer, StoreError> {
    let corrupt = |column| StoreError::Corrupt { table: "case_timer", column, row: row.to_string() };
    Ok(Timer {
        clock: Clock::from_code(clock).ok_or_else(|| corrupt("clock"))?,
        kind: TimerKind::from_code(kind).ok_or_else(|| corrupt("kind"))?,
        step,
        due_time,
        recipient: Recipient::from_code(recipient).ok_or_else(|| corrupt("recipient"))?,
    })
}
