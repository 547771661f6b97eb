//! Where a suspicion goes: to the open case of its value, else to the open case of the same customers and channel (each
//! clue keeps an outcome of its own), else into a case that is made for it.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    case::{CaseSource, CaseState},
    suspicion::Clue,
};

use super::{
    CaseEventKind, Change, EventData,
    change::{self, Command, Tools},
    clearance, distribute, members,
    opening::{Opening, customers_key},
    row, urge,
};
use crate::{
    ids,
    security::scope::Scope,
    store::{StoreError, Tx, codes::Coded as _},
};

/// What customers share, and with whom.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Value {
    pub(super) clue_value_id: Uuid,
    /// Of a seller contact: 1 seller, 2 agency, 3 staff.
    pub(super) owner_kind: Option<i16>,
    pub(super) owner_code: String,
}

/// A customer in an application.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) customer_id: Uuid,
    pub(super) application_id: Uuid,
    pub(super) submission_id: Uuid,
    pub(super) party_no: i16,
    pub(super) role: i16,
    pub(super) channel: Channel,
    pub(super) branch_code: String,
    pub(super) seller_code: String,
    pub(super) agency_code: String,
    pub(super) policy_no: String,
}

/// A suspicion without a case.
#[derive(Debug, Clone)]
pub(super) struct NewSuspicion {
    pub(super) id: Uuid,
    pub(super) clue: Clue,
    pub(super) value: Value,
    pub(super) priority: i32,
    /// Of the newest member's application.
    pub(super) channel: Channel,
    pub(super) branch_code: String,
    pub(super) members: Vec<Member>,
}

/// Where the suspicions come from.
pub(super) struct Origin {
    pub(super) list_id: Uuid,
    /// The list's day: case numbers begin with it.
    pub(super) day: NaiveDate,
    /// When sorting ends by itself.
    pub(super) release_time: DateTime<Utc>,
}

/// A case that suspicions go to: an open one under its lock, or one to be made.
struct Draft {
    change: Change,
    fresh: bool,
    customers: BTreeSet<Uuid>,
    joined: Vec<NewSuspicion>,
}

/// The cases of a chunk, and how a suspicion finds its own.
#[derive(Default)]
struct Drafts {
    all: Vec<Draft>,
    by_value: HashMap<Value, usize>,
    by_customers: HashMap<(Uuid, i16), usize>,
}

/// Gives each of `suspicions` its case. The caller holds the list, so that nobody else gives them one.
pub(super) async fn suspicions(
    tx: &mut Tx,
    tools: &Tools,
    origin: &Origin,
    suspicions: Vec<NewSuspicion>,
) -> Result<(), StoreError> {
    let now = tools.clock.now();
    let mut drafts = Drafts::open(tx, &suspicions, now).await?;
    for suspicion in suspicions {
        drafts.place(tools, origin, suspicion, now)?;
    }
    let count = drafts.all.iter().filter(|draft| draft.fresh).count();
    if count > 0 {
        let mut numbers = row::numbers(tx, origin.day, count).await?.into_iter();
        for draft in drafts.all.iter_mut().filter(|draft| draft.fresh) {
            draft.change.case.case_no = numbers.next().unwrap_or_default();
        }
    }
    write(tx, tools, drafts.all, now).await
}

impl Drafts {
    /// The open cases that `suspicions` may join, locked.
    async fn open(tx: &mut Tx, suspicions: &[NewSuspicion], now: DateTime<Utc>) -> Result<Self, StoreError> {
        let values = open_values(tx, suspicions).await?;
        let keys: Vec<Uuid> = suspicions
            .iter()
            .map(|one| customers_key(&customers_of(one), is_customer_services(one)))
            .collect();
        let same_customers = sqlx::query_scalar!(
            "SELECT id FROM case_file WHERE customers_key = ANY($1) AND state < 6",
            &keys
        )
        .fetch_all(&mut *tx)
        .await?;
        let ids: HashSet<Uuid> = values.iter().map(|(_, id)| *id).chain(same_customers).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        let mut cases = row::lock_many(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
        // Somebody may have ended one before it could be locked.
        cases.retain(|case| !case.state.is_over());
        let mut customers =
            members::customers(tx, &cases.iter().map(|case| case.id).collect::<Vec<_>>()).await?;
        let mut drafts = Self::default();
        let mut places = HashMap::new();
        for case in cases {
            let place = drafts.all.len();
            places.insert(case.id, place);
            drafts.by_customers.entry((case.customers_key, case.channel.number())).or_insert(place);
            let customers = customers.remove(&case.id).unwrap_or_default();
            let change = Change::of(case.clone(), now, Scope::system(), command(case.id, "ATTACH_SUSPICION"));
            drafts.all.push(Draft { change, fresh: false, customers, joined: Vec::new() });
        }
        for (value, case_id) in values {
            if let Some(place) = places.get(&case_id) {
                drafts.by_value.insert(value, *place);
            }
        }
        Ok(drafts)
    }

    /// Finds or makes the case of one suspicion.
    fn place(
        &mut self,
        tools: &Tools,
        origin: &Origin,
        suspicion: NewSuspicion,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let own = is_customer_services(&suspicion);
        let key = (customers_key(&customers_of(&suspicion), own), suspicion.channel.number());
        let known = self.by_value.get(&suspicion.value).or_else(|| self.by_customers.get(&key)).copied();
        let place = if let Some(place) = known {
            place
        } else {
            let id = ids::mint(now, tools.entropy.as_ref())?;
            self.all.push(Draft::fresh(id, origin, &suspicion, now));
            self.all.len() - 1
        };
        self.by_value.insert(suspicion.value.clone(), place);
        if let Some(draft) = self.all.get_mut(place) {
            draft.join(suspicion, own);
            let (key, channel) = (draft.change.case.customers_key, draft.change.case.channel);
            self.by_customers.entry((key, channel.number())).or_insert(place);
        }
        Ok(())
    }
}

impl Draft {
    fn fresh(id: Uuid, origin: &Origin, suspicion: &NewSuspicion, now: DateTime<Utc>) -> Self {
        let scope = Scope::system();
        let case = Opening {
            id,
            case_no: String::new(),
            source: CaseSource::Suspicion,
            doubt: None,
            list_id: Some(origin.list_id),
            channel: suspicion.channel,
            branch_code: suspicion.branch_code.clone(),
            release_time: origin.release_time,
            created_by: scope.actor().to_owned(),
            now,
        }
        .row();
        let mut change = Change::of(case, now, scope, command(id, "MAKE_CASE"));
        change.tell(CaseEventKind::Created, EventData::none());
        Self { change, fresh: true, customers: BTreeSet::new(), joined: Vec::new() }
    }

    fn join(&mut self, suspicion: NewSuspicion, customer_services: bool) {
        let case = &mut self.change.case;
        let first = self.fresh && self.joined.is_empty();
        case.priority = if first { suspicion.priority } else { case.priority.max(suspicion.priority) };
        case.add(
            [suspicion.clue],
            suspicion.members.iter().map(|member| member.seller_code.as_str()),
            suspicion.members.iter().map(|member| member.agency_code.as_str()),
        );
        self.customers.extend(customers_of(&suspicion));
        case.customers_key = customers_key(&self.customers, customer_services);
        let told = EventData::none().id("suspicion_id", suspicion.id).number("clue", suspicion.clue.number());
        // What was submitted says nothing of it: the verifiers can only return it.
        let submitted = self.change.case.state == CaseState::Submitted;
        let told = if submitted { told.number("after_submission", 1) } else { told };
        self.change.tell(CaseEventKind::Attached, told);
        self.joined.push(suspicion);
    }
}

/// Writes what the drafts came to: first the new cases, then what hangs on all of them, then the open ones, whose clocks and
/// people can follow from what joined them.
async fn write(tx: &mut Tx, tools: &Tools, drafts: Vec<Draft>, now: DateTime<Utc>) -> Result<(), StoreError> {
    let (mut fresh, mut open) = (Vec::new(), Vec::new());
    let mut placed = Vec::new();
    for draft in drafts.into_iter().filter(|draft| !draft.joined.is_empty()) {
        let (id, opens) = (draft.change.case.id, draft.fresh);
        let joined = draft.joined.into_iter().enumerate();
        placed.extend(joined.map(|(place, suspicion)| members::Placed {
            case_id: id,
            opened: opens && place == 0,
            suspicion,
        }));
        if opens { &mut fresh } else { &mut open }.push(draft.change);
    }
    let mut cases = change::finish_all(tx, tools, fresh).await?;
    members::add(tx, &placed, now).await?;
    distribute::review(tx, tools, &mut open).await?;
    for change in open.iter_mut().filter(|change| change.case.state == CaseState::Submitted) {
        // Whoever verifies it is told that something joined it.
        urge::publish(change, &tools.calendar)?;
    }
    cases.extend(change::finish_all(tx, tools, open).await?);
    clearance::tell_begun(tx, tools, &cases).await
}

const fn command(case_id: Uuid, action: &'static str) -> Command {
    Command { case_id, etag: None, request: None, action }
}

fn customers_of(suspicion: &NewSuspicion) -> BTreeSet<Uuid> {
    suspicion.members.iter().map(|member| member.customer_id).collect()
}

fn is_customer_services(suspicion: &NewSuspicion) -> bool {
    suspicion.clue == Clue::SamePersonTwice
}

/// The values of `suspicions` that have an open case, with it.
async fn open_values(tx: &mut Tx, suspicions: &[NewSuspicion]) -> Result<Vec<(Value, Uuid)>, StoreError> {
    let values: Vec<Uuid> = suspicions.iter().map(|one| one.value.clue_value_id).collect();
    let rows = sqlx::query!(
        "SELECT clue_value_id, owner_kind, owner_code, case_id FROM case_value
         WHERE open AND clue_value_id = ANY($1)",
        &values,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let value = Value {
                clue_value_id: row.clue_value_id,
                owner_kind: Some(row.owner_kind).filter(|kind| *kind != members::NO_OWNER),
                owner_code: row.owner_code,
            };
            (value, row.case_id)
        })
        .collect())
}
