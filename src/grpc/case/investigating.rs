//! The investigation: begun, commented, attempts, call-backs, pauses, extensions.

use tonic::{Request, Response, Status};
use zhenshi_domain::case::evidence::{ContactAttempt, ContactMeans, ContactResult};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Cases, parts,
    shared::{COMMENT_CHARACTERS, Incoming, NOTE_CHARACTERS, change_call, changed},
};
use crate::app::{
    CallBackAnswer,
    case::{
        add_comment, call_back,
        extend_case::{self, MOST_WORKING_DAYS},
        pause, record_contact_attempt, start_investigation,
    },
};

pub(super) async fn start_investigation(
    cases: &Cases,
    request: Request<proto::StartInvestigationRequest>,
) -> Result<Response<proto::StartInvestigationResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    incoming.done()?;
    let case = start_investigation::start_investigation(&cases.app, &incoming.principal, call)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::StartInvestigationResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn add_comment(
    cases: &Cases,
    request: Request<proto::AddCommentRequest>,
) -> Result<Response<proto::AddCommentResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message, optional);
    let comment = incoming.text("comment", &message.comment, COMMENT_CHARACTERS, true);
    incoming.done()?;
    let case = add_comment::add_comment(&cases.app, &incoming.principal, call, &comment)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::AddCommentResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn record_contact_attempt(
    cases: &Cases,
    request: Request<proto::RecordContactAttemptRequest>,
) -> Result<Response<proto::RecordContactAttemptResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message, optional);
    if message.attempted_time.is_none() {
        incoming.wrong("attempted_time", "violation-required");
    }
    let attempt = ContactAttempt {
        time: incoming.time("attempted_time", message.attempted_time).unwrap_or_default(),
        means: incoming.choice::<proto::ContactMeans>("means", message.means, ContactMeans::Phone),
        result: incoming.choice::<proto::ContactResult>("result", message.result, ContactResult::Reached),
    };
    let note = incoming.text("note", &message.note, NOTE_CHARACTERS, false);
    incoming.done()?;
    let case =
        record_contact_attempt::record_contact_attempt(&cases.app, &incoming.principal, call, attempt, &note)
            .await
            .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::RecordContactAttemptResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn request_call_back(
    cases: &Cases,
    request: Request<proto::RequestCallBackRequest>,
) -> Result<Response<proto::RequestCallBackResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message, optional);
    let question = incoming.text("question", &message.question, NOTE_CHARACTERS, true);
    incoming.done()?;
    let (case, made) = call_back::request_call_back(&cases.app, &incoming.principal, call, &question)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::RequestCallBackResponse {
        case: Some(changed(cases, &case)),
        call_back_request: Some(parts::call_back_request(&made, None, None)),
    }))
}

pub(super) async fn answer_call_back(
    cases: &Cases,
    request: Request<proto::AnswerCallBackRequest>,
) -> Result<Response<proto::AnswerCallBackResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message, optional);
    let id = incoming.id("call_back_request_id", &message.call_back_request_id);
    let answer =
        incoming.choice::<proto::CallBackAnswer>("answer", message.answer, CallBackAnswer::NotReached);
    let note = incoming.text("note", &message.note, NOTE_CHARACTERS, false);
    incoming.done()?;
    let case = call_back::answer_call_back(&cases.app, &incoming.principal, call, id, answer, &note)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::AnswerCallBackResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn pause_case(
    cases: &Cases,
    request: Request<proto::PauseCaseRequest>,
) -> Result<Response<proto::PauseCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let case = pause::pause_case(&cases.app, &incoming.principal, call, &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::PauseCaseResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn resume_case(
    cases: &Cases,
    request: Request<proto::ResumeCaseRequest>,
) -> Result<Response<proto::ResumeCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    incoming.done()?;
    let case = pause::resume_case(&cases.app, &incoming.principal, call)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ResumeCaseResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn extend_case(
    cases: &Cases,
    request: Request<proto::ExtendCaseRequest>,
) -> Result<Response<proto::ExtendCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let working_days = incoming.count("working_days", message.working_days, 1, MOST_WORKING_DAYS);
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let case = extend_case::extend_case(&cases.app, &incoming.principal, call, working_days, &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ExtendCaseResponse { case: Some(changed(cases, &case)) }))
}
