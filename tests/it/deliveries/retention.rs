//! What was delivered or given up long ago is forgotten, in steps; what waits never is.

use chrono::TimeDelta;
use zhenshi::{
    clock::Clock as _,
    store::delivery::{
        DeliveryState::{Dead, Delivered, Waiting},
        retention::{Forget, MOST_FORGOTTEN},
    },
    worker::{Next, delivery::retention::Retention},
};

use super::world::{MAX_ATTEMPTS, PATIENT, World};
use crate::support::receiver::Does;

fn retention(world: &World, keep_delivered_days: u16, keep_dead_days: u16) -> Retention {
    let (store, clock) = (world.store.clone(), world.clock.clone());
    Retention { store, clock, keep_delivered_days, keep_dead_days }
}

#[tokio::test]
async fn what_is_done_is_forgotten_after_its_days_and_what_waits_is_kept() {
    let world = World::new().await;
    let section = world.section("core");
    let sender = world.sender(&section, PATIENT);
    world.plan(&[&section]).await;
    world.change(1, 1).await;
    world.plan(&[&section]).await;
    world.send_all(&sender).await;
    world.change(2, 1).await;
    world.plan(&[&section]).await;
    world.receiver.does(|_, _| Does::Says(500));
    for _ in 0..MAX_ATTEMPTS {
        world.send(&sender).await;
        world.pass_the_pause();
    }
    world.change(3, 1).await;
    world.plan(&[&section]).await;
    assert_eq!(world.states("core").await, [Delivered, Dead, Waiting]);

    let job = retention(&world, 30, 60);
    assert_eq!(job.once().await.unwrap(), Next::AfterPause);
    assert_eq!(world.states("core").await, [Delivered, Dead, Waiting], "nothing is old");
    world.clock.advance(TimeDelta::days(31));
    job.once().await.unwrap();
    assert_eq!(world.states("core").await, [Dead, Waiting]);
    world.clock.advance(TimeDelta::days(30));
    job.once().await.unwrap();
    assert_eq!(world.states("core").await, [Waiting], "what waits is never forgotten");
}

#[tokio::test]
async fn a_step_is_bounded_and_says_that_there_is_more() {
    let world = World::new().await;
    let section = world.section("core");
    world.plan(&[&section]).await;
    let count = usize::try_from(MOST_FORGOTTEN).unwrap() + 1;
    let events = (1..=count).map(|case| world.event(case as u128, 1)).collect();
    world.add(events).await;
    world.plan(&[&section]).await;
    world.plan(&[&section]).await;
    let admin = world.database.admin().await;
    let done =
        "UPDATE delivery SET state = 2, delivered_time = planned_time, last_attempt_time = planned_time";
    sqlx::query(done).execute(&admin).await.unwrap();
    world.clock.advance(TimeDelta::days(2));
    let now = world.clock.now();
    let forget = Forget { delivered_before: now, dead_before: now };
    let first = world.store.forget_deliveries(forget).await.unwrap();
    assert_eq!((first.deliveries, first.more), (1_000, true));
    let job = retention(&world, 1, 1);
    assert_eq!(job.once().await.unwrap(), Next::AfterPause);
    assert!(world.deliveries("core").await.is_empty());
}
