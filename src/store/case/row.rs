//! The row of a case: read, locked, inserted, saved as a whole.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    case::{CallBackDoubt, CaseSource, CaseState, Outcome},
    deadline::Basis,
    suspicion::Clue,
};

use super::raw::Raw;
pub(in crate::store) use super::raw::corrupt;
use crate::store::{StoreError, Tx, list::cleared::ClearedKind};

/// Stands for "no clock runs" in the order of urgency.
pub const NEVER: DateTime<Utc> = match DateTime::from_timestamp(253_402_214_400, 0) {
    Some(last_day_of_9999) => last_day_of_9999,
    None => DateTime::<Utc>::MAX_UTC,
};

/// A case, as its row holds it. See the columns in the migration for what each means.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "a column each")]
pub struct CaseRow {
    /// Id, a UUIDv7.
    pub id: Uuid,
    /// What people call it by.
    pub case_no: String,
    /// Where it came from.
    pub source: CaseSource,
    /// What a call-back met.
    pub doubt: Option<CallBackDoubt>,
    /// How far it is.
    pub state: CaseState,
    /// Counts the changes: the etag.
    pub version: i64,
    /// The list that it came from.
    pub list_id: Option<Uuid>,
    /// The greatest priority of its suspicions.
    pub priority: i32,
    /// Kinds of its suspicions, in order, each once.
    pub clues: Vec<Clue>,
    /// Hash of its customers.
    pub customers_key: Uuid,
    /// Sellers of its members, in order, each once.
    pub seller_codes: Vec<String>,
    /// Agencies of its members, in order, each once.
    pub agency_codes: Vec<String>,
    /// Lead channel.
    pub channel: Channel,
    /// Lead branch; empty for the head office.
    pub branch_code: String,
    /// First assignment into the present channel.
    pub channel_received_time: Option<DateTime<Utc>>,
    /// Staff code of who works on it.
    pub assignee: Option<String>,
    /// When he got it.
    pub assigned_time: Option<DateTime<Utc>>,
    /// Channel unit that has it; empty if somebody can be named.
    pub unit_code: String,
    /// Compliance has it: nobody of the channel may or can.
    pub with_compliance: bool,
    /// No clerk was free: the team leader has it.
    pub nobody_free: bool,
    /// Customer service holds it in sorting.
    pub held: bool,
    /// When sorting ends by itself.
    pub release_time: Option<DateTime<Utc>>,
    /// The case that took its suspicions.
    pub merged_into: Option<Uuid>,
    /// Customer service works on it itself.
    pub taken_over: bool,
    /// End of the investigation clock.
    pub due_time: Option<DateTime<Utc>>,
    /// Which limit that is.
    pub due_basis: Option<Basis>,
    /// Lies in a year without a notice.
    pub due_provisional: bool,
    /// Was past already when it was computed first.
    pub opened_overdue: bool,
    /// Earliest scheduled call-back.
    pub call_back_time: Option<DateTime<Utc>>,
    /// Earliest last day of cooling-off; none: not signed for.
    pub cooling_off_end_date: Option<NaiveDate>,
    /// Calendar that it was counted by.
    pub calendar_version: String,
    /// Until when the working days were extended.
    pub extended_until: Option<DateTime<Utc>>,
    /// How many were granted beside the three.
    pub extended_working_days: u16,
    /// End of the verification clock.
    pub verification_due_time: Option<DateTime<Utc>>,
    /// The same without the extension: what counts as on time.
    pub unextended_due_time: Option<DateTime<Utc>>,
    /// Paused since.
    pub paused_since: Option<DateTime<Utc>>,
    /// What the worklist is ordered by: the end of the clock that runs; before a channel has the case, what its customers'
    /// days say; [`NEVER`] without either.
    pub urgent_time: DateTime<Utc>,
    /// The end that was submitted last.
    pub outcome: Option<Outcome>,
    /// Why the customers may share the value.
    pub cleared_kind: Option<ClearedKind>,
    /// Number of the servicing change; empty if there is none.
    pub servicing_no: String,
    /// When it was last submitted.
    pub submitted_time: Option<DateTime<Utc>>,
    /// Counts submissions.
    pub round: i32,
    /// Compliance verifies it as one of its share.
    pub sampled: bool,
    /// How often it was returned.
    pub returned_count: i32,
    /// When it was closed.
    pub closed_time: Option<DateTime<Utc>>,
    /// Whether every submission was in time, with whatever extension it had ([`CaseRow::timeliness`] tells these apart).
    pub on_time: Option<bool>,
    /// The commission is held because of it.
    pub commission_held: bool,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_time: DateTime<Utc>,
    /// When it last changed.
    pub changed_time: DateTime<Utc>,
}

/// Whether what was submitted was in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timeliness {
    /// Without an extension.
    OnTime,
    /// By an extension only: reported apart.
    Extended,
    /// Not.
    Late,
}

/// `select_cases!("WHERE …", arguments)`: every column of the cases that the clause takes, checked by the build.
macro_rules! select_cases {
    ($tail:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            $crate::store::case::raw::Raw,
            "SELECT c.id, c.case_no, c.source, c.doubt, c.state, c.version, c.list_id, c.priority, c.clues,
             c.customers_key, c.seller_codes, c.agency_codes, c.channel, c.branch_code, c.channel_received_time,
             c.assignee, c.assigned_time, c.unit_code, c.with_compliance, c.nobody_free, c.held, c.release_time,
             c.merged_into, c.taken_over, c.due_time, c.due_basis, c.due_provisional, c.opened_overdue,
             c.call_back_time, c.cooling_off_end_date, c.calendar_version, c.extended_until,
             c.extended_working_days, c.verification_due_time, c.unextended_due_time, c.paused_since, c.urgent_time, c.outcome,
             c.cleared_kind, c.servicing_no, c.submitted_time, c.round, c.sampled, c.returned_count,
             c.closed_time, c.on_time, c.commission_held, c.created_by, c.created_time, c.changed_time
             FROM case_file AS c " + $tail
            $(, $argument)*
        )
    };
}

impl CaseRow {
    /// Working day of the list that it came from; none for a doubt. Its number begins with it.
    pub fn list_date(&self) -> Option<NaiveDate> {
        self.list_id?;
        NaiveDate::parse_from_str(self.case_no.get(..8)?, "%Y%m%d").ok()
    }

    /// Whether the clock that runs has passed its end. What waits for its channel has no deadline yet, however urgent it is.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        !self.state.is_over() && self.due_time.is_some() && self.urgent_time <= now
    }

    /// Whether every submission was in time; none before the first.
    pub fn timeliness(&self) -> Option<Timeliness> {
        let submitted = self.submitted_time;
        let by_extension = self.unextended_due_time < submitted && submitted <= self.due_time;
        self.on_time.map(|in_time| match (in_time, self.unextended_due_time.is_some() && by_extension) {
            (false, _) => Timeliness::Late,
            (true, true) => Timeliness::Extended,
            (true, false) => Timeliness::OnTime,
        })
    }
}

/// Locks a case until the transaction ends; none if there is none that row security shows.
pub(in crate::store) async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<CaseRow>, StoreError> {
    let raw = select_cases!("WHERE c.id = $1 FOR UPDATE", id).fetch_optional(tx).await?;
    raw.map(CaseRow::try_from).transpose()
}

/// Locks cases in the order of their ids, so that two who lock the same ones cannot wait for each other.
pub(in crate::store) async fn lock_many(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<CaseRow>, StoreError> {
    let raws = select_cases!("WHERE c.id = ANY($1) ORDER BY c.id FOR UPDATE", ids).fetch_all(tx).await?;
    raws.into_iter().map(CaseRow::try_from).collect()
}

/// Reads a case and keeps it as it is until the transaction ends; others may read it too.
pub(in crate::store) async fn share(tx: &mut Tx, id: Uuid) -> Result<Option<CaseRow>, StoreError> {
    let raw = select_cases!("WHERE c.id = $1 FOR SHARE", id).fetch_optional(tx).await?;
    raw.map(CaseRow::try_from).transpose()
}

/// Reads a case without locking it.
pub(in crate::store) async fn read(tx: &mut Tx, id: Uuid) -> Result<Option<CaseRow>, StoreError> {
    let raw = select_cases!("WHERE c.id = $1", id).fetch_optional(tx).await?;
    raw.map(CaseRow::try_from).transpose()
}

/// Reads cases without locking them, in no order.
pub(in crate::store) async fn read_many(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<CaseRow>, StoreError> {
    let raws = select_cases!("WHERE c.id = ANY($1)", ids).fetch_all(tx).await?;
    raws.into_iter().map(CaseRow::try_from).collect()
}

/// Numbers of the cases of a day, `count` of them without a gap; the day's row stays locked until the transaction ends.
pub(in crate::store) async fn numbers(
    tx: &mut Tx,
    day: NaiveDate,
    count: usize,
) -> Result<Vec<String>, StoreError> {
    let count = i32::try_from(count).map_err(|_| StoreError::Unexpected("too many cases at once".into()))?;
    let last = sqlx::query_scalar!(
        "INSERT INTO case_number (day, last) VALUES ($1, $2)
         ON CONFLICT (day) DO UPDATE SET last = case_number.last + $2 RETURNING last",
        day,
        count,
    )
    .fetch_one(tx)
    .await?;
    Ok((last - count + 1..=last).map(|number| format!("{}-{number:06}", day.format("%Y%m%d"))).collect())
}

/// Inserts new cases in one statement.
pub(in crate::store) async fn insert(tx: &mut Tx, cases: &[CaseRow]) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO case_file (id, case_no, source, doubt, state, version, list_id, priority, clues, customers_key, seller_codes,
             agency_codes, channel, branch_code, channel_received_time, assignee, assigned_time, unit_code,
             with_compliance, nobody_free, held, release_time, merged_into, taken_over, due_time, due_basis,
             due_provisional, opened_overdue, call_back_time, cooling_off_end_date, calendar_version,
             extended_until, extended_working_days, verification_due_time, unextended_due_time, paused_since,
             urgent_time, outcome, cleared_kind, servicing_no, submitted_time, round, sampled, returned_count, closed_time, on_time,
             commission_held, created_by, created_time, changed_time)
         SELECT id, case_no, source, doubt, state, version, list_id, priority, clues, customers_key, seller_codes,
             agency_codes, channel, branch_code, channel_received_time, assignee, assigned_time, unit_code,
             with_compliance, nobody_free, held, release_time, merged_into, taken_over, due_time, due_basis,
             due_provisional, opened_overdue, call_back_time, cooling_off_end_date, calendar_version,
             extended_until, extended_working_days, verification_due_time, unextended_due_time, paused_since,
             urgent_time, outcome, cleared_kind, servicing_no, submitted_time, round, sampled, returned_count, closed_time, on_time,
             commission_held, created_by, created_time, changed_time
         FROM jsonb_populate_recordset(NULL::case_file, $1)",
        rows(cases)?,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes everything about locked cases that can change, in one statement.
pub(in crate::store) async fn save(tx: &mut Tx, cases: &[CaseRow]) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE case_file AS c SET (state, version, list_id, priority, clues, customers_key, seller_codes, agency_codes, channel,
             branch_code, channel_received_time, assignee, assigned_time, unit_code, with_compliance,
             nobody_free, held, release_time, merged_into, taken_over, due_time, due_basis, due_provisional,
             opened_overdue, call_back_time, cooling_off_end_date, calendar_version, extended_until,
             extended_working_days, verification_due_time, unextended_due_time, paused_since, urgent_time, outcome, cleared_kind,
             servicing_no, submitted_time, round, sampled, returned_count, closed_time, on_time,
             commission_held, changed_time)
         = (new.state, new.version, new.list_id, new.priority, new.clues, new.customers_key, new.seller_codes,
             new.agency_codes, new.channel, new.branch_code, new.channel_received_time, new.assignee,
             new.assigned_time, new.unit_code, new.with_compliance, new.nobody_free, new.held, new.release_time,
             new.merged_into, new.taken_over, new.due_time, new.due_basis, new.due_provisional,
             new.opened_overdue, new.call_back_time, new.cooling_off_end_date, new.calendar_version,
             new.extended_until, new.extended_working_days, new.verification_due_time, new.unextended_due_time, new.paused_since,
             new.urgent_time, new.outcome, new.cleared_kind, new.servicing_no, new.submitted_time, new.round,
             new.sampled, new.returned_count, new.closed_time, new.on_time, new.commission_held,
             new.changed_time)
         FROM jsonb_populate_recordset(NULL::case_file, $1) AS new WHERE c.id = new.id",
        rows(cases)?,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Rows as one argument: what the table's own type reads.
fn rows(cases: &[CaseRow]) -> Result<serde_json::Value, StoreError> {
    let raws: Vec<Raw> = cases.iter().map(Raw::from).collect();
    serde_json::to_value(raws).map_err(|_| StoreError::Unexpected("a case does not serialise".into()))
}
