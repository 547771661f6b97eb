//! From a case as the use cases give it to the page's context.

use std::sync::Arc;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::case::{CaseState, Move, Outcome};

use super::{
    deed::{Choices, Deed, fields},
    evidence,
    given::Given,
    refused,
};
use crate::{
    app::{
        AppError, CaseEventRow, CaseRow,
        case::{
            get_case::{Hindrance, ShownCase, ShownCaseMember, ShownDetails, Texts},
            list_case_events::Page as Events,
            said,
        },
    },
    ids,
    security::{policy::Action, scope::Scope},
    web::{
        Site,
        error::PageError,
        person::Person,
        say::{self, Say},
        view::{
            case::{
                AttemptView, CasePage, Entry, EventView, Lacking, Notice, SellerView, SuspicionView, compare,
                deeds::DeedView, facts, named,
            },
            layout::Section,
            words,
        },
    },
};

/// What a page is made of.
pub(super) struct Read {
    pub(super) shown: ShownCase,
    pub(super) events: Events,
    pub(super) sellers: Vec<SellerView>,
}

/// A page that is shown again, because something was not done.
pub(super) struct Again {
    pub(super) status: StatusCode,
    /// Whose form it was.
    pub(super) deed: &'static str,
    pub(super) given: Given,
    pub(super) text: String,
    pub(super) details: Vec<String>,
    /// The case has changed since the form was made: what has is told.
    pub(super) changed: bool,
}

impl Again {
    /// For a failure of a use case.
    pub(super) fn of(say: &Say, error: &AppError, deed: &'static str, given: Given) -> Self {
        let (status, _) = crate::web::error::says(error);
        let told = refused::told(say, error);
        let changed = matches!(error, AppError::EtagMismatch | AppError::MoveNotAllowed(_));
        let text =
            if matches!(error, AppError::EtagMismatch) { say.t("page-case-changed") } else { told.text };
        Self { status, deed, given, text, details: told.details, changed }
    }
}

/// The context.
///
/// # Errors
/// When there is no luck to be had for the forms' numbers.
pub(super) fn build(
    site: &Arc<Site>,
    person: &Person,
    read: Read,
    done: Option<String>,
    again: Option<Again>,
) -> Result<CasePage, PageError> {
    let say = &person.say;
    let Read { shown: ShownCase { row, details }, events, sellers } = read;
    let details = details.ok_or(PageError::App(AppError::CaseNotFound))?;
    let now = site.app.clock.now();
    let choices = Choices {
        say,
        case: &row,
        details: &details,
        role: person.principal().role,
        channel: person.principal().staff.as_ref().and_then(|staff| staff.channel),
        now,
    };
    let may = |action| person.principal().permit(action).is_ok();
    let (deeds, hindered) = deeds(site, person, &choices, again.as_ref())?;
    let upload = evidence::upload(site, &choices, again.as_ref())?;
    let title = say.named("page-case-title", &row.case_no);
    Ok(CasePage {
        page: person.layout(Section::Cases, title).under("/cases", say.t("page-case-cases")),
        case_no: row.case_no.clone(),
        etag: row.version.to_string(),
        state: (say.t(named::state(row.state)), named::state_class(row.state)),
        clues: row.clues.iter().map(|clue| say.t(words::clue(*clue))).collect(),
        marks: facts::marks(say, &row),
        clock: facts::clock(say, &row, now, &site.app.calendars.current().calendar),
        notice: notice(say, done, again, &events),
        next: facts::next(say, &row, &details),
        facts: facts::facts(say, &row),
        missing: missing(say, &row, &details),
        suspicions: suspicions(say, &details),
        comparison: compare::comparison(say, &row.case_no, &details.members, may(Action::RevealFields)),
        relations: relations(say, &details),
        sellers,
        deeds,
        hindered,
        attempts: attempts(say, &details),
        evidence: evidence::views(say, &row, &details, may(Action::GetEvidence)),
        upload,
        forms: if may(Action::GetConfirmationForm) { forms(say, &row, &details) } else { Vec::new() },
        participants: participants(say, &details),
        calls: calls(say, &details),
        verifications: verifications(say, &details),
        opinions: opinions(say, &details, now),
        appeals: appeals(say, &details),
        timeline_cut: events.events.first().is_some_and(|event| event.version > 1),
        timeline: events.events.iter().rev().map(|event| event_view(say, event, &events.texts)).collect(),
    })
}

fn notice(say: &Say, done: Option<String>, again: Option<Again>, events: &Events) -> Option<Notice> {
    let Some(again) = again else {
        return done.map(|text| Notice { failed: false, text, details: Vec::new() });
    };
    let mut details = again.details;
    if let (true, Ok(seen)) = (again.changed, again.given.etag()) {
        let since = events.events.iter().filter(|event| event.version > seen);
        details.extend(since.map(|event| {
            let what = said::event(say.words(), say.language(), event.kind);
            format!("{} {} {what}", say::time(event.recorded_time), actor(say, &event.actor))
        }));
    }
    Some(Notice { failed: true, text: again.text, details })
}

/// What can be done, as forms; what of the caller's own moves cannot, and why.
#[expect(clippy::type_complexity, reason = "the two halves of one list")]
fn deeds(
    site: &Site,
    person: &Person,
    choices: &Choices<'_>,
    again: Option<&Again>,
) -> Result<(Vec<DeedView>, Vec<(String, String)>), PageError> {
    let say = choices.say;
    let (mut possible, mut hindered) = (Vec::new(), Vec::new());
    for (deed, slug, moves) in Deed::ALL {
        let of: Vec<_> = choices.details.moves.iter().filter(|(one, _)| moves.contains(one)).collect();
        let label = say.value("page-case-do", slug);
        let open = again.filter(|again| again.deed == slug);
        let can = match deed {
            Deed::RecordOpinion => person.principal().permit(Action::RecordOpinion).is_ok(),
            Deed::ReplyToOpinion => can_reply(person, choices.details),
            _ => of.iter().any(|(_, hindrance)| hindrance.is_none()),
        };
        if !can {
            if let Some((_, Some(hindrance))) = of.first() {
                hindered.push((label, why(say, deed, *hindrance)));
            }
            continue;
        }
        possible.push(DeedView {
            slug,
            label,
            hint: hint(say, deed, &of),
            request_id: request_id(site)?,
            fields: fields(deed, choices, open.map(|again| &again.given)),
            primary: deed.leads_on(),
            grave: deed.is_grave(),
            open: open.is_some(),
        });
    }
    Ok((possible, hindered))
}

/// Whose opinion waits: his own, or one of those whom he stands above.
fn can_reply(person: &Person, details: &ShownDetails) -> bool {
    person.principal().permit(Action::ReplyToOpinion).is_ok()
        && details.rows.opinions.iter().any(|opinion| opinion.replied_time.is_none())
}

/// A number for a form: what is sent with it twice is done once.
pub(in crate::web) fn request_id(site: &Site) -> Result<String, PageError> {
    let id = ids::mint(site.app.clock.now(), site.app.entropy.as_ref());
    let id = id.map_err(|_| PageError::App(AppError::Internal { incident_id: Uuid::nil() }))?;
    Ok(id.to_string())
}

fn hint(say: &Say, deed: Deed, of: &[&(Move, Option<Hindrance>)]) -> String {
    let closes = of.iter().any(|(one, hindrance)| *one == Move::Close && hindrance.is_none());
    match deed {
        Deed::Verify if closes => say.t("page-case-hint-closes"),
        Deed::Verify => say.t("page-case-hint-verifies"),
        Deed::TakeOver => say.t("page-case-hint-take-over"),
        Deed::Withdraw => say.t("page-case-hint-withdraw"),
        Deed::Extend => say.t("page-case-hint-extend"),
        Deed::Redirect => say.t("page-case-hint-redirect"),
        Deed::Pause => say.t("page-case-hint-pause"),
        _ => String::new(),
    }
}

fn why(say: &Say, deed: Deed, hindrance: Hindrance) -> String {
    let between = say.t("page-case-or");
    let list = |words: Vec<String>| words.join(&between);
    match hindrance {
        Hindrance::State(states) => {
            let states = states.iter().map(|state| say.t(named::state(*state))).collect();
            say.named("page-case-why-state", &list(states))
        }
        Hindrance::Actor(actors) => {
            let mut names: Vec<String> = actors.iter().map(|one| say.t(named::actor(*one))).collect();
            names.dedup();
            say.named("page-case-why-actor", &list(names))
        }
        Hindrance::Facts => say.value("page-case-why", deed.slug()),
    }
}

fn missing(say: &Say, row: &CaseRow, details: &ShownDetails) -> Vec<Lacking> {
    // Once it is submitted or over, nothing is missing any more; before it is distributed, nobody submits.
    if !matches!(row.state, CaseState::Assigned | CaseState::Investigating) {
        return Vec::new();
    }
    let one = |(outcome, items): &(Outcome, Vec<_>)| Lacking {
        outcome: say.t(named::outcome(*outcome)),
        items: items.iter().map(|item| said::missing(say.words(), say.language(), *item)).collect(),
        chosen: row.outcome == Some(*outcome),
    };
    details.rows.missing.iter().map(one).collect()
}

fn suspicions(say: &Say, details: &ShownDetails) -> Vec<SuspicionView> {
    let one = |row: &crate::app::CaseSuspicionRow| {
        let owner = row.owner.as_ref().map(|(kind, code)| format!("{} {code}", say.t(words::owner(*kind))));
        let mut end = Vec::new();
        end.extend(row.outcome.map(|outcome| say.t(named::outcome(outcome))));
        end.extend(row.cleared_kind.map(|kind| say.t(named::cleared(kind))));
        if row.withdrawn {
            end.push(say.t("page-case-suspicion-withdrawn"));
        }
        SuspicionView {
            clue: say.t(words::clue(row.clue)),
            owner: owner.unwrap_or_default(),
            end: end.join(" · "),
        }
    };
    details.rows.suspicions.iter().map(one).collect()
}

/// The letter of a customer, as the table has it.
fn letter_of(details: &ShownDetails, wanted: Uuid) -> String {
    let mut customers: Vec<Uuid> = Vec::new();
    for member in &details.members {
        let id = match member {
            ShownCaseMember::Stub { customer_id, .. } => *customer_id,
            ShownCaseMember::Full { row, .. } => row.customer_id,
        };
        if !customers.contains(&id) {
            customers.push(id);
        }
    }
    customers.iter().position(|own| *own == wanted).map(compare::letter).unwrap_or_default()
}

fn relations(say: &Say, details: &ShownDetails) -> Vec<String> {
    let one = |row: &crate::app::DeclaredRelation| {
        let [a, b] = row.customer_ids.map(|id| letter_of(details, id));
        say.with(
            "page-case-relation",
            &[
                ("one", crate::words::WordArg::Key(&a)),
                ("other", crate::words::WordArg::Key(&b)),
                ("application", crate::words::WordArg::Key(&row.application_no)),
            ],
        )
    };
    details.rows.relations.iter().map(one).collect()
}

/// Customers of the caller's own channel for whom a form can be printed.
fn forms(say: &Say, row: &CaseRow, details: &ShownDetails) -> Vec<(String, String)> {
    let mut seen = Vec::new();
    let mut forms = Vec::new();
    for member in &details.members {
        let ShownCaseMember::Full { row: member, .. } = member else { continue };
        if seen.contains(&member.customer_id) {
            continue;
        }
        seen.push(member.customer_id);
        let customer = say.named("page-case-customer", &letter_of(details, member.customer_id));
        forms.push((format!("/cases/{}/form/{}", row.case_no, member.customer_id), customer));
    }
    forms
}

fn text(texts: &Texts, id: Option<Uuid>) -> String {
    id.and_then(|id| texts.get(&id)).map(|text| text.as_str().to_owned()).unwrap_or_default()
}

/// Who, as it is said: a member of staff by his code, the service by its name.
fn actor(say: &Say, actor: &str) -> String {
    match actor.strip_prefix(crate::security::principal::STAFF_PREFIX) {
        Some(code) => code.to_owned(),
        None if actor == Scope::system().actor() => say.t("page-case-actor-service"),
        None => actor.to_owned(),
    }
}

fn attempts(say: &Say, details: &ShownDetails) -> Vec<AttemptView> {
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

fn participants(say: &Say, details: &ShownDetails) -> Vec<Entry> {
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

fn calls(say: &Say, details: &ShownDetails) -> Vec<Entry> {
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

fn verifications(say: &Say, details: &ShownDetails) -> Vec<Entry> {
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

fn opinions(say: &Say, details: &ShownDetails, now: DateTime<Utc>) -> Vec<Entry> {
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

fn appeals(say: &Say, details: &ShownDetails) -> Vec<Entry> {
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

fn event_view(say: &Say, row: &CaseEventRow, texts: &Texts) -> EventView {
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
