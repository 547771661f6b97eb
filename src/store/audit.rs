//! The audit log: who did what to which, why and when; and the outbox beside it.
//!
//! A transaction leaves its entry without position ([`append`]); the relay (`relay.rs`) gives positions and extends the
//! HMAC chain. What is under the MAC is written by [`Entry::chain`], field by field with lengths, so that no two entries can look alike.

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Store, StoreError, Tx};
use crate::{ids, security::scope::Scope};

/// Bytes of a link of the chain.
pub const MAC_BYTES: usize = 32;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Id, a UUIDv7.
    pub id: Uuid,
    /// When it was recorded.
    pub recorded_time: DateTime<Utc>,
    /// Who: a principal or a part of the service.
    pub actor: String,
    /// What, `UPPER_SNAKE_CASE`.
    pub action: String,
    /// Kind of the subjects.
    pub subject_kind: String,
    /// Which.
    pub subject_ids: Vec<Uuid>,
    /// Why, where a reason was asked for.
    pub reason: String,
    /// SHA-256 over the rows that the entry stands for; empty when the entry says it all.
    pub digest: Vec<u8>,
}

impl Entry {
    /// The link of this entry at `position` after `previous`.
    pub fn chain(&self, key: &hmac::Key, position: i64, previous: &[u8]) -> [u8; MAC_BYTES] {
        let mut context = hmac::Context::with_key(key);
        let mut put = |part: &[u8]| {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        };
        put(previous);
        put(&position.to_be_bytes());
        put(self.id.as_bytes());
        put(&self.recorded_time.timestamp_micros().to_be_bytes());
        for text in [&self.actor, &self.action, &self.subject_kind, &self.reason] {
            put(text.as_bytes());
        }
        put(&(self.subject_ids.len() as u64).to_be_bytes());
        for id in &self.subject_ids {
            put(id.as_bytes());
        }
        put(&self.digest);
        let mut mac = [0; MAC_BYTES];
        mac.copy_from_slice(context.sign().as_ref());
        mac
    }
}

/// Leaves an entry, without position yet, in the transaction of what it tells of.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub async fn append(tx: &mut Tx, entry: &Entry) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO audit_pending (id, recorded_time, actor, action, subject_kind, subject_ids, reason, digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        entry.id,
        entry.recorded_time,
        entry.actor,
        entry.action,
        entry.subject_kind,
        &entry.subject_ids,
        entry.reason,
        entry.digest,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Leaves the entry of something that the service does by itself, `why` in words without personal data. Its id follows from
/// what was done (`what`), so that it takes no luck, and who does the same at once does not say it twice.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub async fn note(
    tx: &mut Tx,
    by: &Deed<'_>,
    at: DateTime<Utc>,
    what: &[&[u8]],
    why: String,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO audit_pending (id, recorded_time, actor, action, subject_kind, subject_ids, reason, digest)
         VALUES ($1, $2, $3, $4, $5, $6, $7, '') ON CONFLICT (id) DO NOTHING",
        ids::derived(by.action, what),
        at,
        by.actor,
        by.action,
        by.subject_kind,
        by.subject_ids,
        why,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A process that starts.
const START_SERVICE: Deed<'static> =
    Deed { actor: "service", action: "START_SERVICE", subject_kind: "configuration", subject_ids: &[] };

impl Store {
    /// Leaves the entry of a process that starts at `at` with a configuration of that digest.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn note_start(
        &self,
        at: DateTime<Utc>,
        digest: Vec<u8>,
        why: String,
    ) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            let time = at.timestamp_micros().to_be_bytes();
            Box::pin(async move { note(tx, &START_SERVICE, at, &[&time, &digest], why).await })
        })
        .await
    }
}

/// What the service does by itself.
#[derive(Debug, Clone, Copy)]
pub struct Deed<'a> {
    /// Part of the service, or `operator`.
    pub actor: &'static str,
    /// What, `UPPER_SNAKE_CASE`.
    pub action: &'static str,
    /// Kind of the subjects.
    pub subject_kind: &'static str,
    /// Which.
    pub subject_ids: &'a [Uuid],
}

/// An event of the outbox: ids only, never personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Id, a UUIDv7.
    pub id: Uuid,
    /// When it was recorded.
    pub recorded_time: DateTime<Utc>,
    /// What happened, `snake.case`.
    pub kind: &'static str,
    /// To which.
    pub subject_ids: Vec<Uuid>,
}

/// Leaves an event, without position yet, in the transaction of what it tells of.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub async fn publish(tx: &mut Tx, event: &Event) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO outbox_pending (id, recorded_time, kind, subject_ids) VALUES ($1, $2, $3, $4)",
        event.id,
        event.recorded_time,
        event.kind,
        &event.subject_ids,
    )
    .execute(tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            id: Uuid::from_u128(1),
            recorded_time: DateTime::from_timestamp_micros(1).unwrap(),
            actor: "core".into(),
            action: "A".into(),
            subject_kind: "k".into(),
            subject_ids: vec![Uuid::from_u128(2)],
            reason: String::new(),
            digest: vec![3],
        }
    }

    #[test]
    fn every_field_position_and_predecessor_is_under_the_mac() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let base = entry().chain(&key, 1, &[0; 32]);
        let changes: [fn(&mut Entry); 8] = [
            |e| e.id = Uuid::from_u128(9),
            |e| e.recorded_time = DateTime::from_timestamp_micros(2).unwrap(),
            |e| e.actor = "corf".into(),
            |e| e.action = "B".into(),
            |e| e.subject_kind = "l".into(),
            |e| e.subject_ids.push(Uuid::from_u128(2)),
            |e| e.reason = "r".into(),
            |e| e.digest = vec![4],
        ];
        for change in changes {
            let mut other = entry();
            change(&mut other);
            assert_ne!(other.chain(&key, 1, &[0; 32]), base);
        }
        assert_ne!(entry().chain(&key, 2, &[0; 32]), base);
        assert_ne!(entry().chain(&key, 1, &[1; 32]), base);
    }

    #[test]
    fn text_cannot_move_from_one_field_to_the_next() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let mut other = entry();
        other.actor = "cor".into();
        other.action = "eA".into();
        assert_ne!(other.chain(&key, 1, &[0; 32]), entry().chain(&key, 1, &[0; 32]));
    }
}
