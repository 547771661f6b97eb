//! Contacts of sellers, agencies and staff, and which customers they are: as fingerprints, each with the time for which it
//! holds.
//!
//! Written by [`end`] and [`begin`] under the list gate, read as of a cut by [`directory_contacts_before`] and
//! [`directory_persons`]. Ending never deletes, so that a list is a function of its cut.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::clue::ClueKey;

use crate::store::{
    StoreError, Tx,
    codes::Coded,
    record::{
        Key, Tools,
        gate::{self, Gate},
    },
};

/// Whose contact it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OwnerKind {
    /// 销售人员
    Seller,
    /// 代理机构
    Agency,
    /// 内勤
    Staff,
}

impl Coded for OwnerKind {
    const COLUMN: (&'static str, &'static str) = ("directory_contact", "owner_kind");
    const CODES: &'static [(Self, i16)] = &[(Self::Seller, 1), (Self::Agency, 2), (Self::Staff, 3)];

    fn same(self, other: Self) -> bool {
        self == other
    }
}

/// An entry of the directory by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// What it is.
    pub kind: OwnerKind,
    /// Its code.
    pub code: String,
}

/// Which customer a seller or a member of staff is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonPrint {
    /// Epoch of both fingerprints.
    pub epoch: i16,
    /// Fingerprint of the canonical certificate, as in `customer_key`; none if it is not known.
    pub certificate: Option<Uuid>,
    /// Fingerprint of the folded name, as in `contact_use`.
    pub name: Option<Uuid>,
}

/// What is to hold for an owner from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerPrints {
    /// Whose.
    pub owner: Owner,
    /// Phones and addresses; the order and repeats do not matter.
    pub contacts: Vec<Key>,
    /// Who he is; none for an agency and for somebody of whom neither certificate nor name is known.
    pub person: Option<PersonPrint>,
}

/// A contact as a list sees it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DirectoryContactRow {
    /// The contact.
    pub key: Key,
    /// What the owner is.
    pub owner_kind: OwnerKind,
    /// Code of the owner.
    pub owner_code: String,
    /// Since when it holds.
    pub recorded_time: DateTime<Utc>,
}

/// Who holds one of `keys` at `cut`, in the order of keys and owners: recorded before it, and not ended before it.
///
/// # Errors
/// When the database cannot be reached.
pub async fn directory_contacts_before(
    tx: &mut Tx,
    keys: &[Key],
    cut: DateTime<Utc>,
) -> Result<Vec<DirectoryContactRow>, StoreError> {
    let (epochs, clues, fingerprints) = columns(keys.iter().copied());
    let rows = sqlx::query!(
        "SELECT held.epoch, held.clue, held.fingerprint, held.owner_kind, held.owner_code, held.recorded_time
         FROM (SELECT DISTINCT epoch, clue, fingerprint
               FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[]) AS asked (epoch, clue, fingerprint)) AS wanted
         JOIN directory_contact AS held USING (epoch, clue, fingerprint)
         WHERE held.recorded_time < $4 AND (held.ended_time IS NULL OR held.ended_time >= $4)
         ORDER BY held.epoch, held.clue, held.fingerprint, held.owner_kind, held.owner_code",
        &epochs,
        &clues,
        &fingerprints,
        cut,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(DirectoryContactRow {
                key: Key { epoch: row.epoch, clue: row.clue, fingerprint: row.fingerprint },
                owner_kind: OwnerKind::from_number(row.owner_kind, &row.owner_code)?,
                owner_code: row.owner_code,
                recorded_time: row.recorded_time,
            })
        })
        .collect()
}

/// Who each of `owners` is at `cut`, by the fingerprints of `epoch`. Owners of whom nothing is known then, and agencies, are left out.
///
/// # Errors
/// When the database cannot be reached.
pub async fn directory_persons(
    tx: &mut Tx,
    owners: &[Owner],
    epoch: i16,
    cut: DateTime<Utc>,
) -> Result<HashMap<Owner, PersonPrint>, StoreError> {
    let kinds: Vec<i16> = owners.iter().map(|owner| owner.kind.number()).collect();
    let codes: Vec<String> = owners.iter().map(|owner| owner.code.clone()).collect();
    let rows = sqlx::query!(
        "SELECT person.owner_kind, person.owner_code, person.epoch, person.fingerprint, person.name_fingerprint
         FROM (SELECT DISTINCT owner_kind, owner_code
               FROM UNNEST($1::smallint[], $2::text[]) AS asked (owner_kind, owner_code)) AS wanted
         JOIN directory_person AS person USING (owner_kind, owner_code)
         WHERE person.epoch = $4 AND person.recorded_time < $3
             AND (person.ended_time IS NULL OR person.ended_time >= $3)
         ORDER BY person.recorded_time",
        &kinds,
        &codes,
        cut,
        epoch,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let kind = OwnerKind::from_number(row.owner_kind, &row.owner_code)?;
            let print =
                PersonPrint { epoch: row.epoch, certificate: row.fingerprint, name: row.name_fingerprint };
            // What ends at the cut and what begins with it do not overlap; should they, the newer stands.
            Ok((Owner { kind, code: row.owner_code }, print))
        })
        .collect()
}

/// Passes the list gate and makes `wanted` hold from the time that it gives, which is returned: [`end`], then [`begin`].
///
/// # Errors
/// When the database refuses or cannot be reached.
pub async fn replace(
    tx: &mut Tx,
    tools: &Tools,
    wanted: &[OwnerPrints],
) -> Result<DateTime<Utc>, StoreError> {
    let gate = gate::pass(tx, &tools.clock).await?;
    end(tx, &gate, wanted).await?;
    begin(tx, &gate, wanted).await?;
    Ok(gate.recorded_time)
}

/// Ends what holds for the owners of `wanted` and is not wanted any more. Ending never deletes. Owners of whom nothing can
/// hold need not be asked about: nothing here is cheaper than a look at all that holds.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub(in crate::store) async fn end(
    tx: &mut Tx,
    gate: &Gate,
    wanted: &[OwnerPrints],
) -> Result<(), StoreError> {
    if wanted.is_empty() {
        return Ok(());
    }
    let owners = Columns::of(wanted.iter().map(|prints| &prints.owner));
    let rows = contacts_of(wanted);
    let (epochs, clues, fingerprints) = columns(rows.iter().map(|(key, _)| *key));
    let holders = Columns::of(rows.iter().map(|(_, owner)| *owner));
    sqlx::query!(
        "UPDATE directory_contact AS held SET ended_time = GREATEST(held.recorded_time, $8)
         FROM UNNEST($1::smallint[], $2::text[]) AS owner (kind, code)
         WHERE held.owner_kind = owner.kind AND held.owner_code = owner.code AND held.ended_time IS NULL
             AND NOT EXISTS (
                 SELECT 1 FROM UNNEST($3::smallint[], $4::smallint[], $5::uuid[], $6::smallint[], $7::text[])
                     AS wanted (epoch, clue, fingerprint, kind, code)
                 WHERE wanted.epoch = held.epoch AND wanted.clue = held.clue AND wanted.fingerprint = held.fingerprint
                     AND wanted.kind = held.owner_kind AND wanted.code = held.owner_code)",
        &owners.kinds,
        &owners.codes,
        &epochs,
        &clues,
        &fingerprints,
        &holders.kinds,
        &holders.codes,
        gate.recorded_time,
    )
    .execute(&mut *tx)
    .await?;
    let persons = Persons::of(wanted);
    sqlx::query!(
        "UPDATE directory_person AS person SET ended_time = GREATEST(person.recorded_time, $8)
         FROM UNNEST($1::smallint[], $2::text[]) AS owner (kind, code)
         WHERE person.owner_kind = owner.kind AND person.owner_code = owner.code AND person.ended_time IS NULL
             AND NOT EXISTS (
                 SELECT 1 FROM UNNEST($3::smallint[], $4::text[], $5::smallint[], $6::uuid[], $7::uuid[])
                     AS wanted (kind, code, epoch, certificate, name)
                 WHERE wanted.kind = person.owner_kind AND wanted.code = person.owner_code
                     AND wanted.epoch = person.epoch AND wanted.certificate IS NOT DISTINCT FROM person.fingerprint
                     AND wanted.name IS NOT DISTINCT FROM person.name_fingerprint)",
        &owners.kinds,
        &owners.codes,
        &persons.holders.kinds,
        &persons.holders.codes,
        &persons.epochs,
        &persons.certificates as &[Option<Uuid>],
        &persons.names as &[Option<Uuid>],
        gate.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Begins what of `wanted` does not hold yet, and queues its keys for the next list. What holds stays as it is. No two entries
/// of `wanted` may be of one owner in one epoch, and [`end`] goes before it for owners of whom something may hold.
///
/// # Errors
/// When the database refuses or cannot be reached.
pub(in crate::store) async fn begin(
    tx: &mut Tx,
    gate: &Gate,
    wanted: &[OwnerPrints],
) -> Result<(), StoreError> {
    let begun = begin_contacts(tx, gate, &contacts_of(wanted)).await?;
    queue(tx, gate, &begun).await?;
    let persons = Persons::of(wanted);
    sqlx::query!(
        "INSERT INTO directory_person (owner_kind, owner_code, epoch, fingerprint, name_fingerprint, recorded_time)
         SELECT kind, code, epoch, certificate, name, $6
         FROM UNNEST($1::smallint[], $2::text[], $3::smallint[], $4::uuid[], $5::uuid[])
             AS wanted (kind, code, epoch, certificate, name)
         WHERE (certificate IS NOT NULL OR name IS NOT NULL) AND NOT EXISTS (
             SELECT 1 FROM directory_person AS person
             WHERE person.owner_kind = wanted.kind AND person.owner_code = wanted.code
                 AND person.epoch = wanted.epoch AND person.ended_time IS NULL)
         ON CONFLICT (owner_kind, owner_code, epoch, recorded_time) DO UPDATE
             SET ended_time = NULL, fingerprint = EXCLUDED.fingerprint, name_fingerprint = EXCLUDED.name_fingerprint",
        &persons.holders.kinds,
        &persons.holders.codes,
        &persons.epochs,
        &persons.certificates as &[Option<Uuid>],
        &persons.names as &[Option<Uuid>],
        gate.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The contacts of `wanted`, sorted, each once.
fn contacts_of(wanted: &[OwnerPrints]) -> Vec<(Key, &Owner)> {
    let mut rows: Vec<(Key, &Owner)> = wanted
        .iter()
        .flat_map(|prints| prints.contacts.iter().map(|key| (*key, &prints.owner)))
        .filter(|(key, _)| is_contact(key.clue))
        .collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Writes those of `rows` that do not hold yet and returns their keys. A row that ended at this very instant holds again:
/// for no cut was it ever away.
async fn begin_contacts(
    tx: &mut Tx,
    gate: &Gate,
    rows: &[(Key, &Owner)],
) -> Result<BTreeSet<Key>, StoreError> {
    let (epochs, clues, fingerprints) = columns(rows.iter().map(|(key, _)| *key));
    let holders = Columns::of(rows.iter().map(|(_, owner)| *owner));
    let begun = sqlx::query!(
        "INSERT INTO directory_contact (epoch, clue, fingerprint, owner_kind, owner_code, recorded_time)
         SELECT epoch, clue, fingerprint, kind, code, $6
         FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[], $4::smallint[], $5::text[])
             AS wanted (epoch, clue, fingerprint, kind, code)
         WHERE NOT EXISTS (
             SELECT 1 FROM directory_contact AS held
             WHERE held.epoch = wanted.epoch AND held.clue = wanted.clue AND held.fingerprint = wanted.fingerprint
                 AND held.owner_kind = wanted.kind AND held.owner_code = wanted.code AND held.ended_time IS NULL)
         ON CONFLICT (epoch, clue, fingerprint, owner_kind, owner_code, recorded_time)
             DO UPDATE SET ended_time = NULL
         RETURNING epoch, clue, fingerprint",
        &epochs,
        &clues,
        &fingerprints,
        &holders.kinds,
        &holders.codes,
        gate.recorded_time,
    )
    .fetch_all(tx)
    .await?;
    let key = |row: (i16, i16, Uuid)| Key { epoch: row.0, clue: row.1, fingerprint: row.2 };
    Ok(begun.into_iter().map(|row| key((row.epoch, row.clue, row.fingerprint))).collect())
}

/// Queues each key once, in order, as the recorder does: the customers who have used it for years are to be looked at.
async fn queue(tx: &mut Tx, gate: &Gate, keys: &BTreeSet<Key>) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let (epochs, clues, fingerprints) = columns(keys.iter().copied());
    sqlx::query!(
        "INSERT INTO contact_pending (epoch, clue, fingerprint, opened_time)
         SELECT epoch, clue, fingerprint, $4
         FROM UNNEST($1::smallint[], $2::smallint[], $3::uuid[]) AS new (epoch, clue, fingerprint)
         ORDER BY epoch, clue, fingerprint
         ON CONFLICT DO NOTHING",
        &epochs,
        &clues,
        &fingerprints,
        gate.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Phones and addresses: what a seller and a customer have no business to share.
fn is_contact(clue: i16) -> bool {
    matches!(ClueKey::from_i16(clue), Some(ClueKey::Phone | ClueKey::Address))
}

fn columns(keys: impl Iterator<Item = Key>) -> (Vec<i16>, Vec<i16>, Vec<Uuid>) {
    let (mut epochs, mut clues, mut fingerprints) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        epochs.push(key.epoch);
        clues.push(key.clue);
        fingerprints.push(key.fingerprint);
    }
    (epochs, clues, fingerprints)
}

/// Owners as arrays.
struct Columns {
    kinds: Vec<i16>,
    codes: Vec<String>,
}

impl Columns {
    fn of<'a>(owners: impl Iterator<Item = &'a Owner>) -> Self {
        let (kinds, codes) = owners.map(|owner| (owner.kind.number(), owner.code.clone())).unzip();
        Self { kinds, codes }
    }
}

/// Persons as arrays.
struct Persons {
    holders: Columns,
    epochs: Vec<i16>,
    certificates: Vec<Option<Uuid>>,
    names: Vec<Option<Uuid>>,
}

impl Persons {
    fn of(wanted: &[OwnerPrints]) -> Self {
        let known = || wanted.iter().filter_map(|prints| Some((&prints.owner, prints.person?)));
        Self {
            holders: Columns::of(known().map(|(owner, _)| owner)),
            epochs: known().map(|(_, print)| print.epoch).collect(),
            certificates: known().map(|(_, print)| print.certificate).collect(),
            names: known().map(|(_, print)| print.name).collect(),
        }
    }
}
