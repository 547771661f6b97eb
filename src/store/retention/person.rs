//! Who is meant, and where his data lie: by customer, or by a party of a submission of which nothing was ever accepted.

use uuid::Uuid;

use crate::store::{StoreError, Tx, epoch::subjects};

/// How somebody names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectName {
    /// A customer by his surrogate.
    Customer(Uuid),
    /// A party of a submission, whatever its verdict.
    Party {
        /// The submission.
        submission_id: Uuid,
        /// Number of the party.
        party_no: i16,
    },
}

/// A person: one of the two is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The customer.
    pub customer_id: Option<Uuid>,
    /// Of whom nothing was ever accepted: his first party.
    pub party: Option<(Uuid, i16)>,
    /// Fingerprints of his certificate, with their epochs.
    pub prints: Vec<(i16, Uuid)>,
}

impl Person {
    /// Epochs and fingerprints as two columns.
    pub(super) fn columns(&self) -> (Vec<i16>, Vec<Uuid>) {
        self.prints.iter().copied().unzip()
    }
}

/// Who is meant by `name`; nobody if there is no such customer, or a party that cannot be told.
pub(in crate::store) async fn resolve(tx: &mut Tx, name: SubjectName) -> Result<Option<Person>, StoreError> {
    match name {
        SubjectName::Customer(id) => of_customer(tx, id).await,
        SubjectName::Party { submission_id, party_no } => of_party(tx, submission_id, party_no).await,
    }
}

async fn of_customer(tx: &mut Tx, id: Uuid) -> Result<Option<Person>, StoreError> {
    let there =
        sqlx::query_scalar!(r#"SELECT id FROM customer WHERE id = $1"#, id).fetch_optional(&mut *tx).await?;
    if there.is_none() {
        return Ok(None);
    }
    let prints = sqlx::query!(
        "SELECT epoch, fingerprint FROM customer_key WHERE customer_id = $1 ORDER BY epoch, fingerprint",
        id,
    )
    .fetch_all(tx)
    .await?;
    let prints = prints.into_iter().map(|row| (row.epoch, row.fingerprint)).collect();
    Ok(Some(Person { customer_id: Some(id), party: None, prints }))
}

async fn of_party(tx: &mut Tx, submission_id: Uuid, party_no: i16) -> Result<Option<Person>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT z.epoch, z.subject_fingerprint,
               COALESCE(
                   (SELECT p.customer_id FROM submission s JOIN application_party p
                        ON p.application_id = s.application_id AND p.submission_id = s.id
                    WHERE s.id = z.submission_id AND p.party_no = z.party_no),
                   (SELECT k.customer_id FROM customer_key k
                    WHERE k.epoch = z.epoch AND k.fingerprint = z.subject_fingerprint)
               ) AS customer_id
           FROM sealed z WHERE z.submission_id = $1 AND z.party_no = $2 AND z.party_no >= 0"#,
        submission_id,
        party_no,
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    if let Some(customer_id) = row.customer_id {
        return of_customer(tx, customer_id).await;
    }
    let Some(fingerprint) = row.subject_fingerprint else {
        // Destroyed already, or a party of whom nothing but a name was ever sent.
        return known_party(tx, submission_id, party_no).await;
    };
    let prints = subjects::every(tx, row.epoch, fingerprint).await?;
    let (epochs, fingerprints): (Vec<i16>, Vec<Uuid>) = prints.iter().copied().unzip();
    let first = sqlx::query!(
        "SELECT z.submission_id, z.party_no
         FROM UNNEST($1::smallint[], $2::uuid[]) AS own (epoch, fingerprint)
         JOIN sealed AS z ON z.epoch = own.epoch AND z.subject_fingerprint = own.fingerprint
         ORDER BY z.submission_id, z.party_no LIMIT 1",
        &epochs,
        &fingerprints,
    )
    .fetch_one(tx)
    .await?;
    Ok(Some(Person { customer_id: None, party: Some((first.submission_id, first.party_no)), prints }))
}

/// A party that cannot be found by a fingerprint any more, but has a state.
async fn known_party(tx: &mut Tx, submission_id: Uuid, party_no: i16) -> Result<Option<Person>, StoreError> {
    let known = sqlx::query_scalar!(
        "SELECT id FROM retention_subject WHERE submission_id = $1 AND party_no = $2",
        submission_id,
        party_no,
    )
    .fetch_optional(tx)
    .await?;
    Ok(known.map(|_| Person {
        customer_id: None,
        party: Some((submission_id, party_no)),
        prints: Vec::new(),
    }))
}

/// The sealed parties of a person: those that his fingerprints find, and those of what was accepted from him.
pub(super) async fn sealed_parties(tx: &mut Tx, person: &Person) -> Result<Vec<(Uuid, i16)>, StoreError> {
    let (epochs, prints) = person.columns();
    let rows = sqlx::query!(
        r#"SELECT z.submission_id AS "submission_id!", z.party_no AS "party_no!"
           FROM UNNEST($1::smallint[], $2::uuid[]) AS own (epoch, fingerprint)
           JOIN sealed z ON z.subject_fingerprint = own.fingerprint AND z.epoch = own.epoch
           UNION
           SELECT submission_id, party_no FROM application_party WHERE customer_id = $3
           UNION
           SELECT $4::uuid, $5::smallint WHERE $4::uuid IS NOT NULL
           ORDER BY 1, 2"#,
        &epochs,
        &prints,
        person.customer_id,
        person.party.map(|party| party.0),
        person.party.map(|party| party.1),
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.submission_id, row.party_no)).collect())
}

/// The cases that a person is or was a member of.
pub(super) async fn cases(tx: &mut Tx, person: &Person) -> Result<Vec<Uuid>, StoreError> {
    let Some(customer_id) = person.customer_id else { return Ok(Vec::new()) };
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT case_id FROM case_member WHERE customer_id = $1 ORDER BY case_id",
        customer_id,
    )
    .fetch_all(tx)
    .await?)
}

/// Entries of the directory that are the person himself: kind and code.
pub(super) async fn directory(tx: &mut Tx, person: &Person) -> Result<Vec<(i16, String)>, StoreError> {
    let (epochs, prints) = person.columns();
    let rows = sqlx::query!(
        "SELECT DISTINCT d.owner_kind, d.owner_code
         FROM UNNEST($1::smallint[], $2::uuid[]) AS own (epoch, fingerprint)
         JOIN directory_person d ON d.epoch = own.epoch AND d.fingerprint = own.fingerprint
         ORDER BY d.owner_kind, d.owner_code",
        &epochs,
        &prints,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.owner_kind, row.owner_code)).collect())
}
