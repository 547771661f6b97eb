//! Sealing: when every chunk is written, the list gets its digest and never changes again.

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Utc};
use tokio_stream::StreamExt as _;
use uuid::Uuid;
use zhenshi_domain::event::EventData;

use super::{ACTOR_LIST, OpenList};
use crate::{
    entropy::SharedEntropy,
    ids,
    store::{
        Scope, Store, StoreError, Tx,
        audit::{self, Entry},
        codes::Coded as _,
        outbox::{self, NewEvent},
    },
};

/// Action of the audit entry of a sealed list.
pub const ACTION_SEAL: &str = "SEAL_SUSPICION_LIST";

/// What became of sealing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sealed {
    /// It is sealed now.
    Now,
    /// It was sealed before, or has chunks that are not written yet.
    NotNow,
}

impl Store {
    /// Seals `list`, if all its chunks are written and nobody has.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn seal_list(
        &self,
        list: &OpenList,
        at: DateTime<Utc>,
        entropy: SharedEntropy,
    ) -> Result<Sealed, StoreError> {
        let list = list.clone();
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { seal(tx, &list, at, &entropy).await }))
            .await
    }
}

async fn seal(
    tx: &mut Tx,
    list: &OpenList,
    at: DateTime<Utc>,
    entropy: &SharedEntropy,
) -> Result<Sealed, StoreError> {
    let row = sqlx::query!(
        r#"SELECT state = 1 AND planned_time IS NOT NULL
                AND NOT EXISTS (SELECT FROM list_run WHERE list_id = $1 AND done_time IS NULL) AS "ready!"
           FROM suspicion_list WHERE id = $1 FOR UPDATE"#,
        list.id,
    )
    .fetch_one(&mut *tx)
    .await?;
    if !row.ready {
        return Ok(Sealed::NotNow);
    }
    let whole = digest(tx, list).await?;
    sqlx::query!(
        "UPDATE suspicion_list
         SET state = 2, sealed_time = $2, digest = $3, suspicion_count = $4, member_count = $5
         WHERE id = $1",
        list.id,
        at,
        &whole.digest[..],
        whole.suspicions,
        whole.members,
    )
    .execute(&mut *tx)
    .await?;
    let entry = Entry {
        id: ids::mint(at, entropy.as_ref())?,
        recorded_time: at,
        actor: ACTOR_LIST.into(),
        action: ACTION_SEAL.into(),
        subject_kind: "suspicion_list".into(),
        subject_ids: vec![list.id],
        reason: String::new(),
        digest: whole.digest.to_vec(),
    };
    audit::append(tx, &entry).await?;
    let event = NewEvent {
        id: ids::mint(at, entropy.as_ref())?,
        recorded_time: at,
        case: None,
        subject_ids: vec![list.id],
        data: EventData::ListSealed {
            list_date: list.list_date,
            suspicion_count: whole.suspicions,
            member_count: whole.members,
        },
    };
    outbox::add(tx, &[event]).await?;
    Ok(Sealed::Now)
}

/// A whole list in one number, and what it counts.
struct Whole {
    digest: [u8; 32],
    suspicions: i64,
    members: i64,
}

/// SHA-256 over the list's cuts and all its suspicions with their members, in the order of their ids. Read as a stream:
/// memory does not grow with the list.
async fn digest(tx: &mut Tx, list: &OpenList) -> Result<Whole, StoreError> {
    let mut context = Context::new(&SHA256);
    let mut put = |part: &[u8]| {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    };
    put(list.id.as_bytes());
    put(&list.cut_time.timestamp_micros().to_be_bytes());
    put(&list.previous_cut_time.timestamp_micros().to_be_bytes());
    put(&list.kind.number().to_be_bytes());
    let (mut suspicions, mut members, mut present) = (0, 0, None::<Uuid>);
    let mut rows = sqlx::query!(
        "SELECT suspicion.id, suspicion.clue, suspicion.clue_value_id, suspicion.owner_kind, suspicion.owner_code,
                suspicion.customer_count, suspicion.use_count, suspicion.capped, suspicion.declared_family,
                suspicion.lead_channel, suspicion.lead_branch_code, suspicion.priority, member.customer_id,
                member.application_id, member.submission_id, member.party_no, member.purpose, member.is_new,
                member.baseline
         FROM suspicion JOIN suspicion_member AS member ON member.suspicion_id = suspicion.id
         WHERE suspicion.list_id = $1 ORDER BY suspicion.id, member.member_no",
        list.id,
    )
    .fetch(&mut *tx);
    while let Some(row) = rows.try_next().await? {
        if present.replace(row.id) != Some(row.id) {
            suspicions += 1;
            put(row.id.as_bytes());
            put(&row.clue.to_be_bytes());
            put(row.clue_value_id.as_bytes());
            put(&row.owner_kind.unwrap_or(0).to_be_bytes());
            put(row.owner_code.as_bytes());
            put(&row.customer_count.to_be_bytes());
            put(&row.use_count.to_be_bytes());
            put(&[u8::from(row.capped), u8::from(row.declared_family)]);
            put(&row.lead_channel.to_be_bytes());
            put(row.lead_branch_code.as_bytes());
            put(&row.priority.to_be_bytes());
        }
        members += 1;
        put(row.customer_id.as_bytes());
        put(row.application_id.as_bytes());
        put(row.submission_id.as_bytes());
        put(&row.party_no.to_be_bytes());
        put(&row.purpose.to_be_bytes());
        put(&[u8::from(row.is_new), u8::from(row.baseline)]);
    }
    drop(rows);
    let mut digest = [0; 32];
    digest.copy_from_slice(context.finish().as_ref());
    Ok(Whole { digest, suspicions, members })
}
