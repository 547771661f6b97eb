//! Distribution (分派): claimed, assigned, urged, assists answered.

use tonic::{Request, Response, Status};
use zhenshi_domain::application::Channel;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Cases, batch, filter,
    shared::{COMMENT_CHARACTERS, Incoming, NOTE_CHARACTERS, change_call, changed},
};
use crate::{
    app::case::{
        answer_assist::answer_assist as answer,
        assign_case::{Destination, assign_case as assign},
        batch::{CasesCall, Which, batch_assign_cases as batch_assign, urge_cases as urge},
        claim_next_case::claim_next_case as claim,
    },
    grpc::convert::enums::read,
};

/// Longest code of the directory.
const CODE_CHARACTERS: usize = 64;

pub(super) async fn claim_next_case(
    cases: &Cases,
    request: Request<proto::ClaimNextCaseRequest>,
) -> Result<Response<proto::ClaimNextCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    message.language_code.clear();
    let request = incoming.request(cases, &message.request_id, &message);
    incoming.done()?;
    let claimed =
        claim(&cases.app, &incoming.principal, request).await.map_err(|error| incoming.failed(&error))?;
    let case = claimed.map(|case| changed(cases, &case));
    Ok(Response::new(proto::ClaimNextCaseResponse { case }))
}

pub(super) async fn assign_case(
    cases: &Cases,
    request: Request<proto::AssignCaseRequest>,
) -> Result<Response<proto::AssignCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let staff_code = staff_code(&mut incoming, &message.staff_code);
    let branch_code = incoming.text("branch_code", &message.branch_code, CODE_CHARACTERS, false);
    let channel = channel(&mut incoming, message.channel);
    if message.channel == 0 && !branch_code.is_empty() {
        incoming.wrong("channel", "violation-required");
    }
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, false);
    incoming.done()?;
    let destination = Destination { staff_code, channel: channel.map(|channel| (channel, branch_code)) };
    let case = assign(&cases.app, &incoming.principal, call, destination, &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::AssignCaseResponse { case: Some(changed(cases, &case)) }))
}

/// The channel of a number; one that this version does not know is no "not given", which would send the case elsewhere.
fn channel(incoming: &mut Incoming, number: i32) -> Option<Channel> {
    let channel = read::<proto::Channel>(number);
    if channel.is_none() && number != 0 {
        incoming.wrong("channel", "violation-format");
    }
    channel
}

fn staff_code(incoming: &mut Incoming, text: &str) -> Option<String> {
    Some(incoming.text("staff_code", text, CODE_CHARACTERS, false)).filter(|code| !code.is_empty())
}

/// The cases by id or by filter: one of the two, and never all cases by mistake.
fn which(incoming: &mut Incoming, case_ids: &[String], sent: Option<proto::CaseFilter>) -> Which {
    match sent {
        None => Which::Ids(incoming.ids("case_ids", case_ids)),
        Some(sent) => {
            if !case_ids.is_empty() {
                incoming.wrong("filter", "violation-format");
            }
            Which::Matching(filter::filter(incoming, Some(sent)))
        }
    }
}

pub(super) async fn batch_assign_cases(
    cases: &Cases,
    request: Request<proto::BatchAssignCasesRequest>,
) -> Result<Response<proto::BatchAssignCasesResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    message.language_code.clear();
    let request = incoming.request(cases, &message.request_id, &message);
    let which = which(&mut incoming, &message.case_ids, message.filter.take());
    let staff_code = staff_code(&mut incoming, &message.staff_code);
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, false);
    incoming.done()?;
    let call = CasesCall { which, request };
    let all = batch_assign(&cases.app, &incoming.principal, call, staff_code, &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::BatchAssignCasesResponse { results: batch::results(cases, &incoming, &all) }))
}

pub(super) async fn urge_cases(
    cases: &Cases,
    request: Request<proto::UrgeCasesRequest>,
) -> Result<Response<proto::UrgeCasesResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    message.language_code.clear();
    let request = incoming.request(cases, &message.request_id, &message);
    let which = which(&mut incoming, &message.case_ids, message.filter.take());
    incoming.done()?;
    let call = CasesCall { which, request };
    let all = urge(&cases.app, &incoming.principal, call).await.map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::UrgeCasesResponse { results: batch::results(cases, &incoming, &all) }))
}

pub(super) async fn answer_assist(
    cases: &Cases,
    request: Request<proto::AnswerAssistRequest>,
) -> Result<Response<proto::AnswerAssistResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message, optional);
    let words = incoming.text("answer", &message.answer, COMMENT_CHARACTERS, true);
    let own = incoming.principal.staff.as_ref().and_then(|staff| staff.channel);
    let channel = channel(&mut incoming, message.channel).or(own);
    if channel.is_none() && message.channel == 0 {
        incoming.wrong("channel", "violation-required");
    }
    incoming.done()?;
    let channel = channel.unwrap_or(Channel::Direct);
    let case = answer(&cases.app, &incoming.principal, call, channel, message.r#override, &words)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::AnswerAssistResponse { case: Some(changed(cases, &case)) }))
}
