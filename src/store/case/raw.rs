//! A case's row as PostgreSQL gives and takes it: the one place where it becomes a [`CaseRow`], and back.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    case::{CallBackDoubt, CaseSource, CaseState, Outcome},
    deadline::Basis,
    suspicion::Clue,
};

use super::CaseRow;
use crate::store::{StoreError, codes::Coded as _, list::cleared::ClearedKind};

/// Every column, as PostgreSQL gives it: the one place where a row becomes a [`CaseRow`].
#[derive(sqlx::FromRow, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a column each")]
pub(in crate::store) struct Raw {
    pub(in crate::store::case) id: Uuid,
    pub(in crate::store::case) case_no: String,
    pub(in crate::store::case) source: i16,
    pub(in crate::store::case) doubt: Option<i16>,
    pub(in crate::store::case) state: i16,
    pub(in crate::store::case) version: i64,
    pub(in crate::store::case) list_id: Option<Uuid>,
    pub(in crate::store::case) priority: i32,
    pub(in crate::store::case) clues: Vec<i16>,
    pub(in crate::store::case) customers_key: Uuid,
    pub(in crate::store::case) seller_codes: Vec<String>,
    pub(in crate::store::case) agency_codes: Vec<String>,
    pub(in crate::store::case) channel: i16,
    pub(in crate::store::case) branch_code: String,
    pub(in crate::store::case) channel_received_time: Option<DateTime<Utc>>,
    pub(in crate::store::case) assignee: Option<String>,
    pub(in crate::store::case) assigned_time: Option<DateTime<Utc>>,
    pub(in crate::store::case) unit_code: String,
    pub(in crate::store::case) with_compliance: bool,
    pub(in crate::store::case) nobody_free: bool,
    pub(in crate::store::case) held: bool,
    pub(in crate::store::case) release_time: Option<DateTime<Utc>>,
    pub(in crate::store::case) merged_into: Option<Uuid>,
    pub(in crate::store::case) taken_over: bool,
    pub(in crate::store::case) due_time: Option<DateTime<Utc>>,
    pub(in crate::store::case) due_basis: Option<i16>,
    pub(in crate::store::case) due_provisional: bool,
    pub(in crate::store::case) opened_overdue: bool,
    pub(in crate::store::case) call_back_time: Option<DateTime<Utc>>,
    pub(in crate::store::case) cooling_off_end_date: Option<NaiveDate>,
    pub(in crate::store::case) calendar_version: String,
    pub(in crate::store::case) extended_until: Option<DateTime<Utc>>,
    pub(in crate::store::case) extended_working_days: i16,
    pub(in crate::store::case) verification_due_time: Option<DateTime<Utc>>,
    pub(in crate::store::case) unextended_due_time: Option<DateTime<Utc>>,
    pub(in crate::store::case) paused_since: Option<DateTime<Utc>>,
    pub(in crate::store::case) urgent_time: DateTime<Utc>,
    pub(in crate::store::case) outcome: Option<i16>,
    pub(in crate::store::case) cleared_kind: Option<i16>,
    pub(in crate::store::case) servicing_no: String,
    pub(in crate::store::case) submitted_time: Option<DateTime<Utc>>,
    pub(in crate::store::case) round: i32,
    pub(in crate::store::case) sampled: bool,
    pub(in crate::store::case) returned_count: i32,
    pub(in crate::store::case) closed_time: Option<DateTime<Utc>>,
    pub(in crate::store::case) on_time: Option<bool>,
    pub(in crate::store::case) commission_held: bool,
    pub(in crate::store::case) created_by: String,
    pub(in crate::store::case) created_time: DateTime<Utc>,
    pub(in crate::store::case) changed_time: DateTime<Utc>,
}

/// A number that this version does not write.
pub(in crate::store) fn corrupt(column: &'static str, row: Uuid) -> StoreError {
    StoreError::Corrupt { table: "case_file", column, row: row.to_string() }
}

impl TryFrom<Raw> for CaseRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let id = raw.id;
        Ok(Self {
            id,
            case_no: raw.case_no,
            source: CaseSource::from_code(raw.source).ok_or_else(|| corrupt("source", id))?,
            doubt: raw
                .doubt
                .map(|code| CallBackDoubt::from_code(code).ok_or_else(|| corrupt("doubt", id)))
                .transpose()?,
            state: CaseState::from_code(raw.state).ok_or_else(|| corrupt("state", id))?,
            version: raw.version,
            list_id: raw.list_id,
            priority: raw.priority,
            clues: raw
                .clues
                .into_iter()
                .map(|number| Clue::from_number(number, id))
                .collect::<Result<_, _>>()?,
            customers_key: raw.customers_key,
            seller_codes: raw.seller_codes,
            agency_codes: raw.agency_codes,
            channel: Channel::from_number(raw.channel, id)?,
            branch_code: raw.branch_code,
            channel_received_time: raw.channel_received_time,
            assignee: raw.assignee,
            assigned_time: raw.assigned_time,
            unit_code: raw.unit_code,
            with_compliance: raw.with_compliance,
            nobody_free: raw.nobody_free,
            held: raw.held,
            release_time: raw.release_time,
            merged_into: raw.merged_into,
            taken_over: raw.taken_over,
            due_time: raw.due_time,
            due_basis: raw
                .due_basis
                .map(|code| Basis::from_code(code).ok_or_else(|| corrupt("due_basis", id)))
                .transpose()?,
            due_provisional: raw.due_provisional,
            opened_overdue: raw.opened_overdue,
            call_back_time: raw.call_back_time,
            cooling_off_end_date: raw.cooling_off_end_date,
            calendar_version: raw.calendar_version,
            extended_until: raw.extended_until,
            extended_working_days: u16::try_from(raw.extended_working_days)
                .map_err(|_| corrupt("extended_working_days", id))?,
            verification_due_time: raw.verification_due_time,
            unextended_due_time: raw.unextended_due_time,
            paused_since: raw.paused_since,
            urgent_time: raw.urgent_time,
            outcome: raw
                .outcome
                .map(|code| Outcome::from_code(code).ok_or_else(|| corrupt("outcome", id)))
                .transpose()?,
            cleared_kind: raw.cleared_kind.map(|number| ClearedKind::from_number(number, id)).transpose()?,
            servicing_no: raw.servicing_no,
            submitted_time: raw.submitted_time,
            round: raw.round,
            sampled: raw.sampled,
            returned_count: raw.returned_count,
            closed_time: raw.closed_time,
            on_time: raw.on_time,
            commission_held: raw.commission_held,
            created_by: raw.created_by,
            created_time: raw.created_time,
            changed_time: raw.changed_time,
        })
    }
}

impl From<&CaseRow> for Raw {
    fn from(case: &CaseRow) -> Self {
        Self {
            id: case.id,
            case_no: case.case_no.clone(),
            source: case.source.code(),
            doubt: case.doubt.map(CallBackDoubt::code),
            state: case.state.code(),
            version: case.version,
            list_id: case.list_id,
            priority: case.priority,
            clues: case.clues.iter().map(|clue| clue.number()).collect(),
            customers_key: case.customers_key,
            seller_codes: case.seller_codes.clone(),
            agency_codes: case.agency_codes.clone(),
            channel: case.channel.number(),
            branch_code: case.branch_code.clone(),
            channel_received_time: case.channel_received_time,
            assignee: case.assignee.clone(),
            assigned_time: case.assigned_time,
            unit_code: case.unit_code.clone(),
            with_compliance: case.with_compliance,
            nobody_free: case.nobody_free,
            held: case.held,
            release_time: case.release_time,
            merged_into: case.merged_into,
            taken_over: case.taken_over,
            due_time: case.due_time,
            due_basis: case.due_basis.map(Basis::code),
            due_provisional: case.due_provisional,
            opened_overdue: case.opened_overdue,
            call_back_time: case.call_back_time,
            cooling_off_end_date: case.cooling_off_end_date,
            calendar_version: case.calendar_version.clone(),
            extended_until: case.extended_until,
            // The cap on extensions lies far below.
            extended_working_days: i16::try_from(case.extended_working_days).unwrap_or(i16::MAX),
            verification_due_time: case.verification_due_time,
            unextended_due_time: case.unextended_due_time,
            paused_since: case.paused_since,
            urgent_time: case.urgent_time,
            outcome: case.outcome.map(Outcome::code),
            cleared_kind: case.cleared_kind.map(ClearedKind::number),
            servicing_no: case.servicing_no.clone(),
            submitted_time: case.submitted_time,
            round: case.round,
            sampled: case.sampled,
            returned_count: case.returned_count,
            closed_time: case.closed_time,
            on_time: case.on_time,
            commission_held: case.commission_held,
            created_by: case.created_by.clone(),
            created_time: case.created_time,
            changed_time: case.changed_time,
        }
    }
}
