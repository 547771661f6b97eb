//! 查阅申请: the requests and grants that the reader may see, newest first.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;
use zhenshi_domain::access::approval::AccessState;

use super::{PAGE, choice, id, named, subject};
use crate::{
    app::privacy::{AccessKind, GrantFilter, GrantRow, list_access_grants::list_access_grants},
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

/// Which of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    state: String,
    kind: String,
    mine: String,
    after: String,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (say, principal) = (&person.say, person.principal());
    let filter = GrantFilter {
        state: choice(&asked.state, AccessState::from_code)?,
        kind: choice(&asked.kind, AccessKind::from_code)?,
        after: id(&asked.after)?,
        ..GrantFilter::default()
    };
    let mine = !asked.mine.is_empty();
    let found = list_access_grants(&site.app, principal, filter, (false, mine), PAGE).await?;
    let mut page =
        DeskPage::new(person.layout(Section::Access, say.t("page-nav-access")), say.t("page-access-lead"));
    page.search = Some(search(say, &asked));
    if principal.permit(Action::RequestAccess).is_ok() {
        page.links.push(("/access/new".into(), say.t("page-access-ask")));
    }
    let mut rows = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        rows.push(line(&site, &person, row).await?);
    }
    let next = found.next.map(|last| {
        let Asked { state, kind, mine, .. } = &asked;
        let mine = if mine.is_empty() { "" } else { "on" };
        (format!("/access?state={state}&kind={kind}&mine={mine}&after={last}"), say.t("page-desk-next"))
    });
    page.grids.push(grid(say, rows, next));
    Ok(render::page(&page))
}

fn search(say: &Say, asked: &Asked) -> Form {
    let typed = Given::new(vec![
        ("state".into(), asked.state.clone()),
        ("kind".into(), asked.kind.clone()),
        ("mine".into(), asked.mine.clone()),
    ]);
    let mut making = Making::new(say, Some(&typed), "search");
    let states = AccessState::ALL.iter().map(|one| (one.code().to_string(), say.t(named::state(*one).0)));
    making.add("state", "page-access-state", false, Input::Choice(states.collect()));
    let kinds = AccessKind::ALL.iter().map(|one| (one.code().to_string(), say.t(named::kind(*one))));
    making.add("kind", "page-access-kind", false, Input::Choice(kinds.collect()));
    making.add("mine", "page-access-mine", false, Input::Check);
    Form {
        action: "/access".into(),
        head: String::new(),
        hidden: Vec::new(),
        fields: making.done(),
        buttons: vec![("", say.t("page-desk-search"))],
    }
}

async fn line(site: &Site, person: &Person, row: &GrantRow) -> Result<GridRow, PageError> {
    let say = &person.say;
    let (state, class) = named::state(row.state);
    let mut standing = Cell::tag(say.t(state), class);
    if let Some(end) = row.end_time.filter(|_| row.state == AccessState::Granted) {
        let id =
            if row.is_in_force(site.app.clock.now()) { "page-access-until" } else { "page-access-expired" };
        standing.lines.push(say.named(id, &say::time(end)));
    }
    Ok(GridRow {
        cells: vec![
            Cell::link(say::time(row.requested_time), format!("/access/{}", row.id)),
            standing,
            Cell::text(row.requester_code.clone()),
            Cell::text(say.t(named::kind(row.kind))),
            subject::shown(site, person, row.subject).await?.cell(),
            Cell::text(named::fields(say, &row.fields)),
            Cell::text(say.t(named::purpose(row.purpose))),
        ],
        ..GridRow::default()
    })
}

fn grid(say: &Say, rows: Vec<GridRow>, next: Option<(String, String)>) -> Grid {
    let heads = [
        "page-access-requested",
        "page-access-state",
        "page-access-requester",
        "page-access-kind",
        "page-access-subject",
        "page-access-fields",
        "page-case-evidence-purpose",
    ];
    Grid {
        caption: say.t("page-nav-access"),
        heads: heads.map(|head| (say.t(head), false)).to_vec(),
        rows,
        empty: say.t("page-access-none"),
        next,
        choose: None,
    }
}
