//! The uses of the values that a chunk looks at closely, as they were at the cut.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{application::Channel, party::Role};

use super::OpenList;
use crate::store::{StoreError, Tx, codes::Coded as _};

/// The most uses of one value that are read: a value in more hands is reported once, with a count, not pair by pair.
pub const MAX_USES: i64 = 500;

/// A chunk's range of keys.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    pub(super) epoch: i16,
    pub(super) clue: i16,
    pub(super) first: Uuid,
    pub(super) last: Uuid,
}

/// A value that may be suspicious.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) fingerprint: Uuid,
    /// Different customers who use it.
    pub(super) customers: i64,
}

/// One use of a value in force at the cut.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "columns")]
pub(super) struct UseRow {
    pub(super) fingerprint: Uuid,
    pub(super) customer_id: Uuid,
    pub(super) application_id: Uuid,
    pub(super) submission_id: Uuid,
    pub(super) party_no: i16,
    pub(super) purpose: i16,
    pub(super) role: Role,
    pub(super) baseline: bool,
    pub(super) name_fingerprint: Option<Uuid>,
    pub(super) recorded_time: DateTime<Utc>,
    pub(super) minor: bool,
    pub(super) weak: bool,
    pub(super) policyholder_id: Uuid,
    pub(super) approved: bool,
    pub(super) source: String,
    pub(super) channel: Channel,
    pub(super) branch_code: String,
    pub(super) seller_code: String,
    pub(super) agency_code: String,
    pub(super) policy_no: String,
    pub(super) original_application_no: String,
    /// All uses of the value in force at the cut, listed or not.
    pub(super) use_count: i64,
}

/// Takes the pending keys of a range, and says which of them to look at closely.
pub(super) async fn find(tx: &mut Tx, list: &OpenList, range: Range) -> Result<Vec<Candidate>, StoreError> {
    let baseline = list.kind == super::ListKind::SelfInspection;
    let rows = sqlx::query_file!(
        "src/store/list/find.sql",
        range.epoch,
        range.clue,
        range.first,
        range.last,
        list.cut_time,
        baseline,
    )
    .fetch_all(&mut *tx)
    .await?;
    sqlx::query_file!(
        "src/store/list/take.sql",
        range.epoch,
        range.clue,
        range.first,
        range.last,
        list.cut_time,
        baseline,
    )
    .execute(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Candidate { fingerprint: row.fingerprint, customers: row.customers })
        .collect())
}

/// The newest [`MAX_USES`] uses of each value, by value and then oldest first.
pub(super) async fn read(
    tx: &mut Tx,
    list: &OpenList,
    range: Range,
    candidates: &[Candidate],
) -> Result<Vec<UseRow>, StoreError> {
    let fingerprints: Vec<Uuid> = candidates.iter().map(|candidate| candidate.fingerprint).collect();
    let rows = sqlx::query_file!(
        "src/store/list/uses.sql",
        range.epoch,
        range.clue,
        &fingerprints,
        list.cut_time,
        MAX_USES,
        list.list_date.pred_opt().unwrap_or(list.list_date),
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(UseRow {
                fingerprint: row.fingerprint,
                customer_id: row.customer_id,
                application_id: row.application_id,
                submission_id: row.submission_id,
                party_no: row.party_no,
                purpose: row.purpose,
                role: Role::from_number(row.role, row.submission_id)?,
                baseline: row.baseline,
                name_fingerprint: row.name_fingerprint,
                recorded_time: row.recorded_time,
                minor: row.minor,
                weak: row.weak,
                policyholder_id: row.policyholder_id,
                approved: row.approved,
                source: row.source,
                channel: Channel::from_number(row.channel, row.submission_id)?,
                branch_code: row.branch_code,
                seller_code: row.seller_code,
                agency_code: row.agency_code,
                policy_no: row.policy_no,
                original_application_no: row.original_application_no,
                use_count: row.use_count,
            })
        })
        .collect()
}
