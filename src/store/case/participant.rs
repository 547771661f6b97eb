//! Copies and assists of cases: who is to see a case beside its assignee, and which channels are to answer.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    application::Channel,
    assignment::{Assignee, Copied, copied, distribute},
    deadline::end_of_working_day,
    event::{AssistFacts, EventData as OutboxData},
};

use super::{CaseEventKind, Change, EventData, actors::ASSISTS, change::Tools, desk::Desk};
use crate::store::{StoreError, Tx, codes::Coded as _};

/// Kind of a participant who is copied.
pub(super) const COPIED: i16 = 1;

/// A participant as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Participant {
    case_id: Uuid,
    kind: i16,
    channel: Channel,
    branch_code: String,
    staff_code: String,
    unit_code: String,
    answered: bool,
}

/// Another channel that is asked to assist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    case_id: Uuid,
    channel: Channel,
    due_time: DateTime<Utc>,
}

impl Participant {
    /// Whether both are the same part of the same case: whoever has an assist keeps it.
    fn is_as(&self, other: &Self) -> bool {
        let alike = self.case_id == other.case_id && self.kind == other.kind;
        alike
            && if self.kind == ASSISTS {
                self.channel == other.channel
            } else {
                self.staff_code == other.staff_code
            }
    }
}

/// Makes the participants of `changes` what they are to be: the team leader or, where he is concerned himself or there is
/// none, compliance is copied, and so is whoever owns an opinion; each other channel assists, with a due time of its own.
///
/// The assists that are new are to be told ([`tell_asked`]) once the clocks are reckoned.
pub(super) async fn arrange(
    tx: &mut Tx,
    tools: &Tools,
    desk: &Desk,
    changes: &mut [Change],
) -> Result<Vec<Asked>, StoreError> {
    let mut wanted = copies(desk, changes);
    wanted.extend(assists(desk, changes, tools.clock.now()));
    fit(tx, tools, changes, wanted).await
}

/// Compliance has the case alone, and there is nothing left to correct: nobody waits for another channel's answer any more,
/// and none is asked.
pub(super) async fn hand_over(
    tx: &mut Tx,
    tools: &Tools,
    desk: &Desk,
    change: &mut Change,
) -> Result<(), StoreError> {
    let channels = sqlx::query_scalar!(
        "UPDATE case_participant SET answered_time = $3, answered_by = $4, overridden = true
         WHERE case_id = $1 AND kind = $2 AND answered_time IS NULL RETURNING channel",
        change.case.id,
        ASSISTS,
        change.now,
        change.scope.actor(),
    )
    .fetch_all(&mut *tx)
    .await?;
    for channel in channels {
        let data = EventData::none().number("channel", channel).number("overridden", 1).name("by", "POLICY");
        change.tell(CaseEventKind::AssistAnswered, data);
    }
    let changes = std::slice::from_mut(change);
    let wanted = copies(desk, changes);
    fit(tx, tools, changes, wanted).await?;
    Ok(())
}

/// Adds who is wanted and is not there, and removes who is there, unanswered, and not wanted. The assists that are new.
async fn fit(
    tx: &mut Tx,
    tools: &Tools,
    changes: &mut [Change],
    mut wanted: Vec<Participant>,
) -> Result<Vec<Asked>, StoreError> {
    let ids: Vec<Uuid> = changes.iter().map(|change| change.case.id).collect();
    let present = read(tx, &ids).await?;
    add_owners(tx, changes, &present, &mut wanted).await?;
    let new: Vec<Participant> =
        wanted.iter().filter(|one| !present.iter().any(|known| known.is_as(one))).cloned().collect();
    let gone: Vec<&Participant> = present
        .iter()
        .filter(|known| !known.answered && !wanted.iter().any(|one| one.is_as(known)))
        .collect();
    remove(tx, &gone).await?;
    let due_time =
        end_of_working_day(&tools.calendar, tools.clock.now(), tools.profile.cases().assist_working_days)
            .value;
    insert(tx, &new, tools.clock.now(), due_time).await?;
    for change in changes {
        let id = change.case.id;
        for one in new.iter().filter(|one| one.case_id == id) {
            let data = EventData::none().number("kind", one.kind).number("channel", one.channel.number());
            change.tell(
                CaseEventKind::ParticipantAdded,
                if one.unit_code.is_empty() {
                    data.code("staff_code", &one.staff_code)
                } else {
                    data.code("unit_code", &one.unit_code)
                },
            );
        }
    }
    let asked = new.iter().filter(|one| one.kind == ASSISTS);
    Ok(asked.map(|one| Asked { case_id: one.case_id, channel: one.channel, due_time }).collect())
}

/// Tells other systems which channels were asked.
pub(super) fn tell_asked(changes: &mut [Change], asked: &[Asked]) -> Result<(), StoreError> {
    for change in changes {
        let (case, case_id) = (change.facts()?, change.case.id);
        for one in asked.iter().filter(|one| one.case_id == case_id) {
            let assist = AssistFacts { channel: one.channel, due_time: one.due_time };
            change.publish(OutboxData::AssistAsked { case, assist }, Vec::new());
        }
    }
    Ok(())
}

/// Who is copied.
fn copies(desk: &Desk, changes: &[Change]) -> Vec<Participant> {
    let mut wanted = Vec::new();
    for change in changes {
        let case = &change.case;
        let staff = if case.is_customer_services() { &desk.customer_service } else { &desk.staff };
        let staff_code = match copied(&desk.to_assign(change), staff) {
            Copied::TeamLeader(code) => code,
            Copied::Compliance => compliance(desk, case.id),
        };
        wanted.push(Participant {
            case_id: case.id,
            kind: COPIED,
            channel: case.channel,
            branch_code: case.branch_code.clone(),
            staff_code,
            unit_code: String::new(),
            answered: false,
        });
    }
    wanted
}

/// Who assists, in each channel beside the lead.
fn assists(desk: &Desk, changes: &[Change], now: DateTime<Utc>) -> Vec<Participant> {
    let asked = changes.iter().flat_map(|change| {
        desk.others(change).map(move |(channel, branch_code)| desk.at(change, channel, branch_code))
    });
    let asked: Vec<_> = asked.collect();
    let mut wanted = Vec::new();
    // Of one list and in its order: each other channel's clerks in turn.
    for (to, given) in asked.iter().zip(distribute(&asked, &desk.assistants, now)) {
        let case_id = Uuid::from_u128(to.case_id);
        let (staff_code, unit_code) = match given.assignee {
            Assignee::Clerk(code) | Assignee::TeamLeader(code) => (code, String::new()),
            // The unit has it, and its head answers for it.
            Assignee::Unit(code) => (desk.head(case_id, to.channel), code),
            Assignee::Compliance => (compliance(desk, case_id), String::new()),
        };
        wanted.push(Participant {
            case_id,
            kind: ASSISTS,
            channel: to.channel,
            branch_code: to.branch_code.clone(),
            staff_code,
            unit_code,
            answered: false,
        });
    }
    wanted
}

/// Whoever owns a sanction or rectification opinion sees the case for good, whoever has it: he must reply, or did.
async fn add_owners(
    tx: &mut Tx,
    changes: &[Change],
    present: &[Participant],
    wanted: &mut Vec<Participant>,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = changes.iter().map(|change| change.case.id).collect();
    let rows = sqlx::query!(
        r#"SELECT DISTINCT opinion.case_id, opinion.owner_code, owner.channel AS "channel?",
             owner.branch_code AS "branch_code?"
         FROM case_opinion AS opinion
         LEFT JOIN directory_entry AS owner ON owner.kind = 5 AND owner.code = opinion.owner_code
         WHERE opinion.case_id = ANY($1)"#,
        &ids,
    )
    .fetch_all(tx)
    .await?;
    for row in rows {
        let is_his = |one: &&Participant| one.case_id == row.case_id && one.staff_code == row.owner_code;
        let copied = wanted.iter().filter(is_his).any(|one| one.kind == COPIED);
        let stays = |one: &Participant| one.answered || wanted.iter().any(|other| other.is_as(one));
        let assists = present.iter().filter(is_his).any(|one| one.kind == ASSISTS && stays(one));
        let Some(case) = changes.iter().map(|change| &change.case).find(|case| case.id == row.case_id) else {
            continue;
        };
        if copied || assists {
            continue;
        }
        // Who works for all channels is copied for that of the case.
        let channel = row.channel.map(|number| Channel::from_number(number, row.case_id)).transpose()?;
        wanted.push(Participant {
            case_id: row.case_id,
            kind: COPIED,
            channel: channel.unwrap_or(case.channel),
            branch_code: row.branch_code.unwrap_or_default(),
            staff_code: row.owner_code,
            unit_code: String::new(),
            answered: false,
        });
    }
    Ok(())
}

/// Who of compliance is copied: the first who is there and not concerned himself; empty if there is nobody, and then the
/// department finds it by its own view of all cases.
fn compliance(desk: &Desk, case_id: Uuid) -> String {
    let mut free = desk.compliance.iter().filter(|code| !desk.is_concerned(case_id, code));
    free.next().cloned().unwrap_or_default()
}

async fn read(tx: &mut Tx, case_ids: &[Uuid]) -> Result<Vec<Participant>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT case_id, kind, channel, branch_code, staff_code, unit_code,
             answered_time IS NOT NULL AS "answered!"
         FROM case_participant WHERE case_id = ANY($1)"#,
        case_ids,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Participant {
                case_id: row.case_id,
                kind: row.kind,
                channel: Channel::from_number(row.channel, row.case_id)?,
                branch_code: row.branch_code,
                staff_code: row.staff_code,
                unit_code: row.unit_code,
                answered: row.answered,
            })
        })
        .collect()
}

async fn remove(tx: &mut Tx, gone: &[&Participant]) -> Result<(), StoreError> {
    if gone.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "DELETE FROM case_participant AS p
         USING UNNEST($1::uuid[], $2::smallint[], $3::smallint[], $4::text[])
             AS gone (case_id, kind, channel, staff_code)
         WHERE p.case_id = gone.case_id AND p.kind = gone.kind AND p.channel = gone.channel
             AND p.staff_code = gone.staff_code AND p.answered_time IS NULL",
        &gone.iter().map(|one| one.case_id).collect::<Vec<_>>(),
        &gone.iter().map(|one| one.kind).collect::<Vec<_>>(),
        &gone.iter().map(|one| one.channel.number()).collect::<Vec<_>>(),
        &gone.iter().map(|one| one.staff_code.clone()).collect::<Vec<_>>(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    new: &[Participant],
    now: DateTime<Utc>,
    due_time: DateTime<Utc>,
) -> Result<(), StoreError> {
    if new.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO case_participant (case_id, kind, channel, branch_code, staff_code, unit_code, added_time, due_time)
         SELECT case_id, kind, channel, branch_code, staff_code, unit_code, $7,
             CASE WHEN kind = 2 THEN $8::timestamptz END
         FROM UNNEST($1::uuid[], $2::smallint[], $3::smallint[], $4::text[], $5::text[], $6::text[])
             AS new (case_id, kind, channel, branch_code, staff_code, unit_code)
         ON CONFLICT DO NOTHING",
        &new.iter().map(|one| one.case_id).collect::<Vec<_>>(),
        &new.iter().map(|one| one.kind).collect::<Vec<_>>(),
        &new.iter().map(|one| one.channel.number()).collect::<Vec<_>>(),
        &new.iter().map(|one| one.branch_code.clone()).collect::<Vec<_>>(),
        &new.iter().map(|one| one.staff_code.clone()).collect::<Vec<_>>(),
        &new.iter().map(|one| one.unit_code.clone()).collect::<Vec<_>>(),
        now,
        due_time,
    )
    .execute(tx)
    .await?;
    Ok(())
}
