//! What is said of a case in short: its clock, its marks, its facts, what to do next, what an entry of the timeline tells.

use chrono::{DateTime, TimeDelta, Utc};
use zhenshi_domain::{
    calendar::Calendar,
    case::{
        CaseState, Move, Outcome,
        evidence::{ContactMeans, ContactResult},
    },
    shanghai,
};

use super::{Clock, Fact, named};
use crate::{
    app::{CaseRow, NEVER, Timeliness, case::get_case::ShownDetails},
    web::{
        say::{self, Say},
        view::words,
    },
};

/// Most days that are counted.
const MOST_DAYS: usize = 400;
/// From so little time on, hours are told.
const HOURS_ONLY: TimeDelta = TimeDelta::hours(24);

/// The clock that runs; none when none does.
pub(in crate::web) fn clock(
    say: &Say,
    row: &CaseRow,
    now: DateTime<Utc>,
    calendar: &Calendar,
) -> Option<Clock> {
    if row.state.is_over() {
        return None;
    }
    // A pause does not hide what was overdue before, nor what the customer's days made overdue since.
    if let Some(since) = row.paused_since.filter(|_| !row.is_overdue(now)) {
        let text = say.named("page-case-clock-paused", &say::time(since));
        let exact = row.due_time.map(|due| say.named("page-case-clock-until", &until(due)));
        return Some(Clock { text, exact: exact.unwrap_or_default(), class: "still" });
    }
    if row.urgent_time == NEVER || row.due_time.is_none() {
        return None;
    }
    let end = row.urgent_time;
    let days = working_days(calendar, now, end);
    let (text, class) = if end <= now {
        let text =
            if days == 0 { say.t("page-case-clock-over-today") } else { say.n("page-case-clock-over", days) };
        (text, "over")
    } else if end - now <= HOURS_ONLY {
        let hours = usize::try_from((end - now).num_hours()).unwrap_or_default();
        (say.n("page-case-clock-hours", hours), if hours < 4 { "hours" } else { "day" })
    } else {
        (say.n("page-case-clock-left", days), if days <= 1 { "day" } else { "far" })
    };
    let basis = match (row.state, row.due_basis) {
        (CaseState::Submitted, _) => say.t("page-case-basis-verification"),
        (_, Some(basis)) => say.t(named::basis(basis)),
        (_, None) => String::new(),
    };
    let basis = if basis.is_empty() { basis } else { say.named("page-case-in-brackets", &basis) };
    let exact = format!("{}{basis}", say.named("page-case-clock-until", &until(end)));
    Some(Clock { text, exact, class })
}

/// A deadline at 24:00 belongs to the day that it ends.
fn until(end: DateTime<Utc>) -> String {
    if shanghai::time(end).format("%H%M%S").to_string() == "000000" {
        return format!("{} 24:00", say::date(shanghai::date(end - TimeDelta::nanoseconds(1))));
    }
    say::time(end)
}

/// Working days between now and `end`, the day of now not counted, whichever comes first.
fn working_days(calendar: &Calendar, now: DateTime<Utc>, end: DateTime<Utc>) -> usize {
    let end_day = shanghai::date(end - TimeDelta::nanoseconds(1));
    let today = shanghai::date(now);
    let (from, to) = if end <= now { (end_day, today) } else { (today, end_day) };
    let days = from.iter_days().skip(1).take_while(|day| *day <= to).take(MOST_DAYS);
    days.filter(|day| calendar.provisional_is_working_day(*day).value).count()
}

/// What stands beside the state.
pub(in crate::web) fn marks(say: &Say, row: &CaseRow) -> Vec<String> {
    let marks = [
        (row.held && row.state == CaseState::Sorting, "page-case-mark-held"),
        (row.paused_since.is_some(), "page-case-mark-paused"),
        (row.with_compliance, "page-case-mark-with-compliance"),
        (row.taken_over, "page-case-mark-taken-over"),
        (row.nobody_free && !row.state.is_over(), "page-case-mark-nobody-free"),
        (row.returned_count > 0 && row.state == CaseState::Investigating, "page-case-mark-returned"),
        (row.commission_held, "page-case-mark-commission-held"),
        (row.opened_overdue, "page-case-mark-opened-overdue"),
        (row.due_provisional && !row.state.is_over(), "page-case-mark-provisional"),
        (row.merged_into.is_some(), "page-case-mark-merged"),
    ];
    marks.iter().filter(|(there, _)| *there).map(|(_, id)| say.t(id)).collect()
}

/// The facts in their order.
pub(in crate::web) fn facts(say: &Say, row: &CaseRow) -> Vec<Fact> {
    let fact = |id: &str, value: String, note: String| Fact { label: say.t(id), value, note };
    let mut facts = Vec::new();
    let doubt = row.doubt.map(|doubt| say.t(named::doubt(doubt))).unwrap_or_default();
    facts.push(fact("page-case-fact-source", say.t(named::source(row.source)), doubt));
    facts.push(fact("page-case-fact-created", say::time(row.created_time), String::new()));
    let branch =
        if row.branch_code.is_empty() { say.t("page-case-head-office") } else { row.branch_code.clone() };
    facts.push(fact("page-case-fact-channel", say.t(words::channel(row.channel)), branch));
    facts.push(fact(
        "page-case-fact-assignee",
        assignee(say, row),
        row.assigned_time.map(say::time).unwrap_or_default(),
    ));
    if let Some(received) = row.channel_received_time {
        facts.push(fact("page-case-fact-received", say::time(received), String::new()));
    }
    if let Some(due) = row.due_time {
        let basis = row.due_basis.map(|basis| say.t(named::basis(basis))).unwrap_or_default();
        facts.push(fact("page-case-fact-due", until(due), basis));
    }
    if let Some(extended) = row.extended_until {
        facts.push(fact("page-case-fact-extended", until(extended), String::new()));
    }
    let call_back = row.call_back_time.map_or_else(|| say.t("page-case-no-call-back"), say::time);
    facts.push(fact("page-case-fact-call-back", call_back, String::new()));
    let cooling = row.cooling_off_end_date.map_or_else(|| say.t("page-case-no-receipt"), say::date);
    facts.push(fact("page-case-fact-cooling-off", cooling, String::new()));
    if let Some(due) = row.verification_due_time.filter(|_| row.state == CaseState::Submitted) {
        facts.push(fact("page-case-fact-verification-due", until(due), String::new()));
    }
    if let Some(outcome) = row.outcome {
        let mut note: Vec<String> =
            row.cleared_kind.map(|kind| say.t(named::cleared(kind))).into_iter().collect();
        if !row.servicing_no.is_empty() {
            note.push(say.named("page-case-servicing", &row.servicing_no));
        }
        facts.push(fact("page-case-fact-outcome", say.t(named::outcome(outcome)), note.join(" · ")));
    }
    if let Some(closed) = row.closed_time {
        let on_time = row.timeliness().map(|told| {
            say.t(match told {
                Timeliness::OnTime => "page-case-on-time",
                Timeliness::Extended => "page-case-in-time-by-extension",
                Timeliness::Late => "page-case-late",
            })
        });
        facts.push(fact("page-case-fact-closed", say::time(closed), on_time.unwrap_or_default()));
    }
    facts.push(fact("page-case-fact-priority", row.priority.to_string(), String::new()));
    facts
}

fn assignee(say: &Say, row: &CaseRow) -> String {
    match &row.assignee {
        Some(code) => code.clone(),
        None if row.with_compliance => say.t("page-case-department-compliance"),
        None if !row.unit_code.is_empty() => row.unit_code.clone(),
        None => say.t("page-case-nobody"),
    }
}

/// What to do next, for the reader if it is his to do, else who does it.
pub(in crate::web) fn next(say: &Say, row: &CaseRow, details: &ShownDetails) -> String {
    let can = |one: Move| details.allowed.contains(&one);
    let ready = || details.rows.missing.iter().any(|(_, items)| items.is_empty());
    let id = match row.state {
        CaseState::Sorting if can(Move::Release) => "page-case-next-sort",
        CaseState::Sorting => "page-case-next-sorting",
        CaseState::Open if can(Move::Assign) => "page-case-next-assign",
        CaseState::Open => "page-case-next-open",
        CaseState::Assigned if can(Move::Start) => "page-case-next-start",
        CaseState::Assigned => "page-case-next-assigned",
        CaseState::Investigating if can(Move::Submit) && ready() => "page-case-next-submit",
        CaseState::Investigating if can(Move::Submit) => "page-case-next-investigate",
        CaseState::Investigating => "page-case-next-investigating",
        CaseState::Submitted if can(Move::Close) || can(Move::Verify) => "page-case-next-verify",
        CaseState::Submitted => "page-case-next-submitted",
        CaseState::Closed => "page-case-next-closed",
        CaseState::Withdrawn => "page-case-next-withdrawn",
    };
    say.named(id, &assignee(say, row))
}

/// What of an entry's data tells a person something: names and values in words.
pub(in crate::web) fn event_details(say: &Say, data: &[(String, String)]) -> Vec<(String, String)> {
    data.iter().filter_map(|(name, value)| detail(say, name, value)).collect()
}

fn detail(say: &Say, name: &str, value: &str) -> Option<(String, String)> {
    let code = |id: &str| Some((say.t(id), value.to_owned()));
    let number = || value.parse::<i16>().ok();
    let instant = |id: &str| {
        let time = DateTime::parse_from_rfc3339(value).ok()?.with_timezone(&Utc);
        Some((say.t(id), until(time)))
    };
    match name {
        "staff_code" | "assignee" | "to" => code("page-case-detail-to"),
        "from" => code("page-case-detail-from"),
        "owner_code" => code("page-case-detail-owner"),
        "unit_code" => code("page-case-detail-unit"),
        "branch_code" => code("page-case-detail-branch"),
        "agency_code" => code("page-case-detail-agency"),
        "due_date" => code("page-case-detail-due"),
        "due_time" => instant("page-case-detail-due"),
        "due_time_before" => instant("page-case-detail-due-before"),
        "extended_time" => instant("page-case-detail-extended"),
        "attempted_time" => instant("page-case-detail-attempted"),
        "means" => {
            Some((say.t("page-case-field-means"), say.t(named::means(ContactMeans::from_code(number()?)?))))
        }
        "result" => Some((
            say.t("page-case-field-result"),
            say.t(named::result(ContactResult::from_code(number()?)?)),
        )),
        "outcome" => {
            Some((say.t("page-case-field-outcome"), say.t(named::outcome(Outcome::from_code(number()?)?))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;
    use crate::{web::view::tests::say as speak, words::Language};

    #[test]
    fn a_deadline_at_midnight_is_of_the_day_that_it_ends() {
        let midnight = Utc.with_ymd_and_hms(2026, 11, 27, 16, 0, 0).unwrap();
        assert_eq!(until(midnight), "2026-11-27 24:00");
        assert_eq!(until(midnight - TimeDelta::hours(1)), "2026-11-27 23:00");
    }

    #[test]
    fn an_entry_tells_what_a_person_reads_and_nothing_else() {
        let data = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let told = event_details(
            &speak(Language::En),
            &[
                data("staff_code", "B1"),
                data("due_time", "2026-11-27T16:00:00Z"),
                data("evidence_id", "0"),
                data("means", "1"),
                data("means", "99"),
            ],
        );
        let values: Vec<_> = told.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(values, ["B1", "2026-11-27 24:00", "Telephone"]);
    }
}
