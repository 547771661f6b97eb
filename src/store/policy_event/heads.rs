//! The applications that belong to a policy: those that its names and events name, and the servicing changes and claims of
//! these.

use std::collections::BTreeSet;

use uuid::Uuid;
use zhenshi_domain::application::{ApplicationKind, Channel};

use super::PolicyEventRow;
use crate::store::{
    StoreError, Tx,
    codes::Coded as _,
    product::{Columns, ProductRow},
};

/// The head of an application that may belong to a policy.
#[derive(Debug, Clone)]
pub struct PolicyHead {
    /// Its id.
    pub id: Uuid,
    /// The system that numbered it.
    pub source: String,
    /// What was applied for.
    pub kind: ApplicationKind,
    /// Channel.
    pub channel: Channel,
    /// Branch.
    pub branch_code: String,
    /// The application that it belongs to, if it is none for a new contract.
    pub original_application_no: String,
    /// The policy.
    pub policy_no: String,
    /// Class and term of the main contract, by the submission in force or else by the newest.
    pub product: ProductRow,
    /// Its contact keys, packed.
    pub(super) keys: Vec<u8>,
}

/// The heads that `application_ids`, `policy_nos` or `rows` name, and those that belong to one of them; by id.
pub(super) async fn heads(
    tx: &mut Tx,
    application_ids: &[Uuid],
    policy_nos: &[String],
    rows: &[PolicyEventRow],
) -> Result<Vec<PolicyHead>, StoreError> {
    let mut ids: BTreeSet<Uuid> = application_ids.iter().copied().collect();
    ids.extend(rows.iter().filter_map(|row| row.application_id));
    let mut nos: BTreeSet<String> = policy_nos.iter().cloned().collect();
    nos.extend(rows.iter().map(|row| row.policy_no.clone()));
    let heads = sqlx::query!(
        r#"WITH named AS (
               SELECT id FROM application WHERE id = ANY($1)
               UNION
               SELECT id FROM application WHERE policy_no = ANY($2) AND policy_no <> ''
           ), belonging AS (
               SELECT id FROM named
               UNION
               SELECT own.id FROM named JOIN application AS contract ON contract.id = named.id
               JOIN application AS own ON own.original_application_no = contract.application_no
                   AND own.source = contract.source
               WHERE contract.kind = 1 AND own.original_application_no <> ''
           )
           SELECT head.id, head.source, head.kind, head.channel, head.branch_code, head.original_application_no, head.policy_no, head.keys,
               stated.product_class, stated.term_unit, stated.term_length
           FROM belonging JOIN application AS head ON head.id = belonging.id
           LEFT JOIN LATERAL (
               SELECT product_class, term_unit, term_length FROM submission
               WHERE application_id = head.id
               ORDER BY (id = head.current_submission_id) DESC NULLS LAST, id DESC LIMIT 1
           ) AS stated ON true
           ORDER BY head.id"#,
        &ids.into_iter().collect::<Vec<_>>(),
        &nos.into_iter().collect::<Vec<_>>(),
    )
    .fetch_all(tx)
    .await?;
    heads
        .into_iter()
        .map(|row| {
            Ok(PolicyHead {
                id: row.id,
                source: row.source,
                kind: ApplicationKind::from_number(row.kind, row.id)?,
                channel: Channel::from_number(row.channel, row.id)?,
                branch_code: row.branch_code,
                original_application_no: row.original_application_no,
                policy_no: row.policy_no,
                product: ProductRow::read(
                    Columns {
                        product_class: row.product_class,
                        term_unit: row.term_unit,
                        term_length: row.term_length,
                    },
                    row.id,
                )?,
                keys: row.keys,
            })
        })
        .collect()
}
