//! Applications that come in a file instead of a call: a line is a message in its proto3 JSON form, and goes through the
//! same conversion as one that was sent.

use std::sync::Arc;

use prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};
use serde_json::Value;
use zhenshi_domain::application::Application;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{convert::application, status::StatusWriter};
use crate::config::limits::MESSAGE_BYTES;
use crate::words::{Language, Words};

/// An application as a line holds it.
pub struct ReadApplication {
    /// The application.
    pub application: Application,
    /// The message as bytes, by which a repeat is told from other content.
    pub encoded: Vec<u8>,
}

/// Why a line is no application. Never what stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// Not JSON.
    NotJson,
    /// JSON, but not the form of the message.
    NotAnApplication,
    /// Larger than a call may be.
    TooLarge,
    /// More insureds than an application may have.
    TooManyInsureds,
    /// What names the application and the way it came cannot be read: the paths of the fields.
    Fields(Vec<String>),
}

/// Reads `zhenshi.v1.Application` and `zhenshi.v1.ValidateApplicationRequest` in their proto3 JSON form.
pub struct ApplicationReader {
    application: MessageDescriptor,
    request: MessageDescriptor,
    writer: StatusWriter,
}

impl ApplicationReader {
    /// A reader over the embedded descriptors; `None` only if the build lost them.
    pub fn new(words: Arc<Words>) -> Option<Self> {
        let pool = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).ok()?;
        Some(Self {
            application: pool.get_message_by_name("zhenshi.v1.Application")?,
            request: pool.get_message_by_name("zhenshi.v1.ValidateApplicationRequest")?,
            writer: StatusWriter::new(words, Language::default()),
        })
    }

    /// The application of one line.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read_text(&self, text: &str) -> Result<ReadApplication, Unreadable> {
        self.read(serde_json::from_str(text).map_err(|_| Unreadable::NotJson)?)
    }

    /// The application of a JSON value. One with a field `application` is a request: its request id, language and
    /// `validate_only` are not looked at.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(&self, value: Value) -> Result<ReadApplication, Unreadable> {
        let message = self.decode(value).ok_or(Unreadable::NotAnApplication)?;
        let encoded = message.encode_to_vec();
        if encoded.len() > MESSAGE_BYTES {
            return Err(Unreadable::TooLarge);
        }
        let mut violations = Vec::new();
        let application = application::application(Some(message), &self.writer, &mut violations)
            .map_err(|_| Unreadable::TooManyInsureds)?;
        match application {
            Some(application) if violations.is_empty() => Ok(ReadApplication { application, encoded }),
            _ => Err(Unreadable::Fields(violations.into_iter().map(|violation| violation.field).collect())),
        }
    }

    fn decode(&self, value: Value) -> Option<proto::Application> {
        if value.get("application").is_some() {
            let message = DynamicMessage::deserialize(self.request.clone(), value).ok()?;
            return proto::ValidateApplicationRequest::decode(message.encode_to_vec().as_slice())
                .ok()?
                .application;
        }
        let message = DynamicMessage::deserialize(self.application.clone(), value).ok()?;
        proto::Application::decode(message.encode_to_vec().as_slice()).ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reader() -> ApplicationReader {
        ApplicationReader::new(Arc::new(Words::load().unwrap())).unwrap()
    }

    fn minimal() -> Value {
        json!({
            "source": "core", "applicationNo": "A-1", "kind": "APPLICATION_KIND_NEW_BUSINESS",
            "channel": "CHANNEL_DIRECT",
        })
    }

    #[test]
    fn an_application_reads_the_same_alone_and_in_a_request() {
        let alone = reader().read(minimal()).unwrap_or_else(|_| panic!("reads"));
        let request = json!({ "requestId": "x", "application": minimal() });
        let inside = reader().read_text(&request.to_string()).unwrap_or_else(|_| panic!("reads"));
        assert_eq!(alone.encoded, inside.encoded);
        assert_eq!(alone.application.key.application_no, "A-1");
    }

    #[test]
    fn what_cannot_be_read_is_told_apart_and_named_by_its_fields() {
        let why = |value: Value| reader().read(value).err();
        assert_eq!(reader().read_text("{").err(), Some(Unreadable::NotJson));
        assert_eq!(why(json!({ "surce": "core" })), Some(Unreadable::NotAnApplication));
        assert_eq!(why(json!([1])), Some(Unreadable::NotAnApplication));
        let fields =
            ["application.source", "application.application_no", "application.kind", "application.channel"];
        assert_eq!(why(json!({})), Some(Unreadable::Fields(fields.map(str::to_owned).into())));
        let mut many = minimal();
        many["insureds"] = vec![json!({}); 101].into();
        assert_eq!(why(many), Some(Unreadable::TooManyInsureds));
        let mut large = minimal();
        large["policyNo"] = "9".repeat(MESSAGE_BYTES).into();
        assert_eq!(why(large), Some(Unreadable::TooLarge));
    }
}
