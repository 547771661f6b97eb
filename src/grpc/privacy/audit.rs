//! The audit log: read, and verified.

use tonic::{Request, Response, Status};
use uuid::Uuid;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Privacy,
    shared::{Pages, size},
};
use crate::{
    app::{
        AuditFault, AuditFaultKind, AuditFilter, AuditRow, list_audit_entries::list_audit_entries as listing,
        verify_audit_chain::verify_audit_chain as verifying,
    },
    grpc::{case::shared::Incoming, convert::submission::timestamp},
};

pub(super) async fn list_audit_entries(
    privacy: &Privacy,
    request: Request<proto::ListAuditEntriesRequest>,
) -> Result<Response<proto::ListAuditEntriesResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, "")?;
    let size = size(&mut incoming, message.page_size);
    let subject_id = (!message.subject_id.is_empty()).then(|| incoming.id("subject_id", &message.subject_id));
    let from = incoming.time("start_time", message.start_time);
    let until = incoming.time("end_time", message.end_time);
    incoming.done()?;
    let filters =
        proto::ListAuditEntriesRequest { page_size: 0, page_token: String::new(), ..message.clone() };
    let pages = Pages::new(privacy, "ListAuditEntries", &filters, &incoming.principal);
    let after = pages.open(&message.page_token).map_err(|()| incoming.writer.page_token())?;
    let filter = AuditFilter {
        actor: Some(message.actor).filter(|actor| !actor.is_empty()),
        action: Some(message.action).filter(|action| !action.is_empty()),
        subject_id,
        from,
        until,
        before: after.map(|place: Uuid| place.as_u64_pair().1.cast_signed()),
    };
    let page = listing(&privacy.app, &incoming.principal, filter, size)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let next = page.next.map(|position| Uuid::from_u64_pair(0, position.cast_unsigned()));
    Ok(Response::new(proto::ListAuditEntriesResponse {
        entries: page.rows.into_iter().map(entry).collect(),
        next_page_token: pages.seal(next),
    }))
}

fn entry(row: AuditRow) -> proto::AuditEntry {
    let AuditRow { position, entry } = row;
    proto::AuditEntry {
        position,
        entry_id: entry.id.to_string(),
        recorded_time: Some(timestamp(entry.recorded_time)),
        actor: entry.actor,
        action: entry.action,
        subject_kind: entry.subject_kind,
        subject_ids: entry.subject_ids.iter().map(ToString::to_string).collect(),
        reason: entry.reason,
    }
}

pub(super) async fn verify_audit_chain(
    privacy: &Privacy,
    request: Request<proto::VerifyAuditChainRequest>,
) -> Result<Response<proto::VerifyAuditChainResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let proto::VerifyAuditChainRequest { language_code } = message;
    let incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let report =
        verifying(&privacy.app, &incoming.principal).await.map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::VerifyAuditChainResponse {
        entries: report.entries,
        unchained: report.unchained,
        submissions: report.submissions,
        checkpoints: i64::try_from(report.checkpoints).unwrap_or(i64::MAX),
        checkpoint_position: report.checkpoint.unwrap_or(0),
        faults: report.faults.into_iter().map(fault).collect(),
    }))
}

fn fault(fault: AuditFault) -> proto::AuditFault {
    use proto::AuditFaultKind as Wire;
    let kind = match fault.kind {
        AuditFaultKind::EntryChanged => Wire::EntryChanged,
        AuditFaultKind::EntryMissing => Wire::EntryMissing,
        AuditFaultKind::EntryInserted => Wire::EntryInserted,
        AuditFaultKind::EntryMoved => Wire::EntryMoved,
        AuditFaultKind::KeyVersion => Wire::KeyVersion,
        AuditFaultKind::TailCut => Wire::TailCut,
        AuditFaultKind::HeadChanged => Wire::HeadChanged,
        AuditFaultKind::OtherChain => Wire::OtherChain,
        AuditFaultKind::RowChanged => Wire::RowChanged,
        AuditFaultKind::RowRemoved => Wire::RowRemoved,
        AuditFaultKind::RowInserted => Wire::RowInserted,
    };
    proto::AuditFault { kind: kind.into(), position: fault.position.unwrap_or(0), problem: fault.problem }
}
