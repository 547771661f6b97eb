//! The worklist and its rows; the counters beside its queues come by a request of their own, so that the rows wait for nobody.

use std::sync::Arc;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form;
use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{calendar::Calendar, case::CaseState, shanghai};

use super::question::{ME, Question, next_href};
use crate::{
    app::{
        CaseFilter, CaseRow,
        case::list_cases::{From, list_cases},
        page_settings,
    },
    ids,
    security::{policy::Action, principal::Principal},
    web::{
        Site,
        error::PageError,
        person::Person,
        render,
        say::{self, Say},
        view::{
            case::{facts, named},
            cases::{CaseLine, CaseList, CaseListPart, CasesPage, Counter, Counters, Queue, View},
            layout::Section,
            words,
        },
    },
};

/// Cases of a page.
const PAGE_SIZE: u16 = 50;
/// A queue's counter says no more than this.
const MOST_SHOWN: i64 = 10_000;

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(question): Form<Question>,
) -> Result<Response, PageError> {
    let (filter, from) = match (question.filter(person.principal()), question.from()) {
        (Ok(filter), Some(from)) => (filter, from),
        (Err(wrong), _) => return refused(&person, &site, question, &wrong).await,
        (Ok(_), None) => return Err(PageError::Unreadable),
    };
    let list = list(&person, &site, &question, filter, from).await?;
    if person.partial {
        return Ok(render::page(&CaseListPart { list }));
    }
    Ok(render::page(&page(&person, &site, question, list, Vec::new()).await?))
}

/// The page without rows, with what cannot be read of its address.
async fn refused(
    person: &Person,
    site: &Arc<Site>,
    question: Question,
    wrong: &[&'static str],
) -> Result<Response, PageError> {
    let list = CaseList::empty(person.say.clone());
    let names = wrong.iter().map(|field| person.say.value("page-cases-filter", field)).collect();
    let page = page(person, site, question, list, names).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, render::page(&page)).into_response())
}

async fn list(
    person: &Person,
    site: &Site,
    question: &Question,
    filter: CaseFilter,
    from: From,
) -> Result<CaseList, PageError> {
    let page = list_cases(&site.app, person.principal(), filter, from, PAGE_SIZE, false).await?;
    let (now, calendar) = (site.app.clock.now(), site.app.calendars.current());
    let line = |row| line(&person.say, row, now, &calendar.calendar);
    Ok(CaseList {
        say: person.say.clone(),
        lines: page.cases.iter().map(line).collect(),
        next: page.next.and_then(|next| next_href(question, next)),
        first: (from != From::Top).then(|| question.href()),
        selectable: can_act(person.principal()),
        position: page.position,
        now: say::time(now),
    })
}

/// Whether something can be done with many cases.
fn can_act(principal: &Principal) -> bool {
    [Action::BatchAssignCases, Action::UrgeCases, Action::ReleaseCases]
        .iter()
        .any(|action| principal.permit(*action).is_ok())
}

async fn page(
    person: &Person,
    site: &Arc<Site>,
    question: Question,
    list: CaseList,
    wrong: Vec<String>,
) -> Result<CasesPage, PageError> {
    let settings = page_settings::read(&site.app, person.principal()).await?;
    let say = &person.say;
    let mut page = person.layout(Section::Cases, say.t("page-nav-cases"));
    page.script = Some("cases.js");
    let may = |action| person.principal().permit(action).is_ok();
    let here = question.query();
    let views = settings.views.into_iter().map(|(name, query)| View {
        href: format!("/cases?{query}"),
        here: query == here,
        name,
    });
    Ok(CasesPage {
        queues: queues(say, person.principal(), &here, shanghai::date(page.now)),
        views: views.collect(),
        keys: settings.keys,
        assign: may(Action::BatchAssignCases),
        urge: may(Action::UrgeCases),
        claim: may(Action::ClaimNextCase),
        release: may(Action::ReleaseCases),
        request_id: ids::of_luck(site.app.entropy.as_ref()).unwrap_or_default(),
        query: here,
        page,
        question,
        list,
        wrong,
    })
}

/// The queues that everybody knows, each a link.
fn queues(say: &Say, principal: &Principal, here: &str, today: chrono::NaiveDate) -> Vec<Queue> {
    let due = format!("due={}", say::date(today));
    let mine = format!("assignee={ME}");
    let all: [(&str, &str, bool); 6] = [
        ("mine", &mine, principal.staff.is_some()),
        ("all", "", true),
        ("overdue", "overdue=1", true),
        ("today", &due, true),
        ("unassigned", "unassigned=1", true),
        ("submitted", "state=submitted", true),
    ];
    let shown = all.into_iter().filter(|(_, _, shown)| *shown);
    shown
        .map(|(key, query, _)| Queue {
            key: key.to_owned(),
            text: say.value("page-cases-queue", key),
            href: if query.is_empty() { "/cases".to_owned() } else { format!("/cases?{query}") },
            here: query == here,
        })
        .collect()
}

/// How many cases the queues hold, for the numbers beside them.
pub(super) async fn counts(person: Person, State(site): State<Arc<Site>>) -> Result<Response, PageError> {
    let (app, principal) = (&site.app, person.principal());
    let all = list_cases(app, principal, CaseFilter::default(), From::Top, 1, true).await?.counts;
    let sum = |count: fn(&crate::app::CaseStateCount) -> i64| all.iter().map(count).sum::<i64>();
    let submitted = all.iter().find(|of| of.state == CaseState::Submitted).map_or(0, |of| of.count);
    let mut counters = vec![
        counter("all", sum(|of| of.count)),
        counter("overdue", sum(|of| of.overdue)),
        counter("submitted", submitted),
    ];
    if let Some(own) = &principal.staff {
        let mine = CaseFilter { assignee: Some(own.staff_code.clone()), ..CaseFilter::default() };
        let mine = list_cases(app, principal, mine, From::Top, 1, true).await?.counts;
        counters.push(counter("mine", mine.iter().map(|of| of.count).sum()));
    }
    Ok(render::page(&Counters { counters }))
}

fn counter(key: &'static str, count: i64) -> Counter {
    let text = if count >= MOST_SHOWN { format!("{MOST_SHOWN}+") } else { count.to_string() };
    Counter { key, text }
}

/// A case in the list.
pub(in crate::web) fn line(say: &Say, row: &CaseRow, now: DateTime<Utc>, calendar: &Calendar) -> CaseLine {
    let overdue_call = row.call_back_time.is_some_and(|time| time <= now);
    CaseLine {
        id: row.id,
        href: format!("/cases/{}", row.case_no),
        no: row.case_no.clone(),
        clock: facts::clock(say, row, now, calendar),
        state: (say.t(named::state(row.state)), named::state_class(row.state)),
        marks: facts::marks(say, row),
        clues: row.clues.iter().map(|clue| say.t(words::clue(*clue))).collect(),
        channel: say.t(words::channel(row.channel)),
        branch: row.branch_code.clone(),
        sellers: row.seller_codes.join(" "),
        assignee: assignee(say, row),
        call_back: row.call_back_time.filter(|_| !row.state.is_over()).map(say::time),
        call_back_past: overdue_call,
        cooling_off: row.cooling_off_end_date.filter(|_| !row.state.is_over()).map(say::date),
        cooling_off_past: row.cooling_off_end_date.is_some_and(|end| end < shanghai::date(now)),
    }
}

/// Who has a case.
pub(in crate::web) fn assignee(say: &Say, row: &CaseRow) -> String {
    match &row.assignee {
        Some(code) => code.clone(),
        None if row.with_compliance => say.t("page-case-mark-with-compliance"),
        None if !row.unit_code.is_empty() => row.unit_code.clone(),
        None => String::new(),
    }
}

/// The request of a form: its id and what it asks for.
pub(super) fn request(site: &Site, id: Uuid, parts: &[&str]) -> crate::app::RequestKey {
    let content = parts.join("\u{1f}");
    crate::app::RequestKey { request_id: id, digest: site.app.request_digest(content.as_bytes()) }
}
