//! Destruction: a person's wrapped keys, fingerprints and evidence, in bounded transactions, each safe to be killed in and to
//! be done again. What finds him goes last, so that whoever goes on after a kill finds what is left.
//!
//! The other parties of his applications keep their keys and contacts; the audit chain stays valid, because neither keys nor
//! fingerprints are under it. What is left is ciphertext that nobody can open and surrogates that lead to nobody.
//!
//! This file says what goes when; `destroy.rs` has the transactions, `contacts.rs` the fingerprints of contacts, `texts.rs` what was
//! written about access to his data, `kept.rs` the cases that a hold on another keeps, `again.rs` what the ledger tells a restored
//! database.

mod again;
mod contacts;
mod destroy;
pub(super) mod kept;
mod texts;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zhenshi_domain::erasure::Move;

pub use self::again::Decision;
use self::texts::Whose;
use super::{
    Asked, LedgerMark, Tools, ledger_mark,
    person::{Person, cases, directory, resolve, sealed_parties},
    register,
    request::{ErasureRow, lock_subject_of, read},
    subject,
};
use crate::store::{Scope, Store, StoreError, Tx};

/// Rows of one transaction.
const CHUNK: usize = 200;

/// Who was destroyed, as the ledger outside the database keeps it: surrogates only, which a restored database knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Targets {
    /// The destruction.
    pub erasure_id: Uuid,
    /// The customer.
    pub customer_id: Option<Uuid>,
    /// His parties: submission and number.
    pub parties: Vec<(Uuid, i16)>,
    /// What was decided; lines of early releases do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
}

/// How much was found to be destroyed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Wrapped keys of sealed parties.
    pub sealed_keys: i64,
    /// Fingerprints of contacts, with those of names beside them.
    pub contacts: i64,
    /// Fingerprints by which he was found as a customer or a party.
    pub subject_fingerprints: i64,
    /// Pieces of evidence of his cases.
    pub evidence: i64,
    /// Words that were written about his cases, and about access to his data.
    pub texts: i64,
    /// Entries of the directory that were he himself.
    pub directory_entries: i64,
}

impl Store {
    /// Destructions that were approved and are not done, oldest first, at most `limit`; not those that wait for a hold on
    /// somebody else.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn erasures_to_do(&self, limit: i64) -> Result<Vec<Uuid>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                Ok(sqlx::query_scalar!(
                    "SELECT e.id FROM erasure e WHERE e.approved AND e.shredded_time IS NULL
                         AND NOT EXISTS (
                             SELECT FROM case_member m JOIN retention_subject r ON r.customer_id = m.customer_id
                             WHERE m.case_id = ANY(e.kept_case_ids) AND r.held AND r.id <> e.subject_id)
                     ORDER BY e.decided_time, e.id LIMIT $1",
                    limit,
                )
                .fetch_all(tx)
                .await?)
            })
        })
        .await
    }

    /// Begins the destruction `id`: from here on there is no way back. `write` puts it into the ledger outside the database
    /// before the transaction commits, and says how long the ledger is then. Begun already, it gives the same targets again.
    ///
    /// # Errors
    /// When the database cannot be reached, or `write` fails; then nothing has begun.
    pub async fn begin_shredding<W>(
        &self,
        tools: Tools,
        id: Uuid,
        write: W,
    ) -> Result<Asked<(Targets, Counts)>, StoreError>
    where
        W: FnOnce(&Targets) -> std::io::Result<LedgerMark> + Send + 'static,
    {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let Some(row) = read(tx, id).await? else { return Ok(Asked::NotFound) };
                let Some(mut locked) = lock_subject_of(tx, &tools, row.subject_id).await? else {
                    return Ok(Asked::NotFound);
                };
                let begun = sqlx::query!(
                    "SELECT ledger_time, counts, request_id, request_digest FROM erasure WHERE id = $1",
                    id,
                )
                .fetch_one(&mut *tx)
                .await?;
                let decision = Decision::of(&row, begun.request_id, &begun.request_digest);
                let targets = targets(tx, id, &locked.person, decision).await?;
                if begun.ledger_time.is_some() {
                    let counts = begun.counts.and_then(|counts| serde_json::from_value(counts).ok());
                    return Ok(Asked::Done((targets, counts.unwrap_or_default())));
                }
                if let Err(refusal) = locked.apply(Move::Shred, &tools.actor) {
                    subject::save(tx, &tools, &locked).await?;
                    return Ok(Asked::Refused(refusal));
                }
                let counts = count(tx, &locked.person, &targets).await?;
                subject::save(tx, &tools, &locked).await?;
                sqlx::query!(
                    "UPDATE erasure SET ledger_time = $2, counts = $3 WHERE id = $1",
                    id,
                    tools.now,
                    serde_json::to_value(counts).unwrap_or_default(),
                )
                .execute(&mut *tx)
                .await?;
                let who = (id, locked.row.id);
                register::tell(tx, &tools, ("BEGIN_SHREDDING", None), who, String::new()).await?;
                let mark = write(&targets)
                    .map_err(|_| StoreError::Unfit("the shred ledger cannot be written".into()))?;
                ledger_mark::raise(tx, &mark).await?;
                Ok(Asked::Done((targets, counts)))
            })
        })
        .await
    }

    /// Destroys `targets`; what is gone already is left alone. After a restore the same is done from the ledger. Gives the cases
    /// that a hold on another of their customers keeps.
    ///
    /// # Errors
    /// When the database cannot be reached; doing it again goes on where it stopped.
    pub async fn shred(&self, tools: Tools, targets: Targets) -> Result<Vec<Uuid>, StoreError> {
        let Some((person, parties, cases)) = self.find(targets.clone()).await? else { return Ok(Vec::new()) };
        for chunk in parties.chunks(CHUNK) {
            self.destroy_keys(chunk.to_vec()).await?;
        }
        while let Some(customer_id) = person.customer_id {
            if self.destroy_contacts(tools.clone(), customer_id).await? == 0 {
                break;
            }
        }
        let mut kept = Vec::new();
        if let Some(customer_id) = person.customer_id {
            for chunk in cases.chunks(CHUNK) {
                kept.append(&mut self.destroy_evidence(customer_id, chunk.to_vec()).await?);
            }
        }
        self.destroy_texts(person.customer_id, cases, kept.clone(), parties.clone()).await?;
        let first = person.party;
        let others: Vec<_> = parties.into_iter().filter(|party| Some(*party) != first).collect();
        for chunk in others.chunks(CHUNK) {
            self.destroy_subject_prints(chunk.to_vec()).await?;
        }
        self.destroy_what_finds_him(person).await?;
        Ok(kept)
    }

    /// Writes the end of the destruction `id`, with its certificate.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn finish_shredding(
        &self,
        tools: Tools,
        id: Uuid,
        certificate: String,
    ) -> Result<Option<ErasureRow>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let done = sqlx::query_scalar!(
                    // Pages that were rewritten before held what was destroyed since.
                    "UPDATE erasure SET shredded_time = $2, certificate = $3, kept_case_ids = '{}', scrubbed_time = NULL
                     WHERE id = $1 AND shredded_time IS NULL AND ledger_time IS NOT NULL RETURNING subject_id",
                    id,
                    tools.now,
                    certificate,
                )
                .fetch_optional(&mut *tx)
                .await?;
                if let Some(subject_id) = done {
                    let what = ("SHRED", Some("erasure.done"));
                    register::tell(tx, &tools, what, (id, subject_id), String::new()).await?;
                }
                read(tx, id).await
            })
        })
        .await
    }

    async fn find(
        &self,
        targets: Targets,
    ) -> Result<Option<(Person, Vec<(Uuid, i16)>, Vec<Uuid>)>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let Some(name) = targets.name() else { return Ok(None) };
                // A database from before he was known has nothing of him.
                let Some(mut person) = resolve(tx, name).await? else { return Ok(None) };
                if targets.customer_id.is_none() {
                    person.party = person.party.or_else(|| targets.parties.first().copied());
                }
                let mut parties: BTreeSet<_> = sealed_parties(tx, &person).await?.into_iter().collect();
                parties.extend(targets.parties);
                let cases = cases(tx, &person).await?;
                Ok(Some((person, parties.into_iter().collect(), cases)))
            })
        })
        .await
    }
}

async fn targets(
    tx: &mut Tx,
    erasure_id: Uuid,
    person: &Person,
    decision: Option<Decision>,
) -> Result<Targets, StoreError> {
    let mut parties = sealed_parties(tx, person).await?;
    if let Some(first) = person.party {
        // The one by which he is found stands first.
        parties.retain(|party| *party != first);
        parties.insert(0, first);
    }
    Ok(Targets { erasure_id, customer_id: person.customer_id, parties, decision })
}

async fn count(tx: &mut Tx, person: &Person, targets: &Targets) -> Result<Counts, StoreError> {
    let (submission_ids, party_nos): (Vec<Uuid>, Vec<i16>) = targets.parties.iter().copied().unzip();
    let case_ids = cases(tx, person).await?;
    let row = sqlx::query!(
        r#"SELECT
               (SELECT count(*) FROM sealed z JOIN UNNEST($1::uuid[], $2::smallint[]) AS own (submission_id, party_no)
                    ON z.submission_id = own.submission_id AND z.party_no = own.party_no
                WHERE z.wrapped_key IS NOT NULL) AS "sealed_keys!",
               (SELECT count(*) FROM sealed z JOIN UNNEST($1::uuid[], $2::smallint[]) AS own (submission_id, party_no)
                    ON z.submission_id = own.submission_id AND z.party_no = own.party_no
                WHERE z.subject_fingerprint IS NOT NULL)
               + (SELECT count(*) FROM customer_key WHERE customer_id = $3) AS "subject_fingerprints!",
               (SELECT count(*) FROM contact_use WHERE customer_id = $3) AS "contacts!",
               (SELECT count(*) FROM case_evidence WHERE case_id = ANY($4) AND wrapped_key IS NOT NULL) AS "evidence!",
               (SELECT count(*) FROM case_text WHERE case_id = ANY($4) AND wrapped_key IS NOT NULL) AS "texts!""#,
        &submission_ids,
        &party_nos,
        person.customer_id,
        &case_ids,
    )
    .fetch_one(&mut *tx)
    .await?;
    let whose =
        Whose { customer_id: person.customer_id, cases: &case_ids, kept: &[], parties: &targets.parties };
    let about_access = texts::texts(tx, &whose).await?.len();
    let entries = directory(tx, person).await?.len();
    Ok(Counts {
        sealed_keys: row.sealed_keys,
        contacts: row.contacts,
        subject_fingerprints: row.subject_fingerprints,
        evidence: row.evidence,
        texts: row.texts + i64::try_from(about_access).unwrap_or(i64::MAX),
        directory_entries: i64::try_from(entries).unwrap_or(i64::MAX),
    })
}
