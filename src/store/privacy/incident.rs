//! Leaks: reported, taken up, measures written down, closed by both named roles; and told when a time has passed.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use zhenshi_domain::{access::Office, event::EventData};

pub mod row;

use row::{IncidentRow, IncidentState, lock, read};

use super::{
    Tools, Who,
    request::{self, Used},
    row::SubjectIds,
    text::{self, NewText},
};
use crate::{
    ids,
    security::scope::{SYSTEM_ACTOR, Scope},
    store::{
        Store, StoreError, Tx, audit,
        case::request::RequestKey,
        outbox::{self, NewEvent},
    },
};

/// What an incident's audit entry is about.
pub(super) const SUBJECT: &str = "incident";
/// Most incidents that one pass of the job tells of.
const BATCH: i64 = 100;

/// What is reported.
#[derive(Debug, Clone)]
pub struct NewIncident {
    /// Whose data, if that is known.
    pub subject: Option<SubjectIds>,
    /// What happened, sealed.
    pub description: NewText,
    /// How long until somebody has to take it up.
    pub acknowledge_within: TimeDelta,
    /// How long until a first measure has to be taken.
    pub act_within: TimeDelta,
}

/// What became of it.
#[derive(Debug)]
pub enum Answer {
    /// Done, now or by an earlier call with the same key.
    Done(Box<IncidentRow>),
    /// The key was used for other content.
    Reused,
    /// No such incident within the scope.
    NotFound,
    /// Its state does not allow it.
    Refused(&'static str),
}

/// It is closed.
const CLOSED: &str = "CLOSED";
/// No measure was taken yet.
const NO_MEASURE: &str = "NO_MEASURE";

impl Store {
    /// Opens an incident and tells both named roles.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn report_leak(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        new: NewIncident,
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                if let Some(answer) = repeated(tx, &who, &key).await? {
                    return Ok(answer);
                }
                let now = tools.clock.now();
                let id = ids::mint(now, tools.entropy.as_ref())?;
                let (acknowledge_by, act_by) = (now + new.acknowledge_within, now + new.act_within);
                let columns = new.subject.map(SubjectIds::columns);
                let (kind, customer, submission, party_no, case) =
                    columns.map_or((None, None, None, None, None), |(kind, a, b, c, d)| (Some(kind), a, b, c, d));
                sqlx::query!(
                    "INSERT INTO incident (id, state, reported_by, reported_time, subject_kind, customer_id, submission_id,
                         party_no, case_id, description_text_id, acknowledge_by, act_by)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                    id,
                    IncidentState::Reported.code(),
                    who.scope.actor(),
                    now,
                    kind,
                    customer,
                    submission,
                    party_no,
                    case,
                    new.description.id,
                    acknowledge_by,
                    act_by,
                )
                .execute(&mut *tx)
                .await?;
                text::insert(tx, id, who.scope.actor(), &new.description).await?;
                let about = [vec![id], new.subject.map(SubjectIds::ids).unwrap_or_default()].concat();
                audit::append(tx, &tools.entry(who.scope.actor(), "REPORT_LEAK", SUBJECT, about, now)?).await?;
                let event = NewEvent {
                    id: ids::mint(now, tools.entropy.as_ref())?,
                    recorded_time: now,
                    case: None,
                    subject_ids: vec![id],
                    data: EventData::LeakReported { acknowledge_by_time: acknowledge_by, act_by_time: act_by },
                };
                outbox::add(tx, &[event]).await?;
                finish(tx, &who, &key, id, now).await
            })
        })
        .await
    }

    /// Writes down what was done; the first call takes the incident up. Without a measure that is all it does.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn record_measure(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        id: Uuid,
        measure: Option<NewText>,
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                if let Some(answer) = repeated(tx, &who, &key).await? {
                    return Ok(answer);
                }
                let Some(incident) = lock(tx, id).await? else { return Ok(Answer::NotFound) };
                if incident.state == IncidentState::Closed {
                    return Ok(Answer::Refused(CLOSED));
                }
                let now = tools.clock.now();
                let state = if measure.is_some() { IncidentState::Contained } else { IncidentState::Acknowledged };
                sqlx::query!(
                    "UPDATE incident SET state = GREATEST(state, $2), acknowledged_by = COALESCE(acknowledged_by, $3),
                         acknowledged_time = COALESCE(acknowledged_time, $4),
                         contained_time = CASE WHEN $5 THEN COALESCE(contained_time, $4) ELSE contained_time END
                     WHERE id = $1",
                    id,
                    state.code(),
                    who.code(),
                    now,
                    measure.is_some(),
                )
                .execute(&mut *tx)
                .await?;
                let action = if measure.is_some() { "RECORD_MEASURE" } else { "TAKE_UP_INCIDENT" };
                if let Some(measure) = &measure {
                    write_measure(tx, &tools, &who, id, measure, now).await?;
                }
                audit::append(tx, &tools.entry(who.scope.actor(), action, SUBJECT, vec![id], now)?).await?;
                finish(tx, &who, &key, id, now).await
            })
        })
        .await
    }

    /// Closes an incident for the caller's role; it is closed when both have.
    ///
    /// # Errors
    /// When the database refuses or cannot be reached.
    pub async fn close_incident(
        &self,
        tools: Tools,
        who: Who,
        key: RequestKey,
        id: Uuid,
    ) -> Result<Answer, StoreError> {
        self.with_tx(who.scope.clone(), move |tx| {
            Box::pin(async move {
                if let Some(answer) = repeated(tx, &who, &key).await? {
                    return Ok(answer);
                }
                let Some(mut incident) = lock(tx, id).await? else { return Ok(Answer::NotFound) };
                match incident.state {
                    IncidentState::Closed => return Ok(Answer::Refused(CLOSED)),
                    IncidentState::Reported | IncidentState::Acknowledged => {
                        return Ok(Answer::Refused(NO_MEASURE));
                    }
                    IncidentState::Contained => {}
                }
                let now = tools.clock.now();
                let own = Some(who.code().to_owned());
                if who.office == Office::InformationSupervisor {
                    incident.supervisor_code = own;
                } else {
                    incident.manager_code = own;
                }
                let closed = incident.supervisor_code.is_some() && incident.manager_code.is_some();
                sqlx::query!(
                    "UPDATE incident SET supervisor_code = $2, manager_code = $3, state = $4, closed_time = $5 WHERE id = $1",
                    id,
                    incident.supervisor_code,
                    incident.manager_code,
                    if closed { IncidentState::Closed.code() } else { incident.state.code() },
                    closed.then_some(now),
                )
                .execute(&mut *tx)
                .await?;
                let action = if closed { "CLOSE_INCIDENT" } else { "AGREE_TO_CLOSE_INCIDENT" };
                audit::append(tx, &tools.entry(who.scope.actor(), action, SUBJECT, vec![id], now)?).await?;
                finish(tx, &who, &key, id, now).await
            })
        })
        .await
    }

    /// Tells others of incidents whose times have passed, each time once; how many.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn tell_overdue_incidents(&self, tools: Tools) -> Result<usize, StoreError> {
        self.with_tx(Scope::system(), move |tx| {
            Box::pin(async move {
                let now = tools.clock.now();
                let rows = sqlx::query!(
                    r#"WITH due AS (
                           SELECT id, CASE WHEN contained_time IS NULL AND act_by <= $1 THEN 2::smallint ELSE 1::smallint END
                               AS step
                           FROM incident
                           WHERE state < 4 AND ((told < 1 AND acknowledged_time IS NULL AND acknowledge_by <= $1)
                               OR (told < 2 AND contained_time IS NULL AND act_by <= $1))
                           ORDER BY act_by LIMIT $2 FOR UPDATE SKIP LOCKED)
                       UPDATE incident SET told = due.step FROM due WHERE incident.id = due.id
                       RETURNING incident.id, due.step AS "step!", acknowledge_by, act_by"#,
                    now,
                    BATCH,
                )
                .fetch_all(&mut *tx)
                .await?;
                let mut events = Vec::with_capacity(rows.len());
                for row in &rows {
                    let mut entry = tools.entry(SYSTEM_ACTOR, "INCIDENT_OVERDUE", SUBJECT, vec![row.id], now)?;
                    entry.reason = format!("step={}", row.step);
                    audit::append(tx, &entry).await?;
                    let due_time = if row.step == 1 { row.acknowledge_by } else { row.act_by };
                    events.push(NewEvent {
                        id: ids::mint(now, tools.entropy.as_ref())?,
                        recorded_time: now,
                        case: None,
                        subject_ids: vec![row.id],
                        data: EventData::LeakOverdue { due_time, measure: row.step == 2 },
                    });
                }
                outbox::add(tx, &events).await?;
                Ok(rows.len())
            })
        })
        .await
    }
}

async fn write_measure(
    tx: &mut Tx,
    tools: &Tools,
    who: &Who,
    incident: Uuid,
    measure: &NewText,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    text::insert(tx, incident, who.scope.actor(), measure).await?;
    sqlx::query!(
        "INSERT INTO incident_measure (id, incident_id, taken_by, taken_time, text_id) VALUES ($1, $2, $3, $4, $5)",
        ids::mint(now, tools.entropy.as_ref())?,
        incident,
        who.code(),
        now,
        measure.id,
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn repeated(tx: &mut Tx, who: &Who, key: &RequestKey) -> Result<Option<Answer>, StoreError> {
    Ok(match request::find(tx, who.scope.actor(), key).await? {
        None => None,
        Some(Used::Elsewhere) => Some(Answer::Reused),
        Some(Used::Here(id)) => {
            Some(read(tx, id).await?.map_or(Answer::NotFound, |row| Answer::Done(Box::new(row))))
        }
    })
}

async fn finish(
    tx: &mut Tx,
    who: &Who,
    key: &RequestKey,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Answer, StoreError> {
    request::keep(tx, who.scope.actor(), key, id, now).await?;
    Ok(read(tx, id).await?.map_or(Answer::NotFound, |row| Answer::Done(Box::new(row))))
}
