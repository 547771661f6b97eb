//! Several workers at once, and one that is killed: at least once, in order within a case, nothing lost.

use std::collections::{BTreeMap, BTreeSet};

use zhenshi::{
    clock::{Clock as _, SystemClock},
    entropy::SeededEntropy,
    security::keyring::Keyring,
    store::delivery::DeliveryState::Delivered,
};

use super::world::{PATIENT, SECRET, World, case_id};
use crate::support::{
    database::audit_keys,
    processes::{eventually, signal},
    program::{Program, command},
    receiver::Does,
};

const CASES: u128 = 30;
const VERSIONS: i64 = 8;

/// The first time that each version of each case came is in order.
fn in_order(arrived: &[(uuid::Uuid, i64)]) -> BTreeMap<uuid::Uuid, i64> {
    let mut newest = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (case, version) in arrived {
        if seen.insert((*case, *version)) {
            let newest = newest.entry(*case).or_insert(0);
            assert_eq!(
                *version,
                *newest + 1,
                "case {case}: nothing is left out, nothing comes before its turn"
            );
            *newest = *version;
        }
    }
    newest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_race_deliver_everything_in_order() {
    let world = World::new().await;
    let section = world.section("core");
    world.plan(&[&section]).await;
    // A third of the first attempts is refused or broken off, and some of the second.
    world.receiver.does(move |arrived, before| {
        let (case, version) = arrived.case().unwrap();
        let case: uuid::Uuid = case.parse().unwrap();
        match (case.as_u128() * 7 + u128::try_from(version).unwrap() * 5 + before as u128 * 4) % 6 {
            _ if before >= 2 => Does::Takes,
            0 => Does::Says(503),
            1 => Does::BreaksOff,
            _ => Does::Takes,
        }
    });
    let stores = [world.store.clone(), world.database.store().await, world.database.store().await];
    let senders = stores.clone().map(|store| world.sender_on(store, &section, PATIENT));
    let planners = [world.planner(&[&section]), world.planner(&[&section])];
    for version in 1..=VERSIONS {
        for case in 1..=CASES {
            world.change(case, version).await;
        }
        world.store.relay(audit_keys()).await.unwrap();
        let (first, second) = tokio::join!(planners[0].once(), planners[1].once());
        first.and(second).unwrap();
        // All three take what they can, at the same time.
        let (a, b, c) = tokio::join!(senders[0].begin(), senders[1].begin(), senders[2].begin());
        a.and(b).and(c).unwrap();
    }
    let all = usize::try_from(CASES).unwrap() * usize::try_from(VERSIONS).unwrap();
    assert_eq!(world.states("core").await.len(), all);
    while world.states("core").await.iter().any(|state| *state != Delivered) {
        let (a, b, c) = tokio::join!(senders[0].begin(), senders[1].begin(), senders[2].begin());
        if a.unwrap() + b.unwrap() + c.unwrap() == 0 {
            world.settle().await;
            world.pass_the_pause();
        }
    }
    world.settle().await;
    let newest = in_order(&world.arrived());
    assert_eq!(newest.len(), usize::try_from(CASES).unwrap());
    assert!(newest.values().all(|version| *version == VERSIONS), "{newest:?}");
    let failed = world.arrived().len() - all;
    assert!(failed >= all / 3, "{failed} attempts failed");
    assert!(senders.iter().all(|sender| std::sync::Arc::strong_count(sender) == 1));
}

#[tokio::test]
async fn a_worker_killed_in_the_middle_of_a_delivery_loses_nothing() {
    let world = World::new().await;
    let section = world.section("core");
    world.plan(&[&section]).await;
    world.change(1, 1).await;
    world.change(1, 2).await;
    world.receiver.does(|_, _| Does::Hangs);

    let folder = tempfile::tempdir().unwrap();
    Keyring::generate(&SeededEntropy::new(7)).unwrap().create(&folder.path().join("keyring.json")).unwrap();
    let endpoint = format!(
        r#"[{{name="core",url="http://{}/hook",allow_http=true,secret_env="HOOK_SECRET",kinds=["case.assigned"]}}]"#,
        world.receiver.address
    );
    let mut worker = command(folder.path(), Some(&world.database.url));
    worker.env("ZHENSHI__EVENT__ENDPOINT", endpoint).env("HOOK_SECRET", SECRET);
    let worker = Program::serve_as(folder.path(), worker);
    // It has sent the event and waits for the answer.
    world.receiver.wait_for(1).await;
    signal("KILL", &[worker.pid()]);
    drop(worker);
    world.receiver.let_one_go();

    // Its lease was of the machine's time.
    let ahead = SystemClock.now() - world.clock.now();
    world.receiver.does(|_, _| Does::Takes);
    let sender = world.sender(&section, PATIENT);
    world.clock.advance(ahead);
    assert_eq!(world.send(&sender).await, 0, "the lease of the dead holds for a while");
    world.pass_the_pause();
    world.send_all(&sender).await;
    assert_eq!(world.arrived(), [(case_id(1), 1), (case_id(1), 1), (case_id(1), 2)]);
    assert_eq!(world.states("core").await, [Delivered; 2]);
    eventually("nothing is under way", async || world.under_way.is_empty().then_some(())).await;
}
