//! What people write about requests, reveals, exports and incidents. It may hold personal data, so it is sealed, each text under
//! a data key of its own.

use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    security::sealing::{Place, Sealed, Sealer},
    store::{StoreError, Tx},
};

/// Table of the sealed values, bound into them.
const TABLE: &str = "privacy_text";
/// No party of a submission.
const NO_PARTY: i16 = -1;

/// Where the text `id` belongs.
pub const fn place(id: Uuid) -> Place {
    Place { table: TABLE, row: id, party_no: NO_PARTY }
}

/// A sealed text on its way in.
#[derive(Debug, Clone)]
pub struct NewText {
    /// Its id.
    pub id: Uuid,
    /// What was sealed for [`place`].
    pub sealed: Sealed,
}

/// Writes `text` of `author` about `about_id`.
pub(in crate::store) async fn insert(
    tx: &mut Tx,
    about_id: Uuid,
    author: &str,
    text: &NewText,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO privacy_text (id, about_id, author, wrapped_key, payload) VALUES ($1, $2, $3, $4, $5)",
        text.id,
        about_id,
        author,
        text.sealed.wrapped_key,
        text.sealed.payload,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Opens the text `id`; nothing if it is not there, or its key was destroyed. Whoever calls has written the audit entry.
pub(in crate::store) async fn open(
    tx: &mut Tx,
    sealer: &Sealer,
    id: Uuid,
) -> Result<Zeroizing<String>, StoreError> {
    let row = sqlx::query!("SELECT wrapped_key, payload FROM privacy_text WHERE id = $1", id)
        .fetch_optional(tx)
        .await?;
    let Some((Some(wrapped_key), payload)) = row.map(|row| (row.wrapped_key, row.payload)) else {
        return Ok(Zeroizing::default());
    };
    let plain = sealer.open(place(id), &Sealed { wrapped_key, payload })?;
    let text = std::str::from_utf8(&plain).map_err(|_| StoreError::Corrupt {
        table: TABLE,
        column: "payload",
        row: id.to_string(),
    })?;
    Ok(Zeroizing::new(text.to_owned()))
}
