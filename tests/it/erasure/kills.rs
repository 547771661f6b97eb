//! A destruction that stops anywhere goes on where it stopped.

use sqlx::{AssertSqlSafe, Executor as _};
use zhenshi::app::erasure::shred::shred_approved;

use super::world::World;

/// Steps that can fail, in their order: table and what is done to it.
const STEPS: [(&str, &str); 6] = [
    ("sealed", "UPDATE"),
    ("contact_use", "DELETE"),
    ("application", "UPDATE"),
    ("clue_value", "UPDATE"),
    ("customer_key", "DELETE"),
    ("erasure", "UPDATE"),
];

#[tokio::test]
async fn whichever_step_fails_the_next_pass_ends_it_and_nothing_is_done_twice() {
    let world = World::open().await;
    world
        .admin
        .execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stop'; END $$",
        )
        .await
        .unwrap();
    let (_, holder, insured) = world.two_parties("A-1").await;
    // A value that a list has seen.
    world
        .admin
        .execute(
            "INSERT INTO clue_value (id, epoch, clue, fingerprint)
             SELECT gen_random_uuid(), epoch, clue, fingerprint FROM contact_use GROUP BY epoch, clue, fingerprint",
        )
        .await
        .unwrap();
    let id = world.decide("A-1", holder).await;
    let mut failed = 0;
    for (table, what) in STEPS {
        let trigger =
            format!("CREATE TRIGGER fail BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION fail()");
        world.admin.execute(AssertSqlSafe(trigger)).await.unwrap();
        failed += usize::from(shred_approved(world.app()).await.is_err());
        assert_eq!(world.verify_audit().await, [], "{table}");
        world.admin.execute(AssertSqlSafe(format!("DROP TRIGGER fail ON {table}"))).await.unwrap();
    }
    assert_eq!(failed, STEPS.len());
    assert_eq!(shred_approved(world.app()).await.unwrap(), 1);
    assert!(world.traces(holder).await.iter().all(|(_, rows)| *rows == 0));
    assert!(world.traces(insured).await.iter().all(|(_, rows)| *rows > 0));
    assert!(world.keys_are_exactly_the_contacts().await);
    // One line in the ledger, whose id is the destruction's.
    let ledger = world.app().ledger().read().unwrap();
    assert_eq!(ledger.iter().map(|targets| targets.erasure_id).collect::<Vec<_>>(), [id]);
    // A value that only he used has a fingerprint of nothing now; the shared telephone keeps its own.
    let known: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM clue_value v WHERE EXISTS (SELECT FROM contact_use u
             WHERE u.epoch = v.epoch AND u.clue = v.clue AND u.fingerprint = v.fingerprint)",
    )
    .fetch_one(&world.admin)
    .await
    .unwrap();
    let used: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT DISTINCT epoch, clue, fingerprint FROM contact_use) AS used",
    )
    .fetch_one(&world.admin)
    .await
    .unwrap();
    assert_eq!(known, used);
    assert_eq!(world.verify_audit().await, []);
}
