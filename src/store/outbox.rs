//! The outbox: events for other systems and for those who watch, left in the transaction of what they tell of.
//!
//! [`add`] leaves them without position; the relay (`relay.rs`) gives positions without gaps, in commit order, and the
//! events of one case in order of its version. What may be told is a type: [`EventData`] has no field of text.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;
use zhenshi_domain::event::EventData;

use super::{StoreError, Tx};

/// The change of a case that an event tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseChange {
    /// The case.
    pub case_id: Uuid,
    /// Its version after the change.
    pub version: i64,
}

/// An event that is to be left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Id, a UUIDv7: receivers know a repeated event by it.
    pub id: Uuid,
    /// When it happened.
    pub recorded_time: DateTime<Utc>,
    /// The change of a case that it tells of, if it is one's. The caller holds the case's row lock.
    pub case: Option<CaseChange>,
    /// To which it happened: the applications of commission and call-back events, the list; else empty.
    pub subject_ids: Vec<Uuid>,
    /// What it tells.
    pub data: EventData,
}

/// Leaves `events`, without positions yet, in the transaction of what they tell of; those of one case are told in the
/// order given.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub async fn add(tx: &mut Tx, events: &[NewEvent]) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let rows = events.iter().map(|event| serde_json::to_value(&event.data));
    let data: Vec<Value> =
        rows.collect::<Result<_, _>>().map_err(|error| StoreError::Unexpected(error.to_string()))?;
    // The lists of subjects differ in length: they travel flat, each id with the place of its event.
    let subjects = events.iter().zip(1_i64..);
    let subjects = subjects.flat_map(|(event, place)| event.subject_ids.iter().map(move |id| (place, *id)));
    let (places, subject_ids): (Vec<i64>, Vec<Uuid>) = subjects.unzip();
    sqlx::query!(
        "WITH subject AS (
             SELECT place, array_agg(subject_id ORDER BY ordinal) AS subject_ids
             FROM UNNEST($7::bigint[], $8::uuid[]) WITH ORDINALITY AS flat (place, subject_id, ordinal)
             GROUP BY place
         )
         INSERT INTO outbox_pending (id, recorded_time, kind, subject_ids, case_id, case_version, data)
         SELECT id, recorded_time, kind, COALESCE(subject.subject_ids, '{}'), case_id, case_version, data
         FROM UNNEST($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::bigint[], $6::jsonb[])
             WITH ORDINALITY AS new (id, recorded_time, kind, case_id, case_version, data, place)
         LEFT JOIN subject USING (place)
         ORDER BY place",
        &events.iter().map(|event| event.id).collect::<Vec<_>>(),
        &events.iter().map(|event| event.recorded_time).collect::<Vec<_>>(),
        &events.iter().map(|event| event.data.kind().name().to_owned()).collect::<Vec<_>>(),
        &events.iter().map(|event| event.case.map(|case| case.case_id)).collect::<Vec<_>>()
            as &[Option<Uuid>],
        &events.iter().map(|event| event.case.map(|case| case.version)).collect::<Vec<_>>()
            as &[Option<i64>],
        &data,
        &places,
        &subject_ids,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The position up to which events have one: what is read after this holds everything that they tell of.
///
/// # Errors
/// When the database cannot be reached.
pub(in crate::store) async fn position(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(sqlx::query_scalar!("SELECT position FROM chain_head WHERE name = 'outbox'").fetch_one(tx).await?)
}
