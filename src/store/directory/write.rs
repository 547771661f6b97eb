//! Changing the directory: entries, their sealed part, their contacts, the version that replicas poll, audit and event, in
//! one transaction.
//!
//! Writers take the list gate and then lock the version's row, so there is one at a time and every change has a version of
//! its own. What is already there with the same content is not touched: importing a file twice changes nothing.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    SEALED_PARTY, SEALED_TABLE, VERSION_COUNTER, anew,
    contacts::{self, Owner, OwnerPrints, PersonPrint},
    entry::{Entry, EntryKind},
    leaves,
};
use crate::{
    ids,
    security::sealing::{Place, Sealed},
    store::{
        Scope, Store, StoreError, Tx, audit,
        codes::Coded as _,
        record::{
            Key, Tools,
            gate::{self, Gate},
        },
    },
};

/// Kind of the outbox event.
pub const EVENT_CHANGED: &str = "directory.changed";
/// Action of the audit entry.
pub const ACTION_UPSERT: &str = "UPSERT_DIRECTORY";
/// Entries of one statement, one audit entry and one event.
const CHUNK: usize = 1_000;

/// An entry to be written, with everything that follows from it.
pub struct NewEntry {
    /// What is plain.
    pub entry: Entry,
    /// HMAC of the whole content.
    pub content_digest: [u8; 32],
    /// Phones and addresses that are to hold; none of an entry out of use.
    pub contacts: Vec<Key>,
    /// Who a person is.
    pub person: Option<PersonPrint>,
    /// What is to be sealed; none for a channel and a branch.
    pub plaintext: Option<Zeroizing<Vec<u8>>>,
    /// The same contacts and person in the next epoch of fingerprints; made while one is written.
    pub next: Option<OwnerPrints>,
}

/// Idempotency key of one upsert.
pub struct RequestKey {
    /// Made by the caller.
    pub request_id: Uuid,
    /// HMAC of what was sent with it.
    pub digest: [u8; 32],
}

/// What is to be written, and for whom.
pub struct Batch {
    /// No two of the same kind and code.
    pub entries: Vec<NewEntry>,
    /// Epoch of every fingerprint in them.
    pub epoch: i16,
    /// Who asks.
    pub scope: Scope,
    /// Of a single upsert.
    pub request: Option<RequestKey>,
    /// Of a single upsert: the revision that the caller saw.
    pub expected_revision: Option<i64>,
    /// Only say what would be done.
    pub dry_run: bool,
}

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries that were not there.
    pub created: u32,
    /// Entries that were there with other content.
    pub changed: u32,
    /// Entries that were there with this content.
    pub unchanged: u32,
}

/// What became of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It stands.
    Done(Counts),
    /// The request was answered before: this entry.
    Replayed(Uuid),
    /// The request id was used for other content.
    Reused,
    /// The entry has another revision than the caller saw.
    Stale,
}

impl Store {
    /// Writes `batch` in one transaction.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached: then nothing was changed.
    pub async fn write_directory(&self, tools: Tools, batch: Batch) -> Result<Written, StoreError> {
        self.with_tx(batch.scope.clone(), move |tx| Box::pin(async move { write(tx, tools, batch).await }))
            .await
    }
}

/// What is there already.
struct Known {
    id: Uuid,
    revision: i64,
    same: bool,
}

async fn write(tx: &mut Tx, tools: Tools, batch: Batch) -> Result<Written, StoreError> {
    let gate = gate::pass(tx, &tools.clock).await?;
    let version = sqlx::query_scalar!(
        "SELECT version FROM version_counter WHERE name = $1 FOR UPDATE",
        VERSION_COUNTER
    )
    .fetch_one(&mut *tx)
    .await?
        + 1;
    if let Some(answered) = replayed(tx, &batch).await? {
        return Ok(answered);
    }
    let batch = anew::in_force(tx, &tools, &gate, batch).await?;
    let known = read_known(tx, &batch).await?;
    if let (Some(expected), Some(only)) = (batch.expected_revision, batch.entries.first()) {
        let present = known.get(&(only.entry.kind, only.entry.code.clone())).map(|known| known.revision);
        if present != Some(expected) {
            return Ok(Written::Stale);
        }
    }
    let Batch { entries, epoch, scope, request, dry_run, .. } = batch;
    let asked = entries.first().map(|first| (first.entry.kind, first.entry.code.clone()));
    let (fresh, counts) = sort_out(&tools, &gate, entries, &known)?;
    if dry_run {
        return Ok(Written::Done(counts));
    }
    let stamp = Stamp { version, epoch, caller: scope.actor().to_owned() };
    let first_id = fresh.first().map(|one| one.id);
    if !fresh.is_empty() {
        let sealed = seal(&tools, fresh).await?;
        for chunk in sealed.chunks(CHUNK) {
            write_chunk(tx, &tools, &gate, &stamp, chunk).await?;
        }
        sqlx::query!("UPDATE version_counter SET version = $2 WHERE name = $1", VERSION_COUNTER, version)
            .execute(&mut *tx)
            .await?;
    }
    if let (Some(request), Some(asked)) = (request, asked) {
        let entry_id = first_id.or_else(|| known.get(&asked).map(|known| known.id)).unwrap_or_default();
        sqlx::query!(
            "INSERT INTO directory_request (request_id, caller, digest, entry_id, recorded_time)
             VALUES ($1, $2, $3, $4, $5)",
            request.request_id,
            stamp.caller,
            &request.digest[..],
            entry_id,
            gate.recorded_time,
        )
        .execute(tx)
        .await?;
    }
    Ok(Written::Done(counts))
}

/// The answer to a request that was answered before. Nobody else writes: the version's row is locked.
async fn replayed(tx: &mut Tx, batch: &Batch) -> Result<Option<Written>, StoreError> {
    let Some(request) = &batch.request else { return Ok(None) };
    let found = sqlx::query!(
        "SELECT digest, entry_id FROM directory_request WHERE request_id = $1 AND caller = $2",
        request.request_id,
        batch.scope.actor(),
    )
    .fetch_optional(tx)
    .await?;
    Ok(found.map(|row| {
        if row.digest == request.digest { Written::Replayed(row.entry_id) } else { Written::Reused }
    }))
}

async fn read_known(tx: &mut Tx, batch: &Batch) -> Result<HashMap<(EntryKind, String), Known>, StoreError> {
    let kinds: Vec<i16> = batch.entries.iter().map(|new| new.entry.kind.number()).collect();
    let codes: Vec<String> = batch.entries.iter().map(|new| new.entry.code.clone()).collect();
    let digests: Vec<Vec<u8>> = batch.entries.iter().map(|new| new.content_digest.to_vec()).collect();
    let rows = sqlx::query!(
        "SELECT entry.id, entry.kind, entry.code, entry.revision,
             entry.content_digest = wanted.digest AND entry.epoch = $4 AS \"same!\"
         FROM UNNEST($1::smallint[], $2::text[], $3::bytea[]) AS wanted (kind, code, digest)
         JOIN directory_entry AS entry ON entry.kind = wanted.kind AND entry.code = wanted.code",
        &kinds,
        &codes,
        &digests,
        batch.epoch,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let kind = EntryKind::from_number(row.kind, row.id)?;
            Ok(((kind, row.code), Known { id: row.id, revision: row.revision, same: row.same }))
        })
        .collect()
}

/// An entry on its way into the table.
struct Fresh {
    id: Uuid,
    is_new: bool,
    new: NewEntry,
    sealed: Option<Sealed>,
}

/// What all rows of a transaction have in common.
struct Stamp {
    version: i64,
    epoch: i16,
    caller: String,
}

fn sort_out(
    tools: &Tools,
    gate: &Gate,
    entries: Vec<NewEntry>,
    known: &HashMap<(EntryKind, String), Known>,
) -> Result<(Vec<Fresh>, Counts), StoreError> {
    let mut fresh = Vec::new();
    let mut counts = Counts::default();
    for new in entries {
        let present = known.get(&(new.entry.kind, new.entry.code.clone()));
        let id = match present {
            Some(known) if known.same => {
                counts.unchanged += 1;
                continue;
            }
            Some(known) => {
                counts.changed += 1;
                known.id
            }
            None => {
                counts.created += 1;
                ids::mint(gate.recorded_time, tools.entropy.as_ref())?
            }
        };
        fresh.push(Fresh { id, is_new: present.is_none(), new, sealed: None });
    }
    Ok((fresh, counts))
}

/// On the blocking pool: a whole file may be sealed here.
async fn seal(tools: &Tools, mut fresh: Vec<Fresh>) -> Result<Arc<[Fresh]>, StoreError> {
    let tools = tools.clone();
    let sealing = move || {
        for one in &mut fresh {
            if let Some(plaintext) = &one.new.plaintext {
                let place = Place { table: SEALED_TABLE, row: one.id, party_no: SEALED_PARTY };
                one.sealed = Some(tools.sealer.seal(place, plaintext, tools.entropy.as_ref())?);
            }
        }
        Ok(fresh.into())
    };
    tokio::task::spawn_blocking(sealing)
        .await
        .unwrap_or_else(|_| Err(StoreError::Unexpected("sealing ended by a panic".into())))
}

async fn write_chunk(
    tx: &mut Tx,
    tools: &Tools,
    gate: &Gate,
    stamp: &Stamp,
    chunk: &[Fresh],
) -> Result<(), StoreError> {
    write_entries(tx, gate, stamp, chunk).await?;
    leaves::write(tx, chunk.iter().map(|one| (one.id, &one.new.entry))).await?;
    let (new, known): (Vec<&Fresh>, Vec<&Fresh>) = chunk.iter().partition(|one| one.is_new);
    let (new, known) = (prints(&new), prints(&known));
    contacts::end(tx, gate, &known).await?;
    contacts::begin(tx, gate, &[new, known].concat()).await?;
    leave_traces(tx, tools, gate.recorded_time, stamp, chunk).await
}

/// What is to hold for those that own contacts.
fn prints(entries: &[&Fresh]) -> Vec<OwnerPrints> {
    let prints = entries.iter().filter_map(|one| {
        Some(OwnerPrints {
            owner: Owner { kind: one.new.entry.kind.owner()?, code: one.new.entry.code.clone() },
            contacts: one.new.contacts.clone(),
            person: one.new.person,
        })
    });
    let next = entries.iter().filter_map(|one| one.new.next.clone());
    prints.chain(next).collect()
}

async fn write_entries(tx: &mut Tx, gate: &Gate, stamp: &Stamp, chunk: &[Fresh]) -> Result<(), StoreError> {
    fn column<T>(chunk: &[Fresh], get: impl Fn(&Fresh) -> T) -> Vec<T> {
        chunk.iter().map(get).collect()
    }
    let entry = |one: &Fresh| one.new.entry.clone();
    sqlx::query!(
        "INSERT INTO directory_entry (id, kind, code, name, duty, channel, branch_code, team_leader_code, agency_code,
             capacity, qualified_from, qualified_until, active, content_digest, wrapped_key, payload,
             revision, epoch, changed_version, recorded_time, changed_time)
         SELECT id, kind, code, name, duty, channel, branch_code, team_leader_code, agency_code, capacity,
             qualified_from, qualified_until, active, content_digest, wrapped_key, payload, 1, $17, $18, $19, $19
         FROM UNNEST($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::smallint[], $6::smallint[], $7::text[],
             $8::text[], $9::text[], $10::integer[], $11::date[], $12::date[], $13::boolean[], $14::bytea[],
             $15::bytea[], $16::bytea[])
             AS new (id, kind, code, name, duty, channel, branch_code, team_leader_code, agency_code, capacity,
                 qualified_from, qualified_until, active, content_digest, wrapped_key, payload)
         ON CONFLICT (kind, code) DO UPDATE SET name = EXCLUDED.name, duty = EXCLUDED.duty, channel = EXCLUDED.channel,
             branch_code = EXCLUDED.branch_code, team_leader_code = EXCLUDED.team_leader_code,
             agency_code = EXCLUDED.agency_code, capacity = EXCLUDED.capacity,
             qualified_from = EXCLUDED.qualified_from, qualified_until = EXCLUDED.qualified_until,
             active = EXCLUDED.active, content_digest = EXCLUDED.content_digest, wrapped_key = EXCLUDED.wrapped_key,
             payload = EXCLUDED.payload, revision = directory_entry.revision + 1, epoch = EXCLUDED.epoch,
             changed_version = EXCLUDED.changed_version, changed_time = EXCLUDED.changed_time",
        &column(chunk, |one| one.id),
        &column(chunk, |one| one.new.entry.kind.number()),
        &column(chunk, |one| entry(one).code),
        &column(chunk, |one| entry(one).name),
        &column(chunk, |one| one.new.entry.duty.map(super::Duty::number)) as &[Option<i16>],
        &column(chunk, |one| one.new.entry.channel.map(crate::store::codes::Coded::number)) as &[Option<i16>],
        &column(chunk, |one| entry(one).branch_code),
        &column(chunk, |one| entry(one).team_leader_code),
        &column(chunk, |one| entry(one).agency_code),
        &column(chunk, |one| one.new.entry.capacity) as &[Option<i32>],
        &column(chunk, |one| one.new.entry.qualified_from) as &[Option<chrono::NaiveDate>],
        &column(chunk, |one| one.new.entry.qualified_until) as &[Option<chrono::NaiveDate>],
        &column(chunk, |one| one.new.entry.active),
        &column(chunk, |one| one.new.content_digest.to_vec()),
        &column(chunk, |one| one.sealed.as_ref().map(|sealed| sealed.wrapped_key.clone()))
            as &[Option<Vec<u8>>],
        &column(chunk, |one| one.sealed.as_ref().map(|sealed| sealed.payload.clone())) as &[Option<Vec<u8>>],
        stamp.epoch,
        stamp.version,
        gate.recorded_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn leave_traces(
    tx: &mut Tx,
    tools: &Tools,
    at: DateTime<Utc>,
    stamp: &Stamp,
    chunk: &[Fresh],
) -> Result<(), StoreError> {
    let subject_ids: Vec<Uuid> = chunk.iter().map(|one| one.id).collect();
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for one in chunk {
        digest.update(one.id.as_bytes());
        digest.update(&one.new.content_digest);
    }
    let entry = audit::Entry {
        id: ids::mint(at, tools.entropy.as_ref())?,
        recorded_time: at,
        actor: stamp.caller.clone(),
        action: ACTION_UPSERT.into(),
        subject_kind: "directory_entry".into(),
        subject_ids: subject_ids.clone(),
        reason: String::new(),
        digest: digest.finish().as_ref().to_vec(),
    };
    audit::append(tx, &entry).await?;
    let id = ids::mint(at, tools.entropy.as_ref())?;
    audit::publish(tx, &audit::Event { id, recorded_time: at, kind: EVENT_CHANGED, subject_ids }).await
}
