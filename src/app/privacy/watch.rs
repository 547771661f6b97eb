//! What time itself makes of loans and incidents, told once each by a job; and what arrived about classified customers.

use crate::app::{App, AppError};

/// Tells of what is overdue; how much that was.
///
/// # Errors
/// When the database cannot be reached.
pub async fn tell_overdue(app: &App) -> Result<usize, AppError> {
    let loans = app.store.tell_overdue_loans(app.privacy_tools()).await;
    let loans = loans.map_err(|error| app.failed(&error))?;
    let wrapped = super::classes::wrap_classified(app).await?;
    let incidents = app.store.tell_overdue_incidents(app.privacy_tools()).await;
    Ok(loans + wrapped + incidents.map_err(|error| app.failed(&error))?)
}
