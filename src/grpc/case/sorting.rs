//! Sorting (可疑排查前的整理): cases made by hand, held, merged, released.

use tonic::{Request, Response, Status};
use zhenshi_domain::case::{CallBackDoubt, CaseSource};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Cases, batch,
    shared::{Incoming, NOTE_CHARACTERS, change_call, changed},
};
use crate::{
    app::case::{
        batch::{CasesCall, Which, release_cases as release},
        create_case::{Doubt, create_case as create},
        hold_case::hold_case as hold,
        merge_cases::merge_cases as merge,
    },
    grpc::convert::enums::read,
};

pub(super) async fn create_case(
    cases: &Cases,
    request: Request<proto::CreateCaseRequest>,
) -> Result<Response<proto::CreateCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    message.language_code.clear();
    let request = incoming.request(cases, &message.request_id, &message);
    let (source, doubt) = source(&mut incoming, &message);
    let submission_id = incoming.id("submission_id", &message.submission_id);
    let party_no = i16::try_from(message.party_no).unwrap_or(-1);
    if party_no < 0 {
        incoming.wrong("party_no", "violation-format");
    }
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let doubt = Doubt { source, doubt, submission_id, party_no, request };
    let case = create(&cases.app, &incoming.principal, doubt, &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::CreateCaseResponse { case: Some(changed(cases, &case)) }))
}

/// Where a doubt came from: a call-back says what it met, and nothing else does.
fn source(
    incoming: &mut Incoming,
    message: &proto::CreateCaseRequest,
) -> (CaseSource, Option<CallBackDoubt>) {
    let source = read::<proto::CaseSource>(message.source);
    let doubt = read::<proto::CallBackDoubt>(message.doubt);
    match source {
        None => incoming.wrong("source", "violation-required"),
        // Suspicions have their cases by themselves.
        Some(CaseSource::Suspicion) => incoming.wrong("source", "violation-format"),
        Some(CaseSource::CallBack) if doubt.is_none() => incoming.wrong("doubt", "violation-required"),
        Some(CaseSource::CallBack) => {}
        Some(_) if message.doubt != 0 => incoming.wrong("doubt", "violation-format"),
        Some(_) => {}
    }
    (source.unwrap_or(CaseSource::CustomerCare), doubt)
}

pub(super) async fn hold_case(
    cases: &Cases,
    request: Request<proto::HoldCaseRequest>,
) -> Result<Response<proto::HoldCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let case = hold(&cases.app, &incoming.principal, call, message.hold, &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::HoldCaseResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn merge_cases(
    cases: &Cases,
    request: Request<proto::MergeCasesRequest>,
) -> Result<Response<proto::MergeCasesResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let merged = incoming.ids("merged_case_ids", &message.merged_case_ids);
    if merged.contains(&call.case_id) {
        incoming.wrong("merged_case_ids", "violation-format");
    }
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let case = merge(&cases.app, &incoming.principal, call, merged, &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::MergeCasesResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn release_cases(
    cases: &Cases,
    request: Request<proto::ReleaseCasesRequest>,
) -> Result<Response<proto::ReleaseCasesResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    message.language_code.clear();
    let request = incoming.request(cases, &message.request_id, &message);
    let case_ids = incoming.ids("case_ids", &message.case_ids);
    incoming.done()?;
    let call = CasesCall { which: Which::Ids(case_ids), request };
    let all =
        release(&cases.app, &incoming.principal, call).await.map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ReleaseCasesResponse { results: batch::results(cases, &incoming, &all) }))
}
