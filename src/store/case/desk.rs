//! Who can be given cases, as they stand: staff with their load, whose contact or sale is the clue of which case, who leads
//! the sellers' teams, and which channels a case touches. Read in a fixed number of statements, however many cases.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    assignment::{CaseToAssign, Clerk, Staff, TeamLeader},
    shanghai,
};

use super::{Change, change::Tools};
use crate::store::{StoreError, Tx, codes::Coded as _};

/// Duties in the directory.
pub(super) const CUSTOMER_SERVICE: i16 = 21;
pub(super) const CLERK: i16 = 22;
pub(super) const TEAM_LEADER: i16 = 23;
const CHANNEL_HEAD: i16 = 24;
pub(super) const COMPLIANCE: i16 = 25;
pub(super) const CUSTOMER_SERVICE_MANAGER: i16 = 27;

/// Customer service's own cases lie at one desk, which is no channel's.
const OWN_DESK: (Channel, &str) = (Channel::Direct, "customer service");

/// Lets one transaction at a time give cases to people: each counts what the one before it gave. Taken after the rows of
/// the cases, or before rows that are only taken if they are free.
const GIVING: i64 = 0x7A68_656E_7368_6901;

/// Waits until nobody else gives cases to people, to the end of the transaction.
pub(super) async fn lock(tx: &mut Tx) -> Result<(), StoreError> {
    sqlx::query!("SELECT pg_advisory_xact_lock($1)", GIVING).execute(tx).await?;
    Ok(())
}

/// Who may have a case, and whose clue it is, does not depend on who asks: what is read between [`widen`] and [`narrow`] is read
/// as the service itself reads it. Returns the extent to go back to.
pub(super) async fn widen(tx: &mut Tx) -> Result<String, StoreError> {
    let before =
        sqlx::query_scalar!("SELECT COALESCE(current_setting('zhenshi.extent', true), '') AS \"extent!\"")
            .fetch_one(&mut *tx)
            .await?;
    sqlx::query!("SELECT set_config('zhenshi.extent', 'everything', true)").fetch_one(tx).await?;
    Ok(before)
}

/// Goes back to the extent of the scope. After an error in between the transaction is rolled back, and the setting with it.
pub(super) async fn narrow(tx: &mut Tx, extent: String) -> Result<(), StoreError> {
    sqlx::query!("SELECT set_config('zhenshi.extent', $1, true)", extent).fetch_one(tx).await?;
    Ok(())
}

/// Everybody, and what is to be known of the cases under change.
pub(super) struct Desk {
    /// Clerks with their open cases, team leaders, units.
    pub(super) staff: Staff,
    /// The same, a clerk's unanswered assists being part of his load.
    pub(super) assistants: Staff,
    /// Customer service, as clerks of a desk of their own.
    pub(super) customer_service: Staff,
    /// Compliance staff who are there, by code.
    pub(super) compliance: Vec<String>,
    /// Heads of channels who are there: of a unit's people they are always.
    heads: Vec<(Channel, String)>,
    concerned: HashMap<Uuid, BTreeSet<String>>,
    leaders: HashMap<Uuid, String>,
    channels: HashMap<Uuid, Vec<(Channel, String)>>,
}

impl Desk {
    /// For `changes`, as their rows are to become.
    pub(super) async fn load(tx: &mut Tx, tools: &Tools, changes: &[Change]) -> Result<Self, StoreError> {
        let ids: Vec<Uuid> = changes.iter().map(|change| change.case.id).collect();
        let lead: Vec<i16> = changes.iter().map(|change| change.case.channel.number()).collect();
        let extent = widen(tx).await?;
        let channels = channels(tx, &ids).await?;
        let touched = channels.values().flatten().map(|(channel, _)| channel.number());
        let touched: BTreeSet<i16> = lead.iter().copied().chain(touched).collect();
        let mut desk = Self {
            staff: Staff::default(),
            assistants: Staff::default(),
            customer_service: Staff::default(),
            compliance: Vec::new(),
            heads: Vec::new(),
            concerned: concerned(tx, &ids).await?,
            leaders: leaders(tx, &ids, &lead).await?,
            channels,
        };
        desk.read_staff(tx, tools, &touched.into_iter().collect::<Vec<_>>()).await?;
        narrow(tx, extent).await?;
        Ok(desk)
    }

    async fn read_staff(&mut self, tx: &mut Tx, tools: &Tools, channels: &[i16]) -> Result<(), StoreError> {
        let rows = sqlx::query!(
            r#"SELECT e.code, e.duty AS "duty!", e.channel, e.branch_code, e.capacity,
                 EXISTS (SELECT FROM directory_leave l
                     WHERE l.entry_id = e.id AND $2 BETWEEN l.first_day AND l.last_day) AS "on_leave!",
                 t.last_assigned_time AS "last_assigned_time?",
                 (SELECT count(*) FROM case_file c WHERE c.assignee = e.code AND c.state < 6) AS "open_cases!",
                 (SELECT count(*) FROM case_participant p JOIN case_file c ON c.id = p.case_id
                     WHERE p.staff_code = e.code AND p.kind = 2 AND p.answered_time IS NULL AND c.state < 6)
                     AS "assists!"
             FROM directory_entry e LEFT JOIN clerk_turn t ON t.staff_code = e.code
             WHERE e.kind = 5 AND e.active
                 AND (e.duty IN (22, 23, 24) AND e.channel = ANY($1) OR e.duty IN (21, 25, 27))
             ORDER BY e.code"#,
            channels,
            shanghai::date(tools.clock.now()),
        )
        .fetch_all(&mut *tx)
        .await?;
        for row in rows {
            let own = matches!(row.duty, CUSTOMER_SERVICE | CUSTOMER_SERVICE_MANAGER);
            let channel = match row.channel {
                _ if own => OWN_DESK.0,
                Some(number) => Channel::from_number(number, &row.code)?,
                // Of no channel, he is at no channel's desk.
                None if row.duty != COMPLIANCE => continue,
                None => OWN_DESK.0,
            };
            let clerk = Clerk {
                code: row.code.clone(),
                channel,
                branch_code: if own { OWN_DESK.1.to_owned() } else { row.branch_code.clone() },
                open_cases: count(row.open_cases),
                capacity: row.capacity.map(|most| usize::try_from(most).unwrap_or(0)),
                on_leave: row.on_leave,
                last_assigned_time: row.last_assigned_time,
            };
            match row.duty {
                CLERK => {
                    let load = clerk.open_cases + count(row.assists);
                    self.assistants.clerks.push(Clerk { open_cases: load, ..clerk.clone() });
                    self.staff.clerks.push(clerk);
                }
                CUSTOMER_SERVICE => self.customer_service.clerks.push(clerk),
                TEAM_LEADER => {
                    let (code, branch_code) = (row.code, row.branch_code);
                    let leader = TeamLeader { code, channel, branch_code, on_leave: row.on_leave };
                    self.staff.team_leaders.push(leader.clone());
                    self.assistants.team_leaders.push(leader);
                }
                CHANNEL_HEAD if !row.on_leave => self.heads.push((channel, row.code)),
                COMPLIANCE if !row.on_leave => self.compliance.push(row.code),
                _ => {}
            }
        }
        let units = units(tx).await?;
        self.staff.units.clone_from(&units);
        self.assistants.units = units;
        Ok(())
    }

    /// The case of `change`, to be given to somebody.
    pub(super) fn to_assign(&self, change: &Change) -> CaseToAssign {
        let case = &change.case;
        if case.is_customer_services() {
            return self.at(change, OWN_DESK.0, OWN_DESK.1);
        }
        self.at(change, case.channel, &case.branch_code)
    }

    /// The same at the desk of another channel, or of another branch.
    pub(super) fn at(&self, change: &Change, channel: Channel, branch_code: &str) -> CaseToAssign {
        let id = change.case.id;
        CaseToAssign {
            case_id: id.as_u128(),
            channel,
            branch_code: branch_code.to_owned(),
            team_leader_code: self.leaders.get(&id).cloned().unwrap_or_default(),
            barred: self.concerned.get(&id).cloned().unwrap_or_default(),
        }
    }

    /// Who answers for the unit of a channel: its first head who is there and not concerned himself; empty if there is nobody.
    pub(super) fn head(&self, case_id: Uuid, channel: Channel) -> String {
        let own = self.heads.iter().filter(|(of, _)| *of == channel).map(|(_, code)| code);
        own.into_iter().find(|code| !self.is_concerned(case_id, code)).cloned().unwrap_or_default()
    }

    /// Whether the contact or the sale of the member of staff `code` is the clue.
    pub(super) fn is_concerned(&self, case_id: Uuid, code: &str) -> bool {
        self.concerned.get(&case_id).is_some_and(|codes| codes.contains(code))
    }

    /// The channels beside the lead that a case touches, each with the branch of its newest application.
    pub(super) fn others<'a>(
        &'a self,
        change: &Change,
    ) -> impl Iterator<Item = (Channel, &'a str)> + use<'a> {
        let (lead, own) = (change.case.channel, change.case.is_customer_services());
        let channels = self.channels.get(&change.case.id).into_iter().flatten();
        channels
            .filter(move |(channel, _)| *channel != lead && !own)
            .map(|(channel, branch_code)| (*channel, branch_code.as_str()))
    }
}

fn count(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// The unit of each channel that has one.
async fn units(tx: &mut Tx) -> Result<BTreeMap<Channel, String>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT channel AS "channel!", min(code) AS "code!" FROM directory_entry
         WHERE kind = 1 AND active AND channel IS NOT NULL GROUP BY channel"#
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(|row| Ok((Channel::from_number(row.channel, &row.code)?, row.code))).collect()
}

/// The members of staff whose own contact or sale is the clue, or who are customers in it, by case.
pub(super) async fn concerned(
    tx: &mut Tx,
    case_ids: &[Uuid],
) -> Result<HashMap<Uuid, BTreeSet<String>>, StoreError> {
    let rows = sqlx::query!(
        r#"WITH named AS (
             SELECT case_id, owner_kind AS kind, owner_code AS code FROM case_suspicion
             WHERE case_id = ANY($1) AND owner_kind IN (1, 3)
             UNION
             SELECT case_id, 1, seller_code FROM case_member WHERE case_id = ANY($1) AND seller_code <> ''
         )
         SELECT named.case_id AS "case_id!", named.code AS "code!" FROM named
         UNION
         SELECT named.case_id, staff.owner_code FROM named
             JOIN directory_person AS seller ON seller.owner_kind = 1 AND seller.owner_code = named.code
                 AND seller.ended_time IS NULL
             JOIN directory_person AS staff ON staff.owner_kind = 3 AND staff.ended_time IS NULL
                 AND staff.epoch = seller.epoch AND staff.fingerprint = seller.fingerprint
             WHERE named.kind = 1
         UNION
         SELECT member.case_id, staff.owner_code FROM case_member AS member
             JOIN customer_key AS key ON key.customer_id = member.customer_id
             JOIN directory_person AS staff ON staff.owner_kind = 3 AND staff.ended_time IS NULL
                 AND staff.epoch = key.epoch AND staff.fingerprint = key.fingerprint
             WHERE member.case_id = ANY($1)"#,
        case_ids,
    )
    .fetch_all(tx)
    .await?;
    let mut concerned: HashMap<Uuid, BTreeSet<String>> = HashMap::new();
    for row in rows {
        concerned.entry(row.case_id).or_default().insert(row.code);
    }
    Ok(concerned)
}

/// Team leader of the newest seller of each case in its lead channel.
async fn leaders(
    tx: &mut Tx,
    case_ids: &[Uuid],
    channels: &[i16],
) -> Result<HashMap<Uuid, String>, StoreError> {
    let rows = sqlx::query!(
        "SELECT DISTINCT ON (m.case_id) m.case_id, seller.team_leader_code
         FROM UNNEST($1::uuid[], $2::smallint[]) AS lead (case_id, channel)
         JOIN case_member m ON m.case_id = lead.case_id AND m.channel = lead.channel
         JOIN directory_entry seller ON seller.kind = 4 AND seller.code = m.seller_code
         ORDER BY m.case_id, m.submission_id DESC",
        case_ids,
        channels,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows.into_iter().map(|row| (row.case_id, row.team_leader_code)).collect())
}

/// The channels of each case's members, each with the branch of its newest application.
async fn channels(
    tx: &mut Tx,
    case_ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<(Channel, String)>>, StoreError> {
    let rows = sqlx::query!(
        "SELECT DISTINCT ON (case_id, channel) case_id, channel, branch_code FROM case_member
         WHERE case_id = ANY($1) ORDER BY case_id, channel, submission_id DESC",
        case_ids,
    )
    .fetch_all(tx)
    .await?;
    let mut channels: HashMap<Uuid, Vec<(Channel, String)>> = HashMap::new();
    for row in rows {
        let channel = Channel::from_number(row.channel, row.case_id)?;
        channels.entry(row.case_id).or_default().push((channel, row.branch_code));
    }
    Ok(channels)
}
