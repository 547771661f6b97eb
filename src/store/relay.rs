//! The relay: gives audit entries and events their positions, without gaps and in commit order, and chains the audit.
//!
//! Transactions leave their rows without position. One relay at a time holds the row lock of `chain_head`; what it sees
//! was committed before it looked, and what commits later gets a later position. So a reader by position never misses a
//! row, which a reader by sequence or time would.

use std::sync::Arc;

use uuid::Uuid;

use super::{
    Scope, Store, StoreError, Tx,
    audit::{Entry, MAC_BYTES},
    keys::{KeyKind, in_force},
};
use crate::security::audit_key::AuditKeys;

/// Most rows that one pass of the relay positions.
pub const MAX_ROWS_PER_PASS: i64 = 1_000;

/// Where the chain stood after a pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Position of the last entry; 0 before the first.
    pub position: i64,
    /// MAC of the last entry.
    pub mac: [u8; MAC_BYTES],
}

/// What one pass did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pass {
    /// Entries and events that got a position.
    pub moved: usize,
    /// The audit chain's end.
    pub link: Link,
}

impl Store {
    /// Positions and chains what is waiting, up to [`MAX_ROWS_PER_PASS`] of each.
    ///
    /// # Errors
    /// When the database cannot be reached; then nothing was moved.
    pub async fn relay(&self, keys: Arc<AuditKeys>) -> Result<Pass, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let (entries, link) = relay_audit(tx, &keys).await?;
                let events = relay_outbox(tx).await?;
                Ok(Pass { moved: entries + events, link })
            })
        })
        .await
    }
}

impl Store {
    /// Where the audit chain ends now.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn chain_end(&self) -> Result<Link, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let head = sqlx::query!("SELECT position, mac FROM chain_head WHERE name = 'audit'")
                    .fetch_one(&mut *tx)
                    .await?;
                Ok(Link { position: head.position, mac: as_mac(&head.mac)? })
            })
        })
        .await
    }

    /// The link at `position`, if the chain has it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn chain_link(&self, position: i64) -> Result<Option<Link>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let mac = sqlx::query_scalar!("SELECT mac FROM audit_entry WHERE position = $1", position)
                    .fetch_optional(&mut *tx)
                    .await?;
                mac.map(|mac| Ok(Link { position, mac: as_mac(&mac)? })).transpose()
            })
        })
        .await
    }
}

async fn relay_audit(tx: &mut Tx, keys: &AuditKeys) -> Result<(usize, Link), StoreError> {
    let head = sqlx::query!("SELECT position, mac FROM chain_head WHERE name = 'audit' FOR UPDATE")
        .fetch_one(&mut *tx)
        .await?;
    // Read under the lock of the head, by everybody: versions never fall along the chain.
    let version = match in_force(tx, KeyKind::Audit.purpose()).await? {
        0 => keys.version(),
        version => version,
    };
    let missing = || StoreError::Unfit(format!("the keyring has no audit key of version {version}"));
    let key = keys.chain(version).ok_or_else(missing)?;
    // Deleting and inserting in one transaction keeps an entry in exactly one of the two tables at every instant.
    let mut entries = sqlx::query_as!(
        Entry,
        "WITH next AS (SELECT id FROM audit_pending ORDER BY id LIMIT $1)
         DELETE FROM audit_pending USING next WHERE audit_pending.id = next.id
         RETURNING audit_pending.id, recorded_time, actor, action, subject_kind, subject_ids, reason, digest",
        MAX_ROWS_PER_PASS,
    )
    .fetch_all(&mut *tx)
    .await?;
    entries.sort_by_key(|entry| entry.id);
    let mut link = Link { position: head.position, mac: as_mac(&head.mac)? };
    let mut chained = Vec::with_capacity(entries.len());
    for entry in entries {
        let position = link.position + 1;
        link = Link { position, mac: entry.chain(key, position, &link.mac) };
        chained.push((entry, link.clone()));
    }
    if !chained.is_empty() {
        append_chained(tx, &chained, version).await?;
        sqlx::query!(
            "UPDATE chain_head SET position = $1, mac = $2 WHERE name = 'audit'",
            link.position,
            &link.mac[..],
        )
        .execute(&mut *tx)
        .await?;
    }
    Ok((chained.len(), link))
}

/// Writes the entries with their positions. The lists of subjects differ in length, which no array of arrays can hold:
/// they travel flat, each id with the position that it belongs to.
async fn append_chained(tx: &mut Tx, chained: &[(Entry, Link)], version: u16) -> Result<(), StoreError> {
    macro_rules! column {
        ($entry:ident, $link:ident => $value:expr) => {
            chained.iter().map(|($entry, $link)| $value).collect::<Vec<_>>()
        };
    }
    let subjects =
        chained.iter().flat_map(|(entry, link)| entry.subject_ids.iter().map(|id| (link.position, *id)));
    let (owners, subject_ids): (Vec<i64>, Vec<Uuid>) = subjects.unzip();
    sqlx::query!(
        "WITH subject AS (
             SELECT position, array_agg(subject_id ORDER BY ordinal) AS subject_ids
             FROM UNNEST($9::bigint[], $10::uuid[]) WITH ORDINALITY AS flat (position, subject_id, ordinal)
             GROUP BY position
         )
         INSERT INTO audit_entry (position, id, recorded_time, actor, action, subject_kind, reason, digest, mac,
             subject_ids, key_version)
         SELECT new.*, COALESCE(subject.subject_ids, '{}'), $12
         FROM UNNEST($1::bigint[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::bytea[], $11::bytea[])
             AS new (position, id, recorded_time, actor, action, subject_kind, reason, digest, mac)
         LEFT JOIN subject USING (position)",
        &column!(_entry, link => link.position),
        &column!(entry, _link => entry.id),
        &column!(entry, _link => entry.recorded_time),
        &column!(entry, _link => entry.actor.clone()),
        &column!(entry, _link => entry.action.clone()),
        &column!(entry, _link => entry.subject_kind.clone()),
        &column!(entry, _link => entry.reason.clone()),
        &column!(entry, _link => entry.digest.clone()),
        &owners,
        &subject_ids,
        &column!(_entry, link => link.mac.to_vec()),
        i16::try_from(version).unwrap_or(i16::MAX),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Positions events by `seq`, the order of insertion: of two changes of one case the later was inserted after the earlier
/// one's commit, so whoever sees the later event sees the earlier one too, and gives it a position before.
async fn relay_outbox(tx: &mut Tx) -> Result<usize, StoreError> {
    let position = sqlx::query_scalar!("SELECT position FROM chain_head WHERE name = 'outbox' FOR UPDATE")
        .fetch_one(&mut *tx)
        .await?;
    let moved = sqlx::query!(
        "WITH next AS (SELECT seq FROM outbox_pending ORDER BY seq LIMIT $2),
              taken AS (
                  DELETE FROM outbox_pending AS pending USING next WHERE pending.seq = next.seq
                  RETURNING pending.seq, id, recorded_time, kind, subject_ids, case_id, case_version, data
              )
         INSERT INTO outbox_event (position, id, recorded_time, kind, subject_ids, case_id, case_version, data)
         SELECT $1 + row_number() OVER (ORDER BY seq), id, recorded_time, kind, subject_ids, case_id, case_version, data
         FROM taken",
        position,
        MAX_ROWS_PER_PASS,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if moved > 0 {
        sqlx::query!(
            "UPDATE chain_head SET position = position + $1 WHERE name = 'outbox'",
            i64::try_from(moved).unwrap_or(i64::MAX),
        )
        .execute(tx)
        .await?;
    }
    Ok(usize::try_from(moved).unwrap_or(usize::MAX))
}

/// A stored MAC as bytes of the right number.
pub(super) fn as_mac(bytes: &[u8]) -> Result<[u8; MAC_BYTES], StoreError> {
    bytes.try_into().map_err(|_| StoreError::Corrupt {
        table: "chain_head",
        column: "mac",
        row: "audit".into(),
    })
}
