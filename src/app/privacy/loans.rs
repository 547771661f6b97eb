//! The lending register: listed, and the end of a loan confirmed by somebody else than the borrower.

use uuid::Uuid;

use super::{LoanEnd, LoanFilter, LoanRow, who};
use crate::{
    app::{App, AppError, RequestKey},
    security::{policy::Action, principal::Principal},
    store::privacy::loan::Answer,
};

/// One page of the register.
pub struct Page {
    /// The entries.
    pub rows: Vec<LoanRow>,
    /// The last one, if there are more.
    pub next: Option<Uuid>,
}

/// Confirms that what was lent by the grant `id` came back or was destroyed.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::AccessRequestNotFound`], [`AppError::SecondPersonRequired`] of the borrower,
/// [`AppError::AccessStateMismatch`] if it has ended already, [`AppError::RequestIdReused`].
pub async fn confirm_loan_end(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    id: Uuid,
    end: LoanEnd,
) -> Result<LoanRow, AppError> {
    let who = who(principal, Action::ConfirmLoanEnd)?;
    let answer = app.store.confirm_loan_end(app.privacy_tools(), who, key, id, end).await;
    match answer.map_err(|error| app.failed(&error))? {
        Answer::Done(row) => Ok(*row),
        Answer::Reused => Err(AppError::RequestIdReused),
        Answer::NotFound => Err(AppError::AccessRequestNotFound),
        Answer::Ended => Err(AppError::AccessStateMismatch("LOAN_ENDED")),
        Answer::OwnLoan => Err(AppError::SecondPersonRequired),
    }
}

/// At most `size` entries of the register.
///
/// # Errors
/// [`AppError::NotPermitted`].
pub async fn list_loans(
    app: &App,
    principal: &Principal,
    (out_only, overdue_only): (bool, bool),
    after: Option<Uuid>,
    size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListLoans)?;
    let filter = LoanFilter { out_only, due_by: overdue_only.then(|| app.clock.now()), after };
    let listed = app.store.list_loans(scope, filter, i64::from(size) + 1).await;
    let mut rows = listed.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(size);
    rows.truncate(usize::from(size));
    let next = if more { rows.last().map(|row| row.grant_id) } else { None };
    Ok(Page { rows, next })
}
