//! A shred ledger that was cut, lost or put in place of another is noticed before anything is believed of it: by what the
//! database knows, and by what the newest checkpoint outside it knows.

use std::fs;

use sqlx::Executor as _;
use zhenshi::{
    app::erasure::{
        accept_ledger::{Accepted, accept_ledger},
        ledger::LedgerError,
        shred::{ShredError, replay_ledger, shred_approved},
    },
    worker::checkpoints::Checkpoints,
};

use super::world::World;
use crate::support::{database::count, program::command};

/// What a ledger of `lines` is refused with when `known` are known of.
fn is_short<T>(answer: &Result<T, ShredError>, lines: i64, known: i64) -> bool {
    matches!(answer, Err(ShredError::Ledger(LedgerError::Short { lines: has, known: had, .. }))
        if (*has, *had) == (lines, known))
}

#[tokio::test]
async fn a_ledger_that_is_shorter_than_known_stops_everything_until_it_is_back_or_given_up() {
    let world = World::open().await;
    let (_, holder, insured) = world.two_parties("A-1").await;
    let first = world.destroy("A-1", holder).await;
    let app = world.app();
    let path = app.witness.ledger.clone();
    let one = fs::read_to_string(&path).unwrap();
    let second = world.destroy("A-1", insured).await;
    let two = fs::read_to_string(&path).unwrap();
    assert_eq!((one.lines().count(), two.lines().count()), (1, 2));

    // Its last line is cut off, which no HMAC of what is left tells; or it is gone.
    fs::write(&path, &one).unwrap();
    assert!(is_short(&replay_ledger(app).await, 1, 2));
    fs::remove_file(&path).unwrap();
    assert!(is_short(&replay_ledger(app).await, 0, 2));
    // Nothing is begun in a new file either, and the program says what is to be done.
    let (_, third, _) = world.two_parties("A-3").await;
    world.decide("A-3", third).await;
    assert!(is_short(&shred_approved(app).await, 0, 2));
    assert!(!path.exists());
    let folder = world.service.folder.path();
    let serve = ["serve", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"];
    let refused = command(folder, Some(&world.service.database.url)).args(serve).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("accept-ledger"), "{said}");

    // Back in its place, all is as before.
    fs::write(&path, &two).unwrap();
    assert_eq!(replay_ledger(app).await.unwrap(), 0);
    // Lost for good: it is written anew of what the database knows, and the log says that somebody did so.
    fs::remove_file(&path).unwrap();
    assert_eq!(accept_ledger(app).await.unwrap(), Accepted { lines: 2, added: 2, known: 2 });
    let again: Vec<_> = app.ledger().read().unwrap().into_iter().map(|targets| targets.erasure_id).collect();
    assert_eq!(again, [first, second]);
    assert_eq!(replay_ledger(app).await.unwrap(), 0);
    let accepted = "SELECT count(*) FROM audit_entry WHERE action = 'ACCEPT_SHRED_LEDGER' AND reason = 'lines=2 known=2'";
    assert_eq!(count(&world.admin, accepted).await, 1);
    assert_eq!(shred_approved(app).await.unwrap(), 1);
    assert_eq!(app.ledger().read().unwrap().len(), 3);
    assert_eq!(world.verify_audit().await, []);
}

#[tokio::test]
async fn a_restored_database_learns_from_the_checkpoint_how_long_the_ledger_was() {
    let world = World::open().await;
    let (_, holder, _) = world.two_parties("A-1").await;
    world.destroy("A-1", holder).await;
    let app = world.app();
    let mark = app.store.ledger_mark().await.unwrap();
    assert_eq!(mark.lines, 1);
    let job = || {
        Checkpoints::new(
            app.store.clone(),
            app.audit_keys.clone(),
            app.checkpoints.clone(),
            None,
            app.clock.clone(),
            app.entropy.clone(),
        )
    };
    app.store.relay(app.audit_keys.get()).await.unwrap();
    job().once().await.unwrap();
    assert_eq!(app.checkpoints.read_newest_ledger(&app.audit_keys.get()).unwrap(), Some(mark.clone()));

    // As it stood in a backup from before: the database itself knows of no ledger.
    world.admin.execute("UPDATE shred_ledger SET lines = 0, mac = ''").await.unwrap();
    let path = app.witness.ledger.clone();
    let text = fs::read_to_string(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert!(is_short(&replay_ledger(app).await, 0, 1));
    fs::write(&path, text).unwrap();
    replay_ledger(app).await.unwrap();
    assert_eq!(app.store.ledger_mark().await.unwrap(), mark, "it knows now");
}
