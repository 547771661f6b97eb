//! Backups: made under load, restored only whole, for the right key, into an empty database; whoever was destroyed since
//! stays destroyed.

use std::{fs, path::Path, process::Output};

use age::secrecy::ExposeSecret as _;
use zhenshi::store::dump::{Schema, contents_of, prepare_target};

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

    // Gone in the restored database too; the other party is there.
    let back = world.on(&target).await;
    assert!(back.traces(holder).await.iter().all(|(_, rows)| *rows == 0));
    assert!(back.traces(insured).await.iter().all(|(_, rows)| *rows > 0));
    assert_eq!(back.open_sealed(submission).await, [1]);
    let rows = contents_of(&target.url).await.unwrap().rows;
    assert_eq!(rows["submission"], made["contents"]["rows"]["submission"]);

    // Brought back without the ledger, as by a snapshot of the disk: the service does it before anything opens.
    let by_disk = TestDatabase::empty().await;
    let mut bare = command(&folder, Some(&by_disk.url));
    bare.env("ZHENSHI__RETENTION__LEDGER_PATH", folder.join("none"));
    let bare = bare.args(["db", "restore", "--from", &file, "--identity", &secret]).output().unwrap();
    assert!(bare.status.success(), "{}", words(&bare));
    let sealed = "SELECT count(*) FROM sealed z JOIN application_party p USING (submission_id, party_no)
        WHERE p.customer_id = $1 AND z.wrapped_key IS NOT NULL";
    let there = async || -> i64 {
        sqlx::query_scalar(sealed).bind(holder).fetch_one(&by_disk.admin().await).await.unwrap()
    };
    assert_eq!(there().await, 1);
    let back = world.on(&by_disk).await;
    assert_eq!(there().await, 0);
    let replayed: uuid::Uuid =
        sqlx::query_scalar("SELECT erasure_id FROM shred_replay").fetch_one(&back.admin).await.unwrap();
    assert_eq!(replayed, erasure);
}
