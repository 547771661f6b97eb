//! Keys: rotated beside a running service, killed in the middle and run again; and what is said of a keyring that is not right.

pub mod epochs;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Output, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::digest::{SHA256, digest};
use sqlx::Executor as _;
use zhenshi::{
    clock::SystemClock,
    entropy::SeededEntropy,
    security::{
        keyring::{Keyring, SecretKey, VersionedKey},
        keyring_file::KeyringFile,
    },
};
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    applications::{application, request},
    database::{TestDatabase, count},
    program::command,
    service::TestService,
};

/// Submissions from before the rotation.
const BEFORE: u32 = 120;

fn run(folder: &Path, url: &str, args: &[&str]) -> Output {
    command(folder, Some(url)).args(args).stdin(Stdio::null()).output().unwrap()
}

fn done(folder: &Path, url: &str, args: &[&str]) -> String {
    let output = run(folder, url, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Reads and writes without a pause until it is told to stop; says how often, and that nothing failed.
struct Load {
    stop: Arc<AtomicBool>,
    reads: Arc<AtomicU32>,
    task: tokio::task::JoinHandle<u32>,
}

impl Load {
    async fn start(service: &TestService, ids: Vec<String>) -> Self {
        let (stop, reads) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
        let client = service.client("load").await;
        let (stopped, counted) = (stop.clone(), reads.clone());
        let task = tokio::spawn(async move {
            let mut written = 0_u32;
            while !stopped.load(Ordering::Relaxed) {
                let id = &ids[counted.load(Ordering::Relaxed) as usize % ids.len()];
                let asked = proto::GetSubmissionRequest {
                    submission_id: id.clone(),
                    view: proto::SubmissionView::Masked.into(),
                    ..Default::default()
                };
                let read = client.get(asked).await.unwrap().submission.unwrap();
                assert!(!read.parties.is_empty(), "parties of {id}");
                counted.fetch_add(1, Ordering::Relaxed);
                let number = 10_000 + written;
                let sent = request(number.into(), application(&format!("L-{number}"), number % 60));
                client.validate(sent).await.unwrap();
                written += 1;
            }
            written
        });
        Self { stop, reads, task }
    }

    async fn end(self) -> (u32, u32) {
        self.stop.store(true, Ordering::Relaxed);
        let written = self.task.await.unwrap();
        (self.reads.load(Ordering::Relaxed), written)
    }
}

/// A service with submissions, and their ids.
async fn filled() -> (TestService, Vec<String>) {
    // The program's own clock: who holds which key goes by time.
    let service = TestService::start_with_clock(Arc::new(SystemClock)).await;
    let client = service.client("core").await;
    let mut ids = Vec::new();
    for n in 0..BEFORE {
        let sent = request(n.into(), application(&format!("A-{n}"), n % 60));
        ids.push(client.validate(sent).await.unwrap().submission_id);
    }
    (service, ids)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn key_encryption_keys_are_rotated_beside_a_running_service_and_payloads_stay() {
    let (service, ids) = filled().await;
    let (folder, url) = (service.folder.path().to_owned(), service.database.url.clone());
    let admin = service.database.admin().await;
    let payloads = || async {
        let sql = "SELECT md5(payload) FROM sealed ORDER BY submission_id, party_no";
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&admin).await.unwrap();
        rows
    };
    let before = payloads().await;
    let load = Load::start(&service, ids.clone()).await;
    // Killed as soon as it has begun, then run to its end.
    let mut killed = command(&folder, Some(&url))
        .args(["keys", "rotate", "--kind", "key-encryption"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while count(&admin, "SELECT count(*) FROM key_rotation").await == 0
        && killed.try_wait().unwrap().is_none()
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let _ = killed.kill();
    killed.wait().unwrap();
    let (f, u) = (folder.clone(), url.clone());
    let rotate = move || done(&f, &u, &["--json", "keys", "rotate", "--kind", "key-encryption"]);
    let said = tokio::task::spawn_blocking(rotate).await.unwrap();
    assert!(said.contains("\"version\":2") || said.contains("\"version\":3"), "{said}");
    let (reads, written) = load.end().await;
    assert!(reads > 20 && written > 20, "{reads} reads, {written} written");
    println!("rotation under load: {reads} reads and {written} writes beside it, none failed");

    let newest =
        count(&admin, "SELECT max(version)::bigint FROM key_check WHERE purpose = 'key_encryption'").await;
    let others = "SELECT count(*) FROM sealed, (SELECT max(version) AS newest FROM key_check
         WHERE purpose = 'key_encryption') AS key
         WHERE get_byte(wrapped_key, 1) * 256 + get_byte(wrapped_key, 2) <> newest";
    assert_eq!(count(&admin, others).await, 0);
    let after = payloads().await;
    assert_eq!(after[..before.len()], before[..], "what is sealed is not touched");

    // The older ones can go, and nothing needs them.
    for version in 1..newest {
        done(&folder, &url, &["keys", "retire", "--version", &version.to_string()]);
    }
    let refused = run(&folder, &url, &["keys", "retire", "--version", &newest.to_string()]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is in force"));
    let ring = Keyring::load(&folder.join("keyring.json")).unwrap();
    assert_eq!(ring.key_encryption.iter().map(|key| i64::from(key.version)).collect::<Vec<_>>(), [newest]);
    let store = service.database.store().await;
    store.open_epoch(&ring).await.unwrap();
    let status = done(&folder, &url, &["--json", "keys", "status"]);
    assert!(status.contains("\"table\":\"sealed\"") && !status.contains("\"finished\":null"), "{status}");
    let entries = count(
        &admin,
        "SELECT count(*) FROM (SELECT action FROM audit_entry UNION ALL SELECT action FROM audit_pending) a
         WHERE action IN ('ROTATE_KEY', 'REWRAP_KEYS', 'RETIRE_KEY')",
    )
    .await;
    assert!(entries >= 3, "{entries}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_audit_key_is_rotated_beside_a_running_service_and_the_chain_verifies() {
    let (service, ids) = filled().await;
    let (folder, url) = (service.folder.path().to_owned(), service.database.url.clone());
    let admin = service.database.admin().await;
    let load = Load::start(&service, ids).await;
    let (f, u) = (folder.clone(), url.clone());
    tokio::task::spawn_blocking(move || done(&f, &u, &["keys", "rotate", "--kind", "audit"])).await.unwrap();
    while count(&admin, "SELECT count(*) FROM audit_entry WHERE key_version = 2").await == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let (reads, _) = load.end().await;
    assert!(reads > 0);
    assert!(count(&admin, "SELECT count(*) FROM audit_entry WHERE key_version = 1").await > 0);
    let (f, u) = (folder.clone(), url.clone());
    let verified =
        tokio::task::spawn_blocking(move || done(&f, &u, &["--json", "audit", "verify"])).await.unwrap();
    assert!(verified.contains("\"faults\":[]"), "{verified}");
    let keys = done(&folder, &url, &["--json", "audit", "key"]);
    assert!(keys.contains("\"version\":1") && keys.contains("\"version\":2"), "{keys}");
    service.stop().await;
}

#[tokio::test]
async fn nothing_is_in_force_before_every_running_process_holds_it() {
    let database = TestDatabase::new().await;
    let store = database.store().await;
    let entropy = SeededEntropy::new(1);
    let mut ring = Keyring::generate(&entropy).unwrap();
    store.open_epoch(&ring).await.unwrap();
    ring.key_encryption.push(VersionedKey { version: 2, key: SecretKey::generate(&entropy).unwrap() });
    store.check_keyring(Arc::new(ring.clone())).await.unwrap();
    assert_eq!(store.keys_in_force().await.unwrap().key_encryption, 1, "known is not in force");
    let now = crate::support::database::start_time();
    let (one, two) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    store.hold_keys(one, vec![("key_encryption", 1), ("key_encryption", 2)], now).await.unwrap();
    store.hold_keys(two, vec![("key_encryption", 1)], now).await.unwrap();
    let kind = zhenshi::store::keys::KeyKind::KeyEncryption;
    let refused = store.put_in_force(kind, 2, now).await.unwrap_err().to_string();
    assert!(refused.contains("1 of 2 running processes do not hold key_encryption key 2"), "{refused}");
    let later = now + zhenshi::store::keys::HOLDER_LIVES + chrono::TimeDelta::seconds(1);
    store.hold_keys(one, vec![("key_encryption", 2)], later).await.unwrap();
    assert!(store.put_in_force(kind, 2, later).await.unwrap(), "a process that is gone is not waited for");
    assert!(!store.put_in_force(kind, 2, later).await.unwrap(), "once");
    assert_eq!(store.keys_in_force().await.unwrap().key_encryption, 2);
}

/// What the program says with this keyring; it must not do anything else.
fn refusal(folder: &Path, url: &str) -> String {
    let output = run(folder, url, &["keys", "status"]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_keyring_that_is_lost_cut_short_swapped_or_lacks_a_version_is_refused_in_words() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("keyring.json");
    let entropy = SeededEntropy::new(1);
    let mut ring = Keyring::generate(&entropy).unwrap();
    ring.create(&path).unwrap();
    done(folder.path(), &database.url, &["keys", "status"]);
    done(folder.path(), &database.url, &["keys", "rotate", "--kind", "key-encryption"]);
    let text = fs::read_to_string(&path).unwrap();
    ring = Keyring::load(&path).unwrap();
    assert_eq!(ring.key_encryption.len(), 2);

    fs::remove_file(&path).unwrap();
    assert!(refusal(folder.path(), &database.url).contains("keyring.json"), "lost");
    let write = |text: &str| fs::write(&path, text).unwrap();
    let file = KeyringFile { path: path.clone(), wrapped_by: None };
    Keyring::generate(&SeededEntropy::new(2)).unwrap().create(&path).unwrap();
    let said = refusal(folder.path(), &database.url);
    assert!(said.contains("belongs to another installation"), "swapped: {said}");
    for length in [0, 1, text.len() / 3, text.len() - 3] {
        write(&text[..length]);
        let said = refusal(folder.path(), &database.url);
        assert!(said.contains("not the expected JSON"), "cut short at {length}: {said}");
        assert!(!said.contains(&text[40..60]), "no part of a key is quoted");
    }
    for (lacks, words) in [
        (0, "no key_encryption key of version 1, which this database uses"),
        (1, "no key_encryption key of version 2, which this database uses"),
    ] {
        let mut without = ring.clone();
        without.key_encryption.remove(lacks);
        file.replace(&without, &entropy).unwrap();
        let said = refusal(folder.path(), &database.url);
        assert!(said.contains(words), "{said}");
    }
    let mut swapped = ring.clone();
    swapped.fingerprint[0].key =
        SecretKey::new(*<&[u8; 32]>::try_from(digest(&SHA256, b"x").as_ref()).unwrap());
    file.replace(&swapped, &entropy).unwrap();
    assert!(refusal(folder.path(), &database.url).contains("fingerprint epoch 1"));
    write(&text);
    done(folder.path(), &database.url, &["keys", "status"]);
}

#[tokio::test]
async fn the_keyring_is_wrapped_by_a_key_of_another_file_named_by_the_environment() {
    let database = TestDatabase::new().await;
    let folder = tempfile::tempdir().unwrap();
    let master = folder.path().join("master.key");
    let with = |args: &[&str]| {
        command(folder.path(), Some(&database.url))
            .env("ZHENSHI__KEYRING__KEY_ENCRYPTION_FILE", &master)
            .args(args)
            .output()
            .unwrap()
    };
    assert!(with(&["keys", "init"]).status.success());
    let text = fs::read_to_string(folder.path().join("keyring.json")).unwrap();
    assert!(text.contains("wrapped_keyring") && !text.contains("fingerprint"), "nothing in clear");
    assert!(with(&["keys", "status"]).status.success());
    assert!(with(&["keys", "rotate", "--kind", "audit"]).status.success(), "replaced as it was");
    assert!(refusal(folder.path(), &database.url).contains("keyring.key_encryption_file"));
    let admin = database.admin().await;
    admin.execute("SELECT 1").await.unwrap();
    assert_eq!(count(&admin, "SELECT count(*) FROM key_check WHERE purpose = 'audit' AND in_force").await, 2);
}
