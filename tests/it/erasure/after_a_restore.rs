//! Backups: made under load, restored only whole, for the right key, into an empty database; whoever was destroyed since
//! stays destroyed.

use std::{fs, path::Path, process::Output};

use age::secrecy::ExposeSecret as _;
use uuid::Uuid;
use zhenshi::{
    app::erasure::{
        certificate::Certificate,
        list::{get_erasure, show_subject},
    },
    store::{
        dump::{Schema, contents_of, prepare_target},
        retention::SubjectName,
    },
};
use zhenshi_domain::erasure::State;

use super::world::World;
use crate::support::{
    applications::{application, request},
    database::TestDatabase,
    program::command,
};

/// Runs the program on `url` with the keyring and files of `folder`.
fn run(folder: &Path, url: &str, args: &[&str]) -> Output {
    command(folder, Some(url)).args(args).output().unwrap()
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A pair of keys of age: the public one, and the file of the secret one.
fn pair(folder: &Path, name: &str) -> (String, String) {
    let identity = age::x25519::Identity::generate();
    let path = folder.join(name);
    fs::write(&path, format!("# a key\n{}\n", identity.to_string().expose_secret())).unwrap();
    (identity.to_public().to_string(), path.display().to_string())
}

impl World {
    /// The destruction stands here as it was decided, certified by this database, with nothing left in its files.
    async fn is_certified(&self, erasure: Uuid, customer: Uuid) {
        let app = self.app();
        assert_eq!(app.store.unscrubbed().await.unwrap(), [] as [Uuid; 0]);
        let done = get_erasure(app, &self.auditor, erasure).await.unwrap();
        let certificate = Certificate::verify(&done.certificate.unwrap(), &app.witness.key).unwrap();
        assert_eq!((&*certificate.requested_by, &*certificate.decided_by), ("staff:ST-CS", "staff:ST-IS"));
        assert_eq!(certificate.destroyed.sealed_keys, 1);
        let state = show_subject(app, &self.auditor, SubjectName::Customer(customer)).await.unwrap();
        assert_eq!(state.subject.state, State::Shredded);
        assert_eq!(self.verify_audit().await, []);
    }
}

/// Nothing is restored, unless somebody says that there was none; then the service destroys again as soon as it has it.
async fn without_the_ledger(world: &World, file: &str, secret: &str, (erasure, holder): (Uuid, Uuid)) {
    let folder = world.service.folder.path();
    let by_disk = TestDatabase::empty().await;
    let without = |said: &[&str]| {
        let mut bare = command(folder, Some(&by_disk.url));
        bare.env("ZHENSHI__RETENTION__LEDGER_PATH", folder.join("none"));
        bare.args(["db", "restore", "--from", file, "--identity", secret]).args(said).output().unwrap()
    };
    let refused = without(&[]);
    assert!(!refused.status.success() && words(&refused).contains("shred ledger"), "{}", words(&refused));
    let both =
        run(folder, &by_disk.url, &["db", "restore", "--from", file, "--identity", secret, "--no-ledger"]);
    assert!(!both.status.success() && words(&both).contains("there is one"), "{}", words(&both));
    // As by a snapshot of the disk: the service does it before anything opens.
    let bare = without(&["--no-ledger"]);
    assert!(bare.status.success(), "{}", words(&bare));
    let sealed = "SELECT count(*) FROM sealed z JOIN application_party p USING (submission_id, party_no)
        WHERE p.customer_id = $1 AND z.wrapped_key IS NOT NULL";
    let there = async || -> i64 {
        sqlx::query_scalar(sealed).bind(holder).fetch_one(&by_disk.admin().await).await.unwrap()
    };
    assert_eq!(there().await, 1);
    let back = world.on(&by_disk).await;
    assert_eq!(there().await, 0);
    let replayed: Uuid = sqlx::query_scalar("SELECT id FROM erasure WHERE certificate IS NOT NULL")
        .fetch_one(&back.admin)
        .await
        .unwrap();
    assert_eq!(replayed, erasure);
    assert_eq!(
        back.app().store.unscrubbed().await.unwrap(),
        [erasure],
        "its remains are still to be rewritten"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_backup_under_load_restores_whole_and_the_destroyed_stay_destroyed() {
    let world = World::open().await;
    let folder = world.service.folder.path().to_owned();
    let (submission, holder, insured) = world.two_parties("A-1").await;
    let ((public, secret), (_, other)) = (pair(&folder, "a.key"), pair(&folder, "b.key"));
    let file = folder.join("day.backup").display().to_string();

    // While it is made, applications come in.
    let client = world.client.clone();
    let load = tokio::spawn(async move {
        for n in 0..60u32 {
            client
                .validate(request(9_000 + u128::from(n), application(&format!("L-{n}"), 10 + n)))
                .await
                .unwrap();
        }
    });
    let (url, place, out) = (world.service.database.url.clone(), folder.clone(), file.clone());
    let made = tokio::task::spawn_blocking(move || {
        run(&place, &url, &["db", "backup", "--out", &out, "--recipient", &public, "--json"])
    })
    .await
    .unwrap();
    assert!(made.status.success(), "{}", words(&made));
    load.await.unwrap();
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    assert!(!Path::new(&format!("{file}.partial")).exists());
    let again =
        run(&folder, &world.service.database.url, &["db", "backup", "--out", &file, "--recipient", "age1x"]);
    assert!(!again.status.success());

    // Destroyed after the backup was made.
    let erasure = world.destroy("A-1", holder).await;

    let target = TestDatabase::empty().await;
    let restore = |identity: &str, from: &str| {
        run(&folder, &target.url, &["db", "restore", "--from", from, "--identity", identity, "--json"])
    };
    // Not for another key, not cut, not changed: and nothing is written then.
    assert!(words(&restore(&other, &file)).contains("not a whole backup"));
    let whole = fs::read(&file).unwrap();
    let cut = folder.join("cut.backup").display().to_string();
    fs::write(&cut, &whole[..whole.len() - 100]).unwrap();
    assert!(words(&restore(&secret, &cut)).contains("not a whole backup"));
    assert!(prepare_target(&target.url, Schema { newest: 1, count: 1 }).await.is_err());

    let restored = restore(&secret, &file);
    assert!(restored.status.success(), "{}", words(&restored));
    let restored: serde_json::Value = serde_json::from_slice(&restored.stdout).unwrap();
    assert_eq!(restored["contents"], made["contents"]);
    assert_eq!((&restored["shredded_again"], &restored["faults"]), (&1.into(), &serde_json::json!([])));
    assert!(words(&restore(&secret, &file)).contains("empty database only"));

    // Gone in the restored database too, which knows who decided and certifies it; the other party is there.
    let back = world.on(&target).await;
    back.is_certified(erasure, holder).await;
    assert!(back.traces(holder).await.iter().all(|(_, rows)| *rows == 0));
    assert!(back.traces(insured).await.iter().all(|(_, rows)| *rows > 0));
    assert_eq!(back.open_sealed(submission).await, [1]);
    let rows = contents_of(&target.url).await.unwrap().rows;
    assert_eq!(rows["submission"], made["contents"]["rows"]["submission"]);

    without_the_ledger(&world, &file, &secret, (erasure, holder)).await;
}
