//! The worklist: cases in order of urgency, a page at a time; or those that changed since a position, in the order of their
//! changes.

use crate::{
    app::{App, AppError},
    security::{policy::Action, principal::Principal},
    store::case::{
        CaseFilter, CaseRow,
        filter::Urgency,
        list::{ListQuestion, StateCount},
    },
};

/// From where a page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// The most urgent one.
    Top,
    /// After this place in the order of urgency; the position is that of the first page.
    After(Urgency, i64),
    /// After this position, in the order of changes.
    Position(i64),
}

/// A page of the worklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The cases.
    pub cases: Vec<CaseRow>,
    /// The counts, if they were asked for.
    pub counts: Vec<StateCount>,
    /// Where the next page goes on; none after the last one.
    pub next: Option<From>,
    /// What changed after this position is not in the pages up to here.
    pub position: i64,
}

/// Cases within the caller's scope that match `filter`, at most `page_size` of them, and with `counts` how many there are of
/// each state.
///
/// # Errors
/// [`AppError::NotPermitted`]; [`AppError::PositionUnknown`] for a position that there has not been yet;
/// [`AppError::StoreUnavailable`].
pub async fn list_cases(
    app: &App,
    principal: &Principal,
    filter: CaseFilter,
    from: From,
    page_size: u16,
    counts: bool,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListCases)?;
    let now = app.clock.now();
    let size = usize::from(page_size);
    let (after, first) = match from {
        From::Top => (None, None),
        From::After(place, position) => (Some(place), Some(position)),
        From::Position(position) => {
            let changed = app.store.changed_cases(scope, filter.in_any_state(), position, size, now).await;
            let changed = changed.map_err(|error| app.failed(&error))?;
            if position > changed.head {
                return Err(AppError::PositionUnknown);
            }
            let next = (changed.position < changed.head).then_some(From::Position(changed.position));
            let position = changed.position;
            return Ok(Page { cases: changed.cases, counts: Vec::new(), next, position });
        }
    };
    // One more than asked for tells whether there is a page after this one.
    let asked = ListQuestion { filter, after, limit: i64::from(page_size) + 1, counts, now };
    let mut listed = app.store.list_cases(scope, asked).await.map_err(|error| app.failed(&error))?;
    // A case that moves between two pages has changed after the first one: what is asked for since then has it.
    let position = first.unwrap_or(listed.position);
    let more = listed.cases.len() > size;
    listed.cases.truncate(size);
    let last = listed.cases.last().filter(|_| more);
    let next = last.map(|case| From::After(Urgency::of(case), position));
    Ok(Page { cases: listed.cases, counts: listed.counts, next, position })
}
