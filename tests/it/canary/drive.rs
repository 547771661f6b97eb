//! Calls every method of every service of ours with bytes: whatever a method takes, one client drives it.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use prost::{
    Message as _,
    bytes::{Buf as _, BufMut as _},
};
use prost_reflect::{DescriptorPool, MethodDescriptor};
use tonic::{
    Code, Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    transport::Channel,
};
use tonic_types::StatusExt as _;
use zhenshi_proto::zhenshi::v1::{
    ValidateApplicationsResponse, validate_applications_response::Result as Answer,
};

use crate::support::raw::Answer as RawAnswer;

/// Messages as the bytes that they are.
#[derive(Clone, Copy, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

/// Every method of ours.
pub fn methods() -> Vec<MethodDescriptor> {
    let pool = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).unwrap();
    pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
}

/// The path of a method.
pub fn path(method: &MethodDescriptor) -> String {
    format!("/{}/{}", method.parent_service().full_name(), method.name())
}

/// Errors that a stream answered single messages with. Other answers decode to something else or not at all, and hold none.
pub fn inner_statuses(answers: &[Vec<u8>]) -> Vec<Status> {
    let decoded = answers.iter().filter_map(|answer| ValidateApplicationsResponse::decode(&**answer).ok());
    let inner = decoded.filter_map(|answer| match answer.result {
        Some(Answer::Status(inner)) => Some(inner),
        _ => None,
    });
    let status = |inner: zhenshi_proto::google::rpc::Status| {
        let details = inner.encode_to_vec().into();
        Status::with_details(Code::from_i32(inner.code), inner.message, details)
    };
    inner.map(status).collect()
}

/// Errors that were answered: all that they said, as bytes, and their reasons.
#[derive(Clone, Default)]
pub struct Refusals(Arc<Mutex<(Vec<u8>, BTreeSet<String>)>>);

impl Refusals {
    pub fn keep(&self, status: &Status) {
        let mut kept = self.0.lock().unwrap();
        let mut text = String::new();
        // Once as it is printed and once as it travels.
        write!(text, "{status} {status:?}").unwrap();
        kept.0.extend(text.into_bytes());
        kept.0.extend(status.message().as_bytes());
        kept.0.extend(status.details());
        kept.0.extend(format!("{:?}\n", status.metadata()).into_bytes());
        if let Some(info) = status.get_details_error_info() {
            kept.1.insert(info.reason);
        }
    }

    /// The same of an answer that was read from the wire: its headers too.
    pub fn keep_answer(&self, answer: &RawAnswer) {
        self.keep(answer.status());
        self.0.lock().unwrap().0.extend(format!("{:?}\n", answer.headers).into_bytes());
        for status in inner_statuses(&answer.messages) {
            self.keep(&status);
        }
    }

    /// Everything that was said.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().0.clone()
    }

    /// The reasons that were given.
    pub fn reasons(&self) -> BTreeSet<String> {
        self.0.lock().unwrap().1.clone()
    }
}

/// A connection that sends bytes.
#[derive(Clone)]
pub struct Driver {
    channel: Channel,
    refusals: Refusals,
}

impl Driver {
    pub async fn connect(url: String, refusals: Refusals) -> Self {
        Self { channel: Channel::from_shared(url).unwrap().connect().await.unwrap(), refusals }
    }

    /// Sends `messages` to the method at `path` and reads all answers; what is refused is kept.
    pub async fn call(
        &self,
        path: &str,
        token: Option<&str>,
        messages: Vec<Vec<u8>>,
    ) -> Result<Vec<Vec<u8>>, Box<Status>> {
        let answers = self.send(path, token, messages).await;
        if let Err(status) = &answers {
            self.refusals.keep(status);
        }
        answers
    }

    async fn send(
        &self,
        path: &str,
        token: Option<&str>,
        messages: Vec<Vec<u8>>,
    ) -> Result<Vec<Vec<u8>>, Box<Status>> {
        let mut client = Grpc::new(self.channel.clone());
        client.ready().await.map_err(|error| Status::unknown(error.to_string()))?;
        let mut request = Request::new(tokio_stream::iter(messages));
        if let Some(token) = token {
            request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        let path = PathAndQuery::try_from(path).unwrap();
        let mut answers = client.streaming(request, path, Raw).await.map_err(Box::new)?.into_inner();
        let mut all = Vec::new();
        while let Some(answer) = answers.message().await? {
            all.push(answer);
        }
        Ok(all)
    }
}
