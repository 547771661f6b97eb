//! Tokens of an identity provider: on calls, over the page, and hostile ones.

mod bearer;
mod code_flow;
mod hostile_tokens;
mod strength;

use tonic::{Code, transport::Channel};
use tonic_types::StatusExt as _;
use zhenshi::config::Oidc;
use zhenshi_proto::zhenshi::v1::{self as proto, suspicion_service_client::SuspicionServiceClient};

use crate::support::{
    database::TestDatabase, directory::with, provider::Provider, service::TestService, staff::one_of_each,
};

/// A provider, and a service that knows of it and of one member of staff of each duty.
pub async fn start(change: impl FnOnce(&mut Oidc)) -> (Provider, TestService) {
    let provider = Provider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut oidc = provider.config(folder.path());
    change(&mut oidc);
    let service =
        TestService::start_with(TestDatabase::new().await, |config| config.sign_in.oidc = Some(oidc)).await;
    for member in one_of_each() {
        service.enter(&member).await;
    }
    (provider, service)
}

pub type Lists = SuspicionServiceClient<Channel>;

pub async fn lists(service: &TestService) -> Lists {
    SuspicionServiceClient::new(service.channel().await)
}

/// What asking for the suspicion lists answers: code, reason and words.
pub async fn asks(client: &mut Lists, token: &str) -> (Code, String, String) {
    match client.list_suspicion_lists(with(token, proto::ListSuspicionListsRequest::default())).await {
        Ok(_) => (Code::Ok, String::new(), String::new()),
        Err(status) => {
            let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
            (status.code(), reason, status.message().to_owned())
        }
    }
}
