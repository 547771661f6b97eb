//! What a chunk leaves: values, suspicions and their members, a statement each.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use uuid::Uuid;
use zhenshi_domain::suspicion::priority::{Facts, Priority};

use super::{
    OpenList,
    chunk::{Found, sellers},
    facts,
    standing::Standing,
    uses::{Range, UseRow},
};
use crate::{
    ids,
    store::{StoreError, Tx, codes::Coded as _},
};

/// Writes what was found.
pub(super) async fn write(
    tx: &mut Tx,
    list: &OpenList,
    range: Range,
    found: &[Found<'_>],
    standings: &HashMap<Uuid, Standing>,
) -> Result<(), StoreError> {
    if found.is_empty() {
        return Ok(());
    }
    let history = facts::seller_history(tx, list, &sellers(found)).await?;
    values(tx, range, found).await?;
    suspicions(tx, list, found, standings, &history).await?;
    members(tx, list, found).await
}

fn suspicion_id(list: &OpenList, found: &Found<'_>) -> Uuid {
    let (kind, code) =
        found.owner.as_ref().map_or((0, ""), |owner| (owner.kind.number(), owner.code.as_str()));
    let clue = found.clue.number().to_be_bytes();
    let parts: [&[u8]; 5] =
        [list.id.as_bytes(), &clue, found.value_id.as_bytes(), &kind.to_be_bytes(), code.as_bytes()];
    ids::derived("suspicion", &parts)
}

fn members_of<'a>(found: &'a Found<'a>) -> impl Iterator<Item = (&'a UseRow, bool)> {
    found.raised.members.iter().map(|place| (found.uses[*place], found.fresh[*place]))
}

async fn values(tx: &mut Tx, range: Range, found: &[Found<'_>]) -> Result<(), StoreError> {
    // A value can stand in several suspicions. Sorted: two workers that meet on one wait for each other in order.
    let values: BTreeMap<Uuid, Uuid> =
        found.iter().map(|found| (found.value_id, found.fingerprint)).collect();
    let ids: Vec<Uuid> = values.keys().copied().collect();
    let fingerprints: Vec<Uuid> = values.values().copied().collect();
    sqlx::query!(
        "INSERT INTO clue_value (id, epoch, clue, fingerprint)
         SELECT id, $3, $4, fingerprint FROM UNNEST($1::uuid[], $2::uuid[]) AS new (id, fingerprint)
         ON CONFLICT DO NOTHING",
        &ids,
        &fingerprints,
        range.epoch,
        range.clue,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn suspicions(
    tx: &mut Tx,
    list: &OpenList,
    found: &[Found<'_>],
    standings: &HashMap<Uuid, Standing>,
    history: &HashMap<String, i64>,
) -> Result<(), StoreError> {
    let mut column = Columns::default();
    for found in found {
        column.push(list, found, standings, history);
    }
    sqlx::query!(
        "INSERT INTO suspicion (id, list_id, clue, clue_value_id, owner_kind, owner_code, customer_count, use_count,
             capped, declared_family, lead_channel, lead_branch_code, priority, priority_call_back,
             priority_customers, priority_clue, priority_channel, priority_seller)
         SELECT id, $1, clue, value, owner_kind, owner_code, customers, uses, capped, family, channel, branch,
             call_back + customer_points + clue_points + channel_points + seller, call_back, customer_points,
             clue_points, channel_points, seller
         FROM UNNEST($2::uuid[], $3::smallint[], $4::uuid[], $5::smallint[], $6::text[], $7::integer[],
             $8::integer[], $9::boolean[], $10::boolean[], $11::smallint[], $12::text[], $13::integer[],
             $14::integer[], $15::integer[], $16::integer[], $17::integer[])
             AS new (id, clue, value, owner_kind, owner_code, customers, uses, capped, family, channel, branch,
                 call_back, customer_points, clue_points, channel_points, seller)",
        list.id,
        &column.ids,
        &column.clues,
        &column.values,
        &column.owner_kinds as &[Option<i16>],
        &column.owner_codes,
        &column.customers,
        &column.uses,
        &column.capped,
        &column.family,
        &column.channels,
        &column.branches,
        &column.call_back,
        &column.customer_points,
        &column.clue_points,
        &column.channel_points,
        &column.seller,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Suspicions, a vector a column.
#[derive(Default)]
struct Columns {
    ids: Vec<Uuid>,
    clues: Vec<i16>,
    values: Vec<Uuid>,
    owner_kinds: Vec<Option<i16>>,
    owner_codes: Vec<String>,
    customers: Vec<i32>,
    uses: Vec<i32>,
    capped: Vec<bool>,
    family: Vec<bool>,
    channels: Vec<i16>,
    branches: Vec<String>,
    call_back: Vec<i32>,
    customer_points: Vec<i32>,
    clue_points: Vec<i32>,
    channel_points: Vec<i32>,
    seller: Vec<i32>,
}

impl Columns {
    fn push(
        &mut self,
        list: &OpenList,
        found: &Found<'_>,
        standings: &HashMap<Uuid, Standing>,
        history: &HashMap<String, i64>,
    ) {
        // The newest member leads; the application's id decides between two of one batch.
        let newest = members_of(found)
            .map(|(used, _)| used)
            .max_by_key(|used| (used.recorded_time, used.application_id));
        let Some(lead) = newest else { return };
        let members = || members_of(found).map(|(used, _)| used);
        let call_back: Option<NaiveDate> = members()
            .filter_map(|used| standings.get(&used.application_id).and_then(|standing| standing.call_back))
            .min();
        let seller_history =
            members().filter_map(|used| history.get(&used.seller_code)).max().copied().unwrap_or(0);
        let facts = Facts {
            clue: found.clue,
            declared_family: found.raised.declared_family,
            customers: found.raised.customers,
            lead_channel: lead.channel,
            call_back,
            seller_history,
        };
        let priority = Priority::of(&facts, list.list_date);
        let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        self.ids.push(suspicion_id(list, found));
        self.clues.push(found.clue.number());
        self.values.push(found.value_id);
        self.owner_kinds.push(found.owner.as_ref().map(|owner| owner.kind.number()));
        self.owner_codes.push(found.owner.as_ref().map_or_else(String::new, |owner| owner.code.clone()));
        self.customers.push(count(found.raised.customers));
        self.uses.push(i32::try_from(lead.use_count).unwrap_or(i32::MAX));
        self.capped.push(found.capped);
        self.family.push(found.raised.declared_family);
        self.channels.push(lead.channel.number());
        self.branches.push(lead.branch_code.clone());
        self.call_back.push(priority.call_back);
        self.customer_points.push(priority.customers);
        self.clue_points.push(priority.clue);
        self.channel_points.push(priority.channel);
        self.seller.push(priority.seller);
    }
}

async fn members(tx: &mut Tx, list: &OpenList, found: &[Found<'_>]) -> Result<(), StoreError> {
    let (mut suspicions, mut numbers, mut news) = (Vec::new(), Vec::new(), Vec::new());
    let mut members: Vec<&UseRow> = Vec::new();
    for found in found {
        let id = suspicion_id(list, found);
        for (number, (used, fresh)) in (0i32..).zip(members_of(found)) {
            suspicions.push(id);
            numbers.push(number);
            news.push(fresh);
            members.push(used);
        }
    }
    macro_rules! column {
        ($used:ident => $value:expr) => {
            members.iter().map(|$used| $value).collect::<Vec<_>>()
        };
    }
    sqlx::query!(
        "INSERT INTO suspicion_member (suspicion_id, member_no, is_new, customer_id, application_id, submission_id,
             party_no, role, purpose, baseline, channel, branch_code, seller_code, agency_code)
         SELECT * FROM UNNEST($1::uuid[], $2::integer[], $3::boolean[], $4::uuid[], $5::uuid[], $6::uuid[],
             $7::smallint[], $8::smallint[], $9::smallint[], $10::boolean[], $11::smallint[], $12::text[],
             $13::text[], $14::text[])",
        &suspicions,
        &numbers,
        &news,
        &column!(used => used.customer_id),
        &column!(used => used.application_id),
        &column!(used => used.submission_id),
        &column!(used => used.party_no),
        &column!(used => used.role.number()),
        &column!(used => used.purpose),
        &column!(used => used.baseline),
        &column!(used => used.channel.number()),
        &column!(used => used.branch_code.clone()),
        &column!(used => used.seller_code.clone()),
        &column!(used => used.agency_code.clone()),
    )
    .execute(tx)
    .await?;
    Ok(())
}
