//! Rows that are written once, each with an audit entry of its own that digests it: policy events and holiday notices.
//!
//! To add such a table: its action in [`verify`], a function that reads a row's digest, and a count of strangers.

use uuid::Uuid;

use super::{FaultKind, Report};
use crate::store::{
    StoreError, Tx,
    audit::Entry,
    calendar::{ACTION_IMPORT_NOTICE, notice_digest},
    policy_event::{ACTION_RECORD_POLICY_EVENT, event_digest},
};

/// Compares the row that `entry` stands for with its digest; entries of other kinds are left alone.
pub(super) async fn verify(
    tx: &mut Tx,
    entry: &Entry,
    position: Option<i64>,
    report: &mut Report,
) -> Result<(), StoreError> {
    let kind = match entry.action.as_str() {
        ACTION_RECORD_POLICY_EVENT => "policy event",
        ACTION_IMPORT_NOTICE => "holiday notice",
        _ => return Ok(()),
    };
    for id in &entry.subject_ids {
        let found = match kind {
            "policy event" => event_digest(tx, *id).await,
            _ => notice_digest(tx, *id).await,
        };
        match found {
            Ok(Some(digest)) if digest[..] == entry.digest[..] => {}
            Ok(Some(_)) | Err(StoreError::Corrupt { .. }) => {
                report.fault(FaultKind::RowChanged, position, format!("{kind} {id} was changed"));
            }
            Ok(None) => {
                report.fault(FaultKind::RowRemoved, position, format!("{kind} {id} was removed"));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Most rows that no entry names, of each table, that are listed.
const MAX_STRANGERS: i64 = 20;

/// Rows that no entry names were put in by hand.
pub(super) async fn verify_strangers(tx: &mut Tx, report: &mut Report) -> Result<(), StoreError> {
    let events: Vec<Uuid> = sqlx::query_scalar!(
        "SELECT event.id FROM policy_event AS event
         LEFT JOIN (
             SELECT UNNEST(subject_ids) AS id FROM audit_entry WHERE action = $1
             UNION ALL SELECT UNNEST(subject_ids) FROM audit_pending WHERE action = $1
         ) AS named ON named.id = event.id
         WHERE named.id IS NULL
         ORDER BY event.id LIMIT $2",
        ACTION_RECORD_POLICY_EVENT,
        MAX_STRANGERS,
    )
    .fetch_all(&mut *tx)
    .await?;
    let notices: Vec<Uuid> = sqlx::query_scalar!(
        "SELECT notice.id FROM holiday_notice AS notice
         LEFT JOIN (
             SELECT UNNEST(subject_ids) AS id FROM audit_entry WHERE action = $1
             UNION ALL SELECT UNNEST(subject_ids) FROM audit_pending WHERE action = $1
         ) AS named ON named.id = notice.id
         WHERE named.id IS NULL
         ORDER BY notice.id LIMIT $2",
        ACTION_IMPORT_NOTICE,
        MAX_STRANGERS,
    )
    .fetch_all(&mut *tx)
    .await?;
    for (kind, ids) in [("policy event", events), ("holiday notice", notices)] {
        for id in ids {
            let problem = format!("{kind} {id} stands in no entry: it was inserted");
            report.fault(FaultKind::RowInserted, None, problem);
        }
    }
    Ok(())
}
