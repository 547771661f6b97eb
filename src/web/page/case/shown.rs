//! From a case as the use cases give it to the page's context.
//!
//! What can be done is made in `possible`, what happened in `happened`.

use std::sync::Arc;

use axum::http::StatusCode;
use uuid::Uuid;
use zhenshi_domain::case::{CaseState, Outcome};

use super::{
    evidence,
    form::Choices,
    given::Given,
    happened::{actor, appeals, attempts, calls, event_view, opinions, participants, verifications},
    possible::deeds,
    reading, refused,
};
use crate::{
    app::{
        AppError, CaseRow,
        case::{
            get_case::{ShownCase, ShownCaseMember, ShownDetails},
            list_case_events::Page as Events,
            said,
        },
        privacy::GrantRow,
    },
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        person::Person,
        say::{self, Say},
        view::{
            case::{CasePage, Lacking, Notice, SellerView, SuspicionView, compare, facts, named},
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
    /// The reader's own grants for evidence of the case.
    pub(super) grants: Vec<GrantRow>,
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
    /// A grant would have helped: where one is asked for is told.
    pub(super) asks: bool,
}

impl Again {
    /// For a failure of a use case.
    pub(super) fn of(say: &Say, error: &AppError, deed: &'static str, given: Given) -> Self {
        let (status, _) = crate::web::error::says(error);
        let told = refused::told(say, error);
        let changed = matches!(error, AppError::EtagMismatch | AppError::MoveNotAllowed(_));
        let text =
            if matches!(error, AppError::EtagMismatch) { say.t("page-case-changed") } else { told.text };
        Self { status, deed, given, text, details: told.details, changed, asks: false }
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
    let reads = person.principal().permit(Action::GetEvidence).is_ok();
    let evidence = reading::views(say, &read, reads, again.as_ref());
    let asks = reading::asks(person, &read, again.as_ref());
    let Read { shown: ShownCase { row, details }, events, sellers, .. } = read;
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
        evidence,
        asks,
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
pub(super) fn letter_of(details: &ShownDetails, wanted: Uuid) -> String {
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
