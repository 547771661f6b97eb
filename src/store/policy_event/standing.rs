//! What is known of one policy now: its applications, its standing, and the open suspicions that name it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::ApplicationKind,
    calendar::Calendar,
    call_back::{Clearance, clearance, due_time, verified_time},
    cooling_off::last_day,
    policy::{PolicyBook, PolicyEvent, PolicyNames, PolicyStanding},
    profile::Profile,
};

use super::{
    heads::{PolicyHead, heads},
    row::named_before,
};
use crate::store::{Scope, Store, StoreError, Tx};

/// A suspicion that is not explained: its case is open, or ended without the data being right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSuspicion {
    /// Its id, in the first list that has it.
    pub id: Uuid,
    /// The kind of the clue, as its number.
    pub clue: i16,
    /// Day of that list.
    pub list_date: NaiveDate,
    /// When its case is due, or was closed; none while no channel has it.
    pub case_time: Option<DateTime<Utc>>,
}

/// Whether the customer of a policy may be called back, and what that rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallBackFacts {
    /// May the customer be called?
    pub clearance: Clearance,
    /// When the call itself is due.
    pub due_time: Option<DateTime<Utc>>,
    /// Last day of cooling-off; none while the receipt is not signed.
    pub cooling_off_end_date: Option<NaiveDate>,
}

impl PolicyFacts {
    /// Whether the customer may be called at `now`. A suspicion holds the call up until its case is due, or, while it has
    /// none, until the end of the third working day after its list (article 13).
    pub fn clearance(&self, calendar: &Calendar, profile: &Profile, now: DateTime<Utc>) -> CallBackFacts {
        let cooling_off_end_date = self.cooling_off_end(profile);
        let due_time = due_time(&self.standing, cooling_off_end_date);
        let verified = self
            .suspicions
            .iter()
            .map(|open| open.case_time.unwrap_or_else(|| verified_time(calendar, open.list_date).value));
        let clearance = clearance(&self.standing, due_time, verified, now);
        CallBackFacts { clearance, due_time, cooling_off_end_date }
    }

    /// The last day of cooling-off, by the product of the contract. Where that is not known, no line for a class matches:
    /// the earlier end holds, and nobody is called too late.
    fn cooling_off_end(&self, profile: &Profile) -> Option<NaiveDate> {
        let receipt_date = self.standing.receipt_date?;
        let contract = self.heads.iter().find(|head| head.kind == ApplicationKind::NewBusiness);
        let contract = contract.or(self.heads.first())?;
        let days = profile.cooling_off_days(contract.product.sale(contract.channel), receipt_date);
        Some(last_day(self.standing.cooling_off_end_date, receipt_date, days))
    }
}

/// What is known of one policy.
#[derive(Debug, Clone)]
pub struct PolicyFacts {
    /// Its applications, with their servicing changes and claims; none if it is not known.
    pub heads: Vec<PolicyHead>,
    /// What follows from its events.
    pub standing: PolicyStanding,
    /// Suspicions of daily lists in which one of its applications stands with a value that it still has; by list date.
    pub suspicions: Vec<OpenSuspicion>,
}

impl Store {
    /// What is known at `now` of the policy that goes by `application_id` or `policy_no` (empty: none).
    ///
    /// # Errors
    /// When the database cannot be reached or a row does not hold what this version writes.
    pub async fn policy_facts(
        &self,
        application_id: Option<Uuid>,
        policy_no: String,
        now: DateTime<Utc>,
    ) -> Result<PolicyFacts, StoreError> {
        self.with_snapshot(Scope::system(), move |tx| {
            Box::pin(async move { facts(tx, application_id, policy_no, now).await })
        })
        .await
    }
}

/// See [`Store::policy_facts`].
pub(in crate::store) async fn facts(
    tx: &mut Tx,
    application_id: Option<Uuid>,
    policy_no: String,
    now: DateTime<Utc>,
) -> Result<PolicyFacts, StoreError> {
    let ids: Vec<Uuid> = application_id.into_iter().collect();
    // Everything that is recorded, whichever replica's clock stamped it.
    let cut = now + TimeDelta::days(1);
    let nos = [policy_no];
    let told = named_before(tx, &ids, &nos, cut).await?;
    let heads = heads(tx, &ids, &nos, &told).await?;

    // The contract's own numbers name the policy too.
    let contracts = heads.iter().filter(|head| head.kind == ApplicationKind::NewBusiness);
    let (mut all_ids, mut all_nos) = (ids, nos.to_vec());
    for head in contracts {
        all_ids.push(head.id);
        all_nos.push(head.policy_no.clone());
    }
    let rows = named_before(tx, &all_ids, &all_nos, cut).await?;
    let names = PolicyNames {
        application_ids: all_ids.iter().map(Uuid::as_u128).collect(),
        policy_nos: all_nos.into_iter().filter(|no| !no.is_empty()).collect(),
    };
    let standing = PolicyBook::new(rows.into_iter().map(PolicyEvent::from).collect()).standing(&names);
    let suspicions = open_suspicions(tx, &heads).await?;
    Ok(PolicyFacts { heads, standing, suspicions })
}

/// The first listing of each clue and value: listing it again gives nobody more time.
async fn open_suspicions(tx: &mut Tx, heads: &[PolicyHead]) -> Result<Vec<OpenSuspicion>, StoreError> {
    let ids: Vec<Uuid> = heads.iter().map(|head| head.id).collect();
    let rows = sqlx::query!(
        "SELECT DISTINCT ON (suspicion.clue, suspicion.clue_value_id)
             suspicion.id, suspicion.clue, suspicion.clue_value_id, list.list_date,
             COALESCE(c.closed_time, c.verification_due_time, c.due_time) AS case_time
         FROM suspicion_member AS member
         JOIN suspicion ON suspicion.id = member.suspicion_id
         JOIN suspicion_list AS list ON list.id = suspicion.list_id
         JOIN clue_value AS value ON value.id = suspicion.clue_value_id
         LEFT JOIN case_suspicion AS followed ON followed.suspicion_id = suspicion.id
         LEFT JOIN case_file AS c ON c.id = followed.case_id
         WHERE member.application_id = ANY($1) AND list.kind = 1
             -- Corrected and cleared ones are explained; what was withdrawn concerns nobody any more.
             AND (c.id IS NULL OR NOT (followed.withdrawn OR c.state = 7
                 OR (c.state = 6 AND COALESCE(followed.outcome, c.outcome) IN (1, 2))))
             AND EXISTS (
                 SELECT FROM contact_use AS used
                 WHERE used.epoch = value.epoch AND used.clue = value.clue AND used.fingerprint = value.fingerprint
                     AND used.application_id = member.application_id AND used.ended_time IS NULL
             )
         ORDER BY suspicion.clue, suspicion.clue_value_id, list.list_date, suspicion.id",
        &ids,
    )
    .fetch_all(tx)
    .await?;
    let ordered: BTreeMap<(NaiveDate, i16, Uuid), OpenSuspicion> = rows
        .into_iter()
        .map(|row| {
            let open = OpenSuspicion {
                id: row.id,
                clue: row.clue,
                list_date: row.list_date,
                case_time: row.case_time,
            };
            ((open.list_date, open.clue, open.id), open)
        })
        .collect();
    Ok(ordered.into_values().collect())
}
