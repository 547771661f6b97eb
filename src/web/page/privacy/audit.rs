//! 审计: the entries of the audit log, by who, what, which and when; and whether the chain is whole.

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    response::Response,
};
use chrono::NaiveDate;
use serde::Deserialize;
use zhenshi_domain::shanghai;

use super::{PAGE, id, named, who};
use crate::{
    app::{
        AuditFault, AuditFilter, AuditReport, AuditRow, list_audit_entries::list_audit_entries,
        verify_audit_chain::verify_audit_chain,
    },
    security::{policy::Action, principal::STAFF_PREFIX},
    web::{
        Site,
        error::{PageError, url_escape},
        page::{case::given::Given, desk::Making},
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

/// Ids that are shown of one entry; a batch of submissions names many.
const MOST_IDS: usize = 3;
/// Fields of the search, as they stand in the address.
const FIELDS: [&str; 5] = ["actor", "action", "subject", "first", "last"];

/// Which entries.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    actor: String,
    action: String,
    subject: String,
    first: String,
    last: String,
    before: String,
}

impl Asked {
    fn fields(&self) -> [&str; 5] {
        [&self.actor, &self.action, &self.subject, &self.first, &self.last]
    }
}

pub(super) async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let mut page = frame(&person);
    page.search = Some(search(&person.say, &asked));
    let before = match asked.before.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| PageError::Unreadable)?),
    };
    let found = list_audit_entries(&site.app, person.principal(), filter(&asked, before)?, PAGE).await?;
    page.form = checking(&person);
    page.grids.push(grid(&person.say, &asked, &found.rows, found.next));
    Ok(render::page(&page))
}

fn frame(person: &Person) -> DeskPage {
    let say = &person.say;
    let layout = person.layout(Section::Audit, say.t("page-nav-audit"));
    // Verifying is about the whole chain, and found without going past its newest rows.
    DeskPage { form_first: true, ..DeskPage::new(layout, say.t("page-audit-lead")) }
}

/// The button that has the chain verified, for who may.
fn checking(person: &Person) -> Option<Form> {
    let say = &person.say;
    person.principal().permit(Action::VerifyAuditChain).ok()?;
    Some(Form {
        action: "/audit".into(),
        head: say.t("page-audit-verify-head"),
        hidden: Vec::new(),
        fields: Vec::new(),
        buttons: vec![("verify", say.t("page-audit-verify"))],
    })
}

fn filter(asked: &Asked, before: Option<i64>) -> Result<AuditFilter, PageError> {
    let day = |text: &str| match text {
        "" => Ok(None),
        text => text.parse::<NaiveDate>().map(Some).map_err(|_| PageError::Unreadable),
    };
    let some = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    // A member of staff is asked for by his code, a system or a part of the service by its whole name.
    let actor = some(&asked.actor).map(|actor| {
        if actor.contains(':') || actor.chars().any(|c| c.is_ascii_lowercase()) {
            actor
        } else {
            format!("{STAFF_PREFIX}{actor}")
        }
    });
    Ok(AuditFilter {
        actor,
        action: some(&asked.action).map(|action| action.to_ascii_uppercase()),
        subject_id: id(asked.subject.trim())?,
        from: day(asked.first.trim())?.map(shanghai::midnight),
        until: day(asked.last.trim())?.map(shanghai::end_of),
        before,
    })
}

fn search(say: &Say, asked: &Asked) -> Form {
    let pairs = FIELDS.iter().zip(asked.fields());
    let typed = Given::new(pairs.map(|(name, value)| ((*name).to_owned(), value.to_owned())).collect());
    let mut making = Making::new(say, Some(&typed), "search");
    making.add("actor", "page-audit-actor", false, Input::Text);
    making.add("action", "page-audit-action", false, Input::Text);
    making.add("subject", "page-audit-subject", false, Input::Text);
    making.add("first", "page-audit-first", false, Input::Date);
    making.add("last", "page-audit-last", false, Input::Date);
    Form {
        action: "/audit".into(),
        head: String::new(),
        hidden: Vec::new(),
        fields: making.done(),
        buttons: vec![("", say.t("page-desk-search"))],
    }
}

fn grid(say: &Say, asked: &Asked, rows: &[AuditRow], next: Option<i64>) -> Grid {
    let head = |id: &str, number| (say.t(id), number);
    let next = next.map(|before| {
        let pairs = FIELDS.iter().zip(asked.fields());
        let query: Vec<_> = pairs.map(|(name, value)| format!("{name}={}", url_escape(value))).collect();
        (format!("/audit?{}&before={before}", query.join("&")), say.t("page-desk-next"))
    });
    Grid {
        caption: say.t("page-audit-entries"),
        heads: vec![
            head("page-audit-position", true),
            head("page-audit-time", false),
            head("page-audit-actor", false),
            head("page-audit-action", false),
            head("page-audit-subject", false),
            head("page-audit-reason", false),
        ],
        rows: rows.iter().map(|row| line(say, row)).collect(),
        empty: say.t("page-audit-none"),
        next,
        choose: None,
    }
}

fn line(say: &Say, row: &AuditRow) -> GridRow {
    let entry = &row.entry;
    let action = named::action(say, &entry.action);
    let mut actions = vec![action];
    if actions.first().is_none_or(|action| *action != entry.action) {
        actions.push(entry.action.clone());
    }
    let mut subjects = vec![entry.subject_kind.clone()];
    subjects.extend(entry.subject_ids.iter().take(MOST_IDS).map(ToString::to_string));
    let more = entry.subject_ids.len().saturating_sub(MOST_IDS);
    if more > 0 {
        subjects.push(say.n("page-audit-more", more));
    }
    GridRow {
        cells: vec![
            Cell::text(row.position.to_string()),
            Cell::text(say::time(entry.recorded_time)),
            Cell::text(who(&entry.actor)),
            Cell::lines(actions),
            Cell::lines(subjects),
            Cell::text(entry.reason.clone()),
        ],
        ..GridRow::default()
    }
}

pub(super) async fn verify(person: Person, State(site): State<Arc<Site>>) -> Result<Response, PageError> {
    let report = verify_audit_chain(&site.app, person.principal()).await?;
    let say = &person.say;
    let mut page = frame(&person);
    let whole = report.faults.is_empty();
    page.notice = Some(Notice {
        failed: !whole,
        text: if whole { say.t("page-audit-whole") } else { say.n("page-audit-broken", report.faults.len()) },
        details: Vec::new(),
    });
    page.figures = figures(say, &report);
    page.form = checking(&person);
    page.links.push(("/audit".into(), say.t("page-audit-entries")));
    if !whole {
        page.grids.push(faults(say, &report.faults));
    }
    Ok(render::page(&page))
}

fn figures(say: &Say, report: &AuditReport) -> Vec<(String, String)> {
    let checkpoint = report.checkpoint.map_or_else(|| "–".to_owned(), |position| position.to_string());
    [
        ("page-audit-entries", report.entries.to_string()),
        ("page-audit-unchained", report.unchained.to_string()),
        ("page-audit-submissions", report.submissions.to_string()),
        ("page-audit-checkpoints", report.checkpoints.to_string()),
        ("page-audit-checkpoint", checkpoint),
    ]
    .map(|(id, value)| (say.t(id), value))
    .to_vec()
}

fn faults(say: &Say, faults: &[AuditFault]) -> Grid {
    let row = |fault: &AuditFault| GridRow {
        cells: vec![
            Cell::text(fault.position.map(|position| position.to_string()).unwrap_or_default()),
            Cell::tag(say.t(named::fault(fault.kind)), "tag-red"),
            Cell::text(fault.problem.clone()),
        ],
        ..GridRow::default()
    };
    Grid {
        caption: say.t("page-audit-faults"),
        heads: vec![
            (say.t("page-audit-position"), true),
            (say.t("page-audit-fault"), false),
            (say.t("page-audit-problem"), false),
        ],
        rows: faults.iter().map(row).collect(),
        ..Grid::default()
    }
}
