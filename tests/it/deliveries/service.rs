//! `EventService` through real gRPC, over deliveries that a sender has tried.

use tonic::{Code, Status, transport::Channel};
use zhenshi::clock::{Clock as _, SystemClock};
use zhenshi_proto::zhenshi::v1::{
    self as proto, DeliveryResult, DeliveryState, ListDeliveriesRequest, RedeliverEventsRequest,
    event_service_client::EventServiceClient,
};

use super::world::{MAX_ATTEMPTS, PATIENT, World, case_id};
use crate::support::{
    calls::{connect, fields, reason, with_token},
    program::command,
    receiver::Does,
    service::{CHANNELS, TestService},
};

struct Api {
    client: EventServiceClient<Channel>,
    token: String,
    bank: String,
    service: TestService,
}

impl Api {
    async fn over(world: &World) -> Self {
        let service = TestService::start_on(world.database.clone()).await;
        Self {
            client: EventServiceClient::new(connect(&service).await),
            token: service.token("operations", &["*"], &CHANNELS).await,
            bank: service.token("bank", &["bank"], &CHANNELS).await,
            service,
        }
    }

    async fn list(&self, message: ListDeliveriesRequest) -> Result<proto::ListDeliveriesResponse, Status> {
        let answer = self.client.clone().list_deliveries(with_token(&self.token, message)).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn redeliver(&self, id: u128, message: RedeliverEventsRequest) -> Result<i64, Status> {
        let request_id = uuid::Uuid::from_u128(id).to_string();
        let message = RedeliverEventsRequest { request_id, endpoint: "core".into(), ..message };
        let answer = self.client.clone().redeliver_events(with_token(&self.token, message)).await;
        answer.map(|answer| answer.into_inner().redelivered_count)
    }
}

/// Five events of case 1 for `core`, the first dead, and five of case 2 that were taken.
async fn world() -> World {
    let world = World::new().await;
    let section = world.section("core");
    let sender = world.sender(&section, PATIENT);
    world.plan(&[&section]).await;
    for version in 1..=5 {
        world.change(1, version).await;
        world.change(2, version).await;
    }
    world.plan(&[&section]).await;
    world.receiver.does(|arrived, _| match arrived.case() {
        Some((case, _)) if case == case_id(1).to_string() => Does::Says(500),
        _ => Does::Takes,
    });
    for _ in 0..MAX_ATTEMPTS {
        world.send_all(&sender).await;
        world.pass_the_pause();
    }
    world.receiver.does(|_, _| Does::Takes);
    world
}

#[tokio::test]
async fn deliveries_are_shown_a_page_at_a_time_and_sent_again() {
    let world = world().await;
    let api = Api::over(&world).await;
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let message = ListDeliveriesRequest { page_size: 4, page_token, ..ListDeliveriesRequest::default() };
        let page = api.list(message).await.unwrap();
        assert!(page.deliveries.len() <= 4);
        found.extend(page.deliveries);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let positions: Vec<i64> = found.iter().map(|delivery| delivery.position).collect();
    assert_eq!(positions, (1..=10).rev().collect::<Vec<i64>>());
    let dead = found.last().unwrap();
    assert_eq!(
        (dead.state(), dead.last_result(), dead.last_status),
        (DeliveryState::Dead, DeliveryResult::Refused, 500)
    );
    assert_eq!((dead.attempts, dead.kind.as_str()), (3, "case.assigned"));
    assert!(dead.next_attempt_time.is_none() && dead.delivered_time.is_none());
    assert_eq!(found.iter().filter(|delivery| delivery.parked).count(), 4);

    let of = |state: DeliveryState, case: u128| ListDeliveriesRequest {
        state: state.into(),
        case_id: case_id(case).to_string(),
        endpoint: "core".into(),
        ..ListDeliveriesRequest::default()
    };
    for (state, case, count) in [
        (DeliveryState::Unspecified, 1, 5),
        (DeliveryState::Waiting, 1, 4),
        (DeliveryState::Dead, 1, 1),
        (DeliveryState::Delivered, 1, 0),
        (DeliveryState::Delivered, 2, 5),
    ] {
        assert_eq!(api.list(of(state, case)).await.unwrap().deliveries.len(), count, "{state:?} {case}");
    }

    let all = RedeliverEventsRequest { every_dead_letter: true, ..RedeliverEventsRequest::default() };
    assert_eq!(api.redeliver(1, all.clone()).await.unwrap(), 1);
    assert_eq!(api.redeliver(1, all.clone()).await.unwrap(), 1, "the same answer, and nothing again");
    assert_eq!(api.redeliver(2, all).await.unwrap(), 0, "none is dead any more");
    world.send_all(&world.sender(&world.section("core"), PATIENT)).await;
    let one: Vec<i64> = world
        .arrived()
        .into_iter()
        .filter(|(case, _)| *case == case_id(1))
        .map(|(_, version)| version)
        .collect();
    assert_eq!(one, [1, 1, 1, 1, 2, 3, 4, 5]);
    let by_id = RedeliverEventsRequest {
        event_ids: vec![dead.event_id.clone()],
        ..RedeliverEventsRequest::default()
    };
    assert_eq!(api.redeliver(3, by_id.clone()).await.unwrap(), 1);
    let reused = api.redeliver(1, by_id).await.unwrap_err();
    assert_eq!((reused.code(), reason(&reused)), (Code::AlreadyExists, "REQUEST_ID_REUSED".into()));
}

#[tokio::test]
async fn the_command_line_shows_and_redelivers() {
    let world = world().await;
    let api = Api::over(&world).await;
    let run = |arguments: &[&str]| {
        let mut command = command(api.service.folder.path(), Some(&world.database.url));
        let done = command.arg("--json").arg("event").args(arguments).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let lines = String::from_utf8(done.stdout).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    let dead = run(&["list", "--endpoint", "core", "--state", "dead"]);
    assert_eq!(dead.len(), 1);
    assert_eq!((&dead[0]["last_result"], &dead[0]["last_status"]), (&"refused".into(), &500.into()));
    assert_eq!(run(&["list", "--limit", "3"]).len(), 3);
    let parked = run(&["list", "--case", &case_id(1).to_string(), "--state", "waiting"]);
    assert!(parked.len() == 4 && parked.iter().all(|row| row["state"] == "parked"), "{parked:?}");
    assert_eq!(run(&["redeliver", "--endpoint", "core", "--dead"])[0]["redelivered_count"], 1);
    let event = dead[0]["event_id"].as_str().unwrap();
    assert_eq!(
        run(&["redeliver", "--endpoint", "core", event])[0]["redelivered_count"],
        0,
        "it waits already"
    );
    // The program goes by the machine's time.
    world.clock.advance(SystemClock.now() - world.clock.now());
    world.send_all(&world.sender(&world.section("core"), PATIENT)).await;
    assert_eq!(run(&["list", "--state", "delivered"]).len(), 10);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_only_who_reaches_everything_may() {
    let world = World::new().await;
    let api = Api::over(&world).await;
    let unknown = RedeliverEventsRequest { every_dead_letter: true, ..RedeliverEventsRequest::default() };
    let refused = api.redeliver(1, unknown.clone()).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused)), (Code::NotFound, "EVENT_ENDPOINT_NOT_FOUND".into()));
    let both = RedeliverEventsRequest { event_ids: vec!["x".into()], ..unknown };
    assert_eq!(fields(&api.redeliver(1, both).await.unwrap_err()), ["event_ids", "event_ids"]);
    let nothing = RedeliverEventsRequest::default();
    assert_eq!(fields(&api.redeliver(1, nothing.clone()).await.unwrap_err()), ["event_ids"]);
    let nothing = api.client.clone().redeliver_events(with_token(&api.token, nothing)).await.unwrap_err();
    assert_eq!(fields(&nothing), ["request_id", "endpoint", "event_ids"]);
    let wrong =
        ListDeliveriesRequest { page_size: -1, case_id: "x".into(), ..ListDeliveriesRequest::default() };
    assert_eq!(fields(&api.list(wrong).await.unwrap_err()), ["page_size", "case_id"]);
    let token = ListDeliveriesRequest { page_token: "x".into(), ..ListDeliveriesRequest::default() };
    assert_eq!(reason(&api.list(token).await.unwrap_err()), "PAGE_TOKEN_INVALID");

    let mut client = api.client.clone();
    let list =
        client.list_deliveries(with_token(&api.bank, ListDeliveriesRequest::default())).await.unwrap_err();
    // Permission before existence: there is no such endpoint either.
    let message = RedeliverEventsRequest {
        request_id: uuid::Uuid::from_u128(1).to_string(),
        endpoint: "core".into(),
        every_dead_letter: true,
        ..RedeliverEventsRequest::default()
    };
    let again = client.redeliver_events(with_token(&api.bank, message)).await.unwrap_err();
    assert_eq!([reason(&list), reason(&again)], ["ADMINISTRATION_ONLY", "ADMINISTRATION_ONLY"]);
    let nobody = client.list_deliveries(ListDeliveriesRequest::default()).await.unwrap_err();
    assert_eq!(nobody.code(), Code::Unauthenticated);
}
