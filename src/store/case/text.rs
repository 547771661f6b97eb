//! What people write about a case: reasons, comments, answers. It may hold personal data, so it is sealed, each text under
//! a data key of its own.

use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    security::{
        scope::Scope,
        sealing::{Place, Sealed, Sealer},
    },
    store::{Store, StoreError, Tx},
};

/// Table of the sealed values, bound into them.
const TABLE: &str = "case_text";
/// No party of a submission.
const NO_PARTY: i16 = -1;

/// Where the text `id` belongs.
pub const fn place(id: Uuid) -> Place {
    Place { table: TABLE, row: id, party_no: NO_PARTY }
}

/// A sealed text on its way in. Sealing takes no lock and is done before the transaction, or at its beginning.
#[derive(Debug, Clone)]
pub struct NewText {
    /// Its id.
    pub id: Uuid,
    /// What was sealed for [`place`].
    pub sealed: Sealed,
}

impl Store {
    /// Opens the texts `ids`; one whose key was destroyed is left out. Whoever calls has written the audit entry.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached, or a text cannot be opened.
    pub async fn open_case_texts(
        &self,
        scope: Scope,
        sealer: Arc<Sealer>,
        ids: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, Zeroizing<String>>, StoreError> {
        self.with_tx(scope, move |tx| Box::pin(async move { open(tx, &sealer, &ids).await })).await
    }
}

/// Writes `text` for `case_id`.
pub(in crate::store) async fn insert(tx: &mut Tx, case_id: Uuid, text: &NewText) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO case_text (id, case_id, wrapped_key, payload) VALUES ($1, $2, $3, $4)",
        text.id,
        case_id,
        text.sealed.wrapped_key,
        text.sealed.payload,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes many texts, each for a case of its own.
pub(in crate::store) async fn insert_many(tx: &mut Tx, texts: &[(Uuid, &NewText)]) -> Result<(), StoreError> {
    if texts.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO case_text (id, case_id, wrapped_key, payload)
         SELECT id, case_id, wrapped_key, payload
         FROM UNNEST($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[]) AS new (id, case_id, wrapped_key, payload)",
        &texts.iter().map(|(_, text)| text.id).collect::<Vec<_>>(),
        &texts.iter().map(|(case_id, _)| *case_id).collect::<Vec<_>>(),
        &texts.iter().map(|(_, text)| text.sealed.wrapped_key.clone()).collect::<Vec<_>>(),
        &texts.iter().map(|(_, text)| text.sealed.payload.clone()).collect::<Vec<_>>(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Opens the texts `ids`; one whose key was destroyed is left out.
pub(in crate::store) async fn open(
    tx: &mut Tx,
    sealer: &Sealer,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Zeroizing<String>>, StoreError> {
    let rows = sqlx::query!("SELECT id, wrapped_key, payload FROM case_text WHERE id = ANY($1)", ids)
        .fetch_all(tx)
        .await?;
    let mut opened = HashMap::with_capacity(rows.len());
    for row in rows {
        let Some(wrapped_key) = row.wrapped_key else { continue };
        let plain = sealer.open(place(row.id), &Sealed { wrapped_key, payload: row.payload })?;
        let text = std::str::from_utf8(&plain).map_err(|_| StoreError::Corrupt {
            table: TABLE,
            column: "payload",
            row: row.id.to_string(),
        })?;
        opened.insert(row.id, Zeroizing::new(text.to_owned()));
    }
    Ok(opened)
}
