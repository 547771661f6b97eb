//! `CaseService`: each method takes the message apart, calls one use case, and answers. The methods stand in the files of
//! `case/`, grouped as people work; here is what they share.
//!
//! To add a method: its line in the service's block below, its function in the file of its group.

mod assigning;
mod batch;
mod details;
mod evidence;
mod filter;
mod investigating;
mod opinions;
pub(super) mod parts;
mod reading;
pub(super) mod shared;
mod sorting;
mod statistics;
mod token;
mod verifying;
mod watching;

use std::{pin::Pin, sync::Arc};

use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};
use zhenshi_proto::zhenshi::v1 as proto;

use crate::{app::App, words::Words};

/// Content of a piece of evidence, piece by piece.
pub(super) type GetEvidenceStream =
    Pin<Box<dyn Stream<Item = Result<proto::GetEvidenceResponse, Status>> + Send>>;
/// Changes, as they happen.
pub(super) type WatchCasesStream =
    Pin<Box<dyn Stream<Item = Result<proto::WatchCasesResponse, Status>> + Send>>;

/// The service.
#[derive(Clone)]
pub struct Cases {
    app: Arc<App>,
    words: Arc<Words>,
}

impl Cases {
    /// The service over `app`, speaking with `words`.
    pub const fn new(app: Arc<App>, words: Arc<Words>) -> Self {
        Self { app, words }
    }
}

/// A method of the trait, as a call of its function.
macro_rules! methods {
    ($($method:ident($request:ty) -> $response:ty = $group:ident;)+) => {
        #[tonic::async_trait]
        impl proto::case_service_server::CaseService for Cases {
            type GetEvidenceStream = GetEvidenceStream;
            type WatchCasesStream = WatchCasesStream;

            $(
                async fn $method(&self, request: Request<$request>) -> Result<Response<$response>, Status> {
                    $group::$method(self, request).await
                }
            )+
        }
    };
}

methods! {
    create_case(proto::CreateCaseRequest) -> proto::CreateCaseResponse = sorting;
    hold_case(proto::HoldCaseRequest) -> proto::HoldCaseResponse = sorting;
    merge_cases(proto::MergeCasesRequest) -> proto::MergeCasesResponse = sorting;
    release_cases(proto::ReleaseCasesRequest) -> proto::ReleaseCasesResponse = sorting;
    get_case(proto::GetCaseRequest) -> proto::GetCaseResponse = reading;
    list_cases(proto::ListCasesRequest) -> proto::ListCasesResponse = reading;
    claim_next_case(proto::ClaimNextCaseRequest) -> proto::ClaimNextCaseResponse = assigning;
    assign_case(proto::AssignCaseRequest) -> proto::AssignCaseResponse = assigning;
    batch_assign_cases(proto::BatchAssignCasesRequest) -> proto::BatchAssignCasesResponse = assigning;
    start_investigation(proto::StartInvestigationRequest) -> proto::StartInvestigationResponse = investigating;
    add_comment(proto::AddCommentRequest) -> proto::AddCommentResponse = investigating;
    record_contact_attempt(proto::RecordContactAttemptRequest) -> proto::RecordContactAttemptResponse = investigating;
    attach_evidence(Streaming<proto::AttachEvidenceRequest>) -> proto::AttachEvidenceResponse = evidence;
    get_evidence(proto::GetEvidenceRequest) -> GetEvidenceStream = evidence;
    get_confirmation_form(proto::GetConfirmationFormRequest) -> proto::GetConfirmationFormResponse = evidence;
    request_call_back(proto::RequestCallBackRequest) -> proto::RequestCallBackResponse = investigating;
    answer_call_back(proto::AnswerCallBackRequest) -> proto::AnswerCallBackResponse = investigating;
    pause_case(proto::PauseCaseRequest) -> proto::PauseCaseResponse = investigating;
    resume_case(proto::ResumeCaseRequest) -> proto::ResumeCaseResponse = investigating;
    extend_case(proto::ExtendCaseRequest) -> proto::ExtendCaseResponse = investigating;
    urge_cases(proto::UrgeCasesRequest) -> proto::UrgeCasesResponse = assigning;
    take_over_case(proto::TakeOverCaseRequest) -> proto::TakeOverCaseResponse = verifying;
    answer_assist(proto::AnswerAssistRequest) -> proto::AnswerAssistResponse = assigning;
    submit_case(proto::SubmitCaseRequest) -> proto::SubmitCaseResponse = verifying;
    verify_case(proto::VerifyCaseRequest) -> proto::VerifyCaseResponse = verifying;
    return_case(proto::ReturnCaseRequest) -> proto::ReturnCaseResponse = verifying;
    reopen_case(proto::ReopenCaseRequest) -> proto::ReopenCaseResponse = verifying;
    appeal_case(proto::AppealCaseRequest) -> proto::AppealCaseResponse = opinions;
    decide_appeal(proto::DecideAppealRequest) -> proto::DecideAppealResponse = opinions;
    withdraw_case(proto::WithdrawCaseRequest) -> proto::WithdrawCaseResponse = verifying;
    record_opinion(proto::RecordOpinionRequest) -> proto::RecordOpinionResponse = opinions;
    reply_to_opinion(proto::ReplyToOpinionRequest) -> proto::ReplyToOpinionResponse = opinions;
    report_agency_refusal(proto::ReportAgencyRefusalRequest) -> proto::ReportAgencyRefusalResponse = verifying;
    decide_commission(proto::DecideCommissionRequest) -> proto::DecideCommissionResponse = verifying;
    list_case_events(proto::ListCaseEventsRequest) -> proto::ListCaseEventsResponse = reading;
    get_case_statistics(proto::GetCaseStatisticsRequest) -> proto::GetCaseStatisticsResponse = reading;
    watch_cases(proto::WatchCasesRequest) -> WatchCasesStream = watching;
}
