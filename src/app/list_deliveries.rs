//! Deliveries of events by filter, those of the newest event first, a page at a time.

use super::{App, AppError, DeliveryFilter, DeliveryRow};
use crate::security::{policy::Action, principal::Principal};

/// A page of deliveries.
#[derive(Debug)]
pub struct Page {
    /// The deliveries.
    pub rows: Vec<DeliveryRow>,
    /// Position and number of the endpoint of the last one, if there is a page after it.
    pub next: Option<(i64, i64)>,
}

/// The deliveries that match `filter`, at most `page_size`.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::StoreUnavailable`].
pub async fn list_deliveries(
    app: &App,
    principal: &Principal,
    filter: DeliveryFilter,
    page_size: u16,
) -> Result<Page, AppError> {
    principal.permit(Action::ListDeliveries)?;
    // One more than asked for tells whether there is a page after this one.
    let limit = i64::from(page_size) + 1;
    let mut rows = app.store.list_deliveries(filter, limit).await.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(page_size);
    rows.truncate(usize::from(page_size));
    let next = if more { rows.last().map(|row| (row.position, row.endpoint_number)) } else { None };
    Ok(Page { rows, next })
}
