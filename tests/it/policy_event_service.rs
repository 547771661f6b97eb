//! `PolicyEventService.RecordPolicyEvent` through real gRPC: taken in any order, once per request, refused with every path.

use prost_types::Timestamp;
use tonic::{Code, Status, transport::Channel};
use zhenshi_proto::zhenshi::v1::{
    ApplicationKind, CallBackFailureReason, GetCallBackClearanceRequest, PolicyEvent,
    PolicyEventKind as Kind, PolicyName, RecordPolicyEventRequest, RecordPolicyEventResponse,
    policy_event_service_client::PolicyEventServiceClient,
};

use crate::support::{
    applications::date,
    calls::{connect, fields, reason, with_token},
    database::{count, start_time},
    service::{CHANNELS, TestService},
};

struct World {
    service: TestService,
    client: PolicyEventServiceClient<Channel>,
    token: String,
}

impl World {
    async fn new() -> Self {
        let service = TestService::start().await;
        let token = service.token("core", &["*"], &CHANNELS).await;
        let client = PolicyEventServiceClient::new(connect(&service).await);
        Self { service, client, token }
    }

    async fn record(&self, request: u128, event: PolicyEvent) -> Result<RecordPolicyEventResponse, Status> {
        let message = RecordPolicyEventRequest {
            request_id: uuid::Uuid::from_u128(request).to_string(),
            policy_event: Some(event),
            language_code: "en".into(),
        };
        let answer = self.client.clone().record_policy_event(with_token(&self.token, message)).await;
        answer.map(tonic::Response::into_inner)
    }

    /// Paths that are refused for `event`.
    async fn refused(&self, event: PolicyEvent) -> Vec<String> {
        let status = self.record(99, event).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_REQUEST"));
        let paths = fields(&status);
        paths.iter().map(|path| path.trim_start_matches("policy_event.").to_owned()).collect()
    }
}

/// So many seconds after the clock.
fn after(seconds: i64) -> Timestamp {
    Timestamp { seconds: start_time().timestamp() + seconds, nanos: 0 }
}

/// An event of an hour ago, of the policy of application A-1.
fn event(kind: Kind) -> PolicyEvent {
    PolicyEvent {
        policy: Some(PolicyName {
            source: "core".into(),
            application_no: "A-1".into(),
            policy_no: "P-1".into(),
            ..PolicyName::default()
        }),
        kind: kind.into(),
        occurred_time: Some(after(-3600)),
        ..PolicyEvent::default()
    }
}

#[tokio::test]
async fn every_kind_is_recorded_for_policies_that_nobody_knows_yet() {
    let world = World::new().await;
    let mut events = vec![
        event(Kind::Issued),
        event(Kind::Declined),
        event(Kind::NotTakenUp),
        event(Kind::CallBackDone),
        event(Kind::Surrendered),
        event(Kind::Cancelled),
        event(Kind::Reinstated),
    ];
    events.push(PolicyEvent { receipt_date: Some(date(2026, 11, 23)), ..event(Kind::ReceiptSigned) });
    let end = Some(date(2026, 12, 8));
    let receipt = Some(date(2026, 11, 20));
    events.push(PolicyEvent {
        receipt_date: receipt,
        cooling_off_end_date: end,
        ..event(Kind::ReceiptSigned)
    });
    events.push(PolicyEvent { call_back_time: Some(after(9000)), ..event(Kind::CallBackScheduled) });
    for reason in 1..=6 {
        events.push(PolicyEvent { failure_reason: reason, ..event(Kind::CallBackFailed) });
    }
    // By number alone; by application of another kind alone.
    let mut by_number = event(Kind::Issued);
    by_number.policy = Some(PolicyName { policy_no: "P-2".into(), ..PolicyName::default() });
    let mut by_claim = event(Kind::Cancelled);
    by_claim.policy = Some(PolicyName {
        source: "core".into(),
        application_kind: ApplicationKind::Claim.into(),
        application_no: "C-1".into(),
        policy_no: String::new(),
    });
    events.extend([by_number, by_claim]);
    for (request, event) in (1..).zip(&events) {
        let recorded = world.record(request, event.clone()).await.unwrap();
        assert!(uuid::Uuid::try_parse(&recorded.policy_event_id).is_ok());
        assert_eq!(recorded.recorded_time, Some(after(0)));
        assert_eq!(world.record(request, event.clone()).await.unwrap(), recorded, "a repeat");
    }
    let admin = world.service.database.admin().await;
    let rows = i64::try_from(events.len()).unwrap();
    assert_eq!(count(&admin, "SELECT count(*) FROM policy_event").await, rows);
    assert_eq!(count(&admin, "SELECT count(DISTINCT kind) FROM policy_event").await, 10);
    assert_eq!(count(&admin, "SELECT count(DISTINCT application_id) FROM policy_event").await, 2);

    let status = world.record(1, event(Kind::Surrendered)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
}

#[tokio::test]
async fn what_is_missing_impossible_or_out_of_place_is_told_with_every_path() {
    let world = World::new().await;
    let name = |source: &str, application_no: &str, policy_no: &str| {
        Some(PolicyName {
            source: source.into(),
            application_kind: 0,
            application_no: application_no.into(),
            policy_no: policy_no.into(),
        })
    };
    let all = ["policy.application_no", "policy.policy_no", "kind", "occurred_time"];
    assert_eq!(world.refused(PolicyEvent::default()).await, all);
    let no_source = PolicyEvent { policy: name("", "A-1", ""), ..event(Kind::Issued) };
    assert_eq!(world.refused(no_source).await, ["policy.source"]);
    let odd = PolicyEvent { policy: name("a b", "1\n2", &"9".repeat(65)), ..event(Kind::Issued) };
    assert_eq!(world.refused(odd).await, ["policy.source", "policy.application_no", "policy.policy_no"]);
    let mut unknown = event(Kind::Issued);
    unknown.kind = 77;
    unknown.policy.as_mut().unwrap().application_kind = 9;
    assert_eq!(world.refused(unknown).await, ["policy.application_kind", "kind"]);

    let late = PolicyEvent { occurred_time: Some(after(61)), ..event(Kind::Issued) };
    assert_eq!(world.refused(late).await, ["occurred_time"]);
    let no_time =
        PolicyEvent { occurred_time: Some(Timestamp { seconds: 0, nanos: -1 }), ..event(Kind::Issued) };
    assert_eq!(world.refused(no_time).await, ["occurred_time"]);

    assert_eq!(world.refused(event(Kind::ReceiptSigned)).await, ["receipt_date"]);
    assert_eq!(world.refused(event(Kind::CallBackScheduled)).await, ["call_back_time"]);
    assert_eq!(world.refused(event(Kind::CallBackFailed)).await, ["failure_reason"]);
    let tomorrow = PolicyEvent { receipt_date: Some(date(2026, 11, 24)), ..event(Kind::ReceiptSigned) };
    assert_eq!(world.refused(tomorrow).await, ["receipt_date"]);
    let impossible = PolicyEvent {
        receipt_date: Some(date(2026, 2, 30)),
        cooling_off_end_date: Some(date(2026, 13, 1)),
        ..event(Kind::ReceiptSigned)
    };
    assert_eq!(world.refused(impossible).await, ["receipt_date", "cooling_off_end_date"]);
    let backwards = PolicyEvent {
        receipt_date: Some(date(2026, 11, 20)),
        cooling_off_end_date: Some(date(2026, 11, 19)),
        ..event(Kind::ReceiptSigned)
    };
    assert_eq!(world.refused(backwards).await, ["cooling_off_end_date"]);
    let everything = PolicyEvent {
        receipt_date: Some(date(2026, 11, 20)),
        cooling_off_end_date: Some(date(2026, 11, 30)),
        call_back_time: Some(after(1)),
        failure_reason: CallBackFailureReason::NoAnswer.into(),
        ..event(Kind::Surrendered)
    };
    let misplaced = ["receipt_date", "cooling_off_end_date", "call_back_time", "failure_reason"];
    assert_eq!(world.refused(everything).await, misplaced);

    let nothing = RecordPolicyEventRequest::default();
    let status =
        world.client.clone().record_policy_event(with_token(&world.token, nothing)).await.unwrap_err();
    assert_eq!(fields(&status), ["request_id", "policy_event"]);
    let admin = world.service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM policy_event").await, 0, "nothing half written");
}

#[tokio::test]
async fn a_token_speaks_of_its_own_sources_only() {
    let mut world = World::new().await;
    let bare = world.client.record_policy_event(RecordPolicyEventRequest::default()).await.unwrap_err();
    assert_eq!(bare.code(), Code::Unauthenticated);
    let bare =
        world.client.get_call_back_clearance(GetCallBackClearanceRequest::default()).await.unwrap_err();
    assert_eq!(bare.code(), Code::Unauthenticated);

    world.token = world.service.token("bank", &["bank"], &CHANNELS).await;
    let mut by_number = event(Kind::Issued);
    by_number.policy = Some(PolicyName { policy_no: "P-2".into(), ..PolicyName::default() });
    for foreign in [event(Kind::Issued), by_number.clone()] {
        let status = world.record(1, foreign).await.unwrap_err();
        assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "OUT_OF_SCOPE"));
    }
    by_number.policy.as_mut().unwrap().source = "bank".into();
    world.record(1, by_number).await.unwrap();
}
