//! Holds: while one is in place nothing is destroyed. A number of the matter, never words.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::erasure::Move;

use super::{
    Asked, Tools,
    person::SubjectName,
    request::{self, lock_subject_of},
    shred::kept,
    subject::{self, lock},
};
use crate::store::{Scope, Store, StoreError, codes::Coded as _};

/// Why data are held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldGround {
    /// An action at law.
    Litigation,
    /// A complaint.
    Complaint,
    /// An investigation.
    Investigation,
    /// An order of an authority.
    Order,
}

/// A hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoldRow {
    /// Its id.
    pub id: Uuid,
    /// Whose data.
    pub subject_id: Uuid,
    /// Why.
    pub ground: HoldGround,
    /// Number of the matter.
    pub reference: String,
    /// Who placed it.
    pub placed_by: String,
    /// When.
    pub placed_time: DateTime<Utc>,
}

impl Store {
    /// Places a hold on the data of `name`. A destruction that was asked for or decided has to be asked for again; those of others
    /// leave the cases alone that are his too.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn place_hold(
        &self,
        scope: Scope,
        tools: Tools,
        name: SubjectName,
        ground: HoldGround,
        reference: String,
    ) -> Result<Asked<HoldRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let Some(mut locked) = lock(tx, &tools, name).await? else { return Ok(Asked::NotFound) };
                kept::keep_off(tx, &locked.person).await?;
                if let Err(refusal) = locked.apply(Move::Hold, &tools.actor) {
                    return Ok(Asked::Refused(refusal));
                }
                subject::save(tx, &tools, &locked).await?;
                let row = HoldRow {
                    id: tools.mint()?,
                    subject_id: locked.row.id,
                    ground,
                    reference,
                    placed_by: tools.actor.clone(),
                    placed_time: tools.now,
                };
                sqlx::query!(
                    "INSERT INTO retention_hold (id, subject_id, ground, reference, placed_by, placed_time)
                     VALUES ($1, $2, $3, $4, $5, $6)",
                    row.id,
                    row.subject_id,
                    ground.number(),
                    row.reference,
                    row.placed_by,
                    row.placed_time,
                )
                .execute(&mut *tx)
                .await?;
                request::fall(tx, &tools, row.subject_id).await?;
                let subjects = vec![row.id, row.subject_id];
                tools.tell(tx, "PLACE_HOLD", None, subjects, row.reference.clone()).await?;
                Ok(Asked::Done(row))
            })
        })
        .await
    }

    /// Lifts the hold `id`; the person is held no more when it was the last one.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn lift_hold(&self, scope: Scope, tools: Tools, id: Uuid) -> Result<Asked<()>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let subject_id = sqlx::query_scalar!(
                    "UPDATE retention_hold SET lifted_by = $2, lifted_time = $3
                     WHERE id = $1 AND lifted_time IS NULL RETURNING subject_id",
                    id,
                    tools.actor,
                    tools.now,
                )
                .fetch_optional(&mut *tx)
                .await?;
                let Some(subject_id) = subject_id else { return Ok(Asked::NotFound) };
                let Some(mut locked) = lock_subject_of(tx, &tools, subject_id).await? else {
                    return Ok(Asked::NotFound);
                };
                let left = sqlx::query_scalar!(
                    r#"SELECT EXISTS (SELECT FROM retention_hold WHERE subject_id = $1 AND lifted_time IS NULL) AS "left!""#,
                    subject_id,
                )
                .fetch_one(&mut *tx)
                .await?;
                if !left
                    && let Err(refusal) = locked.apply(Move::Lift, &tools.actor)
                {
                    return Ok(Asked::Refused(refusal));
                }
                subject::save(tx, &tools, &locked).await?;
                tools.tell(tx, "LIFT_HOLD", None, vec![id, subject_id], String::new()).await?;
                Ok(Asked::Done(()))
            })
        })
        .await
    }

    /// The holds that are in place on the person `subject_id`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn holds_of(&self, scope: Scope, subject_id: Uuid) -> Result<Vec<HoldRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT id, subject_id, ground, reference, placed_by, placed_time FROM retention_hold
                     WHERE subject_id = $1 AND lifted_time IS NULL ORDER BY placed_time, id",
                    subject_id,
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter()
                    .map(|row| {
                        Ok(HoldRow {
                            id: row.id,
                            subject_id: row.subject_id,
                            ground: HoldGround::from_number(row.ground, row.id)?,
                            reference: row.reference,
                            placed_by: row.placed_by,
                            placed_time: row.placed_time,
                        })
                    })
                    .collect()
            })
        })
        .await
    }
}
