//! What supervision looks at beside the cases: who has seen data in clear lately, what was given out, what is lent, what has leaked.

use crate::{
    app::privacy::{
        ExportRow, RevealRow,
        exports::{Whose, list_exports},
        incidents::list_incidents,
        list_reveals::list_reveals,
        loans::list_loans,
    },
    security::{policy::Action, principal::STAFF_PREFIX},
    web::{
        Site,
        error::PageError,
        page::privacy::named,
        person::Person,
        say,
        say::Say,
        view::board::{BoardPage, ExportLine, Figure, RevealLine},
    },
};

/// How many days the reveals look back.
const REVEAL_DAYS: i64 = 7;
/// The newest of them are on the board.
const REVEALS: u16 = 10;
/// The newest exports of unmasked data are on the board.
const EXPORTS: u16 = 10;
/// A figure says no more than this.
const MOST_COUNTED: u16 = 100;

/// The reveals of the last days, the newest exports, and the figures of loans and leaks, as far as the reader may see them.
pub(super) async fn guarded(person: &Person, site: &Site, board: &mut BoardPage) -> Result<(), PageError> {
    let (app, principal) = (&site.app, person.principal());
    let may = |action| principal.permit(action).is_ok();
    if may(Action::ListLoans) {
        let out = list_loans(app, principal, (true, false), None, MOST_COUNTED).await?.rows;
        let now = app.clock.now();
        let overdue = out.iter().filter(|row| row.is_overdue(now)).count();
        board.figures.push(figure(person, "page-board-loans-out", out.len(), "/loans?out=on", false));
        board.figures.push(figure(
            person,
            "page-board-loans-overdue",
            overdue,
            "/loans?out=on&overdue=on",
            true,
        ));
    }
    if may(Action::ListIncidents) {
        let open = list_incidents(app, principal, true, None, MOST_COUNTED).await?.rows.len();
        board.figures.push(figure(person, "page-board-leaks", open, "/incidents?open=on", true));
    }
    if may(Action::ListUnmaskedExports) {
        let found = list_exports(app, principal, Whose::All, (None, None), EXPORTS).await?;
        board.exports = Some(found.rows.iter().map(|row| line(person, row)).collect());
    }
    if may(Action::ListAuditEntries) {
        let found = list_reveals(app, principal, REVEAL_DAYS, REVEALS).await?;
        board.reveals = Some(found.iter().map(|row| reveal(&person.say, row)).collect());
        board.reveal_days = REVEAL_DAYS;
    }
    Ok(())
}

fn figure(person: &Person, id: &str, count: usize, href: &str, alarming: bool) -> Figure {
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Figure { label: person.say.t(id), count, href: href.to_owned(), alarming: alarming && count > 0 }
}

fn reveal(say: &Say, row: &RevealRow) -> RevealLine {
    let (ground, href) = match row.grant_id {
        Some(id) => ("page-board-reveal-grant", format!("/access/{id}")),
        None => ("page-board-reveal-assigned", String::new()),
    };
    let enquirer = row.enquirer.map(|(role, how)| {
        format!("{} · {}", say.t(named::enquirer(role)), say.t(named::identification(how)))
    });
    RevealLine {
        time: say::time(row.recorded_time),
        who: row.actor.strip_prefix(STAFF_PREFIX).unwrap_or(&row.actor).to_owned(),
        fields: named::fields(say, &row.fields),
        purpose: say.t(named::purpose(row.purpose)),
        enquirer: enquirer.unwrap_or_default(),
        ground: say.t(ground),
        href,
        parties: row.party_count.to_string(),
    }
}

fn line(person: &Person, row: &ExportRow) -> ExportLine {
    ExportLine {
        href: format!("/exports/{}", row.id),
        time: say::time(row.requested_time),
        export_no: row.export_no.clone(),
        who: row.requester_code.clone(),
        state: person.say.t(named::export_state(row.state).0),
        parties: row.row_count.map(|count| count.to_string()).unwrap_or_default(),
    }
}
