//! Retention and destruction: requests, decisions, holds, and what became of them.

use chrono::{Datelike as _, NaiveDate};
use tonic::{Request, Response, Status};
use uuid::Uuid;
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use super::{
    Privacy,
    shared::{Pages, size},
};
use crate::{
    app::{
        ErasureGround, ErasureRow, HoldGround, RetentionSubjectRow, SubjectName,
        erasure::{
            decide, hold,
            list::list_erasures as listing,
            request::{AskedErasure, request_erasure as asking},
        },
    },
    grpc::{
        case::shared::Incoming,
        convert::{enums::number, submission::timestamp},
    },
};

pub(super) async fn request_erasure(
    privacy: &Privacy,
    request: Request<proto::RequestErasureRequest>,
) -> Result<Response<proto::RequestErasureResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    let asked = AskedErasure {
        request_id: incoming.id("request_id", &message.request_id),
        name: name(&mut incoming, message.subject.as_ref()),
        ground: incoming.choice::<proto::ErasureGround>(
            "ground",
            message.ground,
            ErasureGround::RetentionOver,
        ),
        reference: message.reference,
    };
    incoming.done()?;
    let (row, subject) = asking(&privacy.app, &incoming.principal, asked)
        .await
        .map_err(|error| incoming.failed(&error.into()))?;
    Ok(Response::new(proto::RequestErasureResponse { erasure: Some(erasure(&row, Some(&subject))) }))
}

pub(super) async fn decide_erasure(
    privacy: &Privacy,
    request: Request<proto::DecideErasureRequest>,
) -> Result<Response<proto::DecideErasureResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    let id = incoming.id("erasure_id", &message.erasure_id);
    incoming.done()?;
    let (row, subject) = decide::decide_erasure(&privacy.app, &incoming.principal, id, message.approve)
        .await
        .map_err(|error| incoming.failed(&error.into()))?;
    Ok(Response::new(proto::DecideErasureResponse { erasure: Some(erasure(&row, Some(&subject))) }))
}

pub(super) async fn list_erasures(
    privacy: &Privacy,
    request: Request<proto::ListErasuresRequest>,
) -> Result<Response<proto::ListErasuresResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, "")?;
    let size = size(&mut incoming, message.page_size);
    incoming.done()?;
    let filters = proto::ListErasuresRequest { page_size: 0, page_token: String::new(), ..message.clone() };
    let pages = Pages::new(privacy, "ListErasures", &filters, &incoming.principal);
    let before = pages.open(&message.page_token).map_err(|()| incoming.writer.page_token())?;
    let mut rows = listing(&privacy.app, &incoming.principal, message.open_only, before, i64::from(size) + 1)
        .await
        .map_err(|error| incoming.failed(&error.into()))?;
    let more = rows.len() > usize::from(size);
    rows.truncate(usize::from(size));
    let next = if more { rows.last().map(|row| row.id) } else { None };
    Ok(Response::new(proto::ListErasuresResponse {
        erasures: rows.iter().map(|row| erasure(row, None)).collect(),
        next_page_token: pages.seal(next),
    }))
}

pub(super) async fn place_erasure_hold(
    privacy: &Privacy,
    request: Request<proto::PlaceErasureHoldRequest>,
) -> Result<Response<proto::PlaceErasureHoldResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    let name = name(&mut incoming, message.subject.as_ref());
    let ground = incoming.choice::<proto::HoldGround>("ground", message.ground, HoldGround::Litigation);
    incoming.done()?;
    let row = hold::place_hold(&privacy.app, &incoming.principal, name, ground, message.reference)
        .await
        .map_err(|error| incoming.failed(&error.into()))?;
    Ok(Response::new(proto::PlaceErasureHoldResponse { hold_id: row.id.to_string() }))
}

pub(super) async fn lift_erasure_hold(
    privacy: &Privacy,
    request: Request<proto::LiftErasureHoldRequest>,
) -> Result<Response<proto::LiftErasureHoldResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    let id = incoming.id("hold_id", &message.hold_id);
    incoming.done()?;
    hold::lift_hold(&privacy.app, &incoming.principal, id)
        .await
        .map_err(|error| incoming.failed(&error.into()))?;
    Ok(Response::new(proto::LiftErasureHoldResponse {}))
}

/// The person of a message, in one of its two forms.
fn name(incoming: &mut Incoming, sent: Option<&proto::ErasureSubject>) -> SubjectName {
    match sent {
        Some(sent) if !sent.submission_id.is_empty() && sent.customer_id.is_empty() => {
            let submission_id = incoming.id("subject.submission_id", &sent.submission_id);
            let party_no = i16::try_from(sent.party_no).ok().filter(|number| *number >= 0);
            if party_no.is_none() {
                incoming.wrong("subject.party_no", "violation-negative");
            }
            SubjectName::Party { submission_id, party_no: party_no.unwrap_or(0) }
        }
        Some(sent) => {
            if !sent.submission_id.is_empty() {
                incoming.wrong("subject", "violation-one-of");
            }
            SubjectName::Customer(incoming.id("subject.customer_id", &sent.customer_id))
        }
        None => {
            incoming.wrong("subject", "violation-required");
            SubjectName::Customer(Uuid::nil())
        }
    }
}

fn erasure(row: &ErasureRow, subject: Option<&RetentionSubjectRow>) -> proto::Erasure {
    let standing = subject.map(|subject| &subject.subject);
    proto::Erasure {
        erasure_id: row.id.to_string(),
        retention_subject_id: row.subject_id.to_string(),
        ground: number::<proto::ErasureGround>(row.ground),
        reference: row.reference.clone(),
        requested_by: row.requested_by.clone(),
        requested_time: Some(timestamp(row.requested_time)),
        decided_by: row.decided_by.clone().unwrap_or_default(),
        decided_time: row.decided_time.map(timestamp),
        approved: row.approved.unwrap_or_default(),
        shredded_time: row.shredded_time.map(timestamp),
        certificate: row.certificate.clone().unwrap_or_default(),
        scrubbed_time: row.scrubbed_time.map(timestamp),
        state: standing.map_or(0, |standing| number::<proto::RetentionState>(standing.state)),
        due_date: standing.and_then(|standing| standing.terms.due_from).map(date),
    }
}

fn date(day: NaiveDate) -> Date {
    // Months and days of the calendar always fit.
    let small = |number: u32| i32::try_from(number).unwrap_or_default();
    Date { year: day.year(), month: small(day.month()), day: small(day.day()) }
}
