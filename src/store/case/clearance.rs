//! Call-back clearance as other systems are told of it: what was said of a call holds no longer once a case of its application
//! begins, ends, is taken up again, or is to be verified by another time.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    call_back::{Clearance, verified_time},
    event::EventData as Told,
};

use super::{CaseRow, Change, change, change::Tools, desk};
use crate::{
    ids,
    store::{
        StoreError, Tx,
        outbox::{self, CaseChange, NewEvent},
        policy_event,
    },
};

/// Until when a case that goes on holds up the calls of its customers, as the answer has it; none: by its list's day.
pub(super) fn held_until(case: &CaseRow) -> Option<DateTime<Utc>> {
    case.verification_due_time.or(case.due_time)
}

/// The applications that a case is about.
pub(super) async fn applications(tx: &mut Tx, case_id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let ids = sqlx::query_scalar!(
        "SELECT DISTINCT application_id FROM case_member WHERE case_id = $1 ORDER BY application_id",
        case_id
    )
    .fetch_all(tx)
    .await?;
    Ok(ids)
}

/// Says for each application whether its customer may be called back now.
pub(super) async fn tell(
    tx: &mut Tx,
    tools: &Tools,
    case: &CaseRow,
    applications: &[Uuid],
) -> Result<(), StoreError> {
    let found = found(tx, tools, case, applications).await?;
    publish(tx, tools, case, found).await
}

/// Says it of the applications of `cases` whose customers may not simply be called, for suspicions of them have just got these
/// cases. The others were free to be called before.
pub(super) async fn tell_begun(tx: &mut Tx, tools: &Tools, cases: &[CaseRow]) -> Result<(), StoreError> {
    let mut named = told_of(tx, cases.iter()).await?;
    for case in cases {
        let Some(applications) = named.remove(&case.id) else { continue };
        let mut found = found(tx, tools, case, &applications).await?;
        found.retain(|(clearance, _)| *clearance != Clearance::Clear);
        publish(tx, tools, case, found).await?;
    }
    Ok(())
}

/// Says it of the cases among `changes` that go on, and are to be verified by another time than before.
pub(super) async fn tell_moved(tx: &mut Tx, tools: &Tools, changes: &[Change]) -> Result<(), StoreError> {
    let moved = || changes.iter().filter(|change| is_moved(change, tools)).map(|change| &change.case);
    let mut named = told_of(tx, moved()).await?;
    for case in moved() {
        let Some(applications) = named.remove(&case.id) else { continue };
        tell(tx, tools, case, &applications).await?;
    }
    Ok(())
}

/// The applications of each of `cases` of whose policies the core has told something: for the others no call is scheduled,
/// and they are many.
async fn told_of(
    tx: &mut Tx,
    cases: impl Iterator<Item = &CaseRow>,
) -> Result<HashMap<Uuid, Vec<Uuid>>, StoreError> {
    let ids: Vec<Uuid> = cases.map(|case| case.id).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let extent = desk::widen(tx).await?;
    let rows = sqlx::query!(
        "SELECT DISTINCT member.case_id, member.application_id FROM case_member AS member
         JOIN application AS head ON head.id = member.application_id
         WHERE member.case_id = ANY($1) AND (
             EXISTS (SELECT FROM policy_event AS event WHERE event.application_id = head.id)
             OR (head.policy_no <> ''
                 AND EXISTS (SELECT FROM policy_event AS event WHERE event.policy_no = head.policy_no)))
         ORDER BY member.case_id, member.application_id",
        &ids,
    )
    .fetch_all(&mut *tx)
    .await?;
    desk::narrow(tx, extent).await?;
    let mut named: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for row in rows {
        named.entry(row.case_id).or_default().push(row.application_id);
    }
    Ok(named)
}

fn is_moved(change: &Change, tools: &Tools) -> bool {
    let case = &change.case;
    // Beginnings and ends are told where they are made; a doubt about one customer holds up no call.
    if case.clues.is_empty() || change.is_new() || change.state_before().is_over() || case.state.is_over() {
        return false;
    }
    let by_list = || case.list_date().map(|day| verified_time(&tools.calendar, day).value);
    change.held_until_before().or_else(by_list) != held_until(case).or_else(by_list)
}

/// The answer for each application, those with the same one together. It does not depend on who changed the case.
async fn found(
    tx: &mut Tx,
    tools: &Tools,
    case: &CaseRow,
    applications: &[Uuid],
) -> Result<Vec<(Clearance, Vec<Uuid>)>, StoreError> {
    let extent = desk::widen(tx).await?;
    let mut found: BTreeMap<String, (Clearance, Vec<Uuid>)> = BTreeMap::new();
    for id in applications {
        let facts = policy_event::facts(tx, Some(*id), String::new(), case.changed_time).await?;
        let answer = facts.clearance(&tools.calendar, &tools.profile, case.changed_time).clearance;
        found.entry(format!("{answer:?}")).or_insert_with(|| (answer, Vec::new())).1.push(*id);
    }
    desk::narrow(tx, extent).await?;
    Ok(found.into_values().collect())
}

async fn publish(
    tx: &mut Tx,
    tools: &Tools,
    case: &CaseRow,
    found: Vec<(Clearance, Vec<Uuid>)>,
) -> Result<(), StoreError> {
    let facts = change::facts(case)?;
    let of_case = Some(CaseChange { case_id: case.id, version: case.version });
    let mut events = Vec::with_capacity(found.len());
    for (clearance, subject_ids) in found {
        events.push(NewEvent {
            id: ids::mint(case.changed_time, tools.entropy.as_ref())?,
            recorded_time: case.changed_time,
            case: of_case,
            subject_ids,
            data: Told::CallBackClearance { case: facts, clearance },
        });
    }
    outbox::add(tx, &events).await
}
