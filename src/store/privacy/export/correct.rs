//! The correction of a report: single items of it, approved by the general manager alone (fifth text, 11).
//!
//! It takes one approval less than everything else that leaves (24), so it may be nothing but that: the newest version of a report
//! that both named roles have given out, of the same people, no further fields, for the same purpose, to the same receiver.
//! What it may differ in is what its data have become, format and language. To hold it to more: a name here, with its
//! line in `docs/errors/EXPORT_STATE_MISMATCH.md` and its words (`page-export-why-…`).

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Answer, NewExport, Of, SUBJECT,
    row::{ExportKind, ExportRow, ExportState, lock},
};
use crate::{
    security::sealing::Sealer,
    store::{
        StoreError, Tx, audit,
        privacy::{
            Tools, Who,
            text::{self, place},
        },
    },
};

/// What is corrected, or what corrects it, is no report.
const NOT_A_REPORT: &str = "NOT_A_REPORT";
/// The report waits for its approvals, or its file is being made: there is nothing to correct.
const NOT_READY: &str = "NOT_READY";
/// The report was refused: a correction does not go round that.
const REFUSED: &str = "REFUSED";
/// It has been corrected, or that waits: the newest version is corrected.
const CORRECTED: &str = "CORRECTED";
/// Of another list, or of other cases.
const OTHER_SUBJECT: &str = "OTHER_SUBJECT";
/// With fields that the report does not have.
const OTHER_FIELDS: &str = "OTHER_FIELDS";
/// For another purpose.
const OTHER_PURPOSE: &str = "OTHER_PURPOSE";
/// To somebody else, or to another key.
const OTHER_RECEIVER: &str = "OTHER_RECEIVER";

/// The version that `new` is as correction of `id`, or why it is none; nothing if there is no such export. The report is locked,
/// so that of two corrections the second finds the first.
pub(super) async fn version(
    tx: &mut Tx,
    sealer: &Sealer,
    id: Uuid,
    new: &NewExport,
    of: &Of,
) -> Result<Option<Result<i32, &'static str>>, StoreError> {
    let Some(report) = lock(tx, id).await? else { return Ok(None) };
    if let Some(why) = differs(&report, new, of) {
        return Ok(Some(Err(why)));
    }
    let corrected = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT FROM unmasked_export WHERE corrects_id = $1 AND state <> 4) AS "corrected!""#,
        id
    )
    .fetch_one(&mut *tx)
    .await?;
    if corrected {
        return Ok(Some(Err(CORRECTED)));
    }
    // Compared, and shown to nobody. A text whose key is gone is empty, and nobody's name.
    let before = text::open(tx, sealer, report.receiver_text_id).await?;
    let now = sealer.open(place(new.receiver.id), &new.receiver.sealed)?;
    if before.is_empty() || before.as_bytes() != now.as_slice() {
        return Ok(Some(Err(OTHER_RECEIVER)));
    }
    Ok(Some(Ok(report.version + 1)))
}

/// In what `new` is not a correction of `report`, as far as their columns tell.
fn differs(report: &ExportRow, new: &NewExport, of: &Of) -> Option<&'static str> {
    let cases = |ids: &[Uuid]| ids.iter().copied().collect::<BTreeSet<_>>();
    let same = of.list.map(|(id, _)| id) == report.list_id && cases(&of.case_ids) == cases(&report.case_ids);
    match report.state {
        _ if report.kind != ExportKind::Report || new.kind != ExportKind::Report => Some(NOT_A_REPORT),
        ExportState::Awaiting | ExportState::Approved => Some(NOT_READY),
        ExportState::Refused => Some(REFUSED),
        ExportState::Ready | ExportState::Destroyed if !same => Some(OTHER_SUBJECT),
        _ if !new.fields.iter().all(|field| report.fields.contains(field)) => Some(OTHER_FIELDS),
        _ if new.purpose != report.purpose => Some(OTHER_PURPOSE),
        _ if new.recipient != report.recipient => Some(OTHER_RECEIVER),
        ExportState::Ready | ExportState::Destroyed => None,
    }
}

/// The customers whose data the export `id` gave out, by the audit log: who has joined the cases since is in no correction. The
/// entries name the export and its cases as well; those are nobody's ids.
pub(super) async fn given_out(tx: &mut Tx, id: Uuid) -> Result<HashSet<Uuid>, StoreError> {
    // By the index audit_entry_accesses.
    let ids = sqlx::query_scalar!(
        r#"SELECT unnest(subject_ids) AS "id!" FROM audit_entry WHERE action = 'EXPORT' AND subject_ids @> ARRAY[$1::uuid]
           UNION
           SELECT unnest(subject_ids) FROM audit_pending WHERE action = 'EXPORT' AND subject_ids @> ARRAY[$1::uuid]"#,
        id
    )
    .fetch_all(tx)
    .await?;
    Ok(ids.into_iter().collect())
}

/// Writes that somebody asked for a correction that is none, and answers why.
pub(super) async fn refuse(
    tx: &mut Tx,
    tools: &Tools,
    who: &Who,
    report: Uuid,
    why: &'static str,
    now: DateTime<Utc>,
) -> Result<Answer, StoreError> {
    let mut entry = tools.entry(who.scope.actor(), "REQUEST_EXPORT_REFUSED", SUBJECT, vec![report], now)?;
    why.clone_into(&mut entry.reason);
    audit::append(tx, &entry).await?;
    Ok(Answer::Refused(why))
}
