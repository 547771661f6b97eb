//! What is done with many cases at once: assigned, urged, released. Each case is answered for by itself.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use axum_extra::extract::Form;
use serde::Deserialize;
use uuid::Uuid;
use zhenshi_domain::shanghai;

use super::{question::Question, show::request};
use crate::{
    app::{
        AppError, CaseFilter, CaseName,
        case::{
            batch::{CasesCall, Changed, Which, batch_assign_cases, release_cases, urge_cases},
            get_case::{View, get_case},
            list_cases::{From, list_cases},
        },
        directory::{
            Duty, EntryKind, EntryRow,
            get::{ListFilter, list},
            tools::DirectoryTools,
        },
    },
    web::{
        Site,
        error::{self, PageError},
        person::Person,
        render,
        view::{
            cases::{NotDone, Report, StaffChoice, StaffChoices},
            layout::Section,
        },
    },
};

/// Most characters of a reason.
const MOST_REASON_CHARACTERS: usize = 2_000;
/// Most members of staff in the choice.
const MOST_STAFF: u16 = 500;
/// Most cases that are named one by one among those that were not changed.
const MOST_NAMED: usize = 50;

/// What the form of the list has.
#[derive(Deserialize)]
pub(super) struct Many {
    act: String,
    request_id: Uuid,
    #[serde(default)]
    case: Vec<Uuid>,
    /// All that match, of which so many were shown.
    #[serde(default)]
    all: String,
    #[serde(default)]
    staff: String,
    #[serde(default)]
    reason: String,
    /// The query of the list.
    #[serde(default)]
    query: String,
}

pub(super) async fn act(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(form): Form<Many>,
) -> Result<Response, PageError> {
    let question = Question::of_query(&form.query).ok_or(PageError::Unreadable)?;
    let which = if form.all.is_empty() {
        Which::Ids(form.case.clone())
    } else {
        let filter = question.filter(person.principal()).map_err(|_| PageError::Unreadable)?;
        Which::Matching(filter)
    };
    let title = person.say.value("page-cases-act", &form.act);
    let mut page = person.layout(Section::Cases, title);
    page = page.under(question.href(), person.say.t("page-nav-cases"));
    let mut done =
        Report { page, back: question.href(), changed: 0, not_done: Vec::new(), more: 0, told: None };
    if let Some(told) = unfit(&person, &site, &form, &which).await? {
        done.told = Some(told);
        return Ok(render::page(&done));
    }
    let ids: Vec<String> = form.case.iter().map(Uuid::to_string).collect();
    let content = [&form.act, &form.staff, &form.reason, &form.query, &form.all, &ids.join(",")];
    let request = request(&site, form.request_id, &content.map(String::as_str));
    let call = CasesCall { which, request };
    let (app, principal) = (&site.app, person.principal());
    let all = match form.act.as_str() {
        "assign" => {
            let staff = Some(form.staff.trim().to_owned()).filter(|code| !code.is_empty());
            batch_assign_cases(app, principal, call, staff, form.reason.trim()).await
        }
        "urge" => urge_cases(app, principal, call).await,
        "release" => release_cases(app, principal, call).await,
        _ => return Err(PageError::Unreadable),
    };
    match all {
        Ok(all) => tell(&person, &site, &mut done, all).await?,
        Err(AppError::TooManyCases { limit, .. }) => {
            done.told = Some(person.say.n("page-cases-too-many", limit));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(render::page(&done))
}

/// Why the form is not carried out: nothing chosen, a text too long, or other cases match than were shown.
async fn unfit(
    person: &Person,
    site: &Site,
    form: &Many,
    which: &Which,
) -> Result<Option<String>, PageError> {
    let say = &person.say;
    if form.reason.chars().count() > MOST_REASON_CHARACTERS {
        return Ok(Some(say.n("page-cases-reason-long", MOST_REASON_CHARACTERS)));
    }
    match which {
        Which::Ids(ids) => Ok(ids.is_empty().then(|| say.t("page-cases-none-chosen"))),
        Which::Matching(filter) => {
            let count = count(person, site, filter.clone()).await?;
            Ok((form.all != count.to_string()).then(|| say.n("page-cases-count-changed", count)))
        }
    }
}

async fn count(person: &Person, site: &Site, filter: CaseFilter) -> Result<i64, PageError> {
    let page = list_cases(&site.app, person.principal(), filter, From::Top, 1, true).await?;
    Ok(page.counts.iter().map(|of| of.count).sum())
}

/// How many match: what a selection of all of them is confirmed by.
pub(super) async fn matching(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(question): Form<Question>,
) -> Result<String, PageError> {
    let filter = question.filter(person.principal()).map_err(|_| PageError::Unreadable)?;
    Ok(count(&person, &site, filter).await?.to_string())
}

/// What became of each case.
async fn tell(person: &Person, site: &Site, done: &mut Report, all: Vec<Changed>) -> Result<(), PageError> {
    for one in all {
        let Err(error) = one.result else {
            done.changed += 1;
            continue;
        };
        if done.not_done.len() >= MOST_NAMED {
            done.more += 1;
            continue;
        }
        let why = person.say.t(error::says(&error).1);
        let named = get_case(&site.app, person.principal(), CaseName::Id(one.case_id), View::Basic).await;
        let no = match named {
            Ok(case) => case.row.case_no,
            Err(AppError::CaseNotFound) => one.case_id.to_string(),
            Err(error) => return Err(error.into()),
        };
        done.not_done.push(NotDone { href: format!("/cases/{no}"), no, why });
    }
    Ok(())
}

/// Whom cases can be given to: the choice of the assigning form, asked for when it is opened.
pub(super) async fn staff(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(question): Form<Question>,
) -> Result<Response, PageError> {
    let filter = question.filter(person.principal()).map_err(|_| PageError::Unreadable)?;
    let wanted = ListFilter { channel: filter.channel, branch_code: filter.branch_code, after: None };
    let tools = DirectoryTools::of(&site.app);
    let page = list(&tools, person.principal(), EntryKind::Staff, wanted, MOST_STAFF).await?;
    let today = shanghai::date(site.app.clock.now());
    let mut choices: Vec<StaffChoice> = page
        .rows
        .into_iter()
        .filter(|row| row.entry.active)
        .filter(|row| matches!(row.entry.duty, Some(Duty::Clerk | Duty::TeamLeader)))
        .map(|row| choice(&person, row, today))
        .collect();
    choices.sort_by(|a, b| (a.away, &a.code).cmp(&(b.away, &b.code)));
    Ok(render::page(&StaffChoices { say: person.say.clone(), choices }))
}

fn choice(person: &Person, row: EntryRow, today: chrono::NaiveDate) -> StaffChoice {
    let entry = row.entry;
    let away = entry.leaves.iter().any(|leave| leave.first_day <= today && today <= leave.last_day);
    let mut text = entry.code.clone();
    if !entry.branch_code.is_empty() {
        text = format!("{text} · {}", entry.branch_code);
    }
    if entry.duty == Some(Duty::TeamLeader) {
        text = format!("{text} · {}", person.say.t("page-role-team-leader"));
    }
    if away {
        text = format!("{text} · {}", person.say.t("page-cases-on-leave"));
    }
    StaffChoice { code: entry.code, text, away }
}
