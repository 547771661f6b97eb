//! Leaks: reported by whoever notices, dealt with by the two named roles.

use uuid::Uuid;

use super::{IncidentFile, IncidentRow, MOST_ACCESSES, SubjectIds, who};
use crate::{
    app::{App, AppError, RequestKey},
    security::{policy::Action, principal::Principal},
    store::{
        StoreError,
        privacy::incident::{Answer, NewIncident},
    },
};

/// One page of incidents.
pub struct Page {
    /// The incidents.
    pub rows: Vec<IncidentRow>,
    /// The last one, if there are more.
    pub next: Option<Uuid>,
}

impl App {
    fn incident_answer(&self, answer: Result<Answer, StoreError>) -> Result<IncidentRow, AppError> {
        match answer.map_err(|error| self.failed(&error))? {
            Answer::Done(row) => Ok(*row),
            Answer::Reused => Err(AppError::RequestIdReused),
            Answer::NotFound => Err(AppError::IncidentNotFound),
            Answer::Refused(why) => Err(AppError::IncidentStateMismatch(why)),
        }
    }
}

/// Opens an incident. Whose data they are is not looked up: who reports need not be able to see them.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::RequestIdReused`].
pub async fn report_leak(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    subject: Option<SubjectIds>,
    description: &str,
) -> Result<IncidentRow, AppError> {
    let who = who(principal, Action::ReportLeak)?;
    let new = NewIncident {
        subject,
        description: app.seal_privacy_text(description)?,
        acknowledge_within: app.privacy.acknowledge_within,
        act_within: app.privacy.act_within,
    };
    let answer = app.store.report_leak(app.privacy_tools(), who, key, new).await;
    app.incident_answer(answer)
}

/// Writes down what was done about an incident, or takes it up.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::IncidentNotFound`], [`AppError::IncidentStateMismatch`],
/// [`AppError::RequestIdReused`].
pub async fn record_measure(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    id: Uuid,
    measure: &str,
) -> Result<IncidentRow, AppError> {
    let who = who(principal, Action::RecordIncidentMeasure)?;
    let measure = if measure.is_empty() { None } else { Some(app.seal_privacy_text(measure)?) };
    let answer = app.store.record_measure(app.privacy_tools(), who, key, id, measure).await;
    app.incident_answer(answer)
}

/// Closes an incident for the caller's role.
///
/// # Errors
/// As [`record_measure`].
pub async fn close_incident(
    app: &App,
    principal: &Principal,
    key: RequestKey,
    id: Uuid,
) -> Result<IncidentRow, AppError> {
    let who = who(principal, Action::CloseIncident)?;
    let answer = app.store.close_incident(app.privacy_tools(), who, key, id).await;
    app.incident_answer(answer)
}

/// An incident with everything about it, and at most `most` accesses of its subject, newest first, from before `before` on.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::IncidentNotFound`].
pub async fn get_incident(
    app: &App,
    principal: &Principal,
    id: Uuid,
    (before, most): (Option<Uuid>, u16),
) -> Result<IncidentFile, AppError> {
    let who = who(principal, Action::GetIncident)?;
    let most = most.clamp(1, MOST_ACCESSES);
    let read =
        app.store.read_incident(app.privacy_tools(), who, id, (before, most), app.sealer.clone()).await;
    read.map_err(|error| app.failed(&error))?.ok_or(AppError::IncidentNotFound)
}

/// At most `size` incidents, newest first.
///
/// # Errors
/// [`AppError::NotPermitted`].
pub async fn list_incidents(
    app: &App,
    principal: &Principal,
    open_only: bool,
    after: Option<Uuid>,
    size: u16,
) -> Result<Page, AppError> {
    let scope = principal.permit(Action::ListIncidents)?;
    let listed = app.store.list_incidents(scope, (open_only, after), i64::from(size) + 1).await;
    let mut rows = listed.map_err(|error| app.failed(&error))?;
    let more = rows.len() > usize::from(size);
    rows.truncate(usize::from(size));
    let next = if more { rows.last().map(|row| row.id) } else { None };
    Ok(Page { rows, next })
}
