//! Whoever says no language in the message is answered in the one that his call accepts, by every method.

use tonic::Code;
use zhenshi::security::{
    policy::{Action, POLICY},
    role::Role,
};

use crate::{
    canary::drive::{methods, path},
    support::{
        raw::{Raw, frame},
        service::{CHANNELS, TestService},
        staff::one_of_each,
        statuses::language,
    },
};

/// Ends when its caller likes.
const ENDLESS: &str = "WatchCases";
/// Most methods have something to say against a message without anything in it.
const MANY: usize = 60;

#[tokio::test]
async fn every_method_speaks_as_its_call_accepts() {
    let service = TestService::start().await;
    let mut callers = vec![(Role::System, service.token("core", &["*"], &CHANNELS).await)];
    for (member, (role, _)) in one_of_each().iter().zip(Role::ALL) {
        callers.push((role, service.staff(member).await));
    }
    let raw = Raw::connect(service.running().grpc.unwrap()).await;
    let (mut told, mut wrong) = (0, Vec::new());
    for method in methods().into_iter().filter(|method| method.name() != ENDLESS) {
        let action = Action::of(method.parent_service().name(), method.name()).unwrap();
        let row = POLICY.iter().find(|row| row.action == action).unwrap();
        let (_, token) = callers.iter().find(|(role, _)| row.extent(*role).is_some()).unwrap();
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("accept-language", "fr, en;q=0.8")];
        let answer = raw.call(&path(&method), &headers, frame(b"")).await;
        let status = answer.status();
        if status.code() == Code::Ok {
            continue;
        }
        told += 1;
        if language(status) != "en" {
            wrong.push(format!("{}: {}", method.name(), language(status)));
        }
    }
    assert!(wrong.is_empty() && told >= MANY, "{told} told; {}", wrong.join(", "));
    service.stop().await;
}
