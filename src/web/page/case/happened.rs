//! What happened with a case and who did it: attempts, answers, verifications, opinions, appeals, the timeline.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    app::{
        CaseEventRow,
        case::{
            get_case::{ShownDetails, Texts},
            said,
        },
    },
    security::{principal::STAFF_PREFIX, scope::SYSTEM_ACTOR},
    web::{
        say::{self, Say},
        view::{
            case::{AttemptView, Entry, EventView, facts, named},
            words,
        },
    },
};

fn text(texts: &Texts, id: Option<Uuid>) -> String {
    id.and_then(|id| texts.get(&id)).map(|text| text.as_str().to_owned()).unwrap_or_default()
}

/// Who, as it is said: a member of staff by his code, the service by its name.
pub(super) fn actor(say: &Say, actor: &str) -> String {
    match actor.strip_prefix(STAFF_PREFIX) {
        Some(code) => code.to_owned(),
        None if actor == SYSTEM_ACTOR => say.t("page-case-actor-service"),
        None => actor.to_owned(),
    }
}

pub(super) fn attempts(say: &Say, details: &ShownDetails) -> Vec<AttemptView> {
    let one = |row: &crate::app::ContactAttemptRow| AttemptView {
        time: say::time(row.attempt.time),
        means: say.t(named::means(row.attempt.means)),
        result: say.t(named::result(row.attempt.result)),
        by: row.attempted_by.clone(),
        note: text(&details.texts, row.text_id),
    };
    details.rows.attempts.iter().map(one).collect()
}

fn at(say: &Say, who: &str, time: DateTime<Utc>) -> String {
    format!("{} {}", actor(say, who), say::time(time))
}

pub(super) fn participants(say: &Say, details: &ShownDetails) -> Vec<Entry> {
    let one = |row: &crate::app::ParticipantRow| {
        let what = say.t(if row.assists { "page-case-assists" } else { "page-case-copied" });
        let who = if row.staff_code.is_empty() { &row.unit_code } else { &row.staff_code };
        let waits = row.assists && row.answered_time.is_none() && !row.overridden;
        let due = row.due_time.filter(|_| waits).map(|due| say.named("page-case-until", &say::time(due)));
        let answered = row.answered_time.map(|time| say.named("page-case-answered", &say::time(time)));
        let overridden = row.overridden.then(|| say.t("page-case-overridden"));
        Entry {
            what,
            who: format!("{who} · {}", say.t(words::channel(row.channel))),
            text: overridden.or(answered).or(due).unwrap_or_default(),
            answer: text(&details.texts, row.answer_text_id),
            waits,
        }
    };
    details.rows.participants.iter().map(one).collect()
}

pub(super) fn calls(say: &Say, details: &ShownDetails) -> Vec<Entry> {
    let one = |row: &crate::app::CallBackRequestRow| {
        let answer = row.answer.map(|answer| say.t(named::answer(answer)));
        let note = text(&details.texts, row.answer_text_id);
        let parts = [answer.unwrap_or_default(), note];
        Entry {
            what: say.t(if row.answered_time.is_some() {
                "page-case-call-made"
            } else {
                "page-case-call-waits"
            }),
            who: at(say, &row.requested_by, row.requested_time),
            text: text(&details.texts, row.question_text_id),
            answer: parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" · "),
            waits: row.answered_time.is_none(),
        }
    };
    details.rows.call_back_requests.iter().map(one).collect()
}

pub(super) fn verifications(say: &Say, details: &ShownDetails) -> Vec<Entry> {
    let one = |row: &crate::app::VerificationRow| Entry {
        what: format!(
            "{} · {}",
            say.t(named::department(row.department)),
            say.t(if row.verified { "page-case-verified" } else { "page-case-returned" })
        ),
        who: at(say, &row.verifier, row.recorded_time),
        text: text(&details.texts, row.text_id),
        answer: String::new(),
        waits: false,
    };
    let mut made: Vec<Entry> = details.rows.verifications.iter().map(one).collect();
    made.extend(details.rows.awaited.iter().map(|department| Entry {
        what: say.t(named::department(*department)),
        who: String::new(),
        text: say.t("page-case-awaited"),
        answer: String::new(),
        waits: true,
    }));
    made
}

pub(super) fn opinions(say: &Say, details: &ShownDetails, now: DateTime<Utc>) -> Vec<Entry> {
    let today = zhenshi_domain::shanghai::date(now);
    let one = |row: &crate::app::OpinionRow| {
        let due = if row.is_overdue(today) { "page-case-opinion-overdue" } else { "page-case-opinion-due" };
        let due = say.with(
            due,
            &[
                ("owner", crate::words::WordArg::Key(&row.owner_code)),
                ("name", crate::words::WordArg::Key(&say::date(row.due_date))),
            ],
        );
        Entry {
            what: format!("{} · {due}", say.t(named::opinion(row.kind))),
            who: at(say, &row.recorded_by, row.recorded_time),
            text: text(&details.texts, Some(row.text_id)),
            answer: text(&details.texts, row.reply_text_id),
            waits: row.replied_time.is_none(),
        }
    };
    details.rows.opinions.iter().map(one).collect()
}

pub(super) fn appeals(say: &Say, details: &ShownDetails) -> Vec<Entry> {
    let one = |row: &crate::app::AppealRow| {
        let what = match row.accepted {
            None => "page-case-appeal-waits",
            Some(true) => "page-case-appeal-accepted",
            Some(false) => "page-case-appeal-refused",
        };
        Entry {
            what: say.t(what),
            who: at(say, &row.appealed_by, row.appealed_time),
            text: text(&details.texts, Some(row.text_id)),
            answer: text(&details.texts, row.decision_text_id),
            waits: row.decided_time.is_none(),
        }
    };
    details.rows.appeals.iter().map(one).collect()
}

pub(super) fn event_view(say: &Say, row: &CaseEventRow, texts: &Texts) -> EventView {
    let (before, after) = (row.state_before, row.state_after);
    let states = if before == after {
        String::new()
    } else {
        format!("{} → {}", say.t(named::state(before)), say.t(named::state(after)))
    };
    EventView {
        time: say::time(row.recorded_time),
        actor: actor(say, &row.actor),
        what: said::event(say.words(), say.language(), row.kind),
        states,
        details: facts::event_details(say, &row.data),
        note: text(texts, row.text_id),
    }
}
