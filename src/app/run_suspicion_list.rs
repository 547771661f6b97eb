//! Making the suspicion lists that are due: the same steps for the worker, for the API and for the command line.
//!
//! There is no leader. Any number of workers [`advance`] at once; each step is one transaction that finds out for itself
//! what is left to do, so a worker can be killed anywhere and another goes on.

use std::sync::Arc;

use chrono::NaiveDate;
use zhenshi_domain::{
    profile::Profile,
    shanghai,
    suspicion::schedule::{self, DueList},
};

use super::{App, AppError, SuspicionListRow};
use crate::{
    security::{policy::Action, principal::Principal},
    store::{
        StoreError,
        list::{Chunk, CloseList, OpenList},
    },
};

/// The most lists that one call answers with: two a working day of a year.
const MOST_LISTS: i64 = 500;

/// What a step did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Something: there may be more.
    Worked,
    /// Nothing: what is left is in other workers' hands.
    Busy,
    /// Nothing: every list that is due is sealed.
    Done,
}

/// One step towards the lists that are due on the day `until`: closes the oldest missing one, or plans, writes or seals
/// the one that is open. With `wait`, waits for what another worker is at rather than be [`Step::Busy`].
///
/// # Errors
/// When the database cannot be reached.
pub async fn advance(app: &App, until: NaiveDate, wait: bool) -> Result<Step, AppError> {
    let step = match app.store.oldest_open_list().await.map_err(|error| app.failed(&error))? {
        Some(list) => write(app, &list, wait).await,
        None => close_next(app, until).await,
    };
    step.map_err(|error| app.failed(&error))
}

async fn close_next(app: &App, until: NaiveDate) -> Result<Step, StoreError> {
    let newest = app.store.newest_list_date().await?;
    let days = app.calendars.current();
    let Some(DueList { date, provisional }) = schedule::due(&days.calendar, newest, until).into_iter().next()
    else {
        return Ok(Step::Done);
    };
    let list = CloseList {
        list_date: date,
        cut_time: schedule::cut(date),
        rule_set_version: app.rules.version.clone(),
        calendar_version: days.version.clone(),
        provisional,
        closed_time: app.clock.now(),
    };
    app.store.close_list(list, app.entropy.clone()).await?;
    // Whoever closed it: there is a list to be written now.
    Ok(Step::Worked)
}

async fn write(app: &App, list: &OpenList, wait: bool) -> Result<Step, StoreError> {
    if !list.planned {
        app.store.plan_list(list, app.clock.now()).await?;
        return Ok(Step::Worked);
    }
    let profile = profile(app, list).await?;
    match app.store.write_chunk(list, profile, wait, app.clock.now()).await? {
        Chunk::Written => Ok(Step::Worked),
        Chunk::Busy => Ok(Step::Busy),
        Chunk::NoneLeft => {
            app.store.seal_list(list, app.clock.now(), app.entropy.clone()).await?;
            Ok(Step::Worked)
        }
    }
}

/// The rules that the list was closed with, whoever writes it.
async fn profile(app: &App, list: &OpenList) -> Result<Arc<Profile>, StoreError> {
    if list.rule_set_version == app.rules.version {
        return Ok(app.rules.profile.clone());
    }
    let text = app.store.rule_set_profile(list.rule_set_version.clone()).await?;
    let profile = text.and_then(|text| Profile::parse(&text).ok());
    profile.map(Arc::new).ok_or_else(|| StoreError::Corrupt {
        table: "rule_set",
        column: "profile",
        row: list.rule_set_version.clone(),
    })
}

/// Makes the list of the working day `date` (today by default) and those missed before it, and returns when all are
/// sealed: the lists that this call had to wait for and the one asked for, oldest first.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::ListNotDue`] for a day that is to come, and [`AppError::NoWorkingDay`] for one
/// without a list.
pub async fn run(
    app: &App,
    principal: &Principal,
    date: Option<NaiveDate>,
) -> Result<Vec<SuspicionListRow>, AppError> {
    let scope = principal.permit(Action::RunSuspicionList)?;
    let today = shanghai::date(app.clock.now());
    let date = date.unwrap_or(today);
    if date > today {
        return Err(AppError::ListNotDue);
    }
    if !app.calendars.current().calendar.provisional_is_working_day(date).value {
        return Err(AppError::NoWorkingDay);
    }
    let failed = |error| app.failed(&error);
    let open = app.store.oldest_open_list().await.map_err(failed)?.map(|list| list.list_date);
    let newest = app.store.newest_list_date().await.map_err(failed)?.and_then(|newest| newest.succ_opt());
    while advance(app, date, true).await? != Step::Done {}
    let first = open.or(newest).unwrap_or(date).min(date);
    let rows = app.store.list_suspicion_lists(scope, None, None, MOST_LISTS).await.map_err(failed)?;
    Ok(rows.into_iter().rev().filter(|list| (first..=date).contains(&list.list_date)).collect())
}
