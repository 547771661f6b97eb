//! The directory's part of the backfill: contacts and persons of its entries under their new fingerprints.
//!
//! The version's row is locked, as whoever changes the directory does; replicas read the entries of a batch again and then know both.

use uuid::Uuid;

use super::{
    backfill::{Tools, copy_pending},
    forms::{clue, entry_of},
    progress::{locked, note},
    translators,
};
use crate::{
    security::{
        fingerprint::Kind,
        sealing::{Place, Sealed},
    },
    store::{
        Scope, Store, StoreError, Tx,
        codes::Coded,
        directory::{EntryKind, SEALED_PARTY, SEALED_TABLE, VERSION_COUNTER},
        payload::Payload,
    },
};

/// Entries of one transaction.
const BATCH: i64 = 500;

/// Pairs of a batch as columns: of contacts with their owner, and of persons.
#[derive(Default)]
struct Columns {
    owner_kinds: Vec<i16>,
    owner_codes: Vec<String>,
    contact_kinds: Vec<i16>,
    contact_codes: Vec<String>,
    clues: Vec<i16>,
    contact_olds: Vec<Uuid>,
    contact_news: Vec<Uuid>,
    person_olds: Vec<Uuid>,
    person_news: Vec<Uuid>,
}

impl Store {
    /// Makes the fingerprints of one batch of the directory anew. `false` when there is none left.
    ///
    /// # Errors
    /// When the database cannot be reached, or what is sealed does not open.
    pub async fn backfill_directory(&self, to: i16, tools: Tools) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { batch(tx, to, &tools).await })).await
    }
}

async fn batch(tx: &mut Tx, to: i16, tools: &Tools) -> Result<bool, StoreError> {
    let cursors = locked(tx, to).await?;
    let version = sqlx::query_scalar!(
        "UPDATE version_counter SET version = version + 1 WHERE name = $1 RETURNING version",
        VERSION_COUNTER
    )
    .fetch_one(&mut *tx)
    .await?;
    let rows = sqlx::query!(
        "SELECT id, kind, code, wrapped_key, payload FROM directory_entry WHERE id > $1 ORDER BY id LIMIT $2",
        cursors.entry,
        BATCH,
    )
    .fetch_all(&mut *tx)
    .await?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(false) };
    let known = translators(tx, &tools.prints).await?;
    let (Some(old), Some(new)) = (known.get(cursors.from)?, known.get(cursors.to)?) else {
        return Err(StoreError::Unfit("an epoch of the rotation is of another normaliser".into()));
    };
    let mut columns = Columns::default();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    for row in rows {
        let Some(owner) = EntryKind::from_number(row.kind, row.id)?.owner().map(Coded::number) else {
            continue;
        };
        let (Some(wrapped_key), Some(payload)) = (row.wrapped_key, row.payload) else { continue };
        let place = Place { table: SEALED_TABLE, row: row.id, party_no: SEALED_PARTY };
        let opened = tools.sealer.open(place, &Sealed { wrapped_key, payload })?;
        let translation = entry_of(Payload::decode(&opened, &row.id)?).translation(old, new);
        columns.add(owner, &row.code, translation.pairs());
    }
    let made = columns.copy(tx, cursors.from, cursors.to).await?;
    copy_pending(tx, &cursors, &columns.clues, &columns.contact_olds, &columns.contact_news).await?;
    sqlx::query!("UPDATE directory_entry SET changed_version = $2 WHERE id = ANY($1)", &ids, version)
        .execute(&mut *tx)
        .await?;
    let looked_at = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    sqlx::query!(
        "UPDATE epoch_rotation SET cursor_entry = $2, looked_at = looked_at + $3, made = made + $4 WHERE to_epoch = $1",
        to,
        last,
        looked_at,
        made,
    )
    .execute(&mut *tx)
    .await?;
    let why =
        format!("{looked_at} entries of the directory opened, {made} fingerprints made anew in epoch {to}");
    note(tx, "REFINGERPRINT", tools.at, &[&to.to_be_bytes(), last.as_bytes()], why).await?;
    Ok(true)
}

impl Columns {
    fn add(&mut self, owner: i16, code: &str, pairs: &[(Kind, Uuid, Uuid)]) {
        self.owner_kinds.push(owner);
        self.owner_codes.push(code.to_owned());
        for (kind, old, new) in pairs {
            if let (Kind::Phone | Kind::Address, Some(clue)) = (kind, clue(*kind)) {
                self.contact_kinds.push(owner);
                self.contact_codes.push(code.to_owned());
                self.clues.push(clue);
                self.contact_olds.push(*old);
                self.contact_news.push(*new);
            }
            if matches!(kind, Kind::Certificate | Kind::Name) {
                self.person_olds.push(*old);
                self.person_news.push(*new);
            }
        }
    }

    async fn copy(&self, tx: &mut Tx, from: i16, to: i16) -> Result<i64, StoreError> {
        let contacts = sqlx::query!(
            "INSERT INTO directory_contact (epoch, clue, fingerprint, owner_kind, owner_code, recorded_time, ended_time)
             SELECT $2, held.clue, pair.new, held.owner_kind, held.owner_code, held.recorded_time, held.ended_time
             FROM UNNEST($3::smallint[], $4::text[], $5::smallint[], $6::uuid[], $7::uuid[])
                 AS pair (kind, code, clue, old, new)
             JOIN directory_contact AS held ON held.epoch = $1 AND held.clue = pair.clue AND held.fingerprint = pair.old
                 AND held.owner_kind = pair.kind AND held.owner_code = pair.code
             ON CONFLICT DO NOTHING",
            from,
            to,
            &self.contact_kinds,
            &self.contact_codes,
            &self.clues,
            &self.contact_olds,
            &self.contact_news,
        )
        .execute(&mut *tx)
        .await?;
        let persons = sqlx::query!(
            "WITH pair AS MATERIALIZED (
                 SELECT DISTINCT old, new FROM UNNEST($5::uuid[], $6::uuid[]) AS pair (old, new)
             )
             INSERT INTO directory_person (owner_kind, owner_code, epoch, fingerprint, name_fingerprint, recorded_time,
                 ended_time)
             SELECT known.owner_kind, known.owner_code, $2, certificate.new, name.new, known.recorded_time,
                 known.ended_time
             FROM UNNEST($3::smallint[], $4::text[]) AS owner (kind, code)
             JOIN directory_person AS known ON known.owner_kind = owner.kind AND known.owner_code = owner.code
                 AND known.epoch = $1
             LEFT JOIN pair AS certificate ON certificate.old = known.fingerprint
             LEFT JOIN pair AS name ON name.old = known.name_fingerprint
             WHERE (known.fingerprint IS NULL) = (certificate.new IS NULL)
                 AND (known.name_fingerprint IS NULL) = (name.new IS NULL)
             ON CONFLICT DO NOTHING",
            from,
            to,
            &self.owner_kinds,
            &self.owner_codes,
            &self.person_olds,
            &self.person_news,
        )
        .execute(tx)
        .await?;
        Ok((contacts.rows_affected() + persons.rows_affected()).cast_signed())
    }
}
