//! Calls of services that have no client of their own: the token in the metadata, and what a status says.

use tonic::{Request, Status, transport::Channel};
use tonic_types::StatusExt as _;

use super::service::TestService;

/// A connection to the service.
pub async fn connect(service: &TestService) -> Channel {
    Channel::from_shared(service.url()).unwrap().connect().await.unwrap()
}

/// `message` with `token`.
pub fn with_token<M>(token: &str, message: M) -> Request<M> {
    let mut request = Request::new(message);
    request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    request
}

/// The reason of a status.
pub fn reason(status: &Status) -> String {
    status.get_details_error_info().unwrap().reason
}

/// What the `ErrorInfo` of a refusal says under `name`; empty if nothing.
pub fn metadata(status: &Status, name: &str) -> String {
    let info = status.get_details_error_info().unwrap();
    info.metadata.get(name).cloned().unwrap_or_default()
}

/// The paths of the fields that a status names.
pub fn fields(status: &Status) -> Vec<String> {
    let violations = status.get_details_bad_request().unwrap().field_violations;
    violations.into_iter().map(|violation| violation.field).collect()
}

/// What a status says of its first field.
pub fn first_sentence(status: &Status) -> String {
    status.get_details_bad_request().unwrap().field_violations[0].description.clone()
}
