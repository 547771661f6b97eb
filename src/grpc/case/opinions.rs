//! Appeals, and sanction and rectification opinions.

use tonic::{Request, Response, Status};
use zhenshi_domain::shanghai;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Cases, parts,
    shared::{CODE_CHARACTERS, COMMENT_CHARACTERS, Incoming, NOTE_CHARACTERS, change_call, changed},
};
use crate::app::{
    OpinionKind,
    case::{appeal, opinions},
};

pub(super) async fn appeal_case(
    cases: &Cases,
    request: Request<proto::AppealCaseRequest>,
) -> Result<Response<proto::AppealCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let (case, made) = appeal::appeal_case(&cases.app, &incoming.principal, call, &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::AppealCaseResponse {
        case: Some(changed(cases, &case)),
        case_appeal: Some(parts::appeal(&made, None, None)),
    }))
}

pub(super) async fn decide_appeal(
    cases: &Cases,
    request: Request<proto::DecideAppealRequest>,
) -> Result<Response<proto::DecideAppealResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let id = incoming.id("case_appeal_id", &message.case_appeal_id);
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let decision = (id, message.accept);
    let case = appeal::decide_appeal(&cases.app, &incoming.principal, call, decision, &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::DecideAppealResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn record_opinion(
    cases: &Cases,
    request: Request<proto::RecordOpinionRequest>,
) -> Result<Response<proto::RecordOpinionResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message, optional);
    let kind = incoming.choice::<proto::CaseOpinionKind>("kind", message.kind, OpinionKind::Rectification);
    let owner = incoming.text("owner_code", &message.owner_code, CODE_CHARACTERS, true);
    if message.due_date.is_none() {
        incoming.wrong("due_date", "violation-required");
    }
    let due_date = incoming.date("due_date", message.due_date).unwrap_or_default();
    let opinion = incoming.text("opinion", &message.opinion, COMMENT_CHARACTERS, true);
    incoming.done()?;
    let new = (kind, owner, due_date);
    let (case, made) = opinions::record_opinion(&cases.app, &incoming.principal, call, new, &opinion)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::RecordOpinionResponse {
        case: Some(changed(cases, &case)),
        case_opinion: Some(parts::opinion(&made, shanghai::date(cases.app.clock.now()), None, None)),
    }))
}

pub(super) async fn reply_to_opinion(
    cases: &Cases,
    request: Request<proto::ReplyToOpinionRequest>,
) -> Result<Response<proto::ReplyToOpinionResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message, optional);
    let id = incoming.id("case_opinion_id", &message.case_opinion_id);
    let reply = incoming.text("reply", &message.reply, COMMENT_CHARACTERS, true);
    incoming.done()?;
    let case = opinions::reply_to_opinion(&cases.app, &incoming.principal, call, id, &reply)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ReplyToOpinionResponse { case: Some(changed(cases, &case)) }))
}
