//! Reading the directory: one entry, a page of them, and what changed since a version for the replicas' snapshots.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::application::Channel;

use super::{
    Duty, VERSION_COUNTER,
    contacts::{OwnerKind, PersonPrint},
    entry::{Entry, EntryKind, EntryRow, Leave},
};
use crate::{
    security::sealing::Sealed,
    store::{Scope, Store, StoreError, Tx, audit, bounds::Bounds, codes::Coded as _, record::Key},
};

/// Which entries are wanted: all conditions must hold.
#[derive(Debug, Clone)]
pub struct EntryFilter {
    /// Kind.
    pub kind: EntryKind,
    /// Only of this channel, or of none.
    pub channel: Option<Channel>,
    /// Only of this code.
    pub code: Option<String>,
    /// Only of this branch.
    pub branch_code: Option<String>,
    /// Only those after this one, in the order in which they were first recorded.
    pub after: Option<Uuid>,
    /// At most so many.
    pub limit: i64,
}

/// What the gate needs of an entry that sells or has contacts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Kind of owner.
    pub kind: OwnerKind,
    /// Code.
    pub code: String,
    /// In use.
    pub active: bool,
    /// First day of the qualification.
    pub qualified_from: Option<NaiveDate>,
    /// Last day of it.
    pub qualified_until: Option<NaiveDate>,
    /// Who he is, in each epoch of fingerprints that is written.
    pub persons: Vec<PersonPrint>,
    /// Contacts in force.
    pub contacts: Vec<Key>,
}

/// What changed in the directory.
pub struct Changes {
    /// Version of the directory that it leads to.
    pub version: i64,
    /// Every owner that changed, as it is now.
    pub owners: Vec<Known>,
}

impl Store {
    /// Entries within `scope` that match (one without a channel is of all of them, one without a branch of all of these), with those of their sealed parts that `audit` is written for; none is sealed without it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read_directory(
        &self,
        scope: Scope,
        filter: EntryFilter,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let bounds = Bounds::from(&scope);
        self.with_tx(scope, move |tx| Box::pin(async move { read_entries(tx, &bounds, &filter).await })).await
    }

    /// The sealed part of an entry, after noting in the audit log that it is looked at.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn read_directory_sealed(
        &self,
        scope: Scope,
        id: Uuid,
        entry: audit::Entry,
    ) -> Result<Option<Sealed>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                audit::append(tx, &entry).await?;
                let row = sqlx::query!("SELECT wrapped_key, payload FROM directory_entry WHERE id = $1", id)
                    .fetch_optional(tx)
                    .await?;
                Ok(row.and_then(|row| Some(Sealed { wrapped_key: row.wrapped_key?, payload: row.payload? })))
            })
        })
        .await
    }

    /// Those of `names` (kind and code) that there are, in use or not.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn directory_present(
        &self,
        names: HashSet<(EntryKind, String)>,
    ) -> Result<HashSet<(EntryKind, String)>, StoreError> {
        let (kinds, codes): (Vec<i16>, Vec<String>) =
            names.into_iter().map(|(kind, code)| (kind.number(), code)).unzip();
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT entry.id, entry.kind, entry.code
                     FROM UNNEST($1::smallint[], $2::text[]) AS wanted (kind, code)
                     JOIN directory_entry AS entry USING (kind, code)",
                    &kinds,
                    &codes,
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter()
                    .map(|row| Ok((EntryKind::from_number(row.kind, row.id)?, row.code)))
                    .collect()
            })
        })
        .await
    }

    /// The version that changes with every change of the directory.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn directory_version(&self) -> Result<i64, StoreError> {
        self.with_tx(Scope::system(), |tx| Box::pin(async move { version(tx).await })).await
    }

    /// Every owner that changed after `since`, on one view of the database.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn directory_changes(&self, since: i64) -> Result<Changes, StoreError> {
        self.with_snapshot(Scope::system(), move |tx| {
            Box::pin(
                async move { Ok(Changes { version: version(tx).await?, owners: changed(tx, since).await? }) },
            )
        })
        .await
    }
}

async fn version(tx: &mut Tx) -> Result<i64, StoreError> {
    let query = sqlx::query_scalar!("SELECT version FROM version_counter WHERE name = $1", VERSION_COUNTER);
    Ok(query.fetch_one(tx).await?)
}

async fn read_entries(
    tx: &mut Tx,
    bounds: &Bounds,
    filter: &EntryFilter,
) -> Result<Vec<EntryRow>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, kind, code, name, duty, channel, branch_code, team_leader_code, agency_code, capacity,
             qualified_from, qualified_until, active, revision, recorded_time, changed_time
         FROM directory_entry
         WHERE kind = $1 AND (channel IS NULL OR channel = ANY($2)) AND ($3::text IS NULL OR code = $3)
             AND ($4::text IS NULL OR branch_code = $4) AND ($5::uuid IS NULL OR id > $5)
             AND ($6::smallint IS NULL OR channel IS NULL OR channel = $6)
             AND ($7::text IS NULL OR channel IS NULL OR branch_code IN ('', $7))
         ORDER BY id LIMIT $8",
        filter.kind.number(),
        &bounds.channels,
        filter.code,
        filter.branch_code,
        filter.after,
        filter.channel.map(Channel::number),
        bounds.branch_code,
        filter.limit,
    )
    .fetch_all(&mut *tx)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut leaves = read_leaves(tx, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let entry = Entry {
                kind: EntryKind::from_number(row.kind, row.id)?,
                code: row.code,
                name: row.name,
                duty: row.duty.map(|number| Duty::from_number(number, row.id)).transpose()?,
                channel: row.channel.map(|number| Channel::from_number(number, row.id)).transpose()?,
                branch_code: row.branch_code,
                team_leader_code: row.team_leader_code,
                agency_code: row.agency_code,
                capacity: row.capacity,
                qualified_from: row.qualified_from,
                qualified_until: row.qualified_until,
                active: row.active,
                leaves: leaves.remove(&row.id).unwrap_or_default(),
            };
            let times: (DateTime<Utc>, DateTime<Utc>) = (row.recorded_time, row.changed_time);
            Ok(EntryRow {
                id: row.id,
                entry,
                revision: row.revision,
                recorded_time: times.0,
                changed_time: times.1,
            })
        })
        .collect()
}

async fn read_leaves(tx: &mut Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Leave>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT entry_id, first_day, last_day FROM directory_leave WHERE entry_id = ANY($1)
         ORDER BY entry_id, first_day",
        ids,
    )
    .fetch_all(tx)
    .await?;
    let mut leaves: HashMap<Uuid, Vec<Leave>> = HashMap::new();
    for row in rows {
        let leave = Leave { first_day: row.first_day, last_day: row.last_day };
        leaves.entry(row.entry_id).or_default().push(leave);
    }
    Ok(leaves)
}

async fn changed(tx: &mut Tx, since: i64) -> Result<Vec<Known>, StoreError> {
    let rows = sqlx::query!(
        "SELECT entry.kind, entry.code, entry.active, entry.qualified_from, entry.qualified_until,
             person.epoch AS \"epoch?\", person.fingerprint AS \"fingerprint?\",
             person.name_fingerprint AS \"name_fingerprint?\"
         FROM directory_entry AS entry
         LEFT JOIN directory_person AS person ON person.owner_code = entry.code AND person.ended_time IS NULL
             AND person.owner_kind = CASE entry.kind WHEN 4 THEN 1 WHEN 5 THEN 3 END
         WHERE entry.changed_version > $1 AND entry.kind IN (3, 4, 5)
         ORDER BY entry.kind, entry.code",
        since,
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut contacts = changed_contacts(tx, since).await?;
    let mut owners = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(kind) = EntryKind::from_number(row.kind, &row.code)?.owner() else { continue };
        let person = row.epoch.map(|epoch| PersonPrint {
            epoch,
            certificate: row.fingerprint,
            name: row.name_fingerprint,
        });
        let before =
            owners.last_mut().filter(|known: &&mut Known| known.kind == kind && known.code == row.code);
        if let Some(known) = before {
            // The same entry in another epoch.
            known.persons.extend(person);
            continue;
        }
        owners.push(Known {
            kind,
            active: row.active,
            qualified_from: row.qualified_from,
            qualified_until: row.qualified_until,
            persons: person.into_iter().collect(),
            contacts: contacts.remove(&(kind, row.code.clone())).unwrap_or_default(),
            code: row.code,
        });
    }
    Ok(owners)
}

async fn changed_contacts(
    tx: &mut Tx,
    since: i64,
) -> Result<HashMap<(OwnerKind, String), Vec<Key>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT held.owner_kind, held.owner_code, held.epoch, held.clue, held.fingerprint
         FROM directory_entry AS entry
         JOIN directory_contact AS held ON held.owner_code = entry.code AND held.ended_time IS NULL
             AND held.owner_kind = CASE entry.kind WHEN 3 THEN 2 WHEN 4 THEN 1 WHEN 5 THEN 3 END
         WHERE entry.changed_version > $1",
        since,
    )
    .fetch_all(tx)
    .await?;
    let mut contacts: HashMap<(OwnerKind, String), Vec<Key>> = HashMap::new();
    for row in rows {
        let kind = OwnerKind::from_number(row.owner_kind, &row.owner_code)?;
        let key = Key { epoch: row.epoch, clue: row.clue, fingerprint: row.fingerprint };
        contacts.entry((kind, row.owner_code)).or_default().push(key);
    }
    Ok(contacts)
}
