//! 外借登记: what was lent, and confirming that it came back or was destroyed (fifth text, 20).

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form as Posted;
use serde::Deserialize;

use super::{PAGE, id, named, refused, subject};
use crate::{
    app::privacy::{
        LoanEnd, LoanRow,
        loans::{confirm_loan_end, list_loans},
    },
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        page::{
            case::{given::Given, request_id},
            desk::{
                Making,
                many::{self, Many, key_of},
            },
        },
        person::Person,
        render, say,
        say::Say,
        view::{
            case::{Notice, deeds::Input},
            desk::{Cell, DeskPage, Form, Grid, GridRow},
            layout::Section,
        },
    },
};

/// Which of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    out: String,
    overdue: String,
    after: String,
    done: Option<usize>,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let notice = many::done(&person.say, "page-loans-done", asked.done);
    page(&site, &person, &asked, notice).await
}

async fn page(
    site: &Arc<Site>,
    person: &Person,
    asked: &Asked,
    notice: Option<Notice>,
) -> Result<Response, PageError> {
    let (say, principal) = (&person.say, person.principal());
    let narrowed = (!asked.out.is_empty(), !asked.overdue.is_empty());
    let found = list_loans(&site.app, principal, narrowed, id(&asked.after)?, PAGE).await?;
    let mut page =
        DeskPage::new(person.layout(Section::Loans, say.t("page-nav-loans")), say.t("page-loans-lead"));
    let failed = notice.as_ref().is_some_and(|notice| notice.failed);
    page.notice = notice;
    page.search = Some(search(say, asked));
    let confirms = principal.permit(Action::ConfirmLoanEnd).is_ok();
    let is_out = |row: &LoanRow| row.end.is_none();
    let any_out = found.rows.iter().any(is_out);
    if confirms && any_out {
        page.form = Some(Form {
            action: "/loans".into(),
            head: say.t("page-loans-chosen"),
            hidden: vec![("request_id", request_id(site)?)],
            fields: Vec::new(),
            buttons: vec![
                ("returned", say.t(named::end(LoanEnd::Returned))),
                ("destroyed", say.t(named::end(LoanEnd::Destroyed))),
            ],
        });
    }
    let (mut out, mut ended) = (Vec::new(), Vec::new());
    for row in &found.rows {
        let line = line(site, person, row).await?;
        if is_out(row) { out.push(line) } else { ended.push(line) }
    }
    let next = found.next.map(|last| {
        let on = |set| if set { "on" } else { "" };
        let (out, overdue) = (on(narrowed.0), on(narrowed.1));
        (format!("/loans?out={out}&overdue={overdue}&after={last}"), say.t("page-desk-next"))
    });
    let choose = (confirms && any_out).then_some("case");
    let last_is_out = ended.is_empty();
    let (out_next, ended_next) = if last_is_out { (next, None) } else { (None, next) };
    page.grids.push(grid(say, "page-loans-out", out, choose, out_next));
    if !ended.is_empty() {
        page.grids.push(grid(say, "page-loans-ended", ended, None, ended_next));
    }
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, render::page(&page)).into_response())
}

fn search(say: &Say, asked: &Asked) -> Form {
    let typed =
        Given::new(vec![("out".into(), asked.out.clone()), ("overdue".into(), asked.overdue.clone())]);
    let mut making = Making::new(say, Some(&typed), "search");
    making.add("out", "page-loans-out-only", false, Input::Check);
    making.add("overdue", "page-loans-overdue-only", false, Input::Check);
    Form {
        action: "/loans".into(),
        head: String::new(),
        hidden: Vec::new(),
        fields: making.done(),
        buttons: vec![("", say.t("page-desk-search"))],
    }
}

async fn line(site: &Site, person: &Person, row: &LoanRow) -> Result<GridRow, PageError> {
    let say = &person.say;
    let mut state = match row.end {
        Some(end) => Cell::tag(say.t(named::end(end)), "tag-green"),
        None if row.is_overdue(site.app.clock.now()) => Cell::tag(say.t("page-loans-overdue"), "tag-red"),
        None => Cell::tag(say.t("page-loans-is-out"), "tag-orange"),
    };
    if let (Some(by), Some(time)) = (&row.confirmed_by, row.confirmed_time) {
        state.lines.push(format!("{by} · {}", say::time(time)));
    }
    Ok(GridRow {
        // No version: nothing of an entry changes but its end.
        value: format!("{}.0", row.grant_id),
        name: format!("{} {}", row.borrower_code, say::time(row.lent_time)),
        cells: vec![
            Cell::link(say::time(row.lent_time), format!("/access/{}", row.grant_id)),
            Cell::text(row.borrower_code.clone()),
            subject::shown(site, person, row.subject).await?.cell(),
            Cell::text(named::fields(say, &row.fields)),
            Cell::text(row.copies.to_string()),
            Cell::text(say::time(row.due_time)),
            state,
        ],
    })
}

fn grid(
    say: &Say,
    caption: &str,
    rows: Vec<GridRow>,
    choose: Option<&'static str>,
    next: Option<(String, String)>,
) -> Grid {
    let head = |id: &str, number| (say.t(id), number);
    Grid {
        caption: say.t(caption),
        heads: vec![
            head("page-loans-lent", false),
            head("page-loans-borrower", false),
            head("page-access-subject", false),
            head("page-access-fields", false),
            head("page-access-copies", true),
            head("page-loans-due", false),
            head("page-access-state", false),
        ],
        rows,
        empty: say.t("page-loans-none"),
        next,
        choose,
    }
}

pub(super) async fn act(
    person: Person,
    State(site): State<Arc<Site>>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let mut many = Many::of(pairs)?;
    let say = &person.say;
    let end = match many.act() {
        "returned" => LoanEnd::Returned,
        "destroyed" => LoanEnd::Destroyed,
        _ => return Err(PageError::Unreadable),
    };
    if let Some(notice) = many.wrong(say) {
        return page(&site, &person, &Asked::default(), Some(notice)).await;
    }
    let form = many.request(&site)?;
    for (loan, _) in std::mem::take(&mut many.chosen) {
        let key = key_of(&site, &form, loan);
        match confirm_loan_end(&site.app, person.principal(), key, loan, end).await {
            Ok(_) => many.done += 1,
            Err(error) => match refused(say, &error) {
                Some(why) => many.refuse(format!("{loan} {} {}", why.text, why.details.join(" "))),
                None => return Err(error.into()),
            },
        }
    }
    match many.end(say, "/loans", "page-loans-partly") {
        Ok(led) => Ok(led),
        Err(notice) => page(&site, &person, &Asked::default(), Some(notice)).await,
    }
}
