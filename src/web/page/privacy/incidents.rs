//! 信息泄露: what was reported, newest first, and who has looked up much.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::Response,
};
use serde::Deserialize;

use super::{PAGE, id, named, subject, who};
use crate::{
    app::privacy::{
        AlertKind, AlertRow, IncidentRow, incidents::list_incidents, look_ups::list_access_alerts,
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

/// Alerts under the incidents.
const ALERTS: u16 = 20;

/// Which of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    open: String,
    after: String,
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (say, principal) = (&person.say, person.principal());
    let open = !asked.open.is_empty();
    let found = list_incidents(&site.app, principal, open, id(&asked.after)?, PAGE).await?;
    let layout = person.layout(Section::Incidents, say.t("page-nav-incidents"));
    let mut page = DeskPage::new(layout, say.t("page-incidents-lead"));
    let typed = Given::new(vec![("open".into(), asked.open.clone())]);
    let mut making = Making::new(say, Some(&typed), "search");
    making.add("open", "page-incidents-open-only", false, Input::Check);
    page.search = Some(Form {
        action: "/incidents".into(),
        head: String::new(),
        hidden: Vec::new(),
        fields: making.done(),
        buttons: vec![("", say.t("page-desk-search"))],
    });
    let mut rows = Vec::with_capacity(found.rows.len());
    for row in &found.rows {
        rows.push(line(&site, &person, row).await?);
    }
    let next = found.next.map(|last| {
        let open = if open { "on" } else { "" };
        (format!("/incidents?open={open}&after={last}"), say.t("page-desk-next"))
    });
    page.grids.push(grid(say, rows, next));
    if principal.permit(Action::ListAccessAlerts).is_ok() {
        let alerts = list_access_alerts(&site.app, principal, None, ALERTS).await?;
        page.grids.push(alert_grid(say, &alerts.rows));
    }
    Ok(render::page(&page))
}

async fn line(site: &Site, person: &Person, row: &IncidentRow) -> Result<GridRow, PageError> {
    let say = &person.say;
    let (state, class) = named::incident(row.state);
    let mut standing = Cell::tag(say.t(state), class);
    if row.is_overdue(site.app.clock.now()) {
        standing.lines.push(say.t("page-loans-overdue"));
    }
    let subject = match row.subject {
        Some(subject) => subject::shown(site, person, subject).await?.cell(),
        None => Cell::text("–"),
    };
    Ok(GridRow {
        cells: vec![
            Cell::link(say::time(row.reported_time), format!("/incidents/{}", row.id)),
            standing,
            Cell::text(who(&row.reported_by)),
            subject,
            Cell::text(say::time(row.acknowledge_by)),
            Cell::text(say::time(row.act_by)),
            Cell::text(row.acknowledged_by.as_deref().map(who).unwrap_or_default()),
        ],
        ..GridRow::default()
    })
}

fn grid(say: &Say, rows: Vec<GridRow>, next: Option<(String, String)>) -> Grid {
    let heads = [
        "page-incident-reported",
        "page-access-state",
        "page-incident-reporter",
        "page-access-subject",
        "page-incident-acknowledge-by",
        "page-incident-act-by",
        "page-incident-acknowledged",
    ];
    Grid {
        caption: say.t("page-nav-incidents"),
        heads: heads.map(|head| (say.t(head), false)).to_vec(),
        rows,
        empty: say.t("page-incidents-none"),
        next,
        choose: None,
    }
}

fn alert_grid(say: &Say, rows: &[AlertRow]) -> Grid {
    let row = |row: &AlertRow| GridRow {
        cells: vec![
            Cell::text(say::time(row.recorded_time)),
            Cell::text(who(&row.actor)),
            Cell::text(say.t(alert(row.kind))),
            Cell::text(row.allowed.to_string()),
        ],
        ..GridRow::default()
    };
    Grid {
        caption: say.t("page-alerts"),
        heads: vec![
            (say.t("page-audit-time"), false),
            (say.t("page-audit-actor"), false),
            (say.t("page-alerts-what"), false),
            (say.t("page-alerts-allowed"), true),
        ],
        rows: rows.iter().map(row).collect(),
        empty: say.t("page-alerts-none"),
        ..Grid::default()
    }
}

const fn alert(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Minute => "page-alerts-minute",
        AlertKind::Day => "page-alerts-day",
        AlertKind::ManyCustomers => "page-alerts-customers",
    }
}
