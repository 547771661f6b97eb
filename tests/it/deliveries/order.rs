//! Order within a case, what parks and what goes on, where an endpoint begins, and who holds a lease.

use chrono::TimeDelta;
use sqlx::Executor as _;
use uuid::Uuid;
use zhenshi::{
    clock::Clock as _,
    config::EventEndpoint,
    store::delivery::{
        AttemptResult,
        DeliveryState::{Dead, Delivered, Waiting},
        request::{Redelivered, RedeliveryRequest},
    },
    worker::Next,
};

use super::world::{MAX_ATTEMPTS, PATIENT, World, case_id};
use crate::support::{
    database::{audit_keys, count},
    receiver::{Arrived, Does},
};

fn of(case: u128, arrived: &Arrived) -> bool {
    arrived.case().is_some_and(|(id, _)| id == case_id(case).to_string())
}

#[tokio::test]
async fn a_case_that_is_not_taken_waits_in_order_and_others_go_on() {
    let world = World::new().await;
    let section = world.section("core");
    let sender = world.sender(&section, PATIENT);
    world.plan(&[&section]).await;
    for version in 1..=3 {
        for case in [1, 2] {
            world.change(case, version).await;
        }
    }
    world.plan(&[&section]).await;
    world.receiver.does(|arrived, _| if of(1, arrived) { Does::Says(500) } else { Does::Takes });
    world.send_all(&sender).await;
    let [one, two] = [case_id(1), case_id(2)];
    let mut first = world.arrived();
    first[..2].sort_unstable();
    assert_eq!(first, [(one, 1), (two, 1), (two, 2), (two, 3)], "only the first of case 1 was tried");
    let rows = world.deliveries("core").await;
    let parked: Vec<(Option<Uuid>, bool)> = rows.iter().map(|row| (row.case_id, row.parked)).collect();
    let free = (Some(two), false);
    assert_eq!(parked, [(Some(one), false), free, (Some(one), true), free, (Some(one), true), free]);

    world.receiver.does(|_, _| Does::Takes);
    world.pass_the_pause();
    world.send_all(&sender).await;
    assert_eq!(world.arrived()[4..], [(one, 1), (one, 2), (one, 3)]);
}

#[tokio::test]
async fn a_dead_letter_parks_its_case_until_it_is_redelivered() {
    let world = World::new().await;
    let section = world.section("core");
    let sender = world.sender(&section, PATIENT);
    world.plan(&[&section]).await;
    world.change(1, 1).await;
    world.change(1, 2).await;
    world.change(2, 1).await;
    world.plan(&[&section]).await;
    world.receiver.does(|arrived, _| if of(1, arrived) { Does::Says(500) } else { Does::Takes });
    for _ in 0..MAX_ATTEMPTS {
        world.send_all(&sender).await;
        world.pass_the_pause();
    }
    assert_eq!(world.states("core").await, [Dead, Waiting, Delivered]);
    world.change(1, 3).await;
    world.plan(&[&section]).await;
    world.receiver.does(|_, _| Does::Takes);
    world.send_all(&sender).await;
    assert_eq!(world.states("core").await, [Dead, Waiting, Delivered, Waiting], "parked, the new one too");
    let figures = world.store.endpoint_figures(vec!["core".into()]).await.unwrap().remove(0);
    assert_eq!(figures.dead, 1);
    assert!(figures.oldest.is_some());

    let request = RedeliveryRequest {
        request_id: Uuid::from_u128(9),
        digest: [1; 32],
        actor: "test".into(),
        endpoint: "core".into(),
        which: Redelivered::Dead,
    };
    let redeliver =
        |request: RedeliveryRequest| world.store.redeliver(request, world.clock.now(), world.entropy.clone());
    let done = redeliver(request.clone()).await.unwrap().unwrap();
    assert_eq!((done.count, done.more), (1, false));
    world.send_all(&sender).await;
    assert_eq!(world.states("core").await, [Delivered; 4]);
    let one = case_id(1);
    let arrived = world.arrived();
    assert_eq!(arrived[arrived.len() - 3..], [(one, 1), (one, 2), (one, 3)]);

    // The same request again changes nothing, whatever has happened since; another content under its id is refused.
    assert_eq!(redeliver(request.clone()).await.unwrap(), Some(done));
    assert_eq!(redeliver(RedeliveryRequest { digest: [2; 32], ..request.clone() }).await.unwrap(), None);
    assert_eq!(world.send(&sender).await, 0);
    // By id, what was delivered is sent again too: the receiver may have lost it.
    let event = world.deliveries("core").await[0].event_id;
    let by_id = RedeliveryRequest {
        request_id: Uuid::from_u128(10),
        which: Redelivered::Events(vec![event]),
        ..request
    };
    assert_eq!(redeliver(by_id).await.unwrap().unwrap().count, 1);
    world.send_all(&sender).await;
    assert_eq!(world.arrived().len(), arrived.len() + 1);
    let admin = world.database.admin().await;
    let audited = "SELECT count(*) FROM audit_pending WHERE action = 'REDELIVER_EVENTS'";
    assert_eq!(count(&admin, audited).await, 2, "each that changed something");
}

#[tokio::test]
async fn a_new_endpoint_begins_at_the_present_end_or_at_the_start_if_it_says_so() {
    let world = World::new().await;
    world.change(1, 1).await;
    let (now, start) = (world.section("now"), EventEndpoint { from_start: true, ..world.section("start") });
    world.plan(&[&now, &start]).await;
    assert_eq!((world.states("now").await.len(), world.states("start").await.len()), (0, 1));
    world.change(1, 2).await;
    world.plan(&[&now, &start]).await;
    world.plan(&[&now, &start]).await;
    assert_eq!((world.states("now").await.len(), world.states("start").await.len()), (1, 2), "each once");
    // One that is away for a while gets what it missed.
    world.change(1, 3).await;
    world.plan(&[&start]).await;
    assert_eq!(world.states("now").await.len(), 1);
    world.plan(&[&now, &start]).await;
    assert_eq!(world.states("now").await.len(), 2);
}

#[tokio::test]
async fn an_endpoint_gets_the_kinds_that_it_wants() {
    let world = World::new().await;
    let lists = EventEndpoint { kinds: vec!["list.sealed".into()], ..world.section("lists") };
    let cases = EventEndpoint { kinds: vec!["case.assigned".into()], ..world.section("cases") };
    world.plan(&[&lists, &cases]).await;
    world.change(1, 1).await;
    world.plan(&[&lists, &cases]).await;
    assert_eq!((world.states("lists").await.len(), world.states("cases").await.len()), (0, 1));
}

#[tokio::test]
async fn a_backlog_is_planned_in_bounded_steps() {
    let world = World::new().await;
    let section = world.section("core");
    world.plan(&[&section]).await;
    let events = (1..=1_500).map(|case| world.event(case, 1)).collect();
    world.add(events).await;
    while world.store.relay(audit_keys()).await.unwrap().moved > 0 {}
    let planner = world.planner(&[&section]);
    assert_eq!(planner.once().await.unwrap(), Next::AtOnce);
    assert_eq!(world.states("core").await.len(), 1_000);
    assert_eq!(planner.once().await.unwrap(), Next::AfterPause);
    assert_eq!(world.states("core").await.len(), 1_500);
}

#[tokio::test]
async fn the_changes_of_a_case_are_positioned_in_their_order_whatever_their_ids() {
    let world = World::new().await;
    // Ids that run backwards, as those of one millisecond may.
    let mut events: Vec<_> = (1..=20).map(|version| world.event(1, version)).collect();
    for (event, id) in events.iter_mut().zip((1..=20).rev()) {
        event.id = Uuid::from_u128(id);
    }
    for event in events {
        world.add(vec![event]).await;
    }
    let section = EventEndpoint { from_start: true, ..world.section("core") };
    world.plan(&[&section]).await;
    world.send_all(&world.sender(&section, PATIENT)).await;
    let versions: Vec<i64> = world.arrived().into_iter().map(|(_, version)| version).collect();
    assert_eq!(versions, (1..=20).collect::<Vec<i64>>());
}

#[tokio::test]
async fn a_lease_that_ran_out_cannot_complete_what_somebody_else_has_taken() {
    let world = World::new().await;
    let section = world.section("core");
    world.plan(&[&section]).await;
    world.change(1, 1).await;
    world.change(1, 2).await;
    world.plan(&[&section]).await;
    let (slow, quick) = (world.sender(&section, PATIENT), world.sender(&section, PATIENT));
    world.receiver.does(|_, before| if before == 0 { Does::Hangs } else { Does::Says(500) });
    assert_eq!(slow.begin().await.unwrap(), 1);
    world.receiver.wait_for(1).await;
    assert_eq!(quick.begin().await.unwrap(), 0, "the lease holds");
    world.pass_the_pause();
    assert_eq!(quick.begin().await.unwrap(), 1, "the lease has run out");
    world.receiver.wait_for(2).await;
    let admin = world.database.admin().await;
    let refused = "SELECT count(*) FROM delivery WHERE last_result = 2 AND attempts = 1";
    crate::support::processes::eventually("the second attempt is written", async || {
        (count(&admin, refused).await == 1).then_some(())
    })
    .await;
    // Now the first is answered: its lease is not the newest, so that it says nothing.
    world.receiver.let_one_go();
    world.settle().await;
    let row = world.deliveries("core").await.remove(0);
    assert_eq!((row.state, row.attempts, row.last_result), (Waiting, 1, Some(AttemptResult::Refused)));
    // At least once: it is sent again, and only then the next of its case.
    world.receiver.does(|_, _| Does::Takes);
    world.clock.advance(TimeDelta::hours(2));
    world.send_all(&quick).await;
    let versions: Vec<i64> = world.arrived().into_iter().map(|(_, version)| version).collect();
    assert_eq!(versions, [1, 1, 1, 2]);
}

#[tokio::test]
async fn the_service_may_not_forget_a_delivery_that_waits_nor_what_was_planned() {
    let world = World::new().await;
    let section = world.section("core");
    world.plan(&[&section]).await;
    world.change(1, 1).await;
    world.plan(&[&section]).await;
    let admin = world.database.admin().await;
    let mut app = admin.acquire().await.unwrap();
    app.execute("SET ROLE zhenshi_app").await.unwrap();
    for table in ["event_endpoint", "outbox_event"] {
        let refused = app.execute(sqlx::AssertSqlSafe(format!("DELETE FROM {table}"))).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{table}: {refused}");
    }
    app.execute("SELECT set_config('zhenshi.extent', 'everything', false)").await.unwrap();
    let refused = app.execute("DELETE FROM delivery").await.unwrap_err();
    assert!(refused.to_string().contains("waits"), "{refused}");
}
