//! After scrubbing nothing of a destroyed person lies in any file of the database: not his wrapped keys, by which his data
//! could be opened with the keyring at hand, nor those of evidence and words about him, and not his fingerprints. Nor in those of
//! a database that a backup from before was restored into.

use std::{collections::BTreeSet, fs, path::Path};

use age::secrecy::ExposeSecret as _;
use sqlx::{PgPool, Row as _, postgres::PgPoolOptions};
use uuid::Uuid;
use zhenshi_proto::zhenshi::v1::{PolicyEventKind, Verdict};

use crate::support::{
    applications::{application, man, request},
    built_in::BuiltIn,
};

/// What must not be found: wrapped keys and fingerprints, as the bytes that they are in files.
struct Secrets(BTreeSet<Vec<u8>>);

impl Secrets {
    async fn of(admin: &PgPool, customer: Uuid) -> Self {
        let rows = sqlx::query(
            "SELECT z.wrapped_key FROM sealed z JOIN application_party p USING (submission_id, party_no) WHERE p.customer_id = $1
             UNION SELECT uuid_send(fingerprint) FROM contact_use WHERE customer_id = $1 AND NOT EXISTS (
                 SELECT FROM contact_use other WHERE other.fingerprint = contact_use.fingerprint AND other.customer_id <> $1)
             UNION SELECT uuid_send(fingerprint) FROM customer_key WHERE customer_id = $1
             UNION SELECT wrapped_key FROM case_evidence JOIN case_member USING (case_id) WHERE customer_id = $1
             UNION SELECT wrapped_key FROM case_text JOIN case_member USING (case_id) WHERE customer_id = $1
             UNION SELECT wrapped_key FROM privacy_text WHERE about_id = $1",
        )
        .bind(customer)
        .fetch_all(admin)
        .await
        .unwrap();
        Self(rows.iter().map(|row| row.get::<Vec<u8>, _>(0)).collect())
    }

    /// Files below `folder` that hold one of them, and in how many files one was found.
    fn found(&self, folder: &Path) -> Vec<String> {
        let mut hits = Vec::new();
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                hits.extend(self.found(&path));
            } else if let Ok(bytes) = fs::read(&path) {
                let found = self.0.iter().filter(|secret| holds(&bytes, secret)).count();
                if found > 0 {
                    hits.push(format!("{}: {found}", path.display()));
                }
            }
        }
        hits
    }
}

/// Whether `bytes` hold `secret`. Its first bytes of luck are looked for: what stands before them is the same in all.
fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    let needle = &secret[secret.len() - 12..];
    memchr(bytes, needle)
}

fn memchr(bytes: &[u8], needle: &[u8]) -> bool {
    let first = needle[0];
    let mut from = 0;
    while let Some(place) = bytes[from..].iter().position(|byte| *byte == first) {
        let at = from + place;
        if bytes[at..].starts_with(needle) {
            return true;
        }
        from = at + 1;
    }
    false
}

/// A case of `customer` that ended long ago, with evidence and words; and words about access to his data. Their keys open nothing.
async fn follow_up(admin: &PgPool, customer: Uuid) {
    let case = Uuid::from_u128(79);
    for sql in [
        "INSERT INTO case_file (id, case_no, source, state, version, priority, clues, customers_key, seller_codes, agency_codes,
             channel, branch_code, urgent_time, created_by, created_time, changed_time)
         VALUES ($1, '20100101-000001', 3, 7, 1, 1, '{}', $1, '{}', '{}', 1, '4401', 'infinity', 'staff:a', '2010-01-01',
             '2010-01-01')",
        "INSERT INTO case_evidence (id, case_id, kind, content_type, size_bytes, sha256, signer_is_policyholder, collector,
             original_seen, electronic, wrapped_key, attached_by, attached_time, round)
         VALUES (gen_random_uuid(), $1, 1, 'image/png', 1, decode(repeat('00', 32), 'hex'), true, 'B1', true, false,
             uuid_send(gen_random_uuid()), 'staff:B1', '2010-01-01', 1)",
        "INSERT INTO case_text (id, case_id, wrapped_key, payload)
         VALUES (gen_random_uuid(), $1, uuid_send(gen_random_uuid()), '')",
    ] {
        sqlx::query(sql).bind(case).execute(admin).await.unwrap();
    }
    for sql in [
        "INSERT INTO case_member (case_id, customer_id, application_id, submission_id, party_no, role, channel, branch_code,
             seller_code, agency_code, policy_no, added_time)
         SELECT f.id, p.customer_id, p.application_id, p.submission_id, p.party_no, p.role, 1, '4401', '', '', '', '2010-01-01'
         FROM application_party p CROSS JOIN case_file f WHERE p.customer_id = $1",
        "INSERT INTO privacy_text (id, about_id, author, wrapped_key, payload)
         VALUES (gen_random_uuid(), $1, 'staff:a', uuid_send(gen_random_uuid()), '')",
    ] {
        sqlx::query(sql).bind(customer).execute(admin).await.unwrap();
    }
}

async fn admin(place: &BuiltIn) -> PgPool {
    PgPoolOptions::new().max_connections(2).connect(&place.database_url()).await.unwrap()
}

/// Destroying `customer` was approved long ago, as far as the tables say: who may decide is tested elsewhere.
async fn approve(admin: &PgPool, customer: Uuid) {
    let kind = i16::try_from(i32::from(PolicyEventKind::Declined)).unwrap();
    sqlx::query(
        "INSERT INTO policy_event (id, caller, request_id, request_digest, application_id, policy_no, kind, occurred_time, recorded_time)
         SELECT gen_random_uuid(), 'test', gen_random_uuid(), decode(repeat('00', 32), 'hex'), id, '', $1, '2015-01-01', '2015-01-01'
         FROM application WHERE application_no = 'A-1'",
    )
    .bind(kind)
    .execute(admin)
    .await
    .unwrap();
    let subject = Uuid::from_u128(77);
    sqlx::query(
        "INSERT INTO retention_subject (id, customer_id, state, changed_time) VALUES ($1, $2, 4, '2026-01-01')",
    )
    .bind(subject)
    .bind(customer)
    .execute(admin)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO erasure (id, subject_id, ground, reference, requested_by, requested_time, request_id, request_digest,
             decided_by, decided_time, approved)
         VALUES ($1, $2, 1, 'R', 'staff:a', '2026-01-01', $1, decode(repeat('00', 32), 'hex'), 'staff:b', '2026-01-01', true)",
    )
    .bind(Uuid::from_u128(78))
    .bind(subject)
    .execute(admin)
    .await
    .unwrap();
}

/// Another place, into which `backup` was restored with the keys and the ledger of `place`.
fn restored(place: &BuiltIn, backup: &Path, secret: &Path) -> BuiltIn {
    let anew = BuiltIn::new();
    let restored = anew
        .command([
            "db",
            "restore",
            "--from",
            backup.to_str().unwrap(),
            "--identity",
            secret.to_str().unwrap(),
            "--json",
        ])
        .env("ZHENSHI__KEYRING__PATH", place.data_dir().join("keyring/keyring.json"))
        .env("ZHENSHI__RETENTION__LEDGER_PATH", place.data_dir().join("shred-ledger.jsonl"))
        .output()
        .unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let said: serde_json::Value = serde_json::from_slice(&restored.stdout).unwrap();
    assert_eq!(said["shredded_again"], 1);
    anew
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zero_keys_and_fingerprints_in_files_and_log_after_a_scrub() {
    let place = BuiltIn::new();
    let serving = place.serve();
    let token = place.token();
    let client = serving.client(&token).await;
    let mut sent = application("A-1", 1);
    sent.insureds[0].person = Some(man(2));
    sent.insureds[0].relation = zhenshi_proto::zhenshi::v1::Relation::Other.into();
    let answer = client.validate(request(1, sent)).await.unwrap();
    assert_eq!(answer.verdict(), Verdict::Accepted, "{:?}", answer.findings);
    for n in 0..30u32 {
        client.validate(request(100 + u128::from(n), application(&format!("L-{n}"), 10 + n))).await.unwrap();
    }
    let pool = admin(&place).await;
    let of_role = |role: i16| {
        sqlx::query_scalar::<_, Uuid>(
            "SELECT p.customer_id FROM application_party p JOIN application a ON a.id = p.application_id
             WHERE a.application_no = 'A-1' AND p.role = $1",
        )
        .bind(role)
        .fetch_one(&pool)
    };
    let (holder, insured) = (of_role(1).await.unwrap(), of_role(2).await.unwrap());
    follow_up(&pool, holder).await;
    let (secrets, others) = (Secrets::of(&pool, holder).await, Secrets::of(&pool, insured).await);
    assert!(secrets.0.len() >= 7);
    let data = place.data_dir().join("pg/data");
    sqlx::query("CHECKPOINT").execute(&pool).await.unwrap();
    assert!(!secrets.found(&data).is_empty(), "the search finds what is there");

    let identity = age::x25519::Identity::generate();
    let (secret, backup) =
        (place.data_dir().with_file_name("age.key"), place.data_dir().with_file_name("backup"));
    fs::write(&secret, format!("{}\n", identity.to_string().expose_secret())).unwrap();
    let recipient = identity.to_public().to_string();
    place.output(&["db", "backup", "--out", backup.to_str().unwrap(), "--recipient", &recipient]);

    approve(&pool, holder).await;
    let done = async || -> bool {
        sqlx::query_scalar("SELECT shredded_time IS NOT NULL FROM erasure").fetch_one(&pool).await.unwrap()
    };
    crate::support::processes::eventually("the job destroys", async || done().await.then_some(())).await;
    assert!(!secrets.found(&data).is_empty(), "old versions of rows lie in files until they are rewritten");
    let scrubbed = place.run(&["erasure", "scrub"]);
    assert!(scrubbed.status.success(), "{}", String::from_utf8_lossy(&scrubbed.stderr));
    assert_eq!(secrets.found(&data), [] as [String; 0]);
    assert!(!others.found(&data).is_empty(), "the other party's are there");

    pool.close().await;
    serving.stop().await;

    // The backup had him: what is restored from it has him not, in no file either.
    let anew = restored(&place, &backup, &secret);
    let data = anew.data_dir().join("pg/data");
    assert_eq!(secrets.found(&data), [] as [String; 0]);
    assert!(!others.found(&data).is_empty(), "the other party's came back");
}
