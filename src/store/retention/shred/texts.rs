//! What people wrote about a person in asking for, giving and revealing his data, and in incidents: sealed texts that go with him.
//!
//! Who asked, what for, which fields and when stays in the registers; so does who received an export, which is about another.

use uuid::Uuid;

use crate::store::{Scope, Store, StoreError, Tx};

/// Whose texts: his customer id, his cases, those of them that are kept with all that was written about them, and his parties.
pub(super) struct Whose<'a> {
    pub(super) customer_id: Option<Uuid>,
    pub(super) cases: &'a [Uuid],
    pub(super) kept: &'a [Uuid],
    pub(super) parties: &'a [(Uuid, i16)],
}

/// The texts about a person that can still be opened.
pub(super) async fn texts(tx: &mut Tx, whose: &Whose<'_>) -> Result<Vec<Uuid>, StoreError> {
    let (submission_ids, party_nos): (Vec<Uuid>, Vec<i16>) = whose.parties.iter().copied().unzip();
    let ids = sqlx::query_scalar!(
        r#"WITH party AS (
               SELECT submission_id, party_no FROM UNNEST($3::uuid[], $4::smallint[]) AS own (submission_id, party_no)
           ), about AS (
               SELECT $1::uuid AS id, NULL::uuid AS case_id
               UNION SELECT id, case_id FROM access_grant WHERE customer_id = $1 OR case_id = ANY($2)
               UNION SELECT id, case_id FROM access_grant JOIN party USING (submission_id, party_no)
               UNION SELECT id, case_id FROM reveal
                   WHERE customer_ids @> ARRAY[$1::uuid] OR customer_id = $1 OR case_id = ANY($2)
               UNION SELECT id, case_id FROM reveal JOIN party USING (submission_id, party_no)
               UNION SELECT id, case_id FROM incident WHERE customer_id = $1 OR case_id = ANY($2)
               UNION SELECT id, case_id FROM incident JOIN party USING (submission_id, party_no)
           )
           SELECT t.id AS "id!" FROM about JOIN privacy_text t ON t.about_id = about.id
           WHERE t.wrapped_key IS NOT NULL AND (about.case_id = ANY($5)) IS NOT TRUE
           UNION
           SELECT t.id FROM unmasked_export e JOIN privacy_text t ON t.id IN (e.reason_text_id, e.note_text_id)
           WHERE e.case_ids && $2 AND NOT e.case_ids && $5 AND t.wrapped_key IS NOT NULL"#,
        whose.customer_id,
        whose.cases,
        &submission_ids,
        &party_nos,
        whose.kept,
    )
    .fetch_all(tx)
    .await?;
    Ok(ids)
}

impl Store {
    pub(super) async fn destroy_texts(
        &self,
        customer_id: Option<Uuid>,
        cases: Vec<Uuid>,
        kept: Vec<Uuid>,
        parties: Vec<(Uuid, i16)>,
    ) -> Result<(), StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let whose = Whose { customer_id, cases: &cases, kept: &kept, parties: &parties };
                let ids = texts(tx, &whose).await?;
                sqlx::query!("UPDATE privacy_text SET wrapped_key = NULL WHERE id = ANY($1)", &ids)
                    .execute(tx)
                    .await?;
                Ok(())
            })
        })
        .await
    }
}
