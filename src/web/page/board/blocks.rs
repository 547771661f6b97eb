//! What boards are made of: each function fills its part.

use chrono::{Duration, NaiveDate};
use zhenshi_domain::{
    case::{CaseState, Outcome},
    shanghai,
};

use crate::{
    app::{
        AppError, CaseFilter, CaseName, CaseRow, Dimension, ListKind, ListState,
        case::{
            board::{self, LONG_OVERDUE_DAYS, LOOK_BACK_DAYS},
            get_case::{View, get_case},
            get_case_statistics::{Asked, get_case_statistics},
            list_cases::{From, list_cases},
        },
        directory::{
            EntryKind,
            get::{ListFilter, list},
            tools::DirectoryTools,
        },
        get_suspicion_list::get_suspicion_list,
        list_suspicion_lists::list_suspicion_lists,
    },
    ids,
    security::policy::Action,
    web::{
        Site,
        error::PageError,
        page::cases_line,
        person::Person,
        say,
        view::{
            board::{Block, BoardPage, Claim, Figure, Next, Reconciled, SellerRow, Urge},
            case::named,
        },
    },
};

/// Cases of a block.
const BLOCK_SIZE: u16 = 10;
/// Days over which a team's sellers are counted.
const TEAM_DAYS: i64 = 90;
/// Working on a call-back begins so many days before it.
const CALL_DAYS: i64 = 3;
/// Sellers of a team's table.
const MOST_SELLERS: usize = 20;
/// Members of staff who are looked through for leave.
const MOST_STAFF: u16 = 500;

async fn cases(person: &Person, site: &Site, filter: CaseFilter) -> Result<Vec<CaseRow>, AppError> {
    Ok(list_cases(&site.app, person.principal(), filter, From::Top, BLOCK_SIZE, false).await?.cases)
}

async fn count(person: &Person, site: &Site, filter: CaseFilter) -> Result<i64, AppError> {
    let page = list_cases(&site.app, person.principal(), filter, From::Top, 1, true).await?;
    Ok(page.counts.iter().map(|of| of.count).sum())
}

fn lines(person: &Person, site: &Site, id: &str, href: &str, rows: &[CaseRow]) -> Block {
    let (now, calendar) = (site.app.clock.now(), site.app.calendars.current());
    Block {
        title: person.say.t(id),
        href: href.to_owned(),
        lines: rows.iter().map(|row| cases_line(&person.say, row, now, &calendar.calendar)).collect(),
    }
}

fn figure(person: &Person, id: &str, count: i64, href: impl Into<String>, alarming: bool) -> Figure {
    Figure { label: person.say.t(id), count, href: href.into(), alarming: alarming && count > 0 }
}

/// A clerk: what to do next in one line, returned first with the reason; and his cases.
pub(super) async fn own(person: &Person, site: &Site, board: &mut BoardPage) -> Result<(), PageError> {
    let own = person.principal().staff.as_ref().map(|own| own.staff_code.clone());
    let mine = cases(person, site, CaseFilter { assignee: own, ..CaseFilter::default() }).await?;
    let now = site.app.clock.now();
    let to_do = |row: &&CaseRow| row.state != CaseState::Submitted;
    let returned = mine.iter().filter(to_do).find(|row| row.returned_count > 0);
    let next = returned.or_else(|| mine.iter().find(to_do));
    let say = &person.say;
    board.next = Some(match next {
        None => Next { text: say.t("page-board-nothing"), href: "/cases?assignee=me".into(), detail: None },
        Some(row) => {
            let (id, detail) = if row.returned_count > 0 {
                ("page-board-next-returned", reason(person, site, row).await?)
            } else if row.is_overdue(now) {
                ("page-board-next-overdue", None)
            } else if row.state == CaseState::Assigned {
                ("page-board-next-start", None)
            } else {
                ("page-board-next", None)
            };
            Next { text: say.named(id, &row.case_no), href: format!("/cases/{}", row.case_no), detail }
        }
    });
    board.blocks.push(lines(person, site, "page-cases-queue-mine", "/cases?assignee=me", &mine));
    Ok(())
}

/// Why a case was returned the last time. Looking at it is written to the audit log, as on the case's own page.
async fn reason(person: &Person, site: &Site, row: &CaseRow) -> Result<Option<String>, PageError> {
    let shown = get_case(&site.app, person.principal(), CaseName::Id(row.id), View::Masked).await?;
    let Some(details) = shown.details else { return Ok(None) };
    let last = details.rows.verifications.iter().rev().find(|one| !one.verified);
    let text = last.and_then(|one| one.text_id).and_then(|id| details.texts.get(&id));
    Ok(text.map(|text| person.say.named("page-board-because", text)))
}

/// A team leader: overdue first, by seller, who is away, and urging all who are late.
pub(super) async fn team(person: &Person, site: &Site, board: &mut BoardPage) -> Result<(), PageError> {
    let overdue = CaseFilter { overdue: true, ..CaseFilter::default() };
    let late = count(person, site, overdue.clone()).await?;
    let free = CaseFilter { unassigned: true, ..CaseFilter::default() };
    board.figures.push(figure(person, "page-cases-queue-overdue", late, "/cases?overdue=1", true));
    let unassigned = count(person, site, free).await?;
    board.figures.push(figure(
        person,
        "page-cases-queue-unassigned",
        unassigned,
        "/cases?unassigned=1",
        true,
    ));
    let all = count(person, site, CaseFilter::default()).await?;
    board.figures.push(figure(person, "page-cases-queue-all", all, "/cases", false));
    if late > 0 && person.principal().permit(Action::UrgeCases).is_ok() {
        let request_id = ids::of_luck(site.app.entropy.as_ref()).unwrap_or_default();
        board.urge = Some(Urge { count: late, request_id });
    }
    let rows = cases(person, site, overdue).await?;
    board.blocks.push(lines(person, site, "page-cases-queue-overdue", "/cases?overdue=1", &rows));
    let today = shanghai::date(site.app.clock.now());
    let asked = Asked {
        first: before(today, TEAM_DAYS - 1),
        last: today,
        dimension: Dimension::Seller,
        channel: None,
        branch_code: None,
    };
    let mut sellers = get_case_statistics(&site.app, person.principal(), asked).await?.rows;
    sellers.retain(|of| of.open > 0);
    sellers.sort_by(|a, b| (b.overdue, b.open, &a.key).cmp(&(a.overdue, a.open, &b.key)));
    sellers.truncate(MOST_SELLERS);
    board.sellers = sellers
        .into_iter()
        .map(|of| SellerRow {
            href: format!("/cases?seller={}", crate::web::error::url_escape(&of.key)),
            code: of.key,
            open: of.open,
            overdue: of.overdue,
            returned: of.returned,
        })
        .collect();
    board.away = away(person, site, today).await?;
    Ok(())
}

/// Who of the staff is on leave, and until when.
async fn away(person: &Person, site: &Site, today: NaiveDate) -> Result<Vec<String>, PageError> {
    let staff = person.principal().staff.as_ref();
    let filter = ListFilter { channel: staff.and_then(|own| own.channel), ..ListFilter::default() };
    let tools = DirectoryTools::of(&site.app);
    let rows = list(&tools, person.principal(), EntryKind::Staff, filter, MOST_STAFF).await?.rows;
    let on_leave = rows.iter().filter(|row| row.entry.active).filter_map(|row| {
        let leave = row.entry.leaves.iter().find(|one| one.first_day <= today && today <= one.last_day)?;
        Some(format!(
            "{} · {}",
            row.entry.code,
            person.say.named("page-board-until", &say::date(leave.last_day))
        ))
    });
    Ok(on_leave.collect())
}

/// Customer service: the newest list and what became of it; the figures reconcile.
pub(super) async fn lists(person: &Person, site: &Site, board: &mut BoardPage) -> Result<(), PageError> {
    let newest = list_suspicion_lists(&site.app, person.principal(), Some(ListKind::Daily), None, 1).await?;
    let Some(list) = newest.rows.into_iter().next() else { return Ok(()) };
    let day = list.list_date;
    let (list, figures) = get_suspicion_list(&site.app, person.principal(), ListKind::Daily, day).await?;
    board.reconciled = Some(Reconciled {
        day: say::date(day),
        sealed: list.state == ListState::Sealed,
        listed: figures.map_or(0, |of| of.listed),
        distributed: figures.map_or(0, |of| of.distributed),
        merged: figures.map_or(0, |of| of.merged),
        held: figures.map_or(0, |of| of.held + of.waiting),
    });
    Ok(())
}

/// Customer service: what is not distributed, call-backs that are near.
pub(super) async fn desk(person: &Person, site: &Site, board: &mut BoardPage) -> Result<(), PageError> {
    let today = shanghai::date(site.app.clock.now());
    let until = today.checked_add_signed(Duration::days(CALL_DAYS)).unwrap_or(today);
    let calls = CaseFilter { call_back_before: Some(shanghai::end_of(until)), ..CaseFilter::default() };
    let free = CaseFilter { unassigned: true, ..CaseFilter::default() };
    let late = CaseFilter { overdue: true, ..CaseFilter::default() };
    let href = format!("/cases?call={}", say::date(until));
    let (near, unassigned) = (count(person, site, calls.clone()).await?, count(person, site, free).await?);
    let overdue = count(person, site, late).await?;
    board.figures.extend([
        figure(person, "page-board-not-distributed", unassigned, "/cases?unassigned=1", true),
        figure(person, "page-board-calls", near, href.as_str(), true),
        figure(person, "page-cases-queue-overdue", overdue, "/cases?overdue=1", true),
    ]);
    let rows = cases(person, site, calls).await?;
    board.blocks.push(lines(person, site, "page-board-calls", &href, &rows));
    Ok(())
}

/// What waits to be verified, with the evidence beside the claim.
pub(super) async fn queue(
    person: &Person,
    site: &Site,
    board: &mut BoardPage,
    filter: CaseFilter,
) -> Result<(), PageError> {
    let filter = CaseFilter { states: vec![CaseState::Submitted], ..filter };
    let rows = cases(person, site, filter).await?;
    let ids = rows.iter().map(|row| row.id).collect();
    let mut kinds = board::evidence_kinds(&site.app, person.principal(), ids).await?;
    let say = &person.say;
    let (now, calendar) = (site.app.clock.now(), site.app.calendars.current());
    board.returns = person.principal().permit(Action::ReturnCase).is_ok();
    board.request_id = ids::of_luck(site.app.entropy.as_ref()).unwrap_or_default();
    board.queue = rows
        .iter()
        .map(|row| Claim {
            outcome: row.outcome.map(|outcome| say.t(named::outcome(outcome))).unwrap_or_default(),
            evidence: kinds
                .remove(&row.id)
                .unwrap_or_default()
                .into_iter()
                .map(|kind| say.t(named::evidence(kind)))
                .collect(),
            key: format!("{}.{}", row.id, row.version),
            line: cases_line(say, row, now, &calendar.calendar),
        })
        .collect();
    board.has_queue = true;
    Ok(())
}

/// Compliance: what it looks at, and who cleared how much.
pub(super) async fn supervision(
    person: &Person,
    site: &Site,
    board: &mut BoardPage,
) -> Result<(), PageError> {
    let (of, cleared) = board::supervision(&site.app, person.principal()).await?;
    let today = shanghai::date(site.app.clock.now());
    let long_ago = say::date(before(today, LONG_OVERDUE_DAYS));
    let waiting = CaseFilter {
        states: vec![CaseState::Submitted],
        outcome: Some(Outcome::ConfirmedFalse),
        ..CaseFilter::default()
    };
    let waiting = count(person, site, waiting).await?;
    board.figures.extend([
        figure(
            person,
            "page-board-confirmed-today",
            of.confirmed_false_today,
            "/cases?state=closed&outcome=confirmed-false",
            true,
        ),
        figure(
            person,
            "page-board-confirmed-waiting",
            waiting,
            "/cases?state=submitted&outcome=confirmed-false",
            true,
        ),
        figure(person, "page-board-long-overdue", of.long_overdue, format!("/cases?due={long_ago}"), true),
        figure(person, "page-board-sampled", of.sampled, "/cases?state=submitted", false),
        figure(person, "page-board-withdrawn", of.withdrawn, "/cases?state=withdrawn", false),
        figure(
            person,
            "page-board-unreachable",
            of.unreachable,
            "/cases?state=closed&outcome=unreachable",
            false,
        ),
    ]);
    board.days = LOOK_BACK_DAYS;
    board.cleared = cleared;
    Ok(())
}

fn before(day: NaiveDate, days: i64) -> NaiveDate {
    day.checked_sub_signed(Duration::days(days)).unwrap_or(day)
}
