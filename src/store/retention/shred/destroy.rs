//! The transactions of a destruction: keys, contacts, evidence, and last what finds him.

use uuid::Uuid;

use super::{CHUNK, contacts::destroy_contacts_of, kept};
use crate::store::{
    Scope, Store, StoreError, Tx, epoch,
    retention::{
        Tools, facts,
        person::{Person, directory},
    },
};

impl Store {
    pub(super) async fn destroy_keys(&self, parties: Vec<(Uuid, i16)>) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                epoch::hold_off(tx).await?;
                let (submission_ids, party_nos): (Vec<Uuid>, Vec<i16>) = parties.into_iter().unzip();
                sqlx::query!(
                    "UPDATE sealed SET wrapped_key = NULL, restricted = true
                     FROM UNNEST($1::uuid[], $2::smallint[]) AS own (submission_id, party_no)
                     WHERE sealed.submission_id = own.submission_id AND sealed.party_no = own.party_no
                         AND sealed.wrapped_key IS NOT NULL",
                    &submission_ids,
                    &party_nos,
                )
                .execute(&mut *tx)
                .await?;
                // What belongs to nobody (accounts of nobody) goes with the last of the parties.
                sqlx::query!(
                    "UPDATE sealed SET wrapped_key = NULL, restricted = true
                     WHERE submission_id = ANY($1) AND party_no = -1 AND wrapped_key IS NOT NULL
                         AND NOT EXISTS (SELECT FROM sealed other WHERE other.submission_id = sealed.submission_id
                             AND other.party_no >= 0 AND other.wrapped_key IS NOT NULL)",
                    &submission_ids,
                )
                .execute(tx)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Destroys the contacts of up to [`CHUNK`] applications, and says of how many.
    pub(super) async fn destroy_contacts(
        &self,
        tools: Tools,
        customer_id: Uuid,
    ) -> Result<usize, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                epoch::hold_off(tx).await?;
                let applications = sqlx::query_scalar!(
                    "SELECT DISTINCT application_id FROM contact_use WHERE customer_id = $1
                     ORDER BY application_id LIMIT $2",
                    customer_id,
                    i64::try_from(CHUNK).unwrap_or(i64::MAX),
                )
                .fetch_all(&mut *tx)
                .await?;
                destroy_contacts_of(tx, &tools, customer_id, &applications).await?;
                Ok(applications.len())
            })
        })
        .await
    }

    /// Destroys evidence and words of `cases`, but of those that a hold on another than `customer_id` keeps, which it gives.
    pub(super) async fn destroy_evidence(
        &self,
        customer_id: Uuid,
        cases: Vec<Uuid>,
    ) -> Result<Vec<Uuid>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                kept::lock(tx, &cases).await?;
                let kept = kept::of(tx, customer_id, &cases).await?;
                let cases: Vec<Uuid> = cases.into_iter().filter(|case| !kept.contains(case)).collect();
                sqlx::query!(
                    "UPDATE case_evidence SET wrapped_key = NULL WHERE case_id = ANY($1) AND wrapped_key IS NOT NULL",
                    &cases,
                )
                .execute(&mut *tx)
                .await?;
                sqlx::query!(
                    "DELETE FROM case_evidence_piece WHERE evidence_id IN (SELECT id FROM case_evidence WHERE case_id = ANY($1))",
                    &cases,
                )
                .execute(&mut *tx)
                .await?;
                sqlx::query!(
                    "UPDATE case_text SET wrapped_key = NULL WHERE case_id = ANY($1) AND wrapped_key IS NOT NULL",
                    &cases,
                )
                .execute(tx)
                .await?;
                Ok(kept)
            })
        })
        .await
    }

    pub(super) async fn destroy_subject_prints(&self, parties: Vec<(Uuid, i16)>) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                epoch::hold_off(tx).await?;
                forget_parties(tx, &parties).await
            })
        })
        .await
    }

    pub(super) async fn destroy_what_finds_him(&self, person: Person) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                epoch::hold_off(tx).await?;
                epoch::subjects::forget(tx, &person.prints).await?;
                for (kind, code) in directory(tx, &person).await? {
                    destroy_entry(tx, kind, &code).await?;
                }
                if let Some(party) = person.party {
                    forget_parties(tx, &[party]).await?;
                }
                if let Some(customer_id) = person.customer_id {
                    sqlx::query!("DELETE FROM customer_key WHERE customer_id = $1", customer_id)
                        .execute(tx)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

async fn forget_parties(tx: &mut Tx, parties: &[(Uuid, i16)]) -> Result<(), StoreError> {
    let (submission_ids, party_nos): (Vec<Uuid>, Vec<i16>) = parties.iter().copied().unzip();
    sqlx::query!(
        "UPDATE sealed SET subject_fingerprint = NULL
         FROM UNNEST($1::uuid[], $2::smallint[]) AS own (submission_id, party_no)
         WHERE sealed.submission_id = own.submission_id AND sealed.party_no = own.party_no
             AND sealed.subject_fingerprint IS NOT NULL",
        &submission_ids,
        &party_nos,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// An entry of the directory that is out of use: its person, its contacts.
async fn destroy_entry(tx: &mut Tx, owner_kind: i16, code: &str) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE directory_entry SET wrapped_key = NULL, content_digest = decode(repeat('00', 32), 'hex')
         WHERE kind = $1 AND code = $2",
        facts::entry_kind(owner_kind),
        code,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!("DELETE FROM directory_contact WHERE owner_kind = $1 AND owner_code = $2", owner_kind, code)
        .execute(&mut *tx)
        .await?;
    sqlx::query!("DELETE FROM directory_person WHERE owner_kind = $1 AND owner_code = $2", owner_kind, code)
        .execute(tx)
        .await?;
    Ok(())
}
