//! One request or grant, with what people wrote about it.

use uuid::Uuid;
use zeroize::Zeroizing;

use super::{GrantRow, who};
use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
};

/// A request or grant as it is shown to who decides.
pub struct ShownGrant {
    /// The row.
    pub row: GrantRow,
    /// Why.
    pub reason: Zeroizing<String>,
    /// Who of another house will look, as JSON; empty if nobody.
    pub outsider: Zeroizing<String>,
    /// What was said on refusing.
    pub note: Zeroizing<String>,
}

/// The request or grant `id`. That its words are read is written first.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::AccessRequestNotFound`].
pub async fn get_access_grant(app: &App, principal: &Principal, id: Uuid) -> Result<ShownGrant, AppError> {
    let who = who(principal, Action::GetAccessGrant)?;
    let read = app.store.read_grant(app.privacy_tools(), who, id, app.sealer.clone()).await;
    let (row, [reason, outsider, note]) =
        read.map_err(|error| app.failed(&error))?.ok_or(AppError::AccessRequestNotFound)?;
    Ok(ShownGrant { row, reason, outsider, note })
}
