//! What hangs on a case beside its timeline: attempts to reach the customer, evidence, call-back requests, opinions, appeals;
//! read for its details and for the evidence matrix. What people wrote is named by its id only: [`super::text::open`].
//!
//! To add a part: its row type and its reader here, ordered by time, then id.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::case::evidence::{
    ContactAttempt, ContactMeans, ContactResult, EvidenceFacts, EvidenceKind,
};

use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, codes::Coded as _},
};

/// What came of a call that customer service was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallBackAnswer {
    /// The customer confirmed the data as they stand.
    Confirmed,
    /// The customer told otherwise.
    ToldOtherwise,
    /// The customer was not reached.
    NotReached,
    /// The customer would not answer.
    Refused,
}

/// What an opinion asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpinionKind {
    /// 处罚 (article 14).
    Sanction,
    /// 整改意见 (article 24).
    Rectification,
}

/// An attempt to reach the customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactAttemptRow {
    /// Id.
    pub id: Uuid,
    /// When, how, and with what result.
    pub attempt: ContactAttempt,
    /// Staff code of who made it.
    pub attempted_by: String,
    /// What he wrote.
    pub text_id: Option<Uuid>,
}

/// A piece of evidence, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Id.
    pub id: Uuid,
    /// What the matrix asks: kind, signer, day, collector, original, electronic.
    pub facts: EvidenceFacts,
    /// Media type, told from the content.
    pub content_type: String,
    /// Size of the content in bytes.
    pub size_bytes: i64,
    /// SHA-256 of the content.
    pub sha256: Vec<u8>,
    /// Name of the file.
    pub file_name_text_id: Option<Uuid>,
    /// Staff code of who attached it.
    pub attached_by: String,
    /// When.
    pub attached_time: DateTime<Utc>,
    /// Submissions that the case had had by then.
    pub round: i32,
}

/// A call that customer service was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallBackRequestRow {
    /// Id.
    pub id: Uuid,
    /// Staff code of who asked.
    pub requested_by: String,
    /// When.
    pub requested_time: DateTime<Utc>,
    /// What is to be asked.
    pub question_text_id: Option<Uuid>,
    /// Staff code of who called.
    pub answered_by: Option<String>,
    /// When; none while it is not answered.
    pub answered_time: Option<DateTime<Utc>>,
    /// What came of it.
    pub answer: Option<CallBackAnswer>,
    /// What the customer said.
    pub answer_text_id: Option<Uuid>,
}

/// A sanction or rectification opinion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpinionRow {
    /// Id.
    pub id: Uuid,
    /// Which.
    pub kind: OpinionKind,
    /// Staff code of who must act.
    pub owner_code: String,
    /// By when.
    pub due_date: NaiveDate,
    /// What is to be done.
    pub text_id: Uuid,
    /// Staff code of whose opinion it is.
    pub recorded_by: String,
    /// When.
    pub recorded_time: DateTime<Utc>,
    /// Staff code of who replied.
    pub replied_by: Option<String>,
    /// When; none while nobody has.
    pub replied_time: Option<DateTime<Utc>>,
    /// What was done.
    pub reply_text_id: Option<Uuid>,
}

impl OpinionRow {
    /// Whether nobody has replied, and the day is past on `today`.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.replied_time.is_none() && self.due_date < today
    }
}

/// Somebody says that the case was issued by mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppealRow {
    /// Id.
    pub id: Uuid,
    /// Staff code of who says so.
    pub appealed_by: String,
    /// When.
    pub appealed_time: DateTime<Utc>,
    /// Why.
    pub text_id: Uuid,
    /// Staff code of who decided.
    pub decided_by: Option<String>,
    /// When; none while nobody has.
    pub decided_time: Option<DateTime<Utc>>,
    /// It was issued by mistake indeed: counts against the clue's precision.
    pub accepted: Option<bool>,
    /// What he wrote.
    pub decision_text_id: Option<Uuid>,
}

/// The attempts to reach the customers of a case, oldest first.
pub(in crate::store) async fn contact_attempts(
    tx: &mut Tx,
    case_id: Uuid,
) -> Result<Vec<ContactAttemptRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, attempted_time, means, result, attempted_by, text_id FROM case_contact_attempt
         WHERE case_id = $1 ORDER BY attempted_time, id",
        case_id
    )
    .fetch_all(tx)
    .await?;
    let table = "case_contact_attempt";
    rows.into_iter()
        .map(|row| {
            let means = ContactMeans::from_code(row.means).ok_or_else(|| wrong(table, "means", row.id))?;
            let result =
                ContactResult::from_code(row.result).ok_or_else(|| wrong(table, "result", row.id))?;
            Ok(ContactAttemptRow {
                id: row.id,
                attempt: ContactAttempt { time: row.attempted_time, means, result },
                attempted_by: row.attempted_by,
                text_id: row.text_id,
            })
        })
        .collect()
}

/// The evidence of a case, oldest first; with `only`, that piece if it is the case's.
pub(in crate::store) async fn evidence(
    tx: &mut Tx,
    case_id: Uuid,
    only: Option<Uuid>,
) -> Result<Vec<EvidenceRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, kind, content_type, size_bytes, sha256, signer_is_policyholder, signed_on, collector, original_seen,
             electronic, file_name_text_id, attached_by, attached_time, round
         FROM case_evidence WHERE case_id = $1 AND ($2::uuid IS NULL OR id = $2) ORDER BY attached_time, id",
        case_id,
        only
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let kind = EvidenceKind::from_code(row.kind);
            Ok(EvidenceRow {
                id: row.id,
                facts: EvidenceFacts {
                    kind: kind.ok_or_else(|| wrong("case_evidence", "kind", row.id))?,
                    signer_is_policyholder: row.signer_is_policyholder,
                    signed_on: row.signed_on,
                    collector: row.collector,
                    original_seen: row.original_seen,
                    electronic: row.electronic,
                },
                content_type: row.content_type,
                size_bytes: row.size_bytes,
                sha256: row.sha256,
                file_name_text_id: row.file_name_text_id,
                attached_by: row.attached_by,
                attached_time: row.attached_time,
                round: row.round,
            })
        })
        .collect()
}

/// The calls that customer service was asked for, oldest first.
pub(in crate::store) async fn call_back_requests(
    tx: &mut Tx,
    case_id: Uuid,
) -> Result<Vec<CallBackRequestRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, requested_by, requested_time, question_text_id, answered_by, answered_time, answer, answer_text_id
         FROM case_call_back_request WHERE case_id = $1 ORDER BY requested_time, id",
        case_id
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(CallBackRequestRow {
                id: row.id,
                requested_by: row.requested_by,
                requested_time: row.requested_time,
                question_text_id: row.question_text_id,
                answered_by: row.answered_by,
                answered_time: row.answered_time,
                answer: row.answer.map(|code| CallBackAnswer::from_number(code, row.id)).transpose()?,
                answer_text_id: row.answer_text_id,
            })
        })
        .collect()
}

/// The sanction and rectification opinions of a case, oldest first.
pub(in crate::store) async fn opinions(tx: &mut Tx, case_id: Uuid) -> Result<Vec<OpinionRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, kind, owner_code, due_date, text_id, recorded_by, recorded_time, replied_by, replied_time,
             reply_text_id
         FROM case_opinion WHERE case_id = $1 ORDER BY recorded_time, id",
        case_id
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OpinionRow {
                id: row.id,
                kind: OpinionKind::from_number(row.kind, row.id)?,
                owner_code: row.owner_code,
                due_date: row.due_date,
                text_id: row.text_id,
                recorded_by: row.recorded_by,
                recorded_time: row.recorded_time,
                replied_by: row.replied_by,
                replied_time: row.replied_time,
                reply_text_id: row.reply_text_id,
            })
        })
        .collect()
}

/// The appeals against a case, oldest first.
pub(in crate::store) async fn appeals(tx: &mut Tx, case_id: Uuid) -> Result<Vec<AppealRow>, StoreError> {
    let rows = sqlx::query_as!(
        AppealRow,
        "SELECT id, appealed_by, appealed_time, text_id, decided_by, decided_time, accepted, decision_text_id
         FROM case_appeal WHERE case_id = $1 ORDER BY appealed_time, id",
        case_id
    )
    .fetch_all(tx)
    .await?;
    Ok(rows)
}

/// A number that this version does not write.
fn wrong(table: &'static str, column: &'static str, row: Uuid) -> StoreError {
    StoreError::Corrupt { table, column, row: row.to_string() }
}

impl Store {
    /// The calls that customer service was asked for, as far as `scope` goes.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn case_call_back_requests(
        &self,
        scope: Scope,
        case_id: Uuid,
    ) -> Result<Vec<CallBackRequestRow>, StoreError> {
        self.with_tx(scope, move |tx| Box::pin(call_back_requests(tx, case_id))).await
    }

    /// The evidence of a case, as far as `scope` goes.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn case_evidence(&self, scope: Scope, case_id: Uuid) -> Result<Vec<EvidenceRow>, StoreError> {
        self.with_tx(scope, move |tx| Box::pin(evidence(tx, case_id, None))).await
    }

    /// The opinions of a case, as far as `scope` goes.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn case_opinions(&self, scope: Scope, case_id: Uuid) -> Result<Vec<OpinionRow>, StoreError> {
        self.with_tx(scope, move |tx| Box::pin(opinions(tx, case_id))).await
    }

    /// The appeals against a case, as far as `scope` goes.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn case_appeals(&self, scope: Scope, case_id: Uuid) -> Result<Vec<AppealRow>, StoreError> {
        self.with_tx(scope, move |tx| Box::pin(appeals(tx, case_id))).await
    }
}
