//! The client that the demo and the tools use: applications here, [cases] and the [directory](office) in files of their own.

pub mod cases;
pub mod office;

use chrono::{DateTime, Utc};
use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    transport::Channel,
};
use tonic_types::StatusExt as _;
use uuid::Uuid;
use zhenshi_domain::{application::ApplicationKey, policy::PolicyEventKind};
use zhenshi_proto::zhenshi::v1::{
    Application, Channel as SalesChannel, GetSubmissionRequest, GetSubmissionResponse,
    RecordPolicyEventRequest, Severity, ValidateApplicationRequest, ValidateApplicationResponse, Verdict,
    policy_event_service_client::PolicyEventServiceClient,
    validation_service_client::ValidationServiceClient,
};

use super::convert::policy_event;

/// Why a message or a connection cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none, or nobody answers there.
    #[error("cannot connect: {0}")]
    Connect(#[from] tonic::transport::Error),
    /// The token has characters that a header cannot carry.
    #[error("the token cannot be sent in a header")]
    Token,
    /// A line is not the JSON form of a request. What it holds is not quoted.
    #[error("line {line}: not the JSON form of zhenshi.v1.ValidateApplicationRequest")]
    Json {
        /// Line of the file, from 1.
        line: u64,
    },
}

/// An answer in plain words, for tools that know nothing of generated types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdicted {
    /// Request that is answered.
    pub request_id: String,
    /// Channel of the application, such as `BANCASSURANCE`.
    pub channel: String,
    /// Verdict, such as `REJECTED`.
    pub verdict: String,
    /// Blocking findings: code and field path.
    pub blocking: Vec<(String, String)>,
}

/// A call that failed, with the reason and the fields that the service names.
#[derive(Debug, thiserror::Error)]
#[error("the call failed: {0}{named}", named = named(.0))]
pub struct CallError(Box<Status>);

fn named(status: &Status) -> String {
    let reason = status.get_details_error_info().map(|info| info.reason);
    let fields = status.get_details_bad_request().map(|wrong| wrong.field_violations).unwrap_or_default();
    let all = reason.into_iter().chain(fields.into_iter().map(|one| one.field));
    all.fold(String::new(), |text, one| text + "; " + &one)
}

impl CallError {
    /// Whether the same call may succeed a little later.
    pub fn may_be_retried(&self) -> bool {
        matches!(self.0.code(), tonic::Code::Unavailable | tonic::Code::ResourceExhausted)
    }
}

/// A connection with a token.
#[derive(Clone)]
pub struct Client {
    inner: ValidationServiceClient<Channel>,
    events: PolicyEventServiceClient<Channel>,
    authorization: MetadataValue<Ascii>,
}

impl Client {
    /// Connects to `http://host:port`.
    ///
    /// # Errors
    /// When nobody answers there.
    pub async fn connect(url: String, token: &str) -> Result<Self, ClientError> {
        let channel = Channel::from_shared(url).map_err(|_| ClientError::Token)?.connect().await?;
        let authorization = format!("Bearer {token}").parse().map_err(|_| ClientError::Token)?;
        let events = PolicyEventServiceClient::new(channel.clone());
        Ok(Self { inner: ValidationServiceClient::new(channel), events, authorization })
    }

    /// Asks for a verdict.
    ///
    /// # Errors
    /// The status of the call.
    pub async fn validate(
        &self,
        message: ValidateApplicationRequest,
    ) -> Result<ValidateApplicationResponse, Box<Status>> {
        let answer = self.inner.clone().validate_application(self.with_token(message)).await;
        answer.map(tonic::Response::into_inner).map_err(Box::new)
    }

    /// Asks for a verdict and says it in plain words.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn verdict(&self, message: ValidateApplicationRequest) -> Result<Verdicted, CallError> {
        let request_id = message.request_id.clone();
        let channel = message.application.as_ref().map_or(SalesChannel::Unspecified, Application::channel);
        let answer = self.validate(message).await.map_err(CallError)?;
        let blocking = answer.findings.iter().filter(|finding| finding.severity() == Severity::Blocking);
        Ok(Verdicted {
            request_id,
            channel: bare(channel.as_str_name(), "CHANNEL_"),
            verdict: bare(Verdict::try_from(answer.verdict).unwrap_or_default().as_str_name(), "VERDICT_"),
            blocking: blocking.map(|finding| (finding.code.clone(), finding.field_path.clone())).collect(),
        })
    }

    /// Tells what became of the policy of the application `key`.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn policy_event(
        &self,
        request_id: Uuid,
        key: &ApplicationKey,
        kind: PolicyEventKind,
        occurred_time: DateTime<Utc>,
    ) -> Result<(), CallError> {
        let message = RecordPolicyEventRequest {
            request_id: request_id.to_string(),
            policy_event: Some(policy_event::wire(key, kind, occurred_time)),
            language_code: String::new(),
        };
        let answer = self.events.clone().record_policy_event(self.with_token(message)).await;
        answer.map(drop).map_err(|status| CallError(Box::new(status)))
    }

    /// Asks for a recorded submission.
    ///
    /// # Errors
    /// The status of the call.
    pub async fn get(&self, message: GetSubmissionRequest) -> Result<GetSubmissionResponse, Box<Status>> {
        let answer = self.inner.clone().get_submission(self.with_token(message)).await;
        answer.map(tonic::Response::into_inner).map_err(Box::new)
    }

    fn with_token<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        request.metadata_mut().insert("authorization", self.authorization.clone());
        request
    }
}

fn bare(name: &str, prefix: &str) -> String {
    name.strip_prefix(prefix).unwrap_or(name).to_owned()
}

/// Reads requests in their proto3 JSON form, as `gen-data` writes them and any client can.
pub struct JsonReader {
    descriptor: MessageDescriptor,
}

impl JsonReader {
    /// A reader over the embedded descriptors; `None` only if the build lost them.
    pub fn new() -> Option<Self> {
        let pool = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).ok()?;
        let descriptor = pool.get_message_by_name("zhenshi.v1.ValidateApplicationRequest")?;
        Some(Self { descriptor })
    }

    /// The request of one line.
    ///
    /// # Errors
    /// [`ClientError::Json`] with the number of the line.
    pub fn read(&self, text: &str, line: u64) -> Result<ValidateApplicationRequest, ClientError> {
        let mut json = serde_json::Deserializer::from_str(text);
        let message = DynamicMessage::deserialize(self.descriptor.clone(), &mut json)
            .map_err(|_| ClientError::Json { line })?;
        ValidateApplicationRequest::decode(message.encode_to_vec().as_slice())
            .map_err(|_| ClientError::Json { line })
    }
}
