//! What a half-yearly inspection (fifth text, 14) reads of the database: samples of what is sealed, and its own reports.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    security::sealing::Sealed,
    store::{Scope, Store, StoreError},
};

/// A sealed party, to be opened and forgotten.
#[derive(Debug)]
pub struct SealedSample {
    /// The submission.
    pub submission_id: Uuid,
    /// Number of the party.
    pub party_no: i16,
    /// What is sealed.
    pub sealed: Sealed,
}

/// A piece of evidence, to be opened, hashed and forgotten.
#[derive(Debug)]
pub struct EvidenceSample {
    /// Its id.
    pub id: Uuid,
    /// Its key.
    pub wrapped_key: Vec<u8>,
    /// What its content must hash to.
    pub sha256: Vec<u8>,
}

/// A report as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionRow {
    /// Its id.
    pub id: Uuid,
    /// When it began.
    pub begun_time: DateTime<Utc>,
    /// When it ended.
    pub ended_time: DateTime<Utc>,
    /// Who did it.
    pub performed_by: String,
    /// Nothing was wrong.
    pub passed: bool,
    /// The signed report.
    pub report: String,
}

impl Store {
    /// The sealed parties of the first submission at or after each of `places`, as far as their keys are there.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn sealed_samples(&self, places: Vec<Uuid>) -> Result<Vec<SealedSample>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    r#"SELECT DISTINCT z.submission_id AS "submission_id!", z.party_no AS "party_no!",
                           z.wrapped_key AS "wrapped_key!", z.payload AS "payload!"
                       FROM UNNEST($1::uuid[]) AS place (id) CROSS JOIN LATERAL (
                           SELECT submission_id, party_no, wrapped_key, payload FROM sealed
                           WHERE wrapped_key IS NOT NULL AND submission_id = (
                               SELECT submission_id FROM sealed WHERE submission_id >= place.id
                               ORDER BY submission_id LIMIT 1)) AS z"#,
                    &places,
                )
                .fetch_all(tx)
                .await?;
                Ok(rows
                    .into_iter()
                    .map(|row| SealedSample {
                        submission_id: row.submission_id,
                        party_no: row.party_no,
                        sealed: Sealed { wrapped_key: row.wrapped_key, payload: row.payload },
                    })
                    .collect())
            })
        })
        .await
    }

    /// The first and the last submission, if there is any: samples lie between.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn submission_bounds(&self) -> Result<Option<(Uuid, Uuid)>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                let first = sqlx::query_scalar!("SELECT id FROM submission ORDER BY id LIMIT 1")
                    .fetch_optional(&mut *tx)
                    .await?;
                let last = sqlx::query_scalar!("SELECT id FROM submission ORDER BY id DESC LIMIT 1")
                    .fetch_optional(tx)
                    .await?;
                Ok(first.zip(last))
            })
        })
        .await
    }

    /// The newest evidence whose key is there, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn evidence_samples(&self, limit: i64) -> Result<Vec<EvidenceSample>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    r#"SELECT id, wrapped_key AS "wrapped_key!", sha256 FROM case_evidence
                       WHERE wrapped_key IS NOT NULL ORDER BY id DESC LIMIT $1"#,
                    limit,
                )
                .fetch_all(tx)
                .await?;
                Ok(rows
                    .into_iter()
                    .map(|row| EvidenceSample {
                        id: row.id,
                        wrapped_key: row.wrapped_key,
                        sha256: row.sha256,
                    })
                    .collect())
            })
        })
        .await
    }

    /// Persons that the database says are destroyed: the ledger must have each.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn shredded_ids(&self) -> Result<Vec<Uuid>, StoreError> {
        self.with_tx(Scope::system(), |tx| {
            Box::pin(async move {
                Ok(sqlx::query_scalar!("SELECT id FROM erasure WHERE ledger_time IS NOT NULL ORDER BY id")
                    .fetch_all(tx)
                    .await?)
            })
        })
        .await
    }

    /// Keeps a report.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn keep_inspection(&self, tools: super::Tools, row: InspectionRow) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                sqlx::query!(
                    "INSERT INTO inspection (id, begun_time, ended_time, performed_by, passed, report)
                     VALUES ($1, $2, $3, $4, $5, $6)",
                    row.id,
                    row.begun_time,
                    row.ended_time,
                    row.performed_by,
                    row.passed,
                    row.report,
                )
                .execute(&mut *tx)
                .await?;
                let outcome = if row.passed { "passed" } else { "failed" };
                tools.tell(tx, "INSPECT", Some("inspection.done"), vec![row.id], outcome.to_owned()).await
            })
        })
        .await
    }

    /// Reports, newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn inspections(&self, limit: i64) -> Result<Vec<InspectionRow>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                Ok(sqlx::query_as!(
                    InspectionRow,
                    "SELECT id, begun_time, ended_time, performed_by, passed, report FROM inspection
                     ORDER BY ended_time DESC, id DESC LIMIT $1",
                    limit,
                )
                .fetch_all(tx)
                .await?)
            })
        })
        .await
    }
}
