//! 明文导出: the register of exports of unmasked data, newest first: all that the reader may see, his own, or what waits for him.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;

use super::{PAGE, choice, id, named};
use crate::{
    app::privacy::{
        ExportRow, ExportState,
        exports::{Whose, list_exports},
    },
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        page::{case::given::Given, desk::Making},
        person::Person,
        render, say,
        say::Say,
        view::{
            case::deeds::Input,
            desk::{Cell, DeskPage, Form, Grid, GridRow},
            layout::Section,
        },
    },
};

/// Whose exports can be asked for, and what each is called in an address and in words.
const WHOSE: [(Whose, &str, &str); 2] =
    [(Whose::Own, "own", "page-export-whose-own"), (Whose::Waiting, "waiting", "page-export-whose-waiting")];

/// Which of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    whose: String,
    after: String,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (say, principal) = (&person.say, person.principal());
    let state = choice(&asked.state, ExportState::from_code)?;
    let whose = WHOSE.iter().find(|(_, value, _)| *value == asked.whose).map(|(whose, ..)| *whose);
    if whose.is_none() && !asked.whose.is_empty() {
        return Err(PageError::Unreadable);
    }
    let whose = whose.unwrap_or(Whose::All);
    let found = list_exports(&site.app, principal, whose, (state, id(&asked.after)?), PAGE).await?;
    let mut page =
        DeskPage::new(person.layout(Section::Exports, say.t("page-nav-exports")), say.t("page-export-lead"));
    page.search = Some(search(say, &asked));
    if principal.permit(Action::RequestUnmaskedExport).is_ok() {
        page.links.push(("/exports/new".into(), say.t("page-export-ask")));
    }
    let rows = found.rows.iter().map(|row| line(&site, say, row)).collect();
    let next = found.next.map(|last| {
        let Asked { state, whose, .. } = &asked;
        (format!("/exports?state={state}&whose={whose}&after={last}"), say.t("page-desk-next"))
    });
    page.grids.push(grid(say, rows, next));
    Ok(render::page(&page))
}

fn search(say: &Say, asked: &Asked) -> Form {
    let typed =
        Given::new(vec![("state".into(), asked.state.clone()), ("whose".into(), asked.whose.clone())]);
    let mut making = Making::new(say, Some(&typed), "search");
    let states =
        ExportState::ALL.iter().map(|one| (one.code().to_string(), say.t(named::export_state(*one).0)));
    making.add("state", "page-access-state", false, Input::Choice(states.collect()));
    making.choice("whose", "page-export-whose", false, &WHOSE.map(|(_, value, words)| (value, words)));
    Form {
        action: "/exports".into(),
        head: String::new(),
        hidden: Vec::new(),
        fields: making.done(),
        buttons: vec![("", say.t("page-desk-search"))],
    }
}

fn line(site: &Site, say: &Say, row: &ExportRow) -> GridRow {
    GridRow {
        cells: vec![
            Cell::link(row.export_no.clone(), format!("/exports/{}", row.id)),
            Cell::text(say::time(row.requested_time)),
            standing(site, say, row),
            Cell::text(row.requester_code.clone()),
            Cell::text(say.t(named::export_kind(row.kind))),
            Cell::text(match row.list_date {
                Some(day) => say.named("page-board-list", &say::date(day)),
                None => say.n("page-export-cases-count", row.case_ids.len()),
            }),
            Cell::text(named::fields(say, &row.fields)),
            Cell::text(row.row_count.map(|count| count.to_string()).unwrap_or_default()),
        ],
        ..GridRow::default()
    }
}

/// Where it stands, and of a file until when it is kept.
fn standing(site: &Site, say: &Say, row: &ExportRow) -> Cell {
    let (state, class) = named::export_state(row.state);
    let mut cell = Cell::tag(say.t(state), class);
    if let Some(end) = row.expire_time.filter(|_| row.state == ExportState::Ready) {
        let id = if site.app.clock.now() < end { "page-access-until" } else { "page-access-expired" };
        cell.lines.push(say.named(id, &say::time(end)));
    }
    cell
}

fn grid(say: &Say, rows: Vec<GridRow>, next: Option<(String, String)>) -> Grid {
    let head = |id: &str, number| (say.t(id), number);
    Grid {
        caption: say.t("page-nav-exports"),
        heads: vec![
            head("unmasked-export-no", false),
            head("page-access-requested", false),
            head("page-access-state", false),
            head("page-access-requester", false),
            head("page-export-kind", false),
            head("page-export-of", false),
            head("page-access-fields", false),
            head("page-board-export-parties", true),
        ],
        rows,
        empty: say.t("page-export-none"),
        next,
        choose: None,
    }
}
