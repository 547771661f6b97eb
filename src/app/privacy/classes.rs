//! Secrecy classes of customers' files: set by customer service's two named roles, and registered.

use uuid::Uuid;
use zhenshi_domain::access::SecrecyClass;

use super::{ClassRow, who};
use crate::{
    app::{App, AppError, RequestKey},
    security::{policy::Action, principal::Principal},
    store::privacy::class::Answer,
};

/// One page of the register.
pub struct Page {
    /// The entries.
    pub rows: Vec<ClassRow>,
    /// The last one, if there are more.
    pub next: Option<Uuid>,
}

/// Sets the class of a customer's file.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::AccessSubjectNotFound`], [`AppError::RequestIdReused`].
pub async fn classify_customer(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    (customer, class): (Uuid, SecrecyClass),
    reason: &str,
) -> Result<ClassRow, AppError> {
    let who = who(principal, Action::ClassifyCustomer)?;
    let what = (customer, class, app.seal_privacy_text(reason)?);
    let answer = app.store.set_class(app.privacy_tools(), who, key, what, app.sealer.clone()).await;
    match answer.map_err(|error| app.failed(&error))? {
        Answer::Done(row) => Ok(*row),
        Answer::Reused => Err(AppError::RequestIdReused),
        Answer::NotFound => Err(AppError::AccessSubjectNotFound),
    }
}

/// At most `size` entries of the register.
///
/// # Errors
/// [`AppError::NotPermitted`].
pub async fn list_classified(
    app: &App,
    principal: &Principal,
    after: Option<Uuid>,
    size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListClassifiedCustomers)?;
    let listed = app.store.list_classes(scope, after, i64::from(size) + 1).await;
    let mut rows = listed.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(size);
    rows.truncate(usize::from(size));
    let next = if more { rows.last().map(|row| row.customer_id) } else { None };
    Ok(Page { rows, next })
}

/// Wraps by the key for classified files what arrived about classified customers; how much that was.
///
/// # Errors
/// When the database cannot be reached, or a data key does not open.
pub async fn wrap_classified(app: &App) -> Result<usize, AppError> {
    let wrapped = app.store.wrap_classified(app.privacy_tools(), app.sealer.clone()).await;
    wrapped.map_err(|error| app.failed(&error))
}
