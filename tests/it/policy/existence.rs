//! What is beyond a scope answers exactly as what is not there.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use zhenshi_domain::application::Channel as SalesChannel;
use zhenshi_proto::zhenshi::v1::{
    self as proto, directory_service_client::DirectoryServiceClient,
    validation_service_client::ValidationServiceClient,
};

use crate::support::{
    applications::{application, request},
    directory::{seller, upsert, with},
    service::{CHANNELS, TestService},
    staff::{Member, one_of_each},
};

/// Code, message and details: all that a caller can tell answers apart by. The metadata travel in any order.
fn said(status: &Status) -> (Code, String, Vec<String>) {
    let details = status.get_error_details();
    let mut told: Vec<String> = details
        .error_info()
        .map(|info| info.metadata.iter().map(|(name, value)| format!("{name}={value}")).collect())
        .unwrap_or_default();
    told.sort_unstable();
    let info = details.error_info().map(|info| (&info.reason, &info.domain));
    told.push(format!("{info:?} {:?} {:?}", details.localized_message(), details.bad_request()));
    told.push(status.details().len().to_string());
    (status.code(), status.message().to_owned(), told)
}

#[tokio::test]
async fn nobody_learns_what_is_in_another_branch() {
    let service = TestService::start().await;
    let clerk = service.staff(&one_of_each()[1]).await;
    let other = Member { code: "ST-9", branch: "9999", ..one_of_each()[1].clone() };
    let stranger = service.staff(&other).await;
    let elsewhere = Member { code: "ST-8", channel: Some(SalesChannel::Direct), ..one_of_each()[1].clone() };
    let foreigner = service.staff(&elsewhere).await;

    let core = service.token("core", &["*"], &CHANNELS).await;
    let answer = service.client("core").await.validate(request(1, application("A-1", 1))).await.unwrap();
    let directory = DirectoryServiceClient::new(service.channel().await);
    let sold = proto::Seller { branch_code: "4401".into(), ..seller("S001", 1) };
    upsert(&directory, &core, 1, sold).await.unwrap();

    let validation = ValidationServiceClient::new(service.channel().await);
    let get = async |token: &str, id: &str| {
        let message = proto::GetSubmissionRequest { submission_id: id.into(), ..Default::default() };
        validation.clone().get_submission(with(token, message)).await
    };
    let look = async |token: &str, code: &str| {
        let message = proto::GetSellerRequest { code: code.into(), ..Default::default() };
        directory.clone().get_seller(with(token, message)).await
    };
    let listed = async |token: &str| {
        let message = proto::ListSubmissionsRequest::default();
        validation
            .clone()
            .list_submissions(with(token, message))
            .await
            .unwrap()
            .into_inner()
            .submissions
            .len()
    };
    let id = answer.submission_id;
    assert!(get(&clerk, &id).await.is_ok(), "his own branch's");
    assert!(look(&clerk, "S001").await.is_ok());
    let nothing = uuid::Uuid::from_u128(1).to_string();
    for token in [&stranger, &foreigner] {
        let hidden = said(&get(token, &id).await.unwrap_err());
        assert_eq!(hidden, said(&get(token, &nothing).await.unwrap_err()));
        assert_eq!(hidden.0, Code::NotFound);
        let hidden = said(&look(token, "S001").await.unwrap_err());
        assert_eq!(hidden, said(&look(token, "S999").await.unwrap_err()));
        assert_eq!(hidden.0, Code::NotFound);
        assert_eq!(listed(token).await, 0);
    }
    assert_eq!(listed(&clerk).await, 1);
    service.stop().await;
}

#[tokio::test]
async fn a_forbidden_action_is_refused_alike_whether_the_object_exists_or_not() {
    let service = TestService::start().await;
    let administrator = service.staff(&one_of_each()[7]).await;
    let answer = service.client("core").await.validate(request(1, application("A-1", 1))).await.unwrap();
    let validation = ValidationServiceClient::new(service.channel().await);
    let nothing = uuid::Uuid::from_u128(1).to_string();
    let mut answers = Vec::new();
    for id in [answer.submission_id, nothing, "no id at all".into()] {
        let message = proto::GetSubmissionRequest { submission_id: id, ..Default::default() };
        answers
            .push(said(&validation.clone().get_submission(with(&administrator, message)).await.unwrap_err()));
    }
    assert_eq!(answers[0].0, Code::PermissionDenied);
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    service.stop().await;
}
