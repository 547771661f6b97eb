//! Taking in the notice of a year.

use uuid::Uuid;
use zhenshi_domain::calendar::{Calendar, Notice};

use super::{App, AppError, calendar::NoticeInForce};
use crate::{
    clock::SharedClock,
    entropy::SharedEntropy,
    security::{policy::Action, principal::Principal, scope::Scope},
    store::{
        Store, StoreError,
        calendar::{NewNotice, NoticeOutcome},
    },
};

/// A notice on its way in.
pub struct ImportedNotice {
    /// Idempotency key.
    pub request_id: Uuid,
    /// HMAC of what was sent: see [`App::request_digest`].
    pub digest: [u8; 32],
    /// The notice.
    pub notice: Notice,
}

/// The notice that is in force after an import, and whether the import made it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The notice.
    pub in_force: NoticeInForce,
    /// `false` when it said what was in force already.
    pub changed: bool,
}

/// Imports the notice; this replica follows at once, the others within seconds.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::RequestIdReused`], [`AppError::StoreUnavailable`].
pub async fn import_holiday_notice(
    app: &App,
    principal: &Principal,
    import: ImportedNotice,
) -> Result<Imported, AppError> {
    let scope = principal.permit(Action::ImportHolidayNotice)?;
    let kept = keep_notice(&app.store, &app.clock, &app.entropy, scope, import).await;
    let imported = kept.map_err(|error| app.failed(&error))?.ok_or(AppError::RequestIdReused)?;
    // The import stands; a snapshot that cannot be read now is read by the next poll.
    if let Err(error) = app.calendars.refresh().await {
        tracing::warn!(error = %error, "the calendar cannot be read");
    }
    Ok(imported)
}

/// Keeps the notice in the name of the scope's actor; nothing if the request id was used for other content.
///
/// # Errors
/// When the transaction fails.
pub async fn keep_notice(
    store: &Store,
    clock: &SharedClock,
    entropy: &SharedEntropy,
    scope: Scope,
    import: ImportedNotice,
) -> Result<Option<Imported>, StoreError> {
    let shipped = Calendar::shipped()
        .map_err(|error| StoreError::Unexpected(format!("shipped notices: {error}")))?
        .notices()
        .find(|notice| notice.year() == import.notice.year())
        .cloned();
    let new = NewNotice {
        caller: scope.actor().into(),
        request_id: import.request_id,
        request_digest: import.digest,
        notice: import.notice.clone(),
        shipped,
        imported_time: clock.now(),
    };
    match store.import_notice(scope.clone(), entropy.clone(), new).await? {
        NoticeOutcome::Reused => Ok(None),
        NoticeOutcome::InForce { version, changed } => {
            let row = store.imported_notice(scope, import.notice.year(), version).await?;
            let imported = row.map(|row| (row.imported_by, row.imported_time));
            let in_force = NoticeInForce { notice: import.notice, version, imported };
            Ok(Some(Imported { in_force, changed }))
        }
    }
}
