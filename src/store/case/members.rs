//! What a case is about: its suspicions, their values, and the customers and applications in them.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::attach::{Member, NewSuspicion};
use crate::store::{StoreError, Tx, codes::Coded as _};

/// In `case_value`: the value is nobody's contact in particular.
pub(super) const NO_OWNER: i16 = 0;

/// A suspicion with its case.
pub(super) struct Placed {
    pub(super) case_id: Uuid,
    /// The case was made for it.
    pub(super) opened: bool,
    pub(super) suspicion: NewSuspicion,
}

/// Writes the suspicions of cases, their values as open, and their members.
pub(super) async fn add(tx: &mut Tx, placed: &[Placed], now: DateTime<Utc>) -> Result<(), StoreError> {
    suspicions(tx, placed, now).await?;
    values(tx, placed).await?;
    let members: Vec<(Uuid, &Member)> = placed
        .iter()
        .flat_map(|placed| placed.suspicion.members.iter().map(move |member| (placed.case_id, member)))
        .collect();
    add_members(tx, &members, now).await
}

async fn suspicions(tx: &mut Tx, placed: &[Placed], now: DateTime<Utc>) -> Result<(), StoreError> {
    let of = |placed: &Placed| placed.suspicion.value.clone();
    sqlx::query!(
        "INSERT INTO case_suspicion (suspicion_id, case_id, clue, clue_value_id, owner_kind, owner_code, opened,
             attached_time)
         SELECT suspicion_id, case_id, clue, clue_value_id, owner_kind, owner_code, opened, $8
         FROM UNNEST($1::uuid[], $2::uuid[], $3::smallint[], $4::uuid[], $5::smallint[], $6::text[], $7::boolean[])
             AS new (suspicion_id, case_id, clue, clue_value_id, owner_kind, owner_code, opened)",
        &placed.iter().map(|placed| placed.suspicion.id).collect::<Vec<_>>(),
        &placed.iter().map(|placed| placed.case_id).collect::<Vec<_>>(),
        &placed.iter().map(|placed| placed.suspicion.clue.number()).collect::<Vec<_>>(),
        &placed.iter().map(|placed| placed.suspicion.value.clue_value_id).collect::<Vec<_>>(),
        &placed.iter().map(|placed| of(placed).owner_kind).collect::<Vec<_>>() as &[Option<i16>],
        &placed.iter().map(|placed| of(placed).owner_code).collect::<Vec<_>>(),
        &placed.iter().map(|placed| placed.opened).collect::<Vec<_>>(),
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn values(tx: &mut Tx, placed: &[Placed]) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO case_value (case_id, clue, clue_value_id, owner_kind, owner_code, open)
         SELECT DISTINCT case_id, clue, clue_value_id, owner_kind, owner_code, true
         FROM UNNEST($1::uuid[], $2::smallint[], $3::uuid[], $4::smallint[], $5::text[])
             AS new (case_id, clue, clue_value_id, owner_kind, owner_code)
         ON CONFLICT (case_id, clue_value_id, owner_kind, owner_code) DO UPDATE SET open = true",
        &placed.iter().map(|placed| placed.case_id).collect::<Vec<_>>(),
        &placed.iter().map(|placed| placed.suspicion.clue.number()).collect::<Vec<_>>(),
        &placed.iter().map(|placed| placed.suspicion.value.clue_value_id).collect::<Vec<_>>(),
        &placed
            .iter()
            .map(|placed| placed.suspicion.value.owner_kind.unwrap_or(NO_OWNER))
            .collect::<Vec<_>>(),
        &placed.iter().map(|placed| placed.suspicion.value.owner_code.clone()).collect::<Vec<_>>(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes members, each once.
pub(super) async fn add_members(
    tx: &mut Tx,
    members: &[(Uuid, &Member)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let column = |of: fn(&Member) -> String| members.iter().map(|(_, member)| of(member)).collect::<Vec<_>>();
    sqlx::query!(
        "INSERT INTO case_member (case_id, customer_id, application_id, submission_id, party_no, role, channel,
             branch_code, seller_code, agency_code, policy_no, added_time)
         SELECT case_id, customer_id, application_id, submission_id, party_no, role, channel, branch_code, seller_code,
             agency_code, policy_no, $12
         FROM UNNEST($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::smallint[], $6::smallint[], $7::smallint[],
             $8::text[], $9::text[], $10::text[], $11::text[])
             AS new (case_id, customer_id, application_id, submission_id, party_no, role, channel, branch_code,
                 seller_code, agency_code, policy_no)
         ON CONFLICT DO NOTHING",
        &members.iter().map(|(case_id, _)| *case_id).collect::<Vec<_>>(),
        &members.iter().map(|(_, member)| member.customer_id).collect::<Vec<_>>(),
        &members.iter().map(|(_, member)| member.application_id).collect::<Vec<_>>(),
        &members.iter().map(|(_, member)| member.submission_id).collect::<Vec<_>>(),
        &members.iter().map(|(_, member)| member.party_no).collect::<Vec<_>>(),
        &members.iter().map(|(_, member)| member.role).collect::<Vec<_>>(),
        &members.iter().map(|(_, member)| member.channel.number()).collect::<Vec<_>>(),
        &column(|member| member.branch_code.clone()),
        &column(|member| member.seller_code.clone()),
        &column(|member| member.agency_code.clone()),
        &column(|member| member.policy_no.clone()),
        now,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The customers of each of the cases.
pub(super) async fn customers(
    tx: &mut Tx,
    case_ids: &[Uuid],
) -> Result<HashMap<Uuid, BTreeSet<Uuid>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT DISTINCT case_id, customer_id FROM case_member WHERE case_id = ANY($1)",
        case_ids
    )
    .fetch_all(tx)
    .await?;
    let mut customers: HashMap<Uuid, BTreeSet<Uuid>> = HashMap::new();
    for row in rows {
        customers.entry(row.case_id).or_default().insert(row.customer_id);
    }
    Ok(customers)
}
