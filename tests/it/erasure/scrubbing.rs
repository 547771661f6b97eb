//! After scrubbing nothing of a destroyed person lies in any file of the database: not his wrapped keys, by which his data
//! could be opened with the keyring at hand, and not his fingerprints.

use std::{collections::BTreeSet, fs, path::Path};

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
             UNION SELECT uuid_send(fingerprint) FROM customer_key WHERE customer_id = $1",
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

async fn admin(place: &BuiltIn) -> PgPool {
    PgPoolOptions::new().max_connections(2).connect(&place.database_url()).await.unwrap()
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
    let (secrets, others) = (Secrets::of(&pool, holder).await, Secrets::of(&pool, insured).await);
    assert!(secrets.0.len() >= 4);
    let data = place.data_dir().join("pg/data");
    sqlx::query("CHECKPOINT").execute(&pool).await.unwrap();
    assert!(!secrets.found(&data).is_empty(), "the search finds what is there");

    // Approved long ago, as far as the tables say: who may decide is tested elsewhere.
    let kind = i16::try_from(i32::from(PolicyEventKind::Declined)).unwrap();
    sqlx::query(
        "INSERT INTO policy_event (id, caller, request_id, request_digest, application_id, policy_no, kind, occurred_time, recorded_time)
         SELECT gen_random_uuid(), 'test', gen_random_uuid(), decode(repeat('00', 32), 'hex'), id, '', $1, '2015-01-01', '2015-01-01'
         FROM application WHERE application_no = 'A-1'",
    )
    .bind(kind)
    .execute(&pool)
    .await
    .unwrap();
    let subject = Uuid::from_u128(77);
    sqlx::query(
        "INSERT INTO retention_subject (id, customer_id, state, changed_time) VALUES ($1, $2, 4, '2026-01-01')",
    )
    .bind(subject)
    .bind(holder)
    .execute(&pool)
    .await
    .unwrap();
    sqlx::query(
        "INSERT INTO erasure (id, subject_id, ground, reference, requested_by, requested_time, request_id, request_digest,
             decided_by, decided_time, approved)
         VALUES ($1, $2, 1, 'R', 'staff:a', '2026-01-01', $1, decode(repeat('00', 32), 'hex'), 'staff:b', '2026-01-01', true)",
    )
    .bind(Uuid::from_u128(78))
    .bind(subject)
    .execute(&pool)
    .await
    .unwrap();
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
}
