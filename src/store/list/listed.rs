//! A whole sealed list, member by member, under the names that senders know: for comparing it with what it should say.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::{ApplicationKey, ApplicationKind},
    suspicion::Clue,
};

use crate::store::{Scope, Store, StoreError, codes::Coded as _};

/// A sealed daily list.
#[derive(Debug, Clone)]
pub struct ListedWhole {
    /// Its working day.
    pub list_date: NaiveDate,
    /// When it was closed.
    pub closed_time: DateTime<Utc>,
    /// That its day is a working day is presumed.
    pub provisional: bool,
    /// Its members, suspicion by suspicion.
    pub members: Vec<ListedMember>,
}

/// A member of a suspicion.
#[derive(Debug, Clone)]
pub struct ListedMember {
    /// The suspicion.
    pub suspicion_id: Uuid,
    /// Its clue.
    pub clue: Clue,
    /// The value that is shared.
    pub clue_value_id: Uuid,
    /// Code of the contact's owner; empty unless it is a seller's contact.
    pub owner_code: String,
    /// The customer.
    pub customer_id: Uuid,
    /// The application.
    pub application: ApplicationKey,
    /// Number of the party in it.
    pub party_no: i16,
    /// New in this list.
    pub is_new: bool,
}

impl Store {
    /// The sealed daily list of the working day; `None` if there is none.
    ///
    /// # Errors
    /// When the database cannot be reached or a row does not hold what this version writes.
    pub async fn listed_whole(&self, list_date: NaiveDate) -> Result<Option<ListedWhole>, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let list = sqlx::query!(
                    "SELECT id, closed_time, provisional FROM suspicion_list
                     WHERE kind = 1 AND state = 2 AND list_date = $1",
                    list_date,
                )
                .fetch_optional(&mut *tx)
                .await?;
                let Some(list) = list else { return Ok(None) };
                let rows = sqlx::query!(
                    "SELECT suspicion.id, suspicion.clue, suspicion.clue_value_id, suspicion.owner_code,
                            member.customer_id, member.party_no, member.is_new, head.source, head.kind,
                            head.application_no
                     FROM suspicion
                     JOIN suspicion_member AS member ON member.suspicion_id = suspicion.id
                     JOIN application AS head ON head.id = member.application_id
                     WHERE suspicion.list_id = $1
                     ORDER BY suspicion.id, member.member_no",
                    list.id,
                )
                .fetch_all(tx)
                .await?;
                let members = rows
                    .into_iter()
                    .map(|row| {
                        Ok(ListedMember {
                            suspicion_id: row.id,
                            clue: Clue::from_number(row.clue, row.id)?,
                            clue_value_id: row.clue_value_id,
                            owner_code: row.owner_code,
                            customer_id: row.customer_id,
                            application: ApplicationKey {
                                source: row.source,
                                kind: ApplicationKind::from_number(row.kind, row.id)?,
                                application_no: row.application_no,
                            },
                            party_no: row.party_no,
                            is_new: row.is_new,
                        })
                    })
                    .collect::<Result<_, StoreError>>()?;
                let (closed_time, provisional) = (list.closed_time, list.provisional);
                Ok(Some(ListedWhole { list_date, closed_time, provisional, members }))
            })
        })
        .await
    }
}
