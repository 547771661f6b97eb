//! 问题件清单: every list with its state and digest; one list with its suspicions, the most urgent first, and their priority's parts.

use std::sync::Arc;

use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use chrono::{DateTime, NaiveDate};
use serde::Deserialize;
use uuid::Uuid;
use zhenshi_domain::mask;

use crate::{
    app::{
        ListKind, ListState, SuspicionFilter, SuspicionListRow,
        get_suspicion_list::get_suspicion_list,
        list_suspicion_lists::list_suspicion_lists,
        list_suspicions::list_suspicions,
        suspicions::{ShownMember, ShownSuspicion},
    },
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        person::Person,
        render,
        say::{self, Say},
        view::{
            case::Fact,
            desk::{Cell, DeskPage, Grid, GridRow},
            layout::Section,
            words,
        },
    },
};

/// Rows of a page.
const PAGE: u16 = 50;
/// Members of a suspicion that are named; the export has all of them.
const MOST_MEMBERS: usize = 12;

#[derive(Deserialize)]
pub(super) struct After {
    #[serde(default)]
    after: Option<Uuid>,
}

pub(super) const KINDS: [(ListKind, &str, &str); 2] = [
    (ListKind::Daily, "daily", "list-kind-daily"),
    (ListKind::SelfInspection, "self-inspection", "list-kind-self-inspection"),
];

fn kind_of(kind: ListKind) -> (&'static str, &'static str) {
    KINDS.iter().find(|(known, ..)| *known == kind).map_or(("", ""), |(_, part, words)| (part, words))
}

/// The kind and the day of an address.
pub(super) fn named(kind: &str, date: &str) -> Result<(ListKind, NaiveDate), PageError> {
    let kind = KINDS.iter().find(|(_, part, _)| *part == kind).map(|(kind, ..)| *kind);
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok();
    kind.zip(date).ok_or(PageError::NotFound)
}

pub(super) async fn all(
    person: Person,
    State(site): State<Arc<Site>>,
    Query(after): Query<After>,
) -> Result<Response, PageError> {
    let say = &person.say;
    let found = list_suspicion_lists(&site.app, person.principal(), None, after.after, PAGE).await?;
    let row = |list: &SuspicionListRow| {
        let (part, words) = kind_of(list.kind);
        let date = say::date(list.list_date);
        GridRow {
            cells: vec![
                Cell::link(date.clone(), format!("/lists/{part}/{date}")),
                Cell::text(say.t(words)),
                state(say, list),
                Cell::text(list.sealed_time.map(say::time).unwrap_or_default()),
                Cell::text(list.suspicion_count.to_string()),
                Cell::text(list.member_count.to_string()),
                Cell::text(short(&list.digest_text())),
            ],
            ..GridRow::default()
        }
    };
    let next = found.next.map(|next| (format!("/lists?after={next}"), say.t("page-desk-next")));
    let head = |id: &str, number| (say.t(id), number);
    let grid = Grid {
        caption: say.t("page-nav-lists"),
        heads: vec![
            head("list-fact-date", false),
            head("list-fact-kind", false),
            head("list-fact-state", false),
            head("list-fact-sealed", false),
            head("list-fact-suspicions", true),
            head("list-fact-members", true),
            head("list-fact-digest", false),
        ],
        rows: found.rows.iter().map(row).collect(),
        empty: say.t("page-lists-none"),
        next,
        choose: None,
    };
    let mut page =
        DeskPage::new(person.layout(Section::Lists, say.t("page-nav-lists")), say.t("page-lists-lead"));
    page.grids.push(grid);
    Ok(render::page(&page))
}

fn state(say: &Say, list: &SuspicionListRow) -> Cell {
    match list.state {
        ListState::Closed => Cell::tag(say.t("list-state-closed"), "tag-orange"),
        ListState::Sealed => Cell::tag(say.t("list-state-sealed"), "tag-green"),
    }
}

/// Enough of a digest to tell two lists apart by eye.
fn short(digest: &str) -> String {
    digest.get(..12).map_or_else(String::new, |short| format!("{short}…"))
}

pub(super) async fn one(
    person: Person,
    State(site): State<Arc<Site>>,
    Path((kind, date)): Path<(String, String)>,
    Query(after): Query<After>,
) -> Result<Response, PageError> {
    let (kind, date) = named(&kind, &date)?;
    let (app, principal, say) = (&site.app, person.principal(), &person.say);
    let (list, figures) = get_suspicion_list(app, principal, kind, date).await?;
    let (part, words) = kind_of(kind);
    let title = say.with(
        "page-lists-title",
        &[
            ("kind", crate::words::WordArg::Key(&say.t(words))),
            ("date", crate::words::WordArg::Key(&say::date(date))),
        ],
    );
    let layout = person.layout(Section::Lists, title).under("/lists", say.t("page-nav-lists"));
    let mut page = DeskPage::new(layout, String::new());
    page.facts = facts(say, &list);
    if let Some(figures) = figures {
        page.figures = [
            ("page-lists-listed", figures.listed),
            ("page-lists-distributed", figures.distributed),
            ("page-lists-merged", figures.merged),
            ("page-lists-held", figures.held),
            ("page-lists-waiting", figures.waiting),
        ]
        .map(|(id, count)| (say.t(id), count.to_string()))
        .to_vec();
    }
    if list.state == ListState::Sealed {
        let date = say::date(date);
        if principal.permit(Action::ExportSuspicionList).is_ok() {
            page.links = ["xlsx", "csv"]
                .map(|file| {
                    let words = say.named("page-lists-export", &file.to_uppercase());
                    (format!("/lists/{part}/{date}/{file}"), words)
                })
                .to_vec();
        }
        let filter = SuspicionFilter { after: after.after, ..SuspicionFilter::default() };
        let found = list_suspicions(app, principal, (kind, list.list_date), filter, PAGE, true).await?;
        let next =
            found.next.map(|next| (format!("/lists/{part}/{date}?after={next}"), say.t("page-desk-next")));
        page.grids.push(suspicions(say, &found.suspicions, next));
    }
    Ok(render::page(&page))
}

fn facts(say: &Say, list: &SuspicionListRow) -> Vec<Fact> {
    let sealed = list.sealed_time.map(say::time).unwrap_or_default();
    let state = if list.state == ListState::Sealed { "list-state-sealed" } else { "list-state-closed" };
    let provisional = if list.provisional { say.t("list-fact-provisional") } else { String::new() };
    // Nothing stands before the first list.
    let previous = if list.previous_cut_time == DateTime::UNIX_EPOCH {
        say.t("page-lists-first")
    } else {
        say::time(list.previous_cut_time)
    };
    let facts = [
        ("list-fact-state", say.t(state), sealed),
        ("list-fact-cut", say::time(list.cut_time), String::new()),
        ("list-fact-previous-cut", previous, String::new()),
        ("list-fact-digest", list.digest_text(), String::new()),
        ("list-fact-rule-set", list.rule_set_version.clone(), String::new()),
        ("list-fact-calendar", list.calendar_version.clone(), provisional),
    ];
    facts.into_iter().map(|(id, value, note)| Fact { label: say.t(id), value, note }).collect()
}

fn suspicions(say: &Say, shown: &[ShownSuspicion], next: Option<(String, String)>) -> Grid {
    let head = |id: &str, number| (say.t(id), number);
    let row = |shown: &ShownSuspicion| {
        let of = &shown.row;
        let owner = of.owner.as_ref().map(|(kind, code)| format!("{} {code}", say.t(words::owner(*kind))));
        let parts = [
            ("page-lists-part-call-back", of.priority.call_back),
            ("page-lists-part-customers", of.priority.customers),
            ("page-lists-part-clue", of.priority.clue),
            ("page-lists-part-channel", of.priority.channel),
            ("page-lists-part-seller", of.priority.seller),
        ];
        let parts = parts
            .iter()
            .filter(|(_, points)| *points != 0)
            .map(|(id, points)| format!("{} {points}", say.t(id)));
        let mut clue = vec![say.t(words::clue(of.clue))];
        clue.extend(owner);
        if of.capped {
            clue.push(say.t("list-column-capped"));
        }
        GridRow {
            cells: vec![
                Cell::text(of.priority.total.to_string()),
                Cell::text(parts.collect::<Vec<_>>().join(" + ")),
                Cell::lines(clue),
                Cell::text(of.customer_count.to_string()),
                Cell::lines(vec![say.t(words::channel(of.lead_channel)), of.lead_branch_code.clone()]),
                Cell::lines(members(say, &shown.members)),
            ],
            ..GridRow::default()
        }
    };
    Grid {
        caption: say.t("page-lists-suspicions"),
        heads: vec![
            head("list-column-priority", true),
            head("page-lists-parts", false),
            head("list-column-clue", false),
            head("list-column-customers", true),
            head("list-column-lead-channel", false),
            head("page-lists-members", false),
        ],
        rows: shown.iter().map(row).collect(),
        empty: say.t("page-lists-nothing"),
        next,
        choose: None,
    }
}

fn members(say: &Say, members: &[ShownMember]) -> Vec<String> {
    let one = |member: &ShownMember| match member {
        ShownMember::Stub { channel, .. } => {
            format!("{} {}", say.t(words::channel(*channel)), say.t("page-case-stub"))
        }
        ShownMember::Full { row, party } => {
            let person = party.as_ref().and_then(|party| party.payload.person.as_ref());
            let name = person.map(|person| mask::name(&person.name)).unwrap_or_default();
            let new = if row.is_new { say.t("list-column-new") } else { String::new() };
            let parts = [row.application_no.clone(), name, say.t(words::role(row.role)), new];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        }
    };
    let mut lines: Vec<String> = members.iter().take(MOST_MEMBERS).map(one).collect();
    if members.len() > MOST_MEMBERS {
        lines.push(say.n("page-lists-more", members.len() - MOST_MEMBERS));
    }
    lines
}
