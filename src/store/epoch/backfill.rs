//! The backfill: fingerprints of what was recorded before the rotation was opened, made anew from what is sealed.
//!
//! A batch takes some submissions in the order of their ids, opens their parties, and copies what their old fingerprints find under
//! the new ones. Heads are locked as the recorder locks them, so that no contact ends between its copy and its head's key. What
//! the recorder has written in both epochs meanwhile is left as it is. What cannot be opened any more is not made anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::clue::ClueKey;

use super::{
    forms::{Forms, clue, parts_of},
    progress::{Cursors, locked, note},
    subjects, translators,
};
use crate::{
    security::{
        fingerprint::{Kind, Prints},
        sealing::{Place, Sealer},
    },
    store::{
        Scope, Store, StoreError, Tx,
        payload::Payload,
        record::keys::{Key, pack, unpack},
        submission::{SealedRow, read_sealed},
    },
};

/// Submissions of one transaction: some tens of milliseconds.
const BATCH: i64 = 200;

/// A fingerprint of one submission, and what it is in the next epoch.
struct Pair {
    submission: (Uuid, Uuid),
    kind: Kind,
    old: Uuid,
    new: Uuid,
}

/// Opens what is sealed and makes fingerprints.
#[derive(Clone)]
pub struct Tools {
    /// Opens.
    pub sealer: Arc<Sealer>,
    /// Makes fingerprints.
    pub prints: Arc<Prints>,
    /// The time of the batch.
    pub at: DateTime<Utc>,
}

impl Store {
    /// Makes the fingerprints of one batch of submissions anew. `false` when there is none left.
    ///
    /// # Errors
    /// When the database cannot be reached, or what is sealed does not open.
    pub async fn backfill_submissions(&self, to: i16, tools: Tools) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| Box::pin(async move { batch(tx, to, &tools).await })).await
    }
}

async fn batch(tx: &mut Tx, to: i16, tools: &Tools) -> Result<bool, StoreError> {
    let cursors = locked(tx, to).await?;
    let rows = sqlx::query!(
        "SELECT id, application_id FROM submission WHERE id > $1 ORDER BY id LIMIT $2",
        cursors.submission,
        BATCH,
    )
    .fetch_all(&mut *tx)
    .await?;
    let Some(last) = rows.last().map(|row| row.id) else { return Ok(false) };
    let applications: BTreeMap<Uuid, Uuid> = rows.iter().map(|row| (row.id, row.application_id)).collect();
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let sealed = read_sealed(tx, &ids).await?;
    let pairs = pairs_of(tx, tools, &cursors, &applications, &sealed).await?;
    let heads: Vec<Uuid> = applications.values().copied().collect::<BTreeSet<_>>().into_iter().collect();
    let heads =
        sqlx::query!("SELECT id, keys FROM application WHERE id = ANY($1) ORDER BY id FOR UPDATE", &heads)
            .fetch_all(&mut *tx)
            .await?;
    let columns = Columns::of(&pairs);
    let mut made = columns.copy_customers(tx, &cursors).await?;
    made += columns.copy_contacts(tx, &cursors).await?;
    made += columns.copy_approvals(tx, &cursors).await?;
    made += move_subjects(tx, &cursors, &pairs, &sealed).await?;
    let heads = heads.into_iter().map(|head| Ok((head.id, unpack(&head.keys, head.id)?)));
    name_heads(tx, &cursors, &pairs, heads.collect::<Result<_, StoreError>>()?).await?;
    let looked_at = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    sqlx::query!(
        "UPDATE epoch_rotation SET cursor_submission = $2, looked_at = looked_at + $3, made = made + $4
         WHERE to_epoch = $1",
        to,
        last,
        looked_at,
        made,
    )
    .execute(&mut *tx)
    .await?;
    let why = format!("{looked_at} submissions opened, {made} fingerprints made anew in epoch {to}");
    note(tx, "REFINGERPRINT", tools.at, &[&to.to_be_bytes(), last.as_bytes()], why).await?;
    Ok(true)
}

/// The forms of each submission, by what of it still opens.
pub(super) fn open(sealer: &Sealer, rows: &[(Uuid, SealedRow)]) -> Result<BTreeMap<Uuid, Forms>, StoreError> {
    let mut payloads: BTreeMap<Uuid, Vec<(i16, Payload)>> = BTreeMap::new();
    for (submission_id, row) in rows.iter().filter(|(_, row)| !row.sealed.wrapped_key.is_empty()) {
        let place = Place { table: "sealed", row: *submission_id, party_no: row.party_no };
        let opened = sealer.open_classified(place, &row.sealed)?;
        payloads
            .entry(*submission_id)
            .or_default()
            .push((row.party_no, Payload::decode(&opened, submission_id)?));
    }
    Ok(payloads.into_iter().map(|(id, payloads)| (id, parts_of(payloads))).collect())
}

async fn pairs_of(
    tx: &mut Tx,
    tools: &Tools,
    cursors: &Cursors,
    applications: &BTreeMap<Uuid, Uuid>,
    sealed: &[(Uuid, SealedRow)],
) -> Result<Vec<Pair>, StoreError> {
    let known = translators(tx, &tools.prints).await?;
    let (Some(from), Some(to)) = (known.get(cursors.from)?, known.get(cursors.to)?) else {
        return Err(StoreError::Unfit("an epoch of the rotation is of another normaliser".into()));
    };
    let mut pairs = Vec::new();
    for (submission_id, forms) in open(&tools.sealer, sealed)? {
        let application = applications.get(&submission_id).copied().unwrap_or_default();
        let translation = forms.translation(from, to);
        pairs.extend(translation.pairs().iter().map(|(kind, old, new)| Pair {
            submission: (application, submission_id),
            kind: *kind,
            old: *old,
            new: *new,
        }));
    }
    Ok(pairs)
}

/// Pairs as columns.
#[derive(Default)]
struct Columns {
    applications: Vec<Uuid>,
    submissions: Vec<Uuid>,
    clues: Vec<i16>,
    olds: Vec<Uuid>,
    news: Vec<Uuid>,
    customer_olds: Vec<Uuid>,
    customer_news: Vec<Uuid>,
    name_olds: Vec<Uuid>,
    name_news: Vec<Uuid>,
}

impl Columns {
    fn of(pairs: &[Pair]) -> Self {
        let mut columns = Self::default();
        let (mut customers, mut names) = (BTreeMap::new(), BTreeMap::new());
        for pair in pairs {
            if let Some(clue) = clue(pair.kind) {
                columns.applications.push(pair.submission.0);
                columns.submissions.push(pair.submission.1);
                columns.clues.push(clue);
                columns.olds.push(pair.old);
                columns.news.push(pair.new);
            }
            match pair.kind {
                Kind::Certificate | Kind::WeakSubject => drop(customers.insert(pair.old, pair.new)),
                Kind::Name => drop(names.insert(pair.old, pair.new)),
                _ => {}
            }
        }
        (columns.customer_olds, columns.customer_news) = customers.into_iter().unzip();
        (columns.name_olds, columns.name_news) = names.into_iter().unzip();
        columns
    }

    /// Customers keep their ids.
    async fn copy_customers(&self, tx: &mut Tx, cursors: &Cursors) -> Result<i64, StoreError> {
        let done = sqlx::query!(
            "INSERT INTO customer_key (epoch, fingerprint, customer_id)
             SELECT $2, pair.new, known.customer_id
             FROM UNNEST($3::uuid[], $4::uuid[]) AS pair (old, new)
             JOIN customer_key AS known ON known.epoch = $1 AND known.fingerprint = pair.old
             ORDER BY pair.new
             ON CONFLICT DO NOTHING",
            cursors.from,
            cursors.to,
            &self.customer_olds,
            &self.customer_news,
        )
        .execute(tx)
        .await?;
        Ok(done.rows_affected().cast_signed())
    }

    /// Contacts with their times, and the keys that wait for a list.
    async fn copy_contacts(&self, tx: &mut Tx, cursors: &Cursors) -> Result<i64, StoreError> {
        let done = sqlx::query!(
            "INSERT INTO contact_use (epoch, clue, fingerprint, application_id, submission_id, party_no, purpose, role,
                 baseline, customer_id, name_fingerprint, recorded_time, ended_time)
             SELECT $2, used.clue, pair.new, used.application_id, used.submission_id, used.party_no, used.purpose,
                 used.role, used.baseline, used.customer_id, name.new, used.recorded_time, used.ended_time
             FROM UNNEST($3::uuid[], $4::uuid[], $5::smallint[], $6::uuid[], $7::uuid[])
                 AS pair (application_id, submission_id, clue, old, new)
             JOIN contact_use AS used ON used.epoch = $1 AND used.clue = pair.clue AND used.fingerprint = pair.old
                 AND used.application_id = pair.application_id AND used.submission_id = pair.submission_id
             LEFT JOIN UNNEST($8::uuid[], $9::uuid[]) AS name (old, new) ON name.old = used.name_fingerprint
             ORDER BY used.clue, pair.new, used.application_id
             ON CONFLICT DO NOTHING",
            cursors.from,
            cursors.to,
            &self.applications,
            &self.submissions,
            &self.clues,
            &self.olds,
            &self.news,
            &self.name_olds,
            &self.name_news,
        )
        .execute(&mut *tx)
        .await?;
        copy_pending(tx, cursors, &self.clues, &self.olds, &self.news).await?;
        Ok(done.rows_affected().cast_signed())
    }

    async fn copy_approvals(&self, tx: &mut Tx, cursors: &Cursors) -> Result<i64, StoreError> {
        let done = sqlx::query!(
            "INSERT INTO application_approval (application_id, submission_id, approval_no, kind, epoch, account_key,
                 valid_until)
             SELECT known.application_id, known.submission_id, known.approval_no, known.kind, $2, pair.new,
                 known.valid_until
             FROM UNNEST($3::uuid[], $4::uuid[], $5::smallint[], $6::uuid[], $7::uuid[])
                 AS pair (application_id, submission_id, clue, old, new)
             JOIN application_approval AS known ON known.application_id = pair.application_id
                 AND known.submission_id = pair.submission_id AND known.epoch = $1 AND known.account_key = pair.old
             WHERE pair.clue = $8
             ON CONFLICT DO NOTHING",
            cursors.from,
            cursors.to,
            &self.applications,
            &self.submissions,
            &self.clues,
            &self.olds,
            &self.news,
            ClueKey::Account.as_i16(),
        )
        .execute(tx)
        .await?;
        Ok(done.rows_affected().cast_signed())
    }
}

/// Keys that wait for a list wait for it in the next epoch too. One that a list has taken since then is looked at once more: that
/// finds nothing that is news.
pub(super) async fn copy_pending(
    tx: &mut Tx,
    cursors: &Cursors,
    clues: &[i16],
    olds: &[Uuid],
    news: &[Uuid],
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO contact_pending (epoch, clue, fingerprint, opened_time, baseline)
         SELECT DISTINCT $2::smallint, waiting.clue, pair.new, waiting.opened_time, waiting.baseline
         FROM UNNEST($3::smallint[], $4::uuid[], $5::uuid[]) AS pair (clue, old, new)
         JOIN contact_pending AS waiting ON waiting.epoch = $1 AND waiting.clue = pair.clue
             AND waiting.fingerprint = pair.old
         ORDER BY waiting.clue, pair.new
         ON CONFLICT DO NOTHING",
        cursors.from,
        cursors.to,
        clues,
        olds,
        news,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Sealed parties get their new fingerprint in the place of the old one, which `epoch_subject` still leads to.
async fn move_subjects(
    tx: &mut Tx,
    cursors: &Cursors,
    pairs: &[Pair],
    sealed: &[(Uuid, SealedRow)],
) -> Result<i64, StoreError> {
    let certificates = pairs.iter().filter(|pair| pair.kind == Kind::Certificate);
    let known: BTreeMap<(Uuid, Uuid), Uuid> =
        certificates.map(|pair| ((pair.submission.1, pair.old), pair.new)).collect();
    let (mut submissions, mut numbers, mut olds, mut news) = (vec![], vec![], vec![], vec![]);
    for (submission, row) in sealed.iter().filter(|(_, row)| row.epoch == cursors.from) {
        let Some(old) = row.subject_fingerprint else { continue };
        if let Some(new) = known.get(&(*submission, old)) {
            submissions.push(*submission);
            numbers.push(row.party_no);
            olds.push(old);
            news.push(*new);
        }
    }
    subjects::link(tx, cursors.from, cursors.to, olds.iter().copied().zip(news.iter().copied()).collect())
        .await?;
    let done = sqlx::query!(
        "UPDATE sealed SET epoch = $2, subject_fingerprint = pair.new
         FROM UNNEST($3::uuid[], $4::smallint[], $5::uuid[], $6::uuid[]) AS pair (submission_id, party_no, old, new)
         WHERE sealed.submission_id = pair.submission_id AND sealed.party_no = pair.party_no AND sealed.epoch = $1
             AND sealed.subject_fingerprint = pair.old",
        cursors.from,
        cursors.to,
        &submissions,
        &numbers,
        &olds,
        &news,
    )
    .execute(tx)
    .await?;
    Ok(done.rows_affected().cast_signed())
}

/// Heads know their contacts by both names, so that what ends them ends both.
async fn name_heads(
    tx: &mut Tx,
    cursors: &Cursors,
    pairs: &[Pair],
    heads: Vec<(Uuid, Vec<Key>)>,
) -> Result<(), StoreError> {
    let known: BTreeMap<(Uuid, i16, Uuid), Uuid> = pairs
        .iter()
        .filter_map(|pair| Some(((pair.submission.0, clue(pair.kind)?, pair.old), pair.new)))
        .collect();
    let (mut ids, mut packed) = (Vec::new(), Vec::new());
    for (id, mut keys) in heads {
        let before = keys.len();
        let old = keys.iter().filter(|key| key.epoch == cursors.from);
        let new: Vec<Key> = old
            .filter_map(|key| {
                let fingerprint = *known.get(&(id, key.clue, key.fingerprint))?;
                Some(Key { epoch: cursors.to, clue: key.clue, fingerprint })
            })
            .collect();
        keys.extend(new);
        keys.sort_unstable();
        keys.dedup();
        if keys.len() > before {
            ids.push(id);
            packed.push(pack(&keys));
        }
    }
    sqlx::query!(
        "UPDATE application AS head SET keys = named.keys
         FROM UNNEST($1::uuid[], $2::bytea[]) AS named (id, keys) WHERE head.id = named.id",
        &ids,
        &packed,
    )
    .execute(tx)
    .await?;
    Ok(())
}
