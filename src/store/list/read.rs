//! Reading the lists: the lists themselves, their suspicions by key, and the sealed parties of members.
//!
//! What a caller may see is part of every query: there is none that gives suspicions without a [`Scope`].

mod row;

use std::collections::HashMap;

use chrono::NaiveDate;
pub use row::{ListState, MemberOf, MemberRow, PriorityRow, SuspicionFilter, SuspicionListRow, SuspicionRow};
use uuid::Uuid;
use zhenshi_domain::{
    application::{AccountPurpose, ApplicationKind, Channel},
    party::Role,
    suspicion::Clue,
};

use super::{ListKind, OwnerKind};
use crate::{
    security::sealing::Sealed,
    store::{
        Scope, Store, StoreError, Tx,
        audit::{self, Entry},
        bounds::Bounds,
        codes::Coded as _,
        privacy,
    },
};

impl Store {
    /// The list of `kind` of the day `list_date`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn get_suspicion_list(
        &self,
        scope: Scope,
        kind: ListKind,
        list_date: NaiveDate,
    ) -> Result<Option<SuspicionListRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move { Ok(lists(tx, Some((kind, list_date)), None, None, 1).await?.pop()) })
        })
        .await
    }

    /// Lists, newest first, at most `limit`: those of `kind`, if one is given, and after the list `after`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_suspicion_lists(
        &self,
        scope: Scope,
        kind: Option<ListKind>,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<SuspicionListRow>, StoreError> {
        self.with_tx(scope, move |tx| Box::pin(async move { lists(tx, None, kind, after, limit).await }))
            .await
    }

    /// Suspicions of the list `list_id` with a member within `scope` that match, most urgent first, at most `limit`; with
    /// all their members, those beyond it as stubs.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_suspicions(
        &self,
        list_id: Uuid,
        scope: Scope,
        filter: SuspicionFilter,
        limit: i64,
    ) -> Result<Vec<SuspicionRow>, StoreError> {
        let bounds = Bounds::from(&scope);
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let mut rows = suspicions(tx, list_id, &bounds, filter, limit).await?;
                let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
                let mut members = members(tx, &ids).await?;
                for row in &mut rows {
                    row.members = members.remove(&row.id).unwrap_or_default();
                }
                Ok(rows)
            })
        })
        .await
    }

    /// Writes an audit entry, alone: before what it tells of leaves.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn audit(&self, scope: Scope, entry: Entry) -> Result<(), StoreError> {
        self.with_tx(scope, move |tx| Box::pin(async move { audit::append(tx, &entry).await })).await
    }

    /// The sealed parties of `members` (submission and number of the party), in one batch. Those whose key was destroyed
    /// are not among them, and neither are classified ones.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn get_sealed_parties(
        &self,
        scope: Scope,
        members: Vec<(Uuid, i16)>,
    ) -> Result<HashMap<(Uuid, i16), Sealed>, StoreError> {
        let (submissions, parties): (Vec<Uuid>, Vec<i16>) = members.into_iter().unzip();
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let rows = sqlx::query!(
                    r#"SELECT s.submission_id, s.party_no, s.wrapped_key AS "wrapped_key!", s.payload
                       FROM sealed s
                       JOIN UNNEST($1::uuid[], $2::smallint[]) AS wanted (submission_id, party_no)
                           USING (submission_id, party_no)
                       WHERE s.submission_id = ANY($1) AND get_byte(s.wrapped_key, 0) = 1 AND NOT s.restricted"#,
                    &submissions,
                    &parties,
                )
                .fetch_all(tx)
                .await?;
                let sealed = rows.into_iter().map(|row| {
                    let sealed = Sealed { wrapped_key: row.wrapped_key, payload: row.payload };
                    ((row.submission_id, row.party_no), sealed)
                });
                Ok(sealed.collect())
            })
        })
        .await
    }
}

async fn lists(
    tx: &mut Tx,
    exactly: Option<(ListKind, NaiveDate)>,
    kind: Option<ListKind>,
    after: Option<Uuid>,
    limit: i64,
) -> Result<Vec<SuspicionListRow>, StoreError> {
    let kind = exactly.map(|(kind, _)| kind).or(kind);
    let rows = sqlx::query!(
        "SELECT id, kind, list_date, cut_time, previous_cut_time, state, rule_set_version, calendar_version, provisional,
                sealed_time, suspicion_count, member_count, digest
         FROM suspicion_list
         WHERE ($1::smallint IS NULL OR kind = $1) AND ($2::date IS NULL OR list_date = $2)
             AND ($3::uuid IS NULL
                 OR (list_date, kind) < (SELECT l.list_date, l.kind FROM suspicion_list l WHERE l.id = $3))
         ORDER BY list_date DESC, kind DESC LIMIT $4",
        kind.map(ListKind::number),
        exactly.map(|(_, date)| date),
        after,
        limit,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(SuspicionListRow {
                id: row.id,
                kind: ListKind::from_number(row.kind, row.id)?,
                list_date: row.list_date,
                cut_time: row.cut_time,
                previous_cut_time: row.previous_cut_time,
                state: ListState::from_number(row.state, row.id)?,
                rule_set_version: row.rule_set_version,
                calendar_version: row.calendar_version,
                provisional: row.provisional,
                sealed_time: row.sealed_time,
                suspicion_count: row.suspicion_count.unwrap_or_default(),
                member_count: row.member_count.unwrap_or_default(),
                digest: row.digest.unwrap_or_default(),
            })
        })
        .collect()
}

/// Before the first page.
const FIRST: (i32, Uuid) = (i32::MAX, Uuid::nil());

async fn suspicions(
    tx: &mut Tx,
    list_id: Uuid,
    bounds: &Bounds,
    filter: SuspicionFilter,
    limit: i64,
) -> Result<Vec<SuspicionRow>, StoreError> {
    let (priority, id) = match filter.after {
        None => FIRST,
        Some(id) => {
            let found = sqlx::query_scalar!("SELECT priority FROM suspicion WHERE id = $1", id)
                .fetch_optional(&mut *tx)
                .await?;
            (found.unwrap_or(i32::MIN), id)
        }
    };
    let rows = sqlx::query!(
        "SELECT s.id, s.list_id, s.clue, s.clue_value_id, s.owner_kind, s.owner_code, s.customer_count, s.use_count,
                s.capped, s.declared_family, s.lead_channel, s.lead_branch_code, s.priority, s.priority_call_back,
                s.priority_customers, s.priority_clue, s.priority_channel, s.priority_seller
         FROM suspicion s
         WHERE s.list_id = $1 AND s.priority <= $2 AND (s.priority < $2 OR s.id > $3)
             AND ($4::smallint IS NULL OR s.clue = $4)
             AND EXISTS (
                 SELECT FROM suspicion_member m JOIN application a ON a.id = m.application_id
                 WHERE m.suspicion_id = s.id AND m.channel = ANY($5) AND ($6 OR a.source = ANY($7))
                     AND ($8::smallint IS NULL OR m.channel = $8) AND ($9::text IS NULL OR m.branch_code = $9)
                     AND ($10::text IS NULL OR m.seller_code = $10)
                     AND ($11::text IS NULL OR m.branch_code = $11))
         ORDER BY s.priority DESC, s.id LIMIT $12",
        list_id,
        priority,
        id,
        filter.clue.map(Clue::number),
        &bounds.channels,
        bounds.every_source,
        &bounds.sources,
        filter.channel.map(Channel::number),
        filter.branch_code,
        filter.seller_code,
        bounds.branch_code,
        limit,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let owner_kind = row.owner_kind.map(|kind| OwnerKind::from_number(kind, row.id)).transpose()?;
            Ok(SuspicionRow {
                id: row.id,
                list_id: row.list_id,
                clue: Clue::from_number(row.clue, row.id)?,
                clue_value_id: row.clue_value_id,
                owner: owner_kind.map(|kind| (kind, row.owner_code)),
                customer_count: row.customer_count,
                use_count: row.use_count,
                capped: row.capped,
                declared_family: row.declared_family,
                lead_channel: Channel::from_number(row.lead_channel, row.id)?,
                lead_branch_code: row.lead_branch_code,
                priority: PriorityRow {
                    total: row.priority,
                    call_back: row.priority_call_back,
                    customers: row.priority_customers,
                    clue: row.priority_clue,
                    channel: row.priority_channel,
                    seller: row.priority_seller,
                },
                members: Vec::new(),
            })
        })
        .collect()
}

/// Members in their order: those that row security lets through in full, the others as stubs.
async fn members(tx: &mut Tx, suspicions: &[Uuid]) -> Result<HashMap<Uuid, Vec<MemberOf>>, StoreError> {
    let mut seen = seen(tx, suspicions).await?;
    let stubs = sqlx::query!(
        r#"SELECT suspicion_id AS "suspicion_id!", member_no AS "member_no!", customer_id AS "customer_id!",
                channel AS "channel!"
         FROM suspicion_stubs($1) ORDER BY suspicion_id, member_no"#,
        suspicions,
    )
    .fetch_all(tx)
    .await?;
    let mut members: HashMap<Uuid, Vec<MemberOf>> = HashMap::new();
    for row in stubs {
        let member = match seen.remove(&(row.suspicion_id, row.member_no)) {
            Some(seen) => MemberOf::Seen(Box::new(seen)),
            None => MemberOf::Stub {
                customer_id: row.customer_id,
                channel: Channel::from_number(row.channel, row.suspicion_id)?,
            },
        };
        members.entry(row.suspicion_id).or_default().push(member);
    }
    Ok(members)
}

/// Members that row security lets through, by suspicion and number.
async fn seen(tx: &mut Tx, suspicions: &[Uuid]) -> Result<HashMap<(Uuid, i32), MemberRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT m.suspicion_id, m.member_no, m.customer_id, a.source, a.kind, a.application_no, m.submission_id,
                m.party_no, m.role, m.purpose, m.is_new, m.baseline, m.channel, m.branch_code, m.seller_code,
                m.agency_code, a.policy_no, (SELECT c.class FROM customer_class c WHERE c.customer_id = m.customer_id) AS "class?"
         FROM suspicion_member m JOIN application a ON a.id = m.application_id
         WHERE m.suspicion_id = ANY($1)"#,
        suspicions,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            let purpose = match row.purpose {
                0 => None,
                purpose => Some(AccountPurpose::from_number(purpose, row.suspicion_id)?),
            };
            let member = MemberRow {
                customer_id: row.customer_id,
                source: row.source,
                application_kind: ApplicationKind::from_number(row.kind, row.suspicion_id)?,
                application_no: row.application_no,
                submission_id: row.submission_id,
                party_no: row.party_no,
                role: Role::from_number(row.role, row.suspicion_id)?,
                purpose,
                is_new: row.is_new,
                baseline: row.baseline,
                channel: Channel::from_number(row.channel, row.suspicion_id)?,
                branch_code: row.branch_code,
                seller_code: row.seller_code,
                agency_code: row.agency_code,
                class: privacy::row::class(row.class, row.suspicion_id)?,
                policy_no: row.policy_no,
            };
            Ok(((row.suspicion_id, row.member_no), member))
        })
        .collect()
}
