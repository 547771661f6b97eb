//! People sign in with tokens; what they may do comes from the directory, and follows it.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use zhenshi::app::directory::Duty;
use zhenshi_proto::zhenshi::v1::{self as proto, suspicion_service_client::SuspicionServiceClient};

use crate::support::{
    directory::with,
    program::command,
    service::TestService,
    staff::{Member, one_of_each},
};

/// What asking for a list answers: any member of staff who deals with cases may ask, an administrator may not.
async fn asks(service: &TestService, token: &str) -> (Code, String) {
    let mut client = SuspicionServiceClient::new(service.channel().await);
    let asked = client.list_suspicion_lists(with(token, proto::ListSuspicionListsRequest::default())).await;
    let reason =
        |status: &Status| status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
    asked.map_or_else(|status| (status.code(), reason(&status)), |_| (Code::Ok, String::new()))
}

#[tokio::test]
async fn a_role_follows_the_directory_and_who_has_left_is_nobody() {
    let service = TestService::start().await;
    let clerk = one_of_each()[1].clone();
    let token = service.staff(&clerk).await;
    assert_eq!(asks(&service, &token).await.0, Code::Ok);
    let callers = service.running().app().callers.clone();

    // The job that polls does this every two seconds.
    service.enter(&Member { duty: Duty::Administrator, ..clerk.clone() }).await;
    callers.refresh().await.unwrap();
    assert_eq!(asks(&service, &token).await, (Code::PermissionDenied, "ACTION_NOT_PERMITTED".into()));
    assert_eq!(&*callers.known(&token).unwrap().caller, "staff:ST-CL");

    service.enter(&Member { active: false, ..clerk.clone() }).await;
    callers.refresh().await.unwrap();
    assert_eq!(asks(&service, &token).await, (Code::Unauthenticated, "TOKEN_INVALID".into()));

    service.enter(&clerk).await;
    callers.refresh().await.unwrap();
    assert_eq!(asks(&service, &token).await.0, Code::Ok, "he is back");

    // A clerk of no channel is within nobody's reach.
    service.enter(&Member { channel: None, ..clerk }).await;
    callers.refresh().await.unwrap();
    assert_eq!(asks(&service, &token).await, (Code::PermissionDenied, "ACTION_NOT_PERMITTED".into()));
    service.stop().await;
}

#[tokio::test]
async fn the_command_makes_tokens_of_active_members_only() {
    let service = TestService::start().await;
    let clerk = one_of_each()[1].clone();
    service.enter(&clerk).await;
    service.enter(&Member { code: "ST-GONE", active: false, ..clerk }).await;
    let create = |code: &str| {
        let mut command = command(service.folder.path(), Some(&service.database.url));
        command.args(["token", "create", "--staff", code]).output().unwrap()
    };
    let made = create("ST-CL");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let token = String::from_utf8(made.stdout).unwrap().trim().to_owned();
    assert_eq!(asks(&service, &token).await.0, Code::Ok);
    for code in ["ST-GONE", "ST-NOBODY"] {
        let refused = create(code);
        let told = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && told.contains("no active member"), "{told}");
    }
    let mut named = command(service.folder.path(), Some(&service.database.url));
    named.args(["token", "create", "--name", "staff:ST-CL", "--source", "all", "--channel", "all"]);
    assert!(!named.output().unwrap().status.success(), "no system is called like a member of staff");
    let mut listed = command(service.folder.path(), Some(&service.database.url));
    let listed = String::from_utf8(listed.args(["token", "list"]).output().unwrap().stdout).unwrap();
    assert!(listed.contains("staff:ST-CL  clerk  made"), "{listed}");
    service.stop().await;
}
