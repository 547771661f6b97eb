//! How secret a customer's file is; and its data keys, which are wrapped by another key when that changes.
//!
//! A data key is wrapped anew, the payload stays as it is: the digests of the audit log hold. What arrives later about a
//! classified customer is sealed like everybody's and wrapped anew by a job within seconds; until then it is masked like
//! everybody's, and revealed to nobody whose grant does not reach the class.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::access::SecrecyClass;

use super::{
    Tools, Who,
    request::{self, Used},
    row::wrong,
    text::{self, NewText},
};
use crate::{
    entropy::SharedEntropy,
    security::{
        scope::{SYSTEM_ACTOR, Scope},
        sealing::{Place, Sealer},
    },
    store::{Store, StoreError, Tx, audit, case::request::RequestKey},
};

/// The table.
const TABLE: &str = "customer_class";
/// Most data keys that one pass of the job wraps anew.
const BATCH: i64 = 500;

/// An entry of the register.
#[derive(Debug, Clone)]
pub struct ClassRow {
    /// The customer.
    pub customer_id: Uuid,
    /// The class.
    pub class: SecrecyClass,
    /// Who set it last.
    pub set_by: String,
    /// When.
    pub set_time: DateTime<Utc>,
}

/// What became of it.
#[derive(Debug)]
pub enum Answer {
    /// Done, now or by an earlier call with the same key.
    Done(Box<ClassRow>),
    /// The key was used for other content.
    Reused,
    /// No such customer.
    NotFound,
}

/// A wrapped data key and its place.
struct DataKey {
    submission_id: Uuid,
    party_no: i16,
    wrapped_key: Vec<u8>,
}

impl Store {
    /// Sets the class of the file of `customer` and wraps its data keys by the key of the class.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached, or a data key does not open.
    pub async fn set_class(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        (customer, class, reason): (Uuid, SecrecyClass, NewText),
        sealer: Arc<Sealer>,
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                match request::find(tx, who.scope.actor(), &key).await? {
                    Some(Used::Elsewhere) => return Ok(Answer::Reused),
                    Some(Used::Here(_)) => return answer(tx, customer).await,
                    None => {}
                }
                let known = sqlx::query_scalar!(
                    r#"SELECT EXISTS (SELECT FROM customer WHERE id = $1) AS "known!""#,
                    customer
                )
                .fetch_one(&mut *tx)
                .await?;
                if !known {
                    return Ok(Answer::NotFound);
                }
                let now = tools.clock.now();
                let text_id = reason.id;
                sqlx::query!(
                    "INSERT INTO customer_class (customer_id, class, set_by, set_time) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (customer_id) DO UPDATE SET class = EXCLUDED.class, set_by = EXCLUDED.set_by,
                         set_time = EXCLUDED.set_time",
                    customer,
                    class.code(),
                    who.code(),
                    now,
                )
                .execute(&mut *tx)
                .await?;
                text::insert(tx, customer, who.scope.actor(), &reason).await?;
                let keys = keys_of(tx, customer).await?;
                let count = wrap(tx, &sealer, &tools.entropy, keys, class.is_classified()).await?;
                let about = vec![customer, text_id];
                let mut entry =
                    tools.entry(who.scope.actor(), "CLASSIFY_CUSTOMER", "customer", about, now)?;
                entry.reason = format!("class={} keys={count}", class.name());
                audit::append(tx, &entry).await?;
                request::keep(tx, who.scope.actor(), &key, customer, now).await?;
                answer(tx, customer).await
            })
        })
        .await
    }

    /// Wraps the data keys of classified customers that are still wrapped like everybody's, those of rejected submissions with their
    /// certificates too; how many.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached, or a data key does not open.
    pub async fn wrap_classified(&self, tools: Tools, sealer: Arc<Sealer>) -> Result<usize, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                // Held until the end: who declassifies a file meanwhile waits, and then finds these keys too.
                let keys = sqlx::query_as!(
                    DataKey,
                    r#"SELECT s.submission_id, s.party_no, s.wrapped_key AS "wrapped_key!"
                       FROM customer_class c
                       CROSS JOIN LATERAL (
                           SELECT submission_id, party_no FROM application_party WHERE customer_id = c.customer_id
                           UNION
                           SELECT z.submission_id, z.party_no FROM customer_key k
                           JOIN sealed z ON z.subject_fingerprint = k.fingerprint AND z.epoch = k.epoch
                           WHERE k.customer_id = c.customer_id
                       ) AS own
                       JOIN sealed s ON s.submission_id = own.submission_id AND s.party_no = own.party_no
                       WHERE c.class > 1 AND get_byte(s.wrapped_key, 0) = 1
                       ORDER BY s.submission_id, s.party_no LIMIT $1
                       FOR SHARE OF c"#,
                    BATCH,
                )
                .fetch_all(&mut *tx)
                .await?;
                let mut submissions: Vec<Uuid> = keys.iter().map(|key| key.submission_id).collect();
                submissions.dedup();
                let count = wrap(tx, &sealer, &tools.entropy, keys, true).await?;
                if count > 0 {
                    let now = tools.clock.now();
                    let mut entry =
                        tools.entry(SYSTEM_ACTOR, "WRAP_CLASSIFIED", "submission", submissions, now)?;
                    entry.reason = format!("keys={count}");
                    audit::append(tx, &entry).await?;
                }
                Ok(count)
            })
        })
        .await
    }

    /// At most `limit` entries of the register, in the order of the customers' ids.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_classes(
        &self,
        scope: Scope,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ClassRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    "SELECT customer_id, class, set_by, set_time FROM customer_class
                     WHERE $1::uuid IS NULL OR customer_id > $1 ORDER BY customer_id LIMIT $2",
                    after,
                    limit,
                )
                .fetch_all(tx)
                .await?;
                rows.into_iter()
                    .map(|row| class_row(row.customer_id, row.class, row.set_by, row.set_time))
                    .collect()
            })
        })
        .await
    }
}

fn class_row(
    customer_id: Uuid,
    class: i16,
    set_by: String,
    set_time: DateTime<Utc>,
) -> Result<ClassRow, StoreError> {
    let class = SecrecyClass::from_code(class).ok_or_else(|| wrong(TABLE, "class", customer_id))?;
    Ok(ClassRow { customer_id, class, set_by, set_time })
}

async fn answer(tx: &mut Tx, customer: Uuid) -> Result<Answer, StoreError> {
    let row =
        sqlx::query!("SELECT class, set_by, set_time FROM customer_class WHERE customer_id = $1", customer)
            .fetch_optional(tx)
            .await?;
    let row = row.map(|row| class_row(customer, row.class, row.set_by, row.set_time)).transpose()?;
    Ok(row.map_or(Answer::NotFound, |row| Answer::Done(Box::new(row))))
}

/// The data keys of everything that is kept of a customer: of his parties, ended ones too, and of rejected submissions with his
/// certificate.
async fn keys_of(tx: &mut Tx, customer: Uuid) -> Result<Vec<DataKey>, StoreError> {
    let keys = sqlx::query_as!(
        DataKey,
        r#"WITH own AS (
               SELECT s.submission_id, s.party_no, s.epoch, s.subject_fingerprint
               FROM application_party p
               JOIN sealed s ON s.submission_id = p.submission_id AND s.party_no = p.party_no
               WHERE p.customer_id = $1
           ), print AS (
               SELECT epoch, subject_fingerprint FROM own WHERE subject_fingerprint IS NOT NULL
               UNION
               SELECT epoch, fingerprint FROM customer_key WHERE customer_id = $1
           ), every AS (
               SELECT submission_id, party_no FROM own
               UNION
               SELECT o.submission_id, o.party_no FROM sealed o
               JOIN print ON o.subject_fingerprint = print.subject_fingerprint AND o.epoch = print.epoch
           )
           SELECT s.submission_id, s.party_no, s.wrapped_key AS "wrapped_key!"
           FROM every JOIN sealed s USING (submission_id, party_no)
           WHERE s.wrapped_key IS NOT NULL ORDER BY s.submission_id, s.party_no"#,
        customer,
    )
    .fetch_all(tx)
    .await?;
    Ok(keys)
}

/// Wraps `keys` by the key for classified files, or by everybody's; how many were wrapped by the other one.
async fn wrap(
    tx: &mut Tx,
    sealer: &Sealer,
    entropy: &SharedEntropy,
    keys: Vec<DataKey>,
    classified: bool,
) -> Result<usize, StoreError> {
    let (mut submissions, mut numbers, mut wrapped) = (Vec::new(), Vec::new(), Vec::new());
    for key in keys {
        if Sealer::is_classified(&key.wrapped_key) == classified {
            continue;
        }
        let place = Place { table: "sealed", row: key.submission_id, party_no: key.party_no };
        wrapped.push(sealer.wrap_anew(place, &key.wrapped_key, classified, entropy.as_ref())?);
        submissions.push(key.submission_id);
        numbers.push(key.party_no);
    }
    // A key that was destroyed meanwhile stays destroyed.
    sqlx::query!(
        "UPDATE sealed SET wrapped_key = new.wrapped_key
         FROM UNNEST($1::uuid[], $2::smallint[], $3::bytea[]) AS new (submission_id, party_no, wrapped_key)
         WHERE sealed.submission_id = new.submission_id AND sealed.party_no = new.party_no
             AND sealed.wrapped_key IS NOT NULL",
        &submissions,
        &numbers,
        &wrapped,
    )
    .execute(tx)
    .await?;
    Ok(wrapped.len())
}
