//! What a member of staff does with cases: one method a verb. To add one: its method, with the macro if it changes one case.

use tokio_stream::iter;
use tonic::Code;
use zhenshi_domain::{
    application::Channel as SalesChannel,
    case::{
        CallBackDoubt, CaseSource, Outcome,
        evidence::{ContactMeans, ContactResult, EvidenceKind},
    },
    shanghai,
};
use zhenshi_proto::zhenshi::v1::{self as proto, attach_evidence_request::Part};

use super::{CallError, SeenCase, SeenMember, StaffClient, seen};
use crate::{
    app::ClearedKind,
    grpc::convert::{date, enums::number, submission::timestamp},
};

/// Bytes of a piece of evidence on the wire.
const PIECE: usize = 64 * 1024;

/// How often somebody looks again when a job or a colleague was faster.
const LOOKS: usize = 3;

/// A call that changes one case and answers with it. Whoever was overtaken looks again and does it on what is there then.
macro_rules! change {
    ($self:ident, $case:ident, $call:ident, $message:ident { $($field:ident : $value:expr),* $(,)? }) => {{
        let mut etag = $case.etag.clone();
        let mut looked_again = 0;
        loop {
            let message = proto::$message {
                request_id: $self.mint()?,
                case_id: $case.case_id.clone(),
                etag: etag.clone(),
                $($field: $value,)*
                ..proto::$message::default()
            };
            match $self.inner.clone().$call($self.with_token(message)).await {
                Ok(answer) => return Ok(seen(&answer.into_inner().case.unwrap_or_default())),
                Err(status) if status.code() == Code::Aborted && looked_again < LOOKS => {
                    looked_again += 1;
                    etag = $self.case(&$case.case_id).await?.etag;
                }
                Err(status) => return Err(CallError(Box::new(status))),
            }
        }
    }};
}

impl StaffClient {
    /// Begins to investigate.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn start(&self, case: &SeenCase) -> Result<SeenCase, CallError> {
        change!(self, case, start_investigation, StartInvestigationRequest {})
    }

    /// Adds a comment.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn comment(&self, case: &SeenCase, words: &str) -> Result<SeenCase, CallError> {
        change!(self, case, add_comment, AddCommentRequest { comment: words.into() })
    }

    /// Records an attempt to reach the customer, made just now.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn attempt(
        &self,
        case: &SeenCase,
        means: ContactMeans,
        result: ContactResult,
    ) -> Result<SeenCase, CallError> {
        change!(
            self,
            case,
            record_contact_attempt,
            RecordContactAttemptRequest {
                attempted_time: Some(timestamp(self.clock.now())),
                means: number::<proto::ContactMeans>(means),
                result: number::<proto::ContactResult>(result),
            }
        )
    }

    /// Attaches evidence that was signed today by whom it is of, and whose original was seen.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn attach(
        &self,
        case: &SeenCase,
        kind: EvidenceKind,
        content: &[u8],
    ) -> Result<SeenCase, CallError> {
        let header = proto::AttachEvidenceHeader {
            request_id: self.mint()?,
            case_id: case.case_id.clone(),
            kind: number::<proto::EvidenceKind>(kind),
            file_name: "demo.pdf".into(),
            signer_is_policyholder: matches!(
                kind,
                EvidenceKind::CustomerProof | EvidenceKind::ConfirmationForm | EvidenceKind::ServicingRequest
            ),
            signed_on: Some(date::wire(shanghai::date(self.clock.now()))),
            original_seen: true,
            size_bytes: i64::try_from(content.len()).unwrap_or(i64::MAX),
            ..proto::AttachEvidenceHeader::default()
        };
        let part = |part| proto::AttachEvidenceRequest { part: Some(part) };
        let pieces: Vec<_> = std::iter::once(part(Part::Header(header)))
            .chain(content.chunks(PIECE).map(|piece| part(Part::Content(piece.to_vec()))))
            .collect();
        let answer = self.inner.clone().attach_evidence(self.with_token(iter(pieces))).await;
        let answer = answer.map_err(|status| CallError(Box::new(status)))?.into_inner();
        Ok(seen(&answer.case.unwrap_or_default()))
    }

    /// Submits a case.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn submit(
        &self,
        case: &SeenCase,
        outcome: Outcome,
        cleared: Option<ClearedKind>,
        servicing_no: &str,
        summary: &str,
    ) -> Result<SeenCase, CallError> {
        change!(
            self,
            case,
            submit_case,
            SubmitCaseRequest {
                outcome: number::<proto::CaseOutcome>(outcome),
                cleared_kind: cleared.map_or(0, number::<proto::ClearedRelationKind>),
                servicing_no: servicing_no.into(),
                summary: summary.into(),
            }
        )
    }

    /// Agrees with a submission.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn verify(&self, case: &SeenCase) -> Result<SeenCase, CallError> {
        change!(self, case, verify_case, VerifyCaseRequest {})
    }

    /// Returns a submission.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn give_back(&self, case: &SeenCase, reason: &str) -> Result<SeenCase, CallError> {
        change!(self, case, return_case, ReturnCaseRequest { reason: reason.into() })
    }

    /// Answers the assist of his channel.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn answer_assist(
        &self,
        case: &SeenCase,
        channel: SalesChannel,
        answer: &str,
    ) -> Result<SeenCase, CallError> {
        change!(
            self,
            case,
            answer_assist,
            AnswerAssistRequest { channel: number::<proto::Channel>(channel), answer: answer.into() }
        )
    }

    /// Pauses an investigation.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn pause(&self, case: &SeenCase, reason: &str) -> Result<SeenCase, CallError> {
        change!(self, case, pause_case, PauseCaseRequest { reason: reason.into() })
    }

    /// Asks customer service to call the customer.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn request_call_back(&self, case: &SeenCase, question: &str) -> Result<SeenCase, CallError> {
        change!(self, case, request_call_back, RequestCallBackRequest { question: question.into() })
    }

    /// Says that a case was issued by mistake.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn appeal(&self, case: &SeenCase, reason: &str) -> Result<SeenCase, CallError> {
        change!(self, case, appeal_case, AppealCaseRequest { reason: reason.into() })
    }

    /// Holds a case in sorting.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn hold(&self, case: &SeenCase, reason: &str) -> Result<SeenCase, CallError> {
        change!(self, case, hold_case, HoldCaseRequest { hold: true, reason: reason.into() })
    }

    /// Reports that the call-back of a party of a submission gave rise to doubt.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn doubt(
        &self,
        member: &SeenMember,
        doubt: CallBackDoubt,
        reason: &str,
    ) -> Result<SeenCase, CallError> {
        let message = proto::CreateCaseRequest {
            request_id: self.mint()?,
            source: number::<proto::CaseSource>(CaseSource::CallBack),
            doubt: number::<proto::CallBackDoubt>(doubt),
            submission_id: member.submission_id.clone(),
            party_no: member.party_no,
            reason: reason.into(),
            ..proto::CreateCaseRequest::default()
        };
        let answer = self.inner.clone().create_case(self.with_token(message)).await;
        let answer = answer.map_err(|status| CallError(Box::new(status)))?.into_inner();
        Ok(seen(&answer.case.unwrap_or_default()))
    }

    /// Urges whoever has the cases.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn urge(&self, cases: &[SeenCase]) -> Result<(), CallError> {
        let message = proto::UrgeCasesRequest {
            request_id: self.mint()?,
            case_ids: cases.iter().map(|case| case.case_id.clone()).collect(),
            ..proto::UrgeCasesRequest::default()
        };
        let answer = self.inner.clone().urge_cases(self.with_token(message)).await;
        answer.map(drop).map_err(|status| CallError(Box::new(status)))
    }
}
