//! Leaks, and alerts about people who look up much.

use tonic::{Request, Response, Status};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Privacy,
    shared::{Pages, size, subject, wire_subject},
};
use crate::{
    app::privacy::{IncidentFile, IncidentRow, MOST_ACCESSES, incidents, look_ups},
    grpc::{
        case::shared::Incoming,
        convert::{enums::number, submission::timestamp},
    },
};

/// Most characters of what happened or was done.
const WORDS: usize = 4_000;

pub(super) async fn report_leak(
    privacy: &Privacy,
    request: Request<proto::ReportLeakRequest>,
) -> Result<Response<proto::ReportLeakResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let language_code = std::mem::take(&mut message.language_code);
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let subject = message.subject.as_ref().map(|sent| subject(&mut incoming, Some(sent)));
    let description = incoming.text("description", &message.description, WORDS, true);
    incoming.done()?;
    let row = incidents::report_leak(&privacy.app, &incoming.principal, key, subject, &description)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ReportLeakResponse { incident: Some(incident(privacy, &row)) }))
}

pub(super) async fn record_incident_measure(
    privacy: &Privacy,
    request: Request<proto::RecordIncidentMeasureRequest>,
) -> Result<Response<proto::RecordIncidentMeasureResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let language_code = std::mem::take(&mut message.language_code);
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let id = incoming.id("incident_id", &message.incident_id);
    let measure = incoming.text("measure", &message.measure, WORDS, false);
    incoming.done()?;
    let row = incidents::record_measure(&privacy.app, &incoming.principal, key, id, &measure)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::RecordIncidentMeasureResponse { incident: Some(incident(privacy, &row)) }))
}

pub(super) async fn close_incident(
    privacy: &Privacy,
    request: Request<proto::CloseIncidentRequest>,
) -> Result<Response<proto::CloseIncidentResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let language_code = std::mem::take(&mut message.language_code);
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let id = incoming.id("incident_id", &message.incident_id);
    incoming.done()?;
    let row = incidents::close_incident(&privacy.app, &incoming.principal, key, id)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::CloseIncidentResponse { incident: Some(incident(privacy, &row)) }))
}

pub(super) async fn get_incident(
    privacy: &Privacy,
    request: Request<proto::GetIncidentRequest>,
) -> Result<Response<proto::GetIncidentResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    let id = incoming.id("incident_id", &message.incident_id);
    if message.access_page_size < 0 {
        incoming.wrong("access_page_size", "violation-negative");
    }
    let most = u16::try_from(message.access_page_size).ok().filter(|most| *most > 0);
    let most = most.unwrap_or(MOST_ACCESSES);
    incoming.done()?;
    let filters = proto::GetIncidentRequest { incident_id: id.to_string(), ..Default::default() };
    let pages = Pages::new(privacy, "GetIncident", &filters, &incoming.principal);
    let before = pages.open(&message.access_page_token).map_err(|()| incoming.writer.page_token())?;
    let file = incidents::get_incident(&privacy.app, &incoming.principal, id, (before, most))
        .await
        .map_err(|error| incoming.failed(&error))?;
    let next_access_page_token = pages.seal(file.next);
    let IncidentFile { row, description, measures, accesses, next } = file;
    let mut sent = incident(privacy, &row);
    description.as_str().clone_into(&mut sent.description);
    sent.measures = measures
        .iter()
        .map(|one| proto::IncidentMeasure {
            taken_by: one.taken_by.clone(),
            taken_time: Some(timestamp(one.taken_time)),
            measure: one.words.as_str().to_owned(),
        })
        .collect();
    let access = |entry: crate::app::privacy::AccessEntry| proto::SubjectAccess {
        recorded_time: Some(timestamp(entry.recorded_time)),
        actor: entry.actor,
        action: entry.action,
        facts: entry.reason,
        audit_entry_id: entry.id.to_string(),
    };
    Ok(Response::new(proto::GetIncidentResponse {
        incident: Some(sent),
        accesses: accesses.into_iter().map(access).collect(),
        more_accesses: next.is_some(),
        next_access_page_token,
    }))
}

pub(super) async fn list_incidents(
    privacy: &Privacy,
    request: Request<proto::ListIncidentsRequest>,
) -> Result<Response<proto::ListIncidentsResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, "")?;
    let size = size(&mut incoming, message.page_size);
    incoming.done()?;
    let filters = proto::ListIncidentsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
    let pages = Pages::new(privacy, "ListIncidents", &filters, &incoming.principal);
    let after = pages.open(&message.page_token).map_err(|()| incoming.writer.page_token())?;
    let page = incidents::list_incidents(&privacy.app, &incoming.principal, message.open_only, after, size)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ListIncidentsResponse {
        incidents: page.rows.iter().map(|row| incident(privacy, row)).collect(),
        next_page_token: pages.seal(page.next),
    }))
}

pub(super) async fn list_access_alerts(
    privacy: &Privacy,
    request: Request<proto::ListAccessAlertsRequest>,
) -> Result<Response<proto::ListAccessAlertsResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, "")?;
    let size = size(&mut incoming, message.page_size);
    incoming.done()?;
    let filters = proto::ListAccessAlertsRequest::default();
    let pages = Pages::new(privacy, "ListAccessAlerts", &filters, &incoming.principal);
    let after = pages.open(&message.page_token).map_err(|()| incoming.writer.page_token())?;
    let page = look_ups::list_access_alerts(&privacy.app, &incoming.principal, after, size)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let alert = |row: &crate::app::privacy::AlertRow| proto::AccessAlert {
        access_alert_id: row.id.to_string(),
        kind: number::<proto::AccessAlertKind>(row.kind),
        actor: row.actor.clone(),
        counted: number::<proto::AccessCount>(row.counted),
        allowed: row.allowed,
        recorded_time: Some(timestamp(row.recorded_time)),
    };
    Ok(Response::new(proto::ListAccessAlertsResponse {
        alerts: page.rows.iter().map(alert).collect(),
        next_page_token: pages.seal(page.next),
    }))
}

fn incident(privacy: &Privacy, row: &IncidentRow) -> proto::Incident {
    proto::Incident {
        incident_id: row.id.to_string(),
        state: number::<proto::IncidentState>(row.state),
        reported_by: row.reported_by.clone(),
        reported_time: Some(timestamp(row.reported_time)),
        subject: row.subject.map(wire_subject),
        acknowledge_by_time: Some(timestamp(row.acknowledge_by)),
        act_by_time: Some(timestamp(row.act_by)),
        acknowledged_by: row.acknowledged_by.clone().unwrap_or_default(),
        acknowledged_time: row.acknowledged_time.map(timestamp),
        overdue: row.is_overdue(privacy.app.clock.now()),
        supervisor_closed_by: row.supervisor_code.clone().unwrap_or_default(),
        manager_closed_by: row.manager_code.clone().unwrap_or_default(),
        closed_time: row.closed_time.map(timestamp),
        description: String::new(),
        measures: Vec::new(),
    }
}
