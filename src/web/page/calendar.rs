//! 工作日历: the days of a year that differ from their weekday, what a due date comes to, and importing a notice.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
    routing::{get, post},
};
use axum_extra::extract::Form;
use chrono::{Datelike as _, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;
use zhenshi_domain::{
    calendar::{DayKind, NoticeError},
    shanghai,
};

use crate::{
    app::{
        calendar::{MAX_WORKING_DAYS, YEARS},
        holiday_notice,
        import_holiday_notice::{ImportedNotice, import_holiday_notice},
    },
    ids,
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        person::Person,
        render,
        say::{self, Say},
        view::{
            calendar::{CalendarPage, Day},
            layout::Section,
        },
    },
    words::WordArg,
};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/calendar", get(show)).route("/calendar/import", post(import))
}

/// Which year, and what is to be counted.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    year: String,
    start: String,
    days: String,
}

async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(asked): Form<Asked>,
) -> Result<Response, PageError> {
    Ok(render::page(&page(&person, &site, &asked)?))
}

fn page(person: &Person, site: &Site, asked: &Asked) -> Result<CalendarPage, PageError> {
    person.principal().permit(Action::GetCalendar)?;
    let say = &person.say;
    let today = shanghai::date(site.app.clock.now());
    let year = match asked.year.trim() {
        "" => today.year(),
        text => text.parse().ok().filter(|year| YEARS.contains(year)).ok_or(PageError::Unreadable)?,
    };
    let snapshot = site.app.calendars.current();
    let found = snapshot.calendar.year(year);
    let notice = snapshot.notice(year);
    let days = found.days.iter().map(|(date, kind)| Day {
        date: say::date(*date),
        weekday: say.value("page-calendar-weekday", &date.weekday().to_string()),
        kind: say.t(match kind {
            DayKind::Off => "page-calendar-off",
            DayKind::MakeUp => "page-calendar-make-up",
            DayKind::Statutory => "page-calendar-statutory",
        }),
        works: *kind == DayKind::MakeUp,
    });
    let mut page = CalendarPage {
        page: person.layout(Section::Calendar, say.t("page-nav-calendar")),
        year,
        days: days.collect(),
        provisional: found.provisional,
        open_since: found.open_since.map(say::date),
        sources: notice.map(|of| of.notice.sources().to_vec()).unwrap_or_default(),
        imported: notice
            .and_then(|of| of.imported.as_ref())
            .map(|(by, at)| format!("{by} {}", say::time(*at))),
        version: snapshot.version.clone(),
        start: asked.start.clone(),
        count: asked.days.clone(),
        counted: None,
        import: person.principal().permit(Action::ImportHolidayNotice).is_ok(),
        request_id: ids::of_luck(site.app.entropy.as_ref()).unwrap_or_default(),
        content: String::new(),
        wrong: None,
    };
    if !asked.start.is_empty() || !asked.days.is_empty() {
        let start: Option<NaiveDate> = asked.start.parse().ok();
        let count = asked.days.trim().parse::<u16>().ok().filter(|count| *count <= MAX_WORKING_DAYS);
        page.counted = Some(match (start, count) {
            (Some(start), Some(count)) => {
                say.named("page-calendar-due", &say::date(snapshot.add_working_days(start, count).value))
            }
            _ => say.n("page-calendar-count-wrong", MAX_WORKING_DAYS),
        });
    }
    Ok(page)
}

/// What the form of a notice has.
#[derive(Deserialize)]
struct Import {
    request_id: Uuid,
    content: String,
}

async fn import(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(form): Form<Import>,
) -> Result<Response, PageError> {
    person.principal().permit(Action::ImportHolidayNotice)?;
    let notice = match holiday_notice::parse(&form.content) {
        Ok(notice) => notice,
        Err(error) => {
            let mut page = page(&person, &site, &Asked::default())?;
            page.wrong = Some(wrong(&person.say, &error));
            page.content = form.content;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, render::page(&page)).into_response());
        }
    };
    let year = notice.year();
    let digest = site.app.request_digest(form.content.as_bytes());
    let sent = ImportedNotice { request_id: form.request_id, digest, notice };
    import_holiday_notice(&site.app, person.principal(), sent).await?;
    // Followed by every process within seconds; by this one at once. If that fails, the poll does it.
    let _ = site.app.calendars.refresh().await;
    Ok(Redirect::to(&format!("/calendar?year={year}")).into_response())
}

/// What is wrong with a notice, in words.
fn wrong(say: &Say, error: &NoticeError) -> String {
    let with = |id: &str, year: String, date: String| {
        say.with(id, &[("year", WordArg::Key(&year)), ("date", WordArg::Key(&date))])
    };
    match error {
        NoticeError::Read(problem) => {
            say.with("violation-notice-read", &[("problem", WordArg::Key(problem))])
        }
        NoticeError::OutOfReach { year, date } => {
            with("violation-notice-reach", year.to_string(), date.to_string())
        }
        NoticeError::Both { year, date } => with("violation-notice-both", year.to_string(), date.to_string()),
        NoticeError::NoWeekend { year, date } => {
            with("violation-notice-weekend", year.to_string(), date.to_string())
        }
        NoticeError::Empty { year } => with("violation-notice-empty", year.to_string(), String::new()),
    }
}
