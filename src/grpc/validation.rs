//! `ValidationService`: each method authenticates, takes the message apart, calls one use case, and answers.

use std::sync::Arc;

use prost::Message as _;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status, Streaming};
use tracing::{Instrument as _, Span};
use uuid::Uuid;
use zhenshi_domain::{
    application::{Application, ApplicationKey, ApplicationKind},
    shanghai,
};
use zhenshi_proto::{google::rpc, zhenshi::v1 as proto};

use super::{
    auth,
    call::{Caller, panics},
    convert::{application, enums::read, submission},
    explain, page_token,
    status::StatusWriter,
    stream::{Answers, Broken, Received, Rules, answer_in_order},
};
use crate::{
    app::{
        App, SubmissionFilter,
        get_submission::get_submission,
        list_submissions::list_submissions,
        privacy::look_ups,
        recorder::WhenFull,
        validate_application::{Submitted, judge_only, validate_application},
    },
    ids,
    security::principal::Principal,
    words::{Language, Words},
};

/// Submissions of a page when the caller does not say.
const DEFAULT_PAGE_SIZE: u16 = 50;
/// Most submissions of a page.
const MAX_PAGE_SIZE: u16 = 200;

/// The service.
#[derive(Clone)]
pub struct Validation {
    app: Arc<App>,
    words: Arc<Words>,
}

impl Validation {
    /// The service over `app`, speaking with `words`.
    pub const fn new(app: Arc<App>, words: Arc<Words>) -> Self {
        Self { app, words }
    }

    /// Words in the language of the message, or of the caller where the message says none.
    fn writer(&self, caller: &Caller, language_code: &str) -> (StatusWriter, Language) {
        let language = caller.speaks(language_code);
        (StatusWriter::new(self.words.clone(), language), language)
    }

    /// One application, from a unary call or from a stream.
    async fn validate(
        &self,
        caller: &Caller,
        message: proto::ValidateApplicationRequest,
        when_full: WhenFull,
    ) -> Result<proto::ValidateApplicationResponse, Box<Status>> {
        if message.validate_only {
            return self.judge(caller, message);
        }
        // In a place of its own: whoever only asks for a judgement does not carry what recording needs.
        Box::pin(self.record(caller, message, when_full)).await
    }

    /// Judges without recording: nothing is waited for.
    fn judge(
        &self,
        caller: &Caller,
        message: proto::ValidateApplicationRequest,
    ) -> Result<proto::ValidateApplicationResponse, Box<Status>> {
        let (writer, language) = self.writer(caller, &message.language_code);
        let (_, application) = read_request(message, &writer)?;
        let decision = judge_only(&self.app, &caller.principal, &application)
            .map_err(|error| Box::new(writer.app(&error)))?;
        Ok(submission::answer(String::new(), decision, &self.words, language))
    }

    /// Judges and records. Who has to be turned away is told so before anything is done for him.
    async fn record(
        &self,
        caller: &Caller,
        message: proto::ValidateApplicationRequest,
        when_full: WhenFull,
    ) -> Result<proto::ValidateApplicationResponse, Box<Status>> {
        let (writer, language) = self.writer(caller, &message.language_code);
        let failed = |error| Box::new(writer.app(&error));
        self.app.recorder.enter(when_full).await.map_err(failed)?;
        // Only what is recorded can be repeated.
        let encoded = digestible(&message);
        let (request_id, application) = read_request(message, &writer)?;
        let digest = self.app.request_digest(&encoded);
        let submitted = Submitted { request_id, digest, application };
        let recorded = validate_application(&self.app, &caller.principal, submitted, when_full).await;
        let answer = recorded.map_err(failed)?;
        Ok(submission::answer(answer.submission_id.to_string(), answer.decision, &self.words, language))
    }

    /// Answers a stream: see [`stream`](super::stream).
    pub(super) fn answer_stream<S>(&self, caller: &Caller, rules: Rules, messages: S) -> Answers
    where
        S: Stream<Item = Result<Received, Broken>> + Send + Unpin + 'static,
    {
        let (service, words) = (self.clone(), self.writer(caller, "").0);
        let (limit_bytes, of_one, call) = (rules.limit_bytes, caller.clone(), Span::current());
        answer_in_order(messages, rules, caller, words, move |received| {
            let span = tracing::info_span!(parent: &call, "message");
            service.clone().answer_one(of_one.clone(), received, limit_bytes).instrument(span)
        })
    }

    /// One message of a stream: whatever happens, it is answered and the stream goes on.
    async fn answer_one(
        self,
        caller: Caller,
        received: Received,
        limit_bytes: usize,
    ) -> proto::ValidateApplicationsResponse {
        use proto::validate_applications_response::Result as Answer;
        let (request, fault) = match received {
            Received::Message(message) => (message.request.unwrap_or_default(), None),
            Received::Malformed(message) => {
                let request = message.request.unwrap_or_default();
                let fault = self.writer(&caller, &request.language_code).0.malformed();
                (request, Some(fault))
            }
            Received::TooLarge => {
                let fault = self.writer(&caller, "").0.too_large(limit_bytes);
                (proto::ValidateApplicationRequest::default(), Some(fault))
            }
        };
        let (request_id, language_code) = (request.request_id.clone(), request.language_code.clone());
        let result = match fault {
            Some(status) => Err(Box::new(status)),
            None => panics::caught(self.validate(&caller, request, WhenFull::Wait)).await.unwrap_or_else(
                |panics::Panicked| {
                    let writer = self.writer(&caller, &language_code).0;
                    Err(Box::new(writer.app(&panics::incident(&self.app))))
                },
            ),
        };
        let result = match result {
            Ok(response) => Answer::Response(response),
            Err(status) => Answer::Status(rpc_status(&status)),
        };
        proto::ValidateApplicationsResponse { request_id, result: Some(result) }
    }
}

/// The request's id (nil where none is needed and none was sent) and its application, or everything that makes it unreadable.
fn read_request(
    message: proto::ValidateApplicationRequest,
    writer: &StatusWriter,
) -> Result<(Uuid, Application), Box<Status>> {
    let proto::ValidateApplicationRequest { request_id, application, validate_only, language_code: _ } =
        message;
    let mut violations = Vec::new();
    let id = Uuid::try_parse(&request_id).ok();
    if request_id.is_empty() && !validate_only {
        violations.push(writer.violation("request_id", "violation-required"));
    } else if id.is_none() && !request_id.is_empty() {
        violations.push(writer.violation("request_id", "violation-uuid"));
    }
    let application = application::application(application, writer, &mut violations)?;
    match application.filter(|_| violations.is_empty()) {
        Some(application) => Ok((id.unwrap_or_default(), application)),
        None => Err(Box::new(writer.invalid(violations))),
    }
}

/// The message without what a repeat may change: its request id and its language.
fn digestible(message: &proto::ValidateApplicationRequest) -> Vec<u8> {
    message.application.as_ref().map(prost::Message::encode_to_vec).unwrap_or_default()
}

/// A status as a message: its details are already encoded as a `google.rpc.Status`.
fn rpc_status(status: &Status) -> rpc::Status {
    let mut message = rpc::Status::decode(status.details()).unwrap_or_default();
    message.code = status.code() as i32;
    status.message().clone_into(&mut message.message);
    message
}

#[tonic::async_trait]
impl proto::validation_service_server::ValidationService for Validation {
    async fn validate_application(
        &self,
        request: Request<proto::ValidateApplicationRequest>,
    ) -> Result<Response<proto::ValidateApplicationResponse>, Status> {
        let caller = auth::caller(&request)?;
        let answered = self.validate(&caller, request.into_inner(), WhenFull::TurnAway).await;
        let answer = answered.map_err(|status| *status)?;
        Ok(Response::new(answer))
    }

    type ValidateApplicationsStream = Answers;

    async fn validate_applications(
        &self,
        request: Request<Streaming<proto::ValidateApplicationsRequest>>,
    ) -> Result<Response<Self::ValidateApplicationsStream>, Status> {
        // The guards answer this method themselves, message by message (see `call`), because tonic's decoder ends the
        // stream at the first bad one. Without them it does the same but for that.
        let caller = auth::caller(&request)?;
        let rules = request.extensions().get::<Rules>().cloned();
        let rules = rules.ok_or_else(|| Status::unauthenticated("the call did not pass the guards"))?;
        let messages = request.into_inner().map(|message| match message {
            Ok(message) => Ok(Received::Message(message)),
            Err(_) => Err(Broken::Broken),
        });
        Ok(Response::new(self.answer_stream(&caller, rules, messages)))
    }

    async fn get_submission(
        &self,
        request: Request<proto::GetSubmissionRequest>,
    ) -> Result<Response<proto::GetSubmissionResponse>, Status> {
        let caller = auth::caller(&request)?;
        let (writer, language) = self.writer(&caller, &request.get_ref().language_code);
        let principal = caller.principal;
        let proto::GetSubmissionRequest { submission_id, view, language_code: _ } = request.into_inner();
        let Ok(id) = Uuid::try_parse(&submission_id) else {
            return Err(writer.invalid(vec![writer.violation("submission_id", "violation-uuid")]));
        };
        let with_parties = proto::SubmissionView::try_from(view) == Ok(proto::SubmissionView::Masked);
        let shown = get_submission(&self.app, &principal, id, with_parties)
            .await
            .map_err(|error| writer.app(&error))?;
        let mut message = submission::submission(&shown.row, shown.current, &self.words, language);
        message.parties = shown.parties.iter().map(submission::party).collect();
        Ok(Response::new(proto::GetSubmissionResponse { submission: Some(message) }))
    }

    async fn list_submissions(
        &self,
        request: Request<proto::ListSubmissionsRequest>,
    ) -> Result<Response<proto::ListSubmissionsResponse>, Status> {
        let caller = auth::caller(&request)?;
        let (writer, language) = self.writer(&caller, &request.get_ref().language_code);
        let principal = caller.principal;
        let message = request.into_inner();
        let page_size = page_size(message.page_size)
            .ok_or_else(|| writer.invalid(vec![writer.violation("page_size", "violation-negative")]))?;
        let mac = |last: Uuid| self.filters_mac(&message, &principal, last);
        let before = match message.page_token.as_str() {
            "" => None,
            token => Some(page_token::decode(token, mac).ok_or_else(|| writer.page_token())?),
        };
        let filter = filter(&message, before);
        let page = list_submissions(&self.app, &principal, filter, page_size)
            .await
            .map_err(|error| writer.app(&error))?;
        let submissions = page
            .rows
            .iter()
            .map(|(row, current)| submission::submission(row, *current, &self.words, language));
        Ok(Response::new(proto::ListSubmissionsResponse {
            submissions: submissions.collect(),
            next_page_token: page.next.map(|last| page_token::encode(last, mac(last))).unwrap_or_default(),
        }))
    }

    async fn explain_certificate(
        &self,
        request: Request<proto::ExplainCertificateRequest>,
    ) -> Result<Response<proto::ExplainCertificateResponse>, Status> {
        let caller = auth::caller(&request)?;
        let (writer, language) = self.writer(&caller, &request.get_ref().language_code);
        look_ups::count_explanation(&self.app, &caller.principal)
            .await
            .map_err(|error| writer.app(&error))?;
        let today = shanghai::date(self.app.clock.now());
        let answer = explain::answer(request.get_ref(), today, &self.words, language, &writer);
        answer.map(Response::new).map_err(|status| *status)
    }
}

impl Validation {
    /// Binds a page token to the filters, the caller and its id.
    fn filters_mac(
        &self,
        message: &proto::ListSubmissionsRequest,
        principal: &Principal,
        last: Uuid,
    ) -> [u8; 32] {
        let filters = proto::ListSubmissionsRequest {
            page_size: 0,
            page_token: String::new(),
            language_code: String::new(),
            ..message.clone()
        };
        let parts: [&[u8]; 4] =
            [b"page token v1", &filters.encode_to_vec(), principal.caller.as_bytes(), last.as_bytes()];
        crate::security::fingerprint::keyed_digest(&self.app.digest_key, &parts)
    }
}

/// The size of a page that is asked for: defaulted, reduced, or nothing for a negative one.
pub(super) fn page_size(asked: i32) -> Option<u16> {
    match u16::try_from(asked) {
        Ok(0) => Some(DEFAULT_PAGE_SIZE),
        Ok(size) => Some(size.min(MAX_PAGE_SIZE)),
        Err(_) if asked > 0 => Some(MAX_PAGE_SIZE),
        Err(_) => None,
    }
}

fn filter(message: &proto::ListSubmissionsRequest, before: Option<Uuid>) -> SubmissionFilter {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let time = |time: Option<prost_types::Timestamp>| {
        let time = time?;
        chrono::DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).unwrap_or(0))
    };
    let (source, application_no) = (text(&message.source), text(&message.application_no));
    // With both names the heads are known, under whichever kind.
    let application_ids = source.clone().zip(application_no.clone()).map(|(source, application_no)| {
        [ApplicationKind::NewBusiness, ApplicationKind::ServicingChange, ApplicationKind::Claim]
            .map(|kind| {
                let key =
                    ApplicationKey { source: source.clone(), kind, application_no: application_no.clone() };
                ids::application_id(&key)
            })
            .to_vec()
    });
    SubmissionFilter {
        source,
        application_ids,
        application_no,
        verdict: read::<proto::Verdict>(message.verdict),
        channel: read::<proto::Channel>(message.channel),
        decided_since: time(message.decided_since),
        decided_before: time(message.decided_before),
        before,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_sizes_are_defaulted_reduced_or_refused() {
        assert_eq!(page_size(0), Some(DEFAULT_PAGE_SIZE));
        assert_eq!(page_size(7), Some(7));
        assert_eq!(page_size(100_000), Some(MAX_PAGE_SIZE));
        assert_eq!(page_size(-1), None);
    }
}
