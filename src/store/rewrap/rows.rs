//! The two statements of each table that holds wrapped keys: reading a batch, and writing what was wrapped anew.

use uuid::Uuid;

use super::Wrapped;
use crate::store::{StoreError, Tx};

/// Rows of a batch.
const BATCH: i64 = 500;

/// A row of a batch.
pub(super) struct Row {
    pub(super) id: Uuid,
    pub(super) party_no: i16,
    pub(super) wrapped_key: Option<Vec<u8>>,
}

pub(super) async fn read(
    tx: &mut Tx,
    table: Wrapped,
    after: Uuid,
    after_no: i16,
) -> Result<Vec<Row>, StoreError> {
    Ok(match table {
        Wrapped::Sealed => {
            sqlx::query_as!(
                Row,
                r#"SELECT submission_id AS "id!", party_no AS "party_no!", wrapped_key FROM sealed
                   WHERE (submission_id, party_no) > ($1, $2) ORDER BY submission_id, party_no LIMIT $3"#,
                after,
                after_no,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
        Wrapped::CaseText => {
            sqlx::query_as!(
                Row,
                r#"SELECT id AS "id!", 0::smallint AS "party_no!", wrapped_key FROM case_text
                   WHERE id > $1 ORDER BY id LIMIT $2"#,
                after,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
        Wrapped::CaseEvidence => {
            sqlx::query_as!(
                Row,
                r#"SELECT id AS "id!", 0::smallint AS "party_no!", wrapped_key FROM case_evidence
                   WHERE id > $1 ORDER BY id LIMIT $2"#,
                after,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
        Wrapped::Directory => {
            sqlx::query_as!(
                Row,
                r#"SELECT id AS "id!", 0::smallint AS "party_no!", wrapped_key FROM directory_entry
                   WHERE id > $1 ORDER BY id LIMIT $2"#,
                after,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
        Wrapped::PrivacyText => {
            sqlx::query_as!(
                Row,
                r#"SELECT id AS "id!", 0::smallint AS "party_no!", wrapped_key FROM privacy_text
                   WHERE id > $1 ORDER BY id LIMIT $2"#,
                after,
                BATCH
            )
            .fetch_all(tx)
            .await?
        }
    })
}

pub(super) async fn write(
    tx: &mut Tx,
    table: Wrapped,
    ids: &[Uuid],
    numbers: &[i16],
    olds: &[Vec<u8>],
    news: &[Vec<u8>],
) -> Result<u64, StoreError> {
    let done = match table {
        Wrapped::Sealed => {
            sqlx::query!(
                "UPDATE sealed SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::smallint[], $3::bytea[], $4::bytea[]) AS new (id, party_no, old, wrapped)
                 WHERE submission_id = new.id AND sealed.party_no = new.party_no AND sealed.wrapped_key = new.old",
                ids,
                numbers,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
        Wrapped::CaseText => {
            sqlx::query!(
                "UPDATE case_text SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::bytea[], $3::bytea[]) AS new (id, old, wrapped)
                 WHERE case_text.id = new.id AND case_text.wrapped_key = new.old",
                ids,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
        Wrapped::CaseEvidence => {
            sqlx::query!(
                "UPDATE case_evidence SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::bytea[], $3::bytea[]) AS new (id, old, wrapped)
                 WHERE case_evidence.id = new.id AND case_evidence.wrapped_key = new.old",
                ids,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
        Wrapped::Directory => {
            sqlx::query!(
                "UPDATE directory_entry SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::bytea[], $3::bytea[]) AS new (id, old, wrapped)
                 WHERE directory_entry.id = new.id AND directory_entry.wrapped_key = new.old",
                ids,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
        Wrapped::PrivacyText => {
            sqlx::query!(
                "UPDATE privacy_text SET wrapped_key = new.wrapped
                 FROM UNNEST($1::uuid[], $2::bytea[], $3::bytea[]) AS new (id, old, wrapped)
                 WHERE privacy_text.id = new.id AND privacy_text.wrapped_key = new.old",
                ids,
                olds,
                news
            )
            .execute(tx)
            .await?
        }
    };
    Ok(done.rows_affected())
}
