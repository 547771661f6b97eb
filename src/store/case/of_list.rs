//! Cases out of sealed daily lists: the oldest list that has none yet, chunk by chunk.
//!
//! There is no leader. Whoever works on a list holds its row; each chunk is one transaction that takes the suspicions
//! without a case, so that a worker can be killed anywhere and another goes on: no suspicion gets two cases, none is
//! left out. A list is done when none is left, and that is written once.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime};
use uuid::Uuid;
use zhenshi_domain::{application::Channel, shanghai, suspicion::Clue};

use super::{
    attach::{self, Member, NewSuspicion, Origin, Value},
    change::Tools,
};
use crate::{
    security::scope::Scope,
    store::{Store, StoreError, Tx, codes::Coded as _},
};

/// Most suspicions of one transaction: about half a second of work.
const CHUNK: i64 = 500;

/// A sealed list whose suspicions get their cases.
struct SealedList {
    id: Uuid,
    list_date: NaiveDate,
}

impl Store {
    /// Gives the next suspicions of the oldest daily list their cases, whose sorting ends at `release_at` (a time of day
    /// in Asia/Shanghai) of the list's day. Says whether there was anything to do.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn make_cases(&self, tools: Tools, release_at: NaiveTime) -> Result<bool, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let Some(list) = oldest(tx).await? else { return Ok(false) };
                let suspicions = next(tx, &list).await?;
                if suspicions.is_empty() {
                    sqlx::query!(
                        "UPDATE suspicion_list SET cases_made_time = $2 WHERE id = $1",
                        list.id,
                        tools.clock.now(),
                    )
                    .execute(tx)
                    .await?;
                    return Ok(true);
                }
                let origin = Origin {
                    list_id: list.id,
                    day: list.list_date,
                    release_time: shanghai::at(list.list_date, release_at),
                };
                attach::suspicions(tx, &tools, &origin, suspicions).await?;
                Ok(true)
            })
        })
        .await
    }
}

/// The oldest list without cases, locked. Waits for who is at it: a later list's suspicions join this one's cases.
async fn oldest(tx: &mut Tx) -> Result<Option<SealedList>, StoreError> {
    let list = sqlx::query_as!(
        SealedList,
        "SELECT id, list_date FROM suspicion_list
         WHERE kind = 1 AND state = 2 AND cases_made_time IS NULL
         ORDER BY list_date LIMIT 1 FOR NO KEY UPDATE",
    )
    .fetch_optional(tx)
    .await?;
    Ok(list)
}

/// The most urgent suspicions of `list` without a case, with their members.
async fn next(tx: &mut Tx, list: &SealedList) -> Result<Vec<NewSuspicion>, StoreError> {
    let rows = sqlx::query!(
        "SELECT s.id, s.clue, s.clue_value_id, s.owner_kind, s.owner_code, s.priority, s.lead_channel, s.lead_branch_code
         FROM suspicion s
         WHERE s.list_id = $1 AND NOT EXISTS (SELECT FROM case_suspicion c WHERE c.suspicion_id = s.id)
         ORDER BY s.priority DESC, s.id LIMIT $2",
        list.id,
        CHUNK,
    )
    .fetch_all(&mut *tx)
    .await?;
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut members = members(tx, &ids).await?;
    rows.into_iter()
        .map(|row| {
            Ok(NewSuspicion {
                id: row.id,
                clue: Clue::from_number(row.clue, row.id)?,
                value: Value {
                    clue_value_id: row.clue_value_id,
                    owner_kind: row.owner_kind,
                    owner_code: row.owner_code,
                },
                priority: row.priority,
                channel: Channel::from_number(row.lead_channel, row.id)?,
                branch_code: row.lead_branch_code,
                members: members.remove(&row.id).unwrap_or_default(),
            })
        })
        .collect()
}

/// Members of the suspicions, by suspicion.
async fn members(tx: &mut Tx, suspicion_ids: &[Uuid]) -> Result<HashMap<Uuid, Vec<Member>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT m.suspicion_id, m.customer_id, m.application_id, m.submission_id, m.party_no, m.role, m.channel,
             m.branch_code, m.seller_code, m.agency_code, a.policy_no
         FROM suspicion_member m JOIN application a ON a.id = m.application_id
         WHERE m.suspicion_id = ANY($1) ORDER BY m.suspicion_id, m.member_no",
        suspicion_ids,
    )
    .fetch_all(tx)
    .await?;
    let mut members: HashMap<Uuid, Vec<Member>> = HashMap::new();
    for row in rows {
        members.entry(row.suspicion_id).or_default().push(Member {
            customer_id: row.customer_id,
            application_id: row.application_id,
            submission_id: row.submission_id,
            party_no: row.party_no,
            role: row.role,
            channel: Channel::from_number(row.channel, row.suspicion_id)?,
            branch_code: row.branch_code,
            seller_code: row.seller_code,
            agency_code: row.agency_code,
            policy_no: row.policy_no,
        });
    }
    Ok(members)
}
