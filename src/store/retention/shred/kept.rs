//! Cases that a hold on another of their customers keeps: their evidence and words are his too. They stay when one person
//! of the case is destroyed, and follow when the hold is lifted.

use uuid::Uuid;

use crate::store::{
    Scope, Store, StoreError, Tx,
    retention::{Tools, person::Person},
};

/// Takes the rows of `cases`, so that no hold on a member can be placed until the transaction ends.
pub(super) async fn lock(tx: &mut Tx, cases: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!("SELECT id FROM case_file WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE", cases)
        .fetch_all(tx)
        .await?;
    Ok(())
}

/// Those of `cases` of which another customer than `customer_id` is held.
pub(super) async fn of(tx: &mut Tx, customer_id: Uuid, cases: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    Ok(sqlx::query_scalar!(
        "SELECT DISTINCT m.case_id FROM case_member m JOIN retention_subject r ON r.customer_id = m.customer_id
         WHERE m.case_id = ANY($1) AND m.customer_id <> $2 AND r.held ORDER BY m.case_id",
        cases,
        customer_id,
    )
    .fetch_all(tx)
    .await?)
}

/// Waits for destructions that are at the cases of `person` just now, and lets none begin until the transaction ends.
pub(in crate::store::retention) async fn keep_off(tx: &mut Tx, person: &Person) -> Result<(), StoreError> {
    let Some(customer_id) = person.customer_id else { return Ok(()) };
    sqlx::query!(
        "SELECT id FROM case_file WHERE id IN (SELECT case_id FROM case_member WHERE customer_id = $1)
         ORDER BY id FOR SHARE",
        customer_id,
    )
    .fetch_all(tx)
    .await?;
    Ok(())
}

impl Store {
    /// Writes which cases the destruction `id` left alone; the audit log has it once.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn keep_cases(&self, tools: Tools, id: Uuid, kept: Vec<Uuid>) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let changed = sqlx::query!(
                    "UPDATE erasure SET kept_case_ids = $2 WHERE id = $1 AND kept_case_ids <> $2",
                    id,
                    &kept,
                )
                .execute(&mut *tx)
                .await?;
                if changed.rows_affected() == 0 {
                    return Ok(());
                }
                let subjects = [vec![id], kept].concat();
                tools.tell(tx, "KEEP_HELD_CASES", None, subjects, String::new()).await
            })
        })
        .await
    }
}
