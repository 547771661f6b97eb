//! The end: submitted, verified, returned, reopened, taken over, withdrawn; commissions and agencies.

use tonic::{Request, Response, Status};
use zhenshi_domain::case::Outcome;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Cases,
    shared::{COMMENT_CHARACTERS, Incoming, NOTE_CHARACTERS, change_call, changed},
};
use crate::{
    app::{
        ClearedKind, Submission, SuspicionEnd,
        case::{
            decide_commission, reopen_case, report_agency_refusal, return_case, submit_case, take_over_case,
            verify_case, withdraw_case,
        },
    },
    grpc::convert::enums::read,
};

/// Most characters of a servicing number or an agency's code.
const CODE_CHARACTERS: usize = 64;

/// `reasoned!(method, Request, Response, use case)`: a method of a case and a reason.
macro_rules! reasoned {
    ($method:ident, $request:ident, $response:ident, $use_case:ident) => {
        pub(super) async fn $method(
            cases: &Cases,
            request: Request<proto::$request>,
        ) -> Result<Response<proto::$response>, Status> {
            let (_, extensions, mut message) = request.into_parts();
            let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
            let call = change_call!(incoming, cases, message);
            let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
            incoming.done()?;
            let case = $use_case::$use_case(&cases.app, &incoming.principal, call, &reason)
                .await
                .map_err(|error| incoming.failed(&error))?;
            Ok(Response::new(proto::$response { case: Some(changed(cases, &case)) }))
        }
    };
}

reasoned!(return_case, ReturnCaseRequest, ReturnCaseResponse, return_case);
reasoned!(reopen_case, ReopenCaseRequest, ReopenCaseResponse, reopen_case);
reasoned!(take_over_case, TakeOverCaseRequest, TakeOverCaseResponse, take_over_case);
reasoned!(withdraw_case, WithdrawCaseRequest, WithdrawCaseResponse, withdraw_case);

pub(super) async fn submit_case(
    cases: &Cases,
    request: Request<proto::SubmitCaseRequest>,
) -> Result<Response<proto::SubmitCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let submission = submission(&mut incoming, &message);
    let summary = incoming.text("summary", &message.summary, COMMENT_CHARACTERS, true);
    incoming.done()?;
    let case = submit_case::submit_case(&cases.app, &incoming.principal, call, submission, &summary)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::SubmitCaseResponse { case: Some(changed(cases, &case)) }))
}

/// What is submitted; what is wrong with it is noted in `incoming`.
fn submission(incoming: &mut Incoming, message: &proto::SubmitCaseRequest) -> Submission {
    let (outcome, cleared_kind) = end(incoming, "", message.outcome, message.cleared_kind);
    let mut suspicions = Vec::with_capacity(message.suspicion_outcomes.len());
    for (place, sent) in message.suspicion_outcomes.iter().enumerate() {
        let path = format!("suspicion_outcomes[{place}].");
        let suspicion_id = incoming.id(&format!("{path}suspicion_id"), &sent.suspicion_id);
        if suspicions.iter().any(|other: &SuspicionEnd| other.suspicion_id == suspicion_id) {
            incoming.wrong(&format!("{path}suspicion_id"), "violation-repeated");
        }
        let (outcome, cleared_kind) = end(incoming, &path, sent.outcome, sent.cleared_kind);
        suspicions.push(SuspicionEnd { suspicion_id, outcome, cleared_kind });
    }
    let corrected = std::iter::once(outcome).chain(suspicions.iter().map(|end| end.outcome));
    let corrected = corrected.into_iter().any(|outcome| outcome == Outcome::Corrected);
    let servicing_no = incoming.text("servicing_no", &message.servicing_no, CODE_CHARACTERS, false);
    if !corrected && !servicing_no.is_empty() {
        incoming.wrong("servicing_no", "violation-other-outcome");
    }
    Submission { outcome, cleared_kind, servicing_no, suspicions }
}

/// An outcome, and the kind of relation that only `CLEARED` has.
fn end(
    incoming: &mut Incoming,
    path: &str,
    outcome: i32,
    cleared_kind: i32,
) -> (Outcome, Option<ClearedKind>) {
    let kind = read::<proto::ClearedRelationKind>(cleared_kind);
    let Some(outcome) = read::<proto::CaseOutcome>(outcome) else {
        incoming.wrong(&format!("{path}outcome"), "violation-enum");
        return (Outcome::Corrected, None);
    };
    if outcome != Outcome::Cleared && cleared_kind != 0 {
        incoming.wrong(&format!("{path}cleared_kind"), "violation-other-outcome");
    }
    if cleared_kind != 0 && kind.is_none() {
        incoming.wrong(&format!("{path}cleared_kind"), "violation-enum");
    }
    (outcome, kind)
}

pub(super) async fn verify_case(
    cases: &Cases,
    request: Request<proto::VerifyCaseRequest>,
) -> Result<Response<proto::VerifyCaseResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let note = incoming.text("note", &message.note, NOTE_CHARACTERS, false);
    incoming.done()?;
    let case = verify_case::verify_case(&cases.app, &incoming.principal, call, &note)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::VerifyCaseResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn decide_commission(
    cases: &Cases,
    request: Request<proto::DecideCommissionRequest>,
) -> Result<Response<proto::DecideCommissionResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message);
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let decided =
        decide_commission::decide_commission(&cases.app, &incoming.principal, call, message.hold, &reason);
    let case = decided.await.map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::DecideCommissionResponse { case: Some(changed(cases, &case)) }))
}

pub(super) async fn report_agency_refusal(
    cases: &Cases,
    request: Request<proto::ReportAgencyRefusalRequest>,
) -> Result<Response<proto::ReportAgencyRefusalResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let call = change_call!(incoming, cases, message, optional);
    let agency_code = incoming.text("agency_code", &message.agency_code, CODE_CHARACTERS, true);
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let told = report_agency_refusal::report_agency_refusal(
        &cases.app,
        &incoming.principal,
        call,
        agency_code,
        &reason,
    );
    let case = told.await.map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ReportAgencyRefusalResponse { case: Some(changed(cases, &case)) }))
}
