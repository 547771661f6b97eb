//! The fingerprint key is rotated beside a running service: nothing fails, nothing is missed, and the list says what it says
//! without a rotation.

use std::{collections::BTreeSet, fs, path::Path, process::Stdio, sync::Arc};

use chrono::{NaiveDate, TimeDelta};
use zhenshi::{
    app::run_suspicion_list::{Step, advance},
    cli::demo::{Truth, play},
    clock::{Clock as _, SystemClock},
    entropy::SeededEntropy,
    gendata::{GenOptions, generate_files},
    security::{
        fingerprint::Prints,
        keyring::{Keyring, SecretKey, VersionedKey},
        keyring_file::KeyringFile,
        sealing::Sealer,
    },
    store::epoch::Tools,
};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{Load, done, filled, refusal, run};
use crate::support::{
    applications::{application, man, request},
    database::{TestDatabase, count},
    directory::{Client as Directory, client as directory_client, seller, upsert},
    processes::eventually,
    program::command,
    service::{CHANNELS, TestService},
};

/// Applications of the generated data, sent in thirds: before, during and after a rotation.
const GENERATED: u64 = 600;

/// The service's sender and its directory.
struct Story<'a> {
    service: &'a TestService,
    client: zhenshi::grpc::client::Client,
    directory: Directory,
    token: String,
}

impl Story<'_> {
    /// The `n`th man applies, reached by the phone of `phone`.
    async fn apply(&self, number: &str, n: u32, phone: u32) -> proto::Verdict {
        let mut sent = application(number, n);
        let phones = man(phone).phones;
        sent.policyholder.as_mut().unwrap().phones.clone_from(&phones);
        sent.insureds[0].person.as_mut().unwrap().phones = phones;
        let id = u128::from(n) * 1_000
            + u128::from(phone)
            + number.bytes().map(u128::from).sum::<u128>() * 1_000_000;
        self.client.validate(request(id, sent)).await.unwrap().verdict()
    }

    /// The seller who is the `n`th man, reached by the phone of `phone`.
    async fn seller(&self, code: &str, n: u32, phone: u32) {
        let mut written = seller(code, n);
        written.phones = man(phone).phones;
        upsert(&self.directory, &self.token, u128::from(n) * 1_000 + u128::from(phone), written)
            .await
            .unwrap();
    }

    /// A third of the generated applications.
    async fn play(&self, third: usize) {
        let folder = self.service.folder.path();
        let (all, truth) = (folder.join("applications.jsonl"), folder.join("truth.jsonl"));
        if third == 0 {
            let as_of = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
            let (out, truth) = (all.clone(), truth.clone());
            generate_files(&GenOptions { count: GENERATED, seed: 18, as_of, out, truth }).unwrap();
        }
        let lines = fs::read_to_string(&all).unwrap();
        let lines: Vec<&str> = lines.lines().collect();
        let size = lines.len().div_ceil(3);
        let part: Vec<&str> = lines.iter().skip(third * size).take(size).copied().collect();
        let path = folder.join(format!("part-{third}.jsonl"));
        fs::write(&path, part.join("\n")).unwrap();
        let board = play(&self.client, &path, part.len() as u64, Truth::read(&truth).unwrap()).await.unwrap();
        assert_eq!((board.failed, board.wrong_verdicts), (0, 0), "third {third}");
    }

    async fn list(&self, day: u32) -> BTreeSet<String> {
        let date = NaiveDate::from_ymd_opt(2026, 11, day).unwrap();
        while advance(self.service.running().app(), date, true).await.unwrap() != Step::Done {}
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT concat_ws(' ', s.clue, s.owner_code, s.customer_count, s.use_count,
                 string_agg(concat_ws('/', a.application_no, a.kind, m.party_no, m.purpose, m.is_new), ' '
                     ORDER BY a.application_no, a.kind, m.party_no, m.purpose))
             FROM suspicion_list l JOIN suspicion s ON s.list_id = l.id
             JOIN suspicion_member m ON m.suspicion_id = s.id JOIN application a ON a.id = m.application_id
             WHERE l.list_date = $1 AND l.state = 2 GROUP BY s.id",
        )
        .bind(date)
        .fetch_all(&self.service.database.admin().await)
        .await
        .unwrap();
        let all = rows.len();
        let listed: BTreeSet<String> = rows.into_iter().collect();
        assert_eq!(listed.len(), all, "each is listed once");
        listed
    }

    /// A verified case clears the pair that `number` is listed in: it must not come back under the new key.
    async fn clear(&self, number: &str) {
        sqlx::query(
            "INSERT INTO cleared_relation (id, clue_value_id, low_customer_id, high_customer_id, kind, cleared_by, cleared_time)
             SELECT gen_random_uuid(), s.clue_value_id, min(m.customer_id::text)::uuid, max(m.customer_id::text)::uuid, 1, 'test', $1
             FROM suspicion s JOIN suspicion_member m ON m.suspicion_id = s.id
             WHERE s.id IN (SELECT one.suspicion_id FROM suspicion_member one
                 JOIN application a ON a.id = one.application_id WHERE a.application_no = $2)
             GROUP BY s.id",
        )
        .bind(self.service.clock.now())
        .bind(number)
        .execute(&self.service.database.admin().await)
        .await
        .unwrap();
    }

    /// Opens a rotation; [`Story::end`] runs the command that goes on with it.
    async fn open(&self) -> (i16, Keyring) {
        let ring = add_key(self.service).await;
        let app = self.service.running().app();
        let rotation = app.store.open_epoch_rotation(&ring, self.service.clock.now()).await.unwrap().unwrap();
        (rotation.to_epoch, ring)
    }

    /// One batch, and then whoever did it is gone; the command ends what it began.
    async fn end(&self, to: i16, ring: &Keyring) {
        let store = &self.service.running().app().store;
        let tools = Tools {
            sealer: Arc::new(Sealer::new(ring).unwrap()),
            prints: Arc::new(Prints::new(store.open_epoch(ring).await.unwrap(), ring.fingerprint.clone())),
            at: self.service.clock.now(),
        };
        assert!(store.backfill_submissions(to, tools).await.unwrap());
        assert!(!store.compare_epochs(to).await.unwrap().is_whole());
        let said = rotate(self.service.folder.path(), &self.service.database.url).await;
        assert!(said.contains("\"epoch\":2,"), "{said}");
    }
}

/// Waits until the service holds the second fingerprint key, which is added to its keyring.
pub async fn add_key(service: &TestService) -> Keyring {
    let (folder, url) = (service.folder.path().to_owned(), service.database.url.clone());
    let (f, u) = (folder.clone(), url);
    tokio::task::spawn_blocking(move || done(&f, &u, &["keys", "add", "--kind", "fingerprint"]))
        .await
        .unwrap();
    let admin = service.database.admin().await;
    let held = "SELECT count(*) FROM key_holder WHERE purpose = 'fingerprint' AND version = 2";
    eventually("the service holds the key", async || (count(&admin, held).await > 0).then_some(())).await;
    Keyring::load(&folder.join("keyring.json")).unwrap()
}

pub async fn rotate(folder: &Path, url: &str) -> String {
    let (folder, url) = (folder.to_owned(), url.to_owned());
    let args = ["--json", "keys", "rotate", "--kind", "fingerprint"];
    tokio::task::spawn_blocking(move || done(&folder, &url, &args)).await.unwrap()
}

/// The old epoch is gone from every table.
pub async fn nothing_is_left(admin: &sqlx::PgPool) {
    let old = "SELECT (SELECT count(*) FROM contact_use WHERE epoch = 1) + (SELECT count(*) FROM contact_pending WHERE epoch = 1)
         + (SELECT count(*) FROM customer_key WHERE epoch = 1) + (SELECT count(*) FROM application_approval WHERE epoch = 1)
         + (SELECT count(*) FROM directory_contact WHERE epoch = 1) + (SELECT count(*) FROM directory_person WHERE epoch = 1)
         + (SELECT count(*) FROM sealed WHERE epoch = 1 AND subject_fingerprint IS NOT NULL)
         + (SELECT count(*) FROM clue_value WHERE epoch = 1) + (SELECT count(*) FROM epoch_subject)";
    assert_eq!(count(admin, old).await, 0, "nothing is left of the old epoch");
    let doubled = "SELECT count(*) FROM customer_key k GROUP BY k.customer_id HAVING count(*) > 1
         UNION ALL SELECT 0 ORDER BY 1 DESC LIMIT 1";
    assert_eq!(count(admin, doubled).await, 0, "customers keep their ids, and have one name");
}

/// The same days with and without a rotation: what both lists say, the digest of the first before and after, and the verdict of
/// a customer with a seller's phone.
async fn days(rotated: bool) -> (BTreeSet<String>, BTreeSet<String>, proto::Verdict) {
    let service = TestService::start_on(TestDatabase::guarded().await).await;
    let story = Story {
        service: &service,
        client: service.client("core").await,
        directory: directory_client(&service).await,
        token: service.token("hr", &["*"], &CHANNELS).await,
    };
    let app = service.running().app().clone();
    let admin = service.database.admin().await;
    story.seller("S300", 300, 300).await;
    app.directory.refresh().await.unwrap();
    story.apply("A-1", 101, 101).await;
    story.apply("A-2", 102, 101).await;
    story.apply("A-3", 300, 300).await;
    service.clock.advance(TimeDelta::days(1));
    let first = story.list(24).await;
    let digest = || async {
        let sql = "SELECT encode(digest, 'hex') FROM suspicion_list WHERE list_date = '2026-11-24'";
        sqlx::query_scalar::<_, String>(sql).fetch_one(&admin).await.unwrap()
    };
    let before = digest().await;
    story.clear("A-1").await;
    story.apply("B-1", 111, 111).await;
    story.apply("B-2", 112, 112).await;
    story.apply("B-3", 113, 113).await;
    story.apply("B-4", 114, 114).await;
    story.play(0).await;

    let rotation = if rotated { Some(story.open().await) } else { None };
    story.apply("C-2", 122, 112).await;
    story.apply("C-5", 125, 115).await;
    // B-3 has another phone now, and B-4 has none of a seller's.
    story.apply("B-3", 113, 116).await;
    story.seller("S301", 301, 114).await;
    story.play(1).await;
    if let Some((to, ring)) = &rotation {
        story.end(*to, ring).await;
    }
    story.apply("D-1", 131, 111).await;
    story.apply("D-5", 135, 115).await;
    // The phone that B-3 had is free again; the one it has now is not.
    story.apply("D-3", 133, 113).await;
    story.apply("D-6", 136, 116).await;
    story.apply("D-7", 102, 101).await;
    story.apply("D-8", 300, 300).await;
    story.play(2).await;
    app.directory.refresh().await.unwrap();
    let verdict = story.apply("D-9", 140, 300).await;
    assert_eq!(digest().await, before, "a sealed list stays as it is");
    service.clock.advance(TimeDelta::days(1));
    let second = story.list(25).await;
    if rotated {
        nothing_is_left(&admin).await;
    }
    drop(story);
    service.stop().await;
    (first, second, verdict)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn every_duplicate_is_listed_once_whether_the_fingerprint_key_is_rotated_or_not() {
    let (without, with) = tokio::join!(days(false), days(true));
    assert_eq!(with.0, without.0, "the list from before");
    let (only, not): (Vec<_>, Vec<_>) =
        (with.1.difference(&without.1).collect(), without.1.difference(&with.1).collect());
    assert!(only.is_empty() && not.is_empty(), "only with a rotation: {only:#?}, only without: {not:#?}");
    assert_eq!(with.2, without.2, "the gate knows sellers' phones");
    let phone = |one: &str, other: &str| {
        with.1.iter().any(|row| row.starts_with("1 ") && row.contains(one) && row.contains(other))
    };
    assert!(phone("B-1/", "D-1/"), "before and after: {:#?}", with.1);
    assert!(phone("B-2/", "C-2/") && phone("C-5/", "D-5/") && phone("B-3/", "D-6/"));
    assert!(!phone("B-3/", "D-3/") && !phone("A-1/", "D-7/"), "what has ended, and what is cleared");
    assert!(with.1.iter().any(|row| row.starts_with("3 S301 ") && row.contains("B-4/")), "{:#?}", with.1);
    let own =
        with.1.iter().find(|row| row.starts_with("3 S300 ")).expect("the customer with a seller's phone");
    assert!(
        own.contains("D-9/") && !own.contains("A-3/") && !own.contains("D-8/"),
        "he himself is no clue: {own}"
    );
    println!("{} suspicions, the same with and without a rotation", with.1.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_fingerprint_key_is_rotated_under_load_killed_and_run_again_and_the_old_one_may_go() {
    let (service, ids) = filled().await;
    let (folder, url) = (service.folder.path().to_owned(), service.database.url.clone());
    let admin = service.database.admin().await;
    let customers = || async {
        let sql =
            "SELECT customer_id::text FROM application_party ORDER BY submission_id, party_no LIMIT 240";
        sqlx::query_scalar::<_, String>(sql).fetch_all(&admin).await.unwrap()
    };
    let before = customers().await;
    let load = Load::start(&service, ids).await;
    let mut killed = command(&folder, Some(&url))
        .args(["keys", "rotate", "--kind", "fingerprint"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    eventually("the rotation is open", async || {
        let open = count(&admin, "SELECT count(*) FROM epoch_rotation").await > 0;
        (open || killed.try_wait().unwrap().is_some()).then_some(())
    })
    .await;
    let _ = killed.kill();
    killed.wait().unwrap();
    let refused = run(&folder, &url, &["keys", "retire", "--kind", "fingerprint", "--version", "1"]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("needs fingerprint key 1"), "{refused:?}");
    let said = rotate(&folder, &url).await;
    assert!(said.contains("\"kind\":\"fingerprint\""), "{said}");
    let (reads, written) = load.end().await;
    assert!(reads > 20 && written > 20, "{reads} reads, {written} written");
    println!(
        "rotation of fingerprints under load: {reads} reads and {written} writes beside it, none failed; {said}"
    );
    assert_eq!(count(&admin, "SELECT count(*) FROM contact_use WHERE epoch = 1").await, 0);
    assert_eq!(customers().await, before);
    let newest = count(&admin, "SELECT max(epoch)::bigint FROM list_gate").await;
    let keys = count(&admin, "SELECT max(key_version)::bigint FROM fingerprint_epoch").await;
    assert_eq!(count(&admin, "SELECT count(*) FROM fingerprint_epoch").await, 1);
    let status = done(&folder, &url, &["--json", "keys", "status"]);
    assert!(status.contains(&format!("\"epoch\":{newest}")), "{status}");

    // Nothing needs the old one; without the new one nothing starts.
    done(&folder, &url, &["keys", "retire", "--kind", "fingerprint", "--version", "1"]);
    let file = KeyringFile { path: folder.join("keyring.json"), wrapped_by: None };
    let ring = file.load().unwrap();
    assert!(ring.fingerprint.iter().all(|key| key.version > 1));
    let mut lacking = ring.clone();
    lacking.fingerprint.retain(|key| i64::from(key.version) != keys);
    let entropy = SeededEntropy::new(3);
    lacking.fingerprint.push(VersionedKey { version: 99, key: SecretKey::generate(&entropy).unwrap() });
    file.replace(&lacking, &entropy).unwrap();
    let said = refusal(&folder, &url);
    assert!(
        said.contains(&format!("fingerprint epoch {newest} needs fingerprint key version {keys}")),
        "{said}"
    );
    file.replace(&ring, &entropy).unwrap();
    done(&folder, &url, &["keys", "status"]);
    service.stop().await;
}

#[tokio::test]
async fn a_key_that_is_only_added_changes_nothing_and_is_not_used_before_every_process_holds_it() {
    let service = TestService::start_with_clock(Arc::new(SystemClock)).await;
    let client = service.client("core").await;
    client.validate(request(1, application("A-1", 1))).await.unwrap();
    let store = service.database.store().await;
    let mut ring = Keyring::load(&service.folder.path().join("keyring.json")).unwrap();
    ring.fingerprint
        .push(VersionedKey { version: 2, key: SecretKey::generate(&SeededEntropy::new(5)).unwrap() });
    assert_eq!(store.open_epoch(&ring).await.unwrap().epoch(), 1);
    let now = SystemClock.now();
    let refused = store.open_epoch_rotation(&ring, now).await.unwrap_err().to_string();
    assert!(refused.contains("do not hold fingerprint key 2"), "{refused}");
    client.validate(request(2, application("A-2", 2))).await.unwrap();
    let admin = service.database.admin().await;
    assert_eq!(count(&admin, "SELECT count(*) FROM fingerprint_epoch").await, 1);
    assert_eq!(count(&admin, "SELECT count(DISTINCT epoch) FROM contact_use").await, 1);
    service.stop().await;
}
