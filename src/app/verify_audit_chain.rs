//! Verifies the audit log as `zhenshi audit verify` does, against the checkpoints that this process keeps. That it was
//! verified, and with what result, is in the log itself.

use super::{App, AppError};
use crate::{
    ids,
    security::{policy::Action, principal::Principal},
    store::{audit::Entry, audit_verify::Report},
};

/// Action of the entry.
pub const ACTION_VERIFY: &str = "VERIFY_AUDIT_CHAIN";

/// Verifies everything. One verification at a time in a process: it reads the whole log.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StoreUnavailable`]; [`AppError::Internal`] for a checkpoint that was changed, which
/// the log names.
pub async fn verify_audit_chain(app: &App, principal: &Principal) -> Result<Report, AppError> {
    let scope = principal.permit(Action::VerifyAuditChain)?;
    let _alone = app.verifying.lock().await;
    let (keys, files) = (app.audit_keys.get(), app.checkpoints.clone());
    let read = {
        let keys = keys.clone();
        tokio::task::spawn_blocking(move || files.read(&keys)).await
    };
    let incident_id = ids::mint(app.clock.now(), app.entropy.as_ref()).unwrap_or_default();
    let checkpoints = match read {
        Ok(Ok(checkpoints)) => checkpoints,
        Ok(Err(error)) => {
            tracing::error!(error = %error, incident.id = %incident_id, "the audit checkpoints cannot be used");
            return Err(AppError::Internal { incident_id });
        }
        Err(_) => return Err(AppError::Internal { incident_id }),
    };
    let report = app.store.verify_audit(keys, checkpoints).await.map_err(|error| app.failed(&error))?;
    let entry = Entry {
        id: incident_id,
        recorded_time: app.clock.now(),
        actor: scope.actor().to_owned(),
        action: ACTION_VERIFY.into(),
        subject_kind: "audit_chain".into(),
        subject_ids: Vec::new(),
        reason: format!("{} entries, {} faults", report.entries, report.faults.len()),
        digest: Vec::new(),
    };
    app.store.audit(scope, entry).await.map_err(|error| app.failed(&error))?;
    Ok(report)
}
