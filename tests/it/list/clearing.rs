//! Clearing a pair: once, with its audit entry and event, and known to lists whose cut comes after it.

use uuid::Uuid;
use zhenshi::store::list::{clear::NewClearedPair, cleared::ClearedKind};

use super::world::{World, holder};
use crate::support::database::count;

#[tokio::test]
async fn a_pair_is_cleared_once_and_for_the_lists_after_it() {
    let world = World::new().await;
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.apply("A-2", &[holder(2, &[100])]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    let listed = world.app().store.listed_whole("2026-11-24".parse().unwrap()).await.unwrap().unwrap();
    let [one, other] = listed.members.as_slice() else { panic!("{:?}", listed.members) };
    assert!(one.is_new && one.suspicion_id == other.suspicion_id && one.clue_value_id == other.clue_value_id);
    let clear = async |customer_ids: [Uuid; 2], clue_value_id| {
        let new = NewClearedPair {
            clue_value_id,
            customer_ids,
            kind: ClearedKind::Company,
            cleared_by: "test".into(),
            reason: "one company's switchboard".into(),
        };
        let app = world.app();
        app.store.clear_pair(app.clock.clone(), app.entropy.clone(), new).await
    };
    let id = clear([one.customer_id, other.customer_id], one.clue_value_id).await.unwrap();
    let again = clear([other.customer_id, one.customer_id], one.clue_value_id).await.unwrap();
    assert_eq!(id, again, "in either order, it is one pair");
    // A value that stands in no list: nothing is left behind.
    assert!(clear([one.customer_id, other.customer_id], Uuid::nil()).await.is_err());
    let audited = "SELECT count(*) FROM audit_pending WHERE action = 'CLEAR_RELATION'";
    assert_eq!(count(&world.admin, audited).await, 1);
    let published = "SELECT count(*) FROM outbox_pending WHERE kind = 'relation.cleared'";
    assert_eq!(count(&world.admin, published).await, 1);

    // Shared again in a new policy: excused.
    world.apply("A-3", &[holder(2, &[100])]).await;
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, [""; 0]);
}
