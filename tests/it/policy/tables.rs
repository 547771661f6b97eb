//! Every plain table has row security, held for its owner too, or stands here with the reason why not.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;

use crate::support::database::TestDatabase;

/// Tables without row security, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("_sqlx_migrations", "the migrations themselves; the service's role has no right on it"),
    (
        "application",
        "grows with applications and is distributable: the typed scope only (ARCHITECTURE, Growth)",
    ),
    ("application_approval", "as application"),
    ("application_party", "as application"),
    ("contact_pending", "as application; fingerprints"),
    ("contact_use", "as application; fingerprints"),
    ("customer", "as application; surrogates"),
    ("customer_key", "as application; fingerprints"),
    ("finding", "as application"),
    ("request_key", "as application; keys of senders"),
    ("sealed", "as application; sealed, and opened only by use cases that write to the audit log first"),
    ("submission", "as application"),
    ("policy_event", "grows with policies; written by systems, read as a whole by computations only"),
    (
        "audit_pending",
        "everybody's transactions add to it; nobody changes it, and people read it only through the policy",
    ),
    ("audit_entry", "as audit_pending; written by the relay"),
    ("outbox_pending", "everybody's transactions add to it; ids, codes and times"),
    ("outbox_event", "as outbox_pending; written by the relay"),
    ("chain_head", "places of the relay; nobody's data"),
    ("list_gate", "one time"),
    ("version_counter", "counters"),
    ("rule_set", "rules; no secret"),
    ("fingerprint_epoch", "checks of keys, read at start"),
    ("key_check", "checks of keys, read at start"),
    ("key_holder", "which process holds which versions of keys"),
    ("epoch_rotation", "how far the rotation of the fingerprint key has come: counts and cursors"),
    ("epoch_subject", "as customer_key; while a rotation is open"),
    ("key_rotation", "how far the rotation of a key has come: counts and a cursor"),
    ("holiday_notice", "working days are no secret; who may import them is the policy's"),
    ("case_number", "a counter a day"),
    ("export_number", "a counter a day"),
    ("event_redelivery", "idempotency keys of redeliveries: ids and counts; who may ask is the policy's"),
    ("policy_event_pending", "ids of policy events whose cases are still to be looked at"),
    ("retention_sweep", "how far a job has looked"),
    ("shred_replay", "ids of destructions that were done again"),
    ("shred_ledger", "how long the ledger outside is: a number and a MAC"),
    ("clerk_turn", "when each clerk was last given a case: codes and times, read by every distribution"),
];

#[tokio::test]
async fn every_plain_table_has_row_security_or_a_reason() {
    let database = TestDatabase::new().await;
    let rows = sqlx::query(
        "SELECT c.relname::text, c.relrowsecurity AND c.relforcerowsecurity,
                EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition",
    )
    .fetch_all(&database.admin().await)
    .await
    .unwrap();
    let tables: BTreeMap<String, bool> =
        rows.iter().map(|row| (row.get(0), row.get::<bool, _>(1) && row.get::<bool, _>(2))).collect();
    let without: BTreeSet<&str> = tables.iter().filter(|(_, has)| !**has).map(|(name, _)| &**name).collect();
    let reasons: BTreeMap<&str, &str> = WITHOUT.iter().copied().collect();
    assert_eq!(without, reasons.keys().copied().collect::<BTreeSet<_>>());
    assert!(reasons.values().all(|reason| !reason.is_empty()) && reasons.len() == WITHOUT.len());
    assert!(tables.values().filter(|has| **has).count() >= 25);
}
