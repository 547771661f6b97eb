//! The two persons of a destruction: one requests, another decides. Repeating either call changes nothing.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::erasure::{Move, Refusal};

use super::{
    Asked, Tools,
    person::SubjectName,
    register,
    subject::{self, Locked, MAX_PAGE, SubjectRow, lock},
};
use crate::store::{Scope, Store, StoreError, Tx, codes::Coded as _};

/// Why somebody's data are destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureGround {
    /// The legal periods are over (fifth text, 25).
    RetentionOver,
    /// The person asked for it (PIPL 47).
    PersonAsked,
    /// An order of an authority.
    Order,
}

/// A destruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErasureRow {
    /// Its id.
    pub id: Uuid,
    /// Whose data.
    pub subject_id: Uuid,
    /// Why.
    pub ground: ErasureGround,
    /// Number of the matter; may be empty.
    pub reference: String,
    /// Who asked.
    pub requested_by: String,
    /// When.
    pub requested_time: DateTime<Utc>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_time: Option<DateTime<Utc>>,
    /// How.
    pub approved: Option<bool>,
    /// When it was done.
    pub shredded_time: Option<DateTime<Utc>>,
    /// Certificate of destruction.
    pub certificate: Option<String>,
    /// When the pages that had held the data were rewritten.
    pub scrubbed_time: Option<DateTime<Utc>>,
    /// Cases that wait until a hold on another of their customers is lifted.
    pub kept_case_ids: Vec<Uuid>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct NewErasure {
    /// Makes the call safe to repeat.
    pub request_id: Uuid,
    /// HMAC of its content.
    pub digest: [u8; 32],
    /// Whose data.
    pub name: SubjectName,
    /// Why.
    pub ground: ErasureGround,
    /// Number of the matter.
    pub reference: String,
}

macro_rules! erasure_row {
    ($row:expr) => {{
        let row = $row;
        Ok::<_, StoreError>(ErasureRow {
            id: row.id,
            subject_id: row.subject_id,
            ground: ErasureGround::from_number(row.ground, row.id)?,
            reference: row.reference,
            requested_by: row.requested_by,
            requested_time: row.requested_time,
            decided_by: row.decided_by,
            decided_time: row.decided_time,
            approved: row.approved,
            shredded_time: row.shredded_time,
            certificate: row.certificate,
            scrubbed_time: row.scrubbed_time,
            kept_case_ids: row.kept_case_ids,
        })
    }};
}

/// The destruction `id`.
pub(super) async fn read(tx: &mut Tx, id: Uuid) -> Result<Option<ErasureRow>, StoreError> {
    let row = sqlx::query!(
        "SELECT id, subject_id, ground, reference, requested_by, requested_time, decided_by, decided_time, approved,
             shredded_time, certificate, scrubbed_time, kept_case_ids
         FROM erasure WHERE id = $1",
        id,
    )
    .fetch_optional(tx)
    .await?;
    row.map(|row| erasure_row!(row)).transpose()
}

/// How the person of the row `subject_id` is called.
pub(super) async fn name_of(tx: &mut Tx, subject_id: Uuid) -> Result<Option<SubjectName>, StoreError> {
    let row = sqlx::query!(
        "SELECT customer_id, submission_id, party_no FROM retention_subject WHERE id = $1",
        subject_id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    Ok(row.and_then(|row| match (row.customer_id, row.submission_id.zip(row.party_no)) {
        (Some(customer), _) => Some(SubjectName::Customer(customer)),
        (None, Some((submission_id, party_no))) => Some(SubjectName::Party { submission_id, party_no }),
        (None, None) => None,
    }))
}

/// The person of a destruction, under lock.
pub(super) async fn lock_subject_of(
    tx: &mut Tx,
    tools: &Tools,
    subject_id: Uuid,
) -> Result<Option<Locked>, StoreError> {
    match name_of(tx, subject_id).await? {
        Some(name) => lock(tx, tools, name).await,
        None => Ok(None),
    }
}

/// Who has decided what a hold made fall before anybody had.
const FELL: &str = "retention";

/// What nobody has decided yet, and what was decided but not begun, is to be asked for again.
pub(super) async fn fall(tx: &mut Tx, tools: &Tools, subject_id: Uuid) -> Result<(), StoreError> {
    let fell = sqlx::query_scalar!(
        "UPDATE erasure SET approved = false, decided_by = COALESCE(decided_by, $3),
             decided_time = COALESCE(decided_time, $2)
         WHERE subject_id = $1 AND ledger_time IS NULL AND (decided_time IS NULL OR approved) RETURNING id",
        subject_id,
        tools.now,
        FELL,
    )
    .fetch_all(&mut *tx)
    .await?;
    for id in fell {
        register::tell(tx, tools, ("ERASURE_FALLS", None), (id, subject_id), String::new()).await?;
    }
    Ok(())
}

async fn earlier(
    tx: &mut Tx,
    tools: &Tools,
    new: &NewErasure,
) -> Result<Option<Asked<ErasureRow>>, StoreError> {
    let known = sqlx::query!(
        "SELECT id, request_digest FROM erasure WHERE requested_by = $1 AND request_id = $2",
        tools.actor,
        new.request_id,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(known) = known else { return Ok(None) };
    if known.request_digest != new.digest {
        return Ok(Some(Asked::Reused));
    }
    Ok(Some(read(tx, known.id).await?.map_or(Asked::NotFound, Asked::Done)))
}

impl Store {
    /// Asks for the destruction of a person's data.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn request_erasure(
        &self,
        scope: Scope,
        tools: Tools,
        new: NewErasure,
    ) -> Result<Asked<(ErasureRow, SubjectRow)>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let Some(mut locked) = lock(tx, &tools, new.name).await? else { return Ok(Asked::NotFound) };
                // Under the person's lock: of two equal calls the second finds what the first made.
                match earlier(tx, &tools, &new).await? {
                    Some(Asked::Done(row)) => return Ok(Asked::Done((row, locked.row))),
                    Some(Asked::Reused) => return Ok(Asked::Reused),
                    _ => {}
                }
                let asked = locked.apply(Move::Request, &tools.actor);
                // What time has made of him is kept, whether or not the request is allowed.
                subject::save(tx, &tools, &locked).await?;
                if let Err(refusal) = asked {
                    let subjects = vec![locked.row.id];
                    tools.tell(tx, "REFUSE_ERASURE_REQUEST", None, subjects, refusal.to_string()).await?;
                    return Ok(Asked::Refused(refusal));
                }
                let id = tools.mint()?;
                sqlx::query!(
                    "INSERT INTO erasure (id, subject_id, ground, reference, requested_by, requested_time, request_id,
                         request_digest)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                    id,
                    locked.row.id,
                    new.ground.number(),
                    new.reference,
                    tools.actor,
                    tools.now,
                    new.request_id,
                    &new.digest[..],
                )
                .execute(&mut *tx)
                .await?;
                let what = ("REQUEST_ERASURE", Some("erasure.requested"));
                register::tell(tx, &tools, what, (id, locked.row.id), new.reference).await?;
                let row = read(tx, id).await?.ok_or_else(gone)?;
                Ok(Asked::Done((row, locked.row)))
            })
        })
        .await
    }

    /// Decides on the destruction `id`, once. The same decision again, by the same person, changes nothing.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn decide_erasure(
        &self,
        scope: Scope,
        tools: Tools,
        id: Uuid,
        approve: bool,
    ) -> Result<Asked<(ErasureRow, SubjectRow)>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let Some(row) = read(tx, id).await? else { return Ok(Asked::NotFound) };
                let Some(mut locked) = lock_subject_of(tx, &tools, row.subject_id).await? else {
                    return Ok(Asked::NotFound);
                };
                // Again: whoever waited for the lock sees what the other decided.
                let Some(row) = read(tx, id).await? else { return Ok(Asked::NotFound) };
                if row.decided_by.as_deref() == Some(&*tools.actor) && row.approved == Some(approve) {
                    return Ok(Asked::Done((row, locked.row)));
                }
                let decided = decide(&mut locked, &row, approve, &tools.actor);
                subject::save(tx, &tools, &locked).await?;
                if let Err(refusal) = decided {
                    let subjects = vec![id, locked.row.id];
                    tools.tell(tx, "REFUSE_ERASURE_DECISION", None, subjects, refusal.to_string()).await?;
                    return Ok(Asked::Refused(refusal));
                }
                sqlx::query!(
                    "UPDATE erasure SET decided_by = $2, decided_time = $3, approved = $4 WHERE id = $1",
                    id,
                    tools.actor,
                    tools.now,
                    approve,
                )
                .execute(&mut *tx)
                .await?;
                let what = if approve {
                    ("APPROVE_ERASURE", Some("erasure.approved"))
                } else {
                    ("DECLINE_ERASURE", Some("erasure.declined"))
                };
                register::tell(tx, &tools, what, (id, locked.row.id), String::new()).await?;
                let row = read(tx, id).await?.ok_or_else(gone)?;
                Ok(Asked::Done((row, locked.row)))
            })
        })
        .await
    }

    /// The destruction `id`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn erasure(&self, scope: Scope, id: Uuid) -> Result<Option<ErasureRow>, StoreError> {
        self.with_tx(scope, move |tx| Box::pin(async move { read(tx, id).await })).await
    }

    /// Destructions, newest first, at most `limit`, those before the id `before`; only those not done yet if `open`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn erasures(
        &self,
        scope: Scope,
        open: bool,
        before: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ErasureRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT id, subject_id, ground, reference, requested_by, requested_time, decided_by, decided_time,
                         approved, shredded_time, certificate, scrubbed_time, kept_case_ids
                     FROM erasure
                     WHERE (NOT $1 OR decided_time IS NULL OR (approved AND shredded_time IS NULL))
                         AND ($2::uuid IS NULL OR id < $2)
                     ORDER BY id DESC LIMIT $3",
                    open,
                    before,
                    limit.min(MAX_PAGE),
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter().map(|row| erasure_row!(row)).collect()
            })
        })
        .await
    }
}

/// Decides on `row`, if nobody has. What a hold made fall is decided too, by nobody: it is to be asked for again.
fn decide(locked: &mut Locked, row: &ErasureRow, approve: bool, actor: &str) -> Result<(), Refusal> {
    let state = locked.row.subject.state;
    let decided = row.decided_time.is_some();
    match row.decided_by.as_deref() {
        Some(FELL) => Err(Refusal::NotRequested),
        // A request that came after this one is open beside it: it is not decided by deciding on this one.
        _ if decided => Err(Refusal::WrongState(state)),
        _ => locked.apply(if approve { Move::Approve } else { Move::Refuse }, actor),
    }
}

fn gone() -> StoreError {
    StoreError::Unexpected("an erasure that was just written is not there".into())
}
