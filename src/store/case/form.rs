//! What the confirmation form shows of a case: its number, and one customer's places in its applications. Looking is written
//! to the audit log in the same transaction, before anything is opened.

use uuid::Uuid;
use zhenshi_domain::{application::Channel, party::Role};

use super::row;
use crate::{
    security::scope::Scope,
    store::{
        Store, StoreError,
        audit::{self, Entry},
        codes::Coded as _,
    },
};

/// A customer's place in one application of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormMember {
    /// The submission that the suspicion was about.
    pub submission_id: Uuid,
    /// Number of the party.
    pub party_no: i16,
    /// What the customer is in it.
    pub role: Role,
    /// Sales channel.
    pub channel: Channel,
    /// Number of the application.
    pub application_no: String,
    /// Policy number; empty while there is none.
    pub policy_no: String,
}

impl Store {
    /// Number of the case, and the places of its customer `customer_id` in the applications of `channel` (in all of them
    /// without one), newest first; none if there is no such case or place. If there is, `entry` is written.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn confirmation_form(
        &self,
        scope: Scope,
        (case_id, customer_id): (Uuid, Uuid),
        channel: Option<Channel>,
        entry: Entry,
    ) -> Result<Option<(String, Vec<FormMember>)>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let Some(case) = row::read(tx, case_id).await? else { return Ok(None) };
                let rows = sqlx::query!(
                    "SELECT m.submission_id, m.party_no, m.role, m.channel, a.application_no, m.policy_no
                     FROM case_member m JOIN application a ON a.id = m.application_id
                     WHERE m.case_id = $1 AND m.customer_id = $2 AND ($3::smallint IS NULL OR m.channel = $3)
                     ORDER BY m.submission_id DESC, m.party_no",
                    case_id,
                    customer_id,
                    channel.map(Channel::number),
                )
                .fetch_all(&mut *tx)
                .await?;
                if rows.is_empty() {
                    return Ok(None);
                }
                let members = rows
                    .into_iter()
                    .map(|row| {
                        Ok(FormMember {
                            submission_id: row.submission_id,
                            party_no: row.party_no,
                            role: Role::from_number(row.role, case_id)?,
                            channel: Channel::from_number(row.channel, case_id)?,
                            application_no: row.application_no,
                            policy_no: row.policy_no,
                        })
                    })
                    .collect::<Result<_, StoreError>>()?;
                audit::append(tx, &entry).await?;
                Ok(Some((case.case_no, members)))
            })
        })
        .await
    }
}
