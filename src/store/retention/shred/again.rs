//! A destruction of the ledger that this database does not know: it came from a backup. The person is moved to the end and the
//! destruction is written down as two persons decided it; then it goes its way like every other.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zhenshi_domain::erasure::State;

use super::{Counts, Targets, count};
use crate::store::{
    Scope, Store, StoreError, Tx,
    codes::Coded as _,
    retention::{
        ErasureGround, SubjectName, Tools, person, register,
        request::{self, ErasureRow},
        subject,
    },
};

/// What two persons decided, as the ledger keeps it: codes, numbers and staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    ground: i16,
    reference: String,
    requested_by: String,
    requested_time: DateTime<Utc>,
    request_id: Uuid,
    /// Base64.
    request_digest: String,
    decided_by: String,
    decided_time: DateTime<Utc>,
}

impl Decision {
    /// That of `row`; none while it is not decided.
    pub(super) fn of(row: &ErasureRow, request_id: Uuid, digest: &[u8]) -> Option<Self> {
        Some(Self {
            ground: row.ground.number(),
            reference: row.reference.clone(),
            requested_by: row.requested_by.clone(),
            requested_time: row.requested_time,
            request_id,
            request_digest: BASE64_STANDARD.encode(digest),
            decided_by: row.decided_by.clone()?,
            decided_time: row.decided_time?,
        })
    }
}

impl Targets {
    /// Whom they are about, as this database may know him.
    pub(super) fn name(&self) -> Option<SubjectName> {
        let of_party = |(submission_id, party_no): &(Uuid, i16)| SubjectName::Party {
            submission_id: *submission_id,
            party_no: *party_no,
        };
        self.customer_id.map(SubjectName::Customer).or_else(|| self.parties.first().map(of_party))
    }
}

impl Store {
    /// Begins `targets`, which were destroyed before this database was restored, and says what there is of them. None: nobody
    /// of whom this database knows, or a line of an early release, which does not say who decided.
    ///
    /// # Errors
    /// When the database cannot be reached; then nothing has begun.
    pub async fn begin_again(&self, tools: Tools, targets: Targets) -> Result<Option<Counts>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let (Some(decision), Some(name)) = (&targets.decision, targets.name()) else {
                    return Ok(None);
                };
                let Some(mut locked) = subject::lock(tx, &tools, name).await? else { return Ok(None) };
                let id = locked.row.id;
                let counts = count(tx, &locked.person, &targets).await?;
                // Whatever the backup says: he was free to be destroyed when he was.
                locked.row.subject.state = State::Shredded;
                locked.row.subject.held = false;
                locked.row.subject.requested_by = None;
                subject::save(tx, &tools, &locked).await?;
                sqlx::query!(
                    "UPDATE retention_hold SET lifted_by = $2, lifted_time = $3
                     WHERE subject_id = $1 AND lifted_time IS NULL",
                    id,
                    tools.actor,
                    tools.now,
                )
                .execute(&mut *tx)
                .await?;
                request::fall(tx, &tools, id).await?;
                insert(tx, &tools, targets.erasure_id, id, decision, counts).await?;
                let who = (targets.erasure_id, id);
                register::tell(tx, &tools, ("BEGIN_SHREDDING_AGAIN", None), who, String::new()).await?;
                Ok(Some(counts))
            })
        })
        .await
    }
}

impl Store {
    /// Every destruction that this database began, as the ledger would have it, with the time when it did; oldest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begun_targets(&self) -> Result<Vec<(Targets, DateTime<Utc>)>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    r#"SELECT id, subject_id, ledger_time AS "ledger_time!", request_id, request_digest
                       FROM erasure WHERE ledger_time IS NOT NULL ORDER BY ledger_time, id"#
                )
                .fetch_all(&mut *tx)
                .await?;
                let mut begun = Vec::with_capacity(rows.len());
                for row in rows {
                    let Some(name) = request::name_of(tx, row.subject_id).await? else { continue };
                    let Some(person) = person::resolve(tx, name).await? else { continue };
                    let Some(erasure) = request::read(tx, row.id).await? else { continue };
                    let decision = Decision::of(&erasure, row.request_id, &row.request_digest);
                    begun.push((super::targets(tx, row.id, &person, decision).await?, row.ledger_time));
                }
                Ok(begun)
            })
        })
        .await
    }
}

async fn insert(
    tx: &mut Tx,
    tools: &Tools,
    id: Uuid,
    subject_id: Uuid,
    decision: &Decision,
    counts: Counts,
) -> Result<(), StoreError> {
    let digest = BASE64_STANDARD.decode(&decision.request_digest).unwrap_or_default();
    sqlx::query!(
        "INSERT INTO erasure (id, subject_id, ground, reference, requested_by, requested_time, request_id, request_digest,
             decided_by, decided_time, approved, ledger_time, counts)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, true, $11, $12)
         ON CONFLICT (id) DO UPDATE SET decided_by = EXCLUDED.decided_by, decided_time = EXCLUDED.decided_time,
             approved = true, ledger_time = COALESCE(erasure.ledger_time, EXCLUDED.ledger_time),
             counts = COALESCE(erasure.counts, EXCLUDED.counts)",
        id,
        subject_id,
        ErasureGround::from_number(decision.ground, id)?.number(),
        decision.reference,
        decision.requested_by,
        decision.requested_time,
        decision.request_id,
        digest,
        decision.decided_by,
        decision.decided_time,
        tools.now,
        serde_json::to_value(counts).unwrap_or_default(),
    )
    .execute(tx)
    .await?;
    Ok(())
}
