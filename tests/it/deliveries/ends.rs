//! How an attempt can end, and what follows.

use std::{fs, sync::Arc};

use chrono::TimeDelta;
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio_rustls::TlsAcceptor;
use zhenshi::{
    app::recorder::Recorder,
    clock::Clock as _,
    config::EventEndpoint,
    store::{
        delivery::{
            AttemptResult,
            DeliveryState::{Dead, Delivered, Waiting},
        },
        outbox::NewEvent,
    },
};
use zhenshi_domain::event::{Cause, EventData};

use super::{
    verify::{Headers, Refusal, Seen, Verifier},
    world::{IMPATIENT, OTHER_SECRET, PATIENT, SECRET, World, case_id, facts},
};
use crate::support::{
    receiver::{Arrived, Does, Receiver, nobody},
    recorder::{item, tools},
};

fn verify(secret: &str, arrived: &Arrived, now: i64) -> Result<(), Refusal> {
    let headers = Headers { id: &arrived.id, timestamp: &arrived.timestamp, signature: &arrived.signature };
    Verifier::new(secret).unwrap().verify(headers, &arrived.body, now)
}

#[tokio::test]
async fn an_event_arrives_as_a_signed_cloud_event() {
    let world = World::new().await;
    let section = world.section("core");
    let sender = world.sender(&section, PATIENT);
    world.plan(&[&section]).await;
    world.change(1, 1).await;
    world.plan(&[&section]).await;
    assert_eq!(world.send(&sender).await, 1);
    assert_eq!(world.send(&sender).await, 0, "once");

    let arrived = world.receiver.arrived().remove(0);
    assert_eq!(arrived.content_type, "application/cloudevents+json; charset=utf-8");
    let event = arrived.event();
    assert_eq!(event["specversion"], "1.0");
    assert_eq!(event["id"], arrived.id.as_str());
    assert_eq!(event["type"], "zhenshi.case.assigned");
    assert_eq!(event["subject"], case_id(1).to_string());
    let data = serde_json::json!({
        "case_id": case_id(1), "case_no": "20261123-000001", "case_version": 1, "channel": "bancassurance",
        "due_time": "2026-11-23T02:00:00Z",
    });
    assert_eq!(event["data"], data);

    let now = world.clock.now().timestamp();
    assert_eq!(verify(SECRET, &arrived, now), Ok(()));
    assert_eq!(verify(OTHER_SECRET, &arrived, now), Err(Refusal::Signature));
    assert_eq!(verify(SECRET, &arrived, now + 301), Err(Refusal::Timestamp), "an old one is refused");
    let forged = Arrived { body: b"{}".to_vec(), ..arrived.clone() };
    assert_eq!(verify(SECRET, &forged, now), Err(Refusal::Signature));
    let forged = Arrived { id: "another".into(), ..arrived.clone() };
    assert_eq!(verify(SECRET, &forged, now), Err(Refusal::Signature));
    let delivered = &world.deliveries("core").await[0];
    assert_eq!((delivered.state, delivered.last_status), (Delivered, Some(204)));
    assert_eq!(delivered.delivered_time, Some(world.clock.now()));
}

#[tokio::test]
async fn applications_are_told_by_their_numbers() {
    let world = World::new().await;
    let (recorder, _task) = Recorder::start(world.store.clone(), tools(1));
    // The second wrote no number there; only the id leaves the service.
    let items = [item("A-1", 1), item("测试甲", 2)];
    let ids: Vec<_> = items.iter().map(|item| item.application_id).collect();
    for item in items {
        recorder.record(Arc::new(item)).await.unwrap();
    }
    let section = world.section("core");
    world.plan(&[&section]).await;
    let data = EventData::CommissionHold { case: facts(), cause: Cause::ConfirmedFalse };
    world.add(vec![NewEvent { subject_ids: ids.clone(), data, ..world.event(1, 1) }]).await;
    world.plan(&[&section]).await;
    world.send(&world.sender(&section, PATIENT)).await;
    let event = world.receiver.arrived().remove(0).event();
    assert_eq!(
        (&event["type"], &event["data"]["cause"]),
        (&"zhenshi.commission.hold".into(), &"confirmed_false".into())
    );
    let mut told = event["data"]["applications"].as_array().unwrap().clone();
    told.sort_by_key(|application| application["application_no"].is_null());
    let first = serde_json::json!({ "application_id": ids[0], "source": "core", "application_no": "A-1" });
    assert_eq!(told, [first, serde_json::json!({ "application_id": ids[1], "source": "core" })]);
    assert_eq!(event["data"]["subject_ids"], serde_json::json!(ids));
}

#[tokio::test]
async fn a_secret_is_replaced_without_a_gap() {
    let world = World::new().await;
    let old = world.section("core");
    let both = EventEndpoint { second_secret_env: Some("SECOND".into()), ..old.clone() };
    let new = EventEndpoint { secret_env: Some("SECOND".into()), ..old.clone() };
    world.plan(&[&old]).await;
    // Who knows the old secret, the service changes over, and who knows the new one.
    for (version, section, knows_old, knows_new) in
        [(1, &old, true, false), (2, &both, true, true), (3, &new, false, true)]
    {
        world.change(1, version).await;
        world.plan(&[section]).await;
        world.send(&world.sender(section, PATIENT)).await;
        let arrived = world.receiver.arrived().pop().unwrap();
        let now = world.clock.now().timestamp();
        assert_eq!(verify(SECRET, &arrived, now).is_ok(), knows_old, "{version}");
        assert_eq!(verify(OTHER_SECRET, &arrived, now).is_ok(), knows_new, "{version}");
    }
    assert_eq!(world.arrived(), [(case_id(1), 1), (case_id(1), 2), (case_id(1), 3)]);
}

/// One event for an endpoint that `does` so: how the attempt ends.
async fn ends(does: Does, answer: std::time::Duration) -> (AttemptResult, Option<u16>, World) {
    let world = World::new().await;
    world.receiver.does(move |_, _| does);
    let section = world.section("core");
    world.plan(&[&section]).await;
    world.change(1, 1).await;
    world.plan(&[&section]).await;
    assert_eq!(world.send(&world.sender(&section, answer)).await, 1);
    let row = world.deliveries("core").await.remove(0);
    assert_eq!(row.attempts, u32::from(row.state != Delivered));
    assert_eq!(
        row.state,
        if row.last_result == Some(AttemptResult::Delivered) { Delivered } else { Waiting }
    );
    (row.last_result.unwrap(), row.last_status, world)
}

#[tokio::test]
async fn a_status_that_refuses_is_tried_again() {
    for status in [400, 404, 410, 429, 500, 503] {
        let (result, said, world) = ends(Does::Says(status), PATIENT).await;
        assert_eq!((result, said), (AttemptResult::Refused, Some(status)));
        let section = world.section("core");
        let sender = world.sender(&section, PATIENT);
        assert_eq!(world.send(&sender).await, 0, "not at once");
        // Between half of the first pause and the whole.
        world.clock.advance(TimeDelta::milliseconds(2_499));
        assert_eq!(world.send(&sender).await, 0);
        world.clock.advance(TimeDelta::milliseconds(2_501));
        world.receiver.does(|_, _| Does::Takes);
        assert_eq!(world.send(&sender).await, 1);
        assert_eq!(world.states("core").await, [Delivered]);
    }
}

#[tokio::test]
async fn a_redirect_is_never_followed() {
    let elsewhere = Receiver::start().await;
    let (result, said, _world) = ends(Does::SendsTo(elsewhere.address), PATIENT).await;
    assert_eq!((result, said), (AttemptResult::Redirected, Some(307)));
    assert!(elsewhere.arrived().is_empty());
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_the_event_to_be_sent_again() {
    let (result, said, world) = ends(Does::BreaksOff, PATIENT).await;
    assert_eq!((result, said), (AttemptResult::BrokenOff, None));
    world.receiver.does(|_, _| Does::Takes);
    world.pass_the_pause();
    world.send(&world.sender(&world.section("core"), PATIENT)).await;
    assert_eq!(world.states("core").await, [Delivered]);
}

#[tokio::test]
async fn an_answer_without_end_costs_nothing() {
    let (result, said, _world) = ends(Does::TakesAndTalks, PATIENT).await;
    assert_eq!((result, said), (AttemptResult::Delivered, Some(200)));
    let (result, said, _world) = ends(Does::Babbles, PATIENT).await;
    assert_eq!((result, said), (AttemptResult::BrokenOff, None));
}

#[tokio::test]
async fn an_answer_that_comes_too_late_means_that_the_event_comes_twice() {
    let (result, said, world) = ends(Does::Hangs, IMPATIENT).await;
    assert_eq!((result, said), (AttemptResult::NoAnswer, None));
    world.receiver.let_one_go();
    world.receiver.does(|_, _| Does::Takes);
    world.pass_the_pause();
    world.send(&world.sender(&world.section("core"), PATIENT)).await;
    assert_eq!(world.states("core").await, [Delivered]);
    let arrived = world.receiver.arrived();
    assert_eq!(arrived.len(), 2);
    assert_eq!((&arrived[0].id, &arrived[0].body), (&arrived[1].id, &arrived[1].body), "known by its id");
    assert_ne!(arrived[0].timestamp, arrived[1].timestamp, "signed anew: the first is old by now");
    let mut seen = Seen::default();
    assert!(seen.is_new(&arrived[0].id) && !seen.is_new(&arrived[1].id));
}

#[tokio::test]
async fn where_nobody_listens_nothing_is_lost() {
    let world = World::new().await;
    let section = EventEndpoint { url: format!("http://{}/", nobody().await), ..world.section("core") };
    world.plan(&[&section]).await;
    world.change(1, 1).await;
    world.plan(&[&section]).await;
    let sender = world.sender(&section, PATIENT);
    for attempt in 1..=super::world::MAX_ATTEMPTS {
        assert_eq!(world.send(&sender).await, 1);
        let row = world.deliveries("core").await.remove(0);
        assert_eq!((row.attempts, row.last_result), (attempt, Some(AttemptResult::NoConnection)));
        world.pass_the_pause();
    }
    assert_eq!(world.states("core").await, [Dead]);
    assert_eq!(world.send(&sender).await, 0, "given up");
}

#[tokio::test]
async fn tls_goes_only_to_who_has_the_right_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let made = |host: &str| rcgen::generate_simple_self_signed(vec![host.to_owned()]).unwrap();
    let (right, stranger) = (made("localhost"), made("localhost"));
    let ca_file = folder.path().join("ca.pem");
    fs::write(&ca_file, right.cert.pem()).unwrap();
    for (certified, expected) in [(&right, Delivered), (&stranger, Waiting)] {
        let chain = vec![CertificateDer::from(certified.cert.der().to_vec())];
        let key = PrivateKeyDer::from_pem_slice(certified.signing_key.serialize_pem().as_bytes()).unwrap();
        let settings = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let world =
            World::with(Receiver::start_with(Some(TlsAcceptor::from(Arc::new(settings)))).await).await;
        let section = EventEndpoint {
            url: format!("https://localhost:{}/hook", world.receiver.address.port()),
            ca_file: Some(ca_file.clone()),
            allow_http: false,
            ..world.section("core")
        };
        world.plan(&[&section]).await;
        world.change(1, 1).await;
        world.plan(&[&section]).await;
        world.send(&world.sender(&section, PATIENT)).await;
        let row = world.deliveries("core").await.remove(0);
        assert_eq!(row.state, expected);
        let result =
            if expected == Delivered { AttemptResult::Delivered } else { AttemptResult::NoConnection };
        assert_eq!(row.last_result, Some(result));
        assert_eq!(world.receiver.arrived().len(), usize::from(expected == Delivered));
    }
}
