//! The row of an incident: read, locked, listed.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::coded_enum;

use crate::{
    security::scope::Scope,
    store::{
        Store, StoreError, Tx,
        privacy::row::{SubjectIds, subject, wrong},
    },
};

use super::SUBJECT;

coded_enum! {
    /// Where an incident stands. Append-only.
    IncidentState {
        /// Nobody has taken it up.
        Reported = 1,
        /// Somebody of the two roles has.
        Acknowledged = 2,
        /// A measure was taken.
        Contained = 3,
        /// Both roles have closed it.
        Closed = 4,
    }
}

/// An incident, as it is kept.
#[derive(Debug, Clone)]
pub struct IncidentRow {
    /// Id, a UUIDv7.
    pub id: Uuid,
    /// Where it stands.
    pub state: IncidentState,
    /// Who reported it.
    pub reported_by: String,
    /// When.
    pub reported_time: DateTime<Utc>,
    /// Whose data.
    pub subject: Option<SubjectIds>,
    /// What happened, sealed.
    pub description_text_id: Uuid,
    /// Until when somebody has to take it up.
    pub acknowledge_by: DateTime<Utc>,
    /// Until when a first measure has to be taken.
    pub act_by: DateTime<Utc>,
    /// Who took it up.
    pub acknowledged_by: Option<String>,
    /// When.
    pub acknowledged_time: Option<DateTime<Utc>>,
    /// When the first measure was taken.
    pub contained_time: Option<DateTime<Utc>>,
    /// Which information supervisor closed it.
    pub supervisor_code: Option<String>,
    /// Which customer-service manager closed it.
    pub manager_code: Option<String>,
    /// When the second of them did.
    pub closed_time: Option<DateTime<Utc>>,
}

impl IncidentRow {
    /// Whether a time has passed without what it asks for.
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        (self.acknowledged_time.is_none() && now >= self.acknowledge_by)
            || (self.contained_time.is_none() && now >= self.act_by)
    }
}

struct Raw {
    id: Uuid,
    state: i16,
    reported_by: String,
    reported_time: DateTime<Utc>,
    subject_kind: Option<i16>,
    customer_id: Option<Uuid>,
    submission_id: Option<Uuid>,
    party_no: Option<i16>,
    case_id: Option<Uuid>,
    description_text_id: Uuid,
    acknowledge_by: DateTime<Utc>,
    act_by: DateTime<Utc>,
    acknowledged_by: Option<String>,
    acknowledged_time: Option<DateTime<Utc>>,
    contained_time: Option<DateTime<Utc>>,
    supervisor_code: Option<String>,
    manager_code: Option<String>,
    closed_time: Option<DateTime<Utc>>,
}

impl TryFrom<Raw> for IncidentRow {
    type Error = StoreError;

    fn try_from(raw: Raw) -> Result<Self, StoreError> {
        let columns = (raw.customer_id, raw.submission_id, raw.party_no, raw.case_id);
        let of = |kind| subject(kind, columns).ok_or_else(|| wrong(SUBJECT, "subject_kind", raw.id));
        Ok(Self {
            id: raw.id,
            state: IncidentState::from_code(raw.state).ok_or_else(|| wrong(SUBJECT, "state", raw.id))?,
            subject: raw.subject_kind.map(of).transpose()?,
            reported_by: raw.reported_by,
            reported_time: raw.reported_time,
            description_text_id: raw.description_text_id,
            acknowledge_by: raw.acknowledge_by,
            act_by: raw.act_by,
            acknowledged_by: raw.acknowledged_by,
            acknowledged_time: raw.acknowledged_time,
            contained_time: raw.contained_time,
            supervisor_code: raw.supervisor_code,
            manager_code: raw.manager_code,
            closed_time: raw.closed_time,
        })
    }
}

/// `select_incidents!("WHERE …", arguments)`: every column of the incidents that the clause takes.
macro_rules! select_incidents {
    ($tail:tt $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Raw,
            "SELECT id, state, reported_by, reported_time, subject_kind, customer_id, submission_id, party_no, case_id,
             description_text_id, acknowledge_by, act_by, acknowledged_by, acknowledged_time, contained_time,
             supervisor_code, manager_code, closed_time FROM incident " + $tail
            $(, $argument)*
        )
    };
}

impl Store {
    /// At most `limit` incidents, newest first.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn list_incidents(
        &self,
        scope: Scope,
        (open_only, after): (bool, Option<Uuid>),
        limit: i64,
    ) -> Result<Vec<IncidentRow>, StoreError> {
        self.with_tx(scope, move |tx| {
            Box::pin(async move {
                let raws = select_incidents!(
                    "WHERE (NOT $1::boolean OR state < 4) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
                    open_only,
                    after,
                    limit,
                )
                .fetch_all(tx)
                .await?;
                raws.into_iter().map(IncidentRow::try_from).collect()
            })
        })
        .await
    }
}

/// Reads an incident; none if there is none that row security shows.
pub(in crate::store) async fn read(tx: &mut Tx, id: Uuid) -> Result<Option<IncidentRow>, StoreError> {
    select_incidents!("WHERE id = $1", id).fetch_optional(tx).await?.map(IncidentRow::try_from).transpose()
}

pub(super) async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<IncidentRow>, StoreError> {
    let raw = select_incidents!("WHERE id = $1 FOR UPDATE", id).fetch_optional(tx).await?;
    raw.map(IncidentRow::try_from).transpose()
}
