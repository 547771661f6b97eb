//! What the core system tells of policies.

use prost_types::Timestamp;
use zhenshi::clock::Clock as _;
use zhenshi_domain::shanghai;
use zhenshi_proto::zhenshi::v1::{self as proto, policy_event_service_client::PolicyEventServiceClient};

use super::{
    calls::{connect, with_token},
    cases::Office,
    service::CHANNELS,
};

impl Office {
    /// The core says when the customer of an application is to be called, such as `2026-11-26 15:00`.
    pub async fn schedule_call_back(&self, application_no: &str, time: &str) {
        let (day, time) = time.split_once(' ').unwrap();
        let time: chrono::NaiveTime = format!("{time}:00").parse().unwrap();
        let time = shanghai::at(day.parse().unwrap(), time);
        let now = self.service.clock.now();
        let token = self.service.token("core", &["*"], &CHANNELS).await;
        let mut client = PolicyEventServiceClient::new(connect(&self.service).await);
        let event = proto::PolicyEvent {
            policy: Some(proto::PolicyName {
                source: "core".into(),
                application_no: application_no.into(),
                ..proto::PolicyName::default()
            }),
            kind: proto::PolicyEventKind::CallBackScheduled.into(),
            occurred_time: Some(Timestamp { seconds: now.timestamp(), nanos: 0 }),
            call_back_time: Some(Timestamp { seconds: time.timestamp(), nanos: 0 }),
            ..proto::PolicyEvent::default()
        };
        let message = proto::RecordPolicyEventRequest {
            request_id: self.request_id(),
            policy_event: Some(event),
            language_code: "en".into(),
        };
        client.record_policy_event(with_token(&token, message)).await.unwrap();
    }
}
