//! `zhenshi calendar`: the working days in force, the notices that change them, and due dates.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use chrono::{Datelike as _, NaiveDate};
use serde_json::{Value, json};
use zhenshi_domain::{
    calendar::{Certainty, DayKind, Estimate},
    shanghai,
};

use super::{Context, output, session::Session};
use crate::{
    app::{
        calendar::{CalendarSnapshot, Calendars, MAX_WORKING_DAYS, NoticeInForce, YEARS},
        holiday_notice,
        import_holiday_notice::{Imported, ImportedNotice, keep_notice},
    },
    entropy::bytes,
    security::{policy::Action, principal::Principal},
    store::Store,
};

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Show the days of a year that differ from the rule of weekdays.
    Show {
        /// The year; the present one by default.
        year: Option<i32>,
    },
    /// Import the notice for a year from JSON in the form of the holiday-cn data set; running services follow
    /// within five seconds.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// Say on which day so many working days after a day end.
    AddDays {
        /// The day from which is counted, itself not included, such as 2026-09-30.
        start: NaiveDate,
        /// How many working days, at most 1000.
        #[arg(value_parser = clap::value_parser!(u16).range(0..=i64::from(MAX_WORKING_DAYS)))]
        days: u16,
    },
}

/// Who imports from the command line.
const OPERATOR: &str = "operator";

/// Runs a subcommand.
pub async fn run(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    // What cannot be right is refused before a database is started for it.
    let import = match &command {
        Command::Import { file } => Some(read(context, file)?),
        Command::Show { year: Some(year) } if !YEARS.contains(year) => {
            bail!("YEAR must be {} to {}", YEARS.start(), YEARS.end());
        }
        Command::Show { .. } | Command::AddDays { .. } => None,
    };
    let session = Session::open(context).await?;
    let done = run_in(context, &session, command, import).await;
    session.close().await?;
    done
}

async fn run_in(
    context: &Context,
    session: &Session,
    command: Command,
    import: Option<ImportedNotice>,
) -> anyhow::Result<ExitCode> {
    let store = session.store(context).await?;
    match (command, import) {
        (Command::Import { .. }, Some(import)) => {
            let scope = Principal::whole(OPERATOR).permit(Action::ImportHolidayNotice)?;
            let kept = keep_notice(&store, &context.clock, &context.entropy, scope, import).await?;
            imported(context, &kept.context("the request id of this import is used already")?);
        }
        (Command::AddDays { start, days }, _) => {
            let snapshot = snapshot(&store).await?;
            added(context, &snapshot, start, days);
        }
        (Command::Show { year }, _) => {
            let year = year.unwrap_or_else(|| shanghai::date(context.clock.now()).year());
            let snapshot = snapshot(&store).await?;
            show(context, &snapshot, year);
        }
        // The file of an import is read before.
        (Command::Import { .. }, None) => bail!("no notice was read"),
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn snapshot(store: &Store) -> anyhow::Result<std::sync::Arc<CalendarSnapshot>> {
    let calendars = Calendars::new(store.clone())?;
    calendars.refresh().await?;
    Ok(calendars.current())
}

/// Each run is a request of its own, so its content needs no digest.
fn read(context: &Context, file: &Path) -> anyhow::Result<ImportedNotice> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let notice = holiday_notice::parse(&text).with_context(|| file.display().to_string())?;
    let request_id = uuid::Builder::from_random_bytes(bytes::<16>(context.entropy.as_ref())?).into_uuid();
    Ok(ImportedNotice { request_id, digest: [0; 32], notice })
}

fn imported(context: &Context, imported: &Imported) {
    let (year, version) = (imported.in_force.notice.year(), imported.in_force.version);
    if context.json {
        let mut said = notice(&imported.in_force);
        said["changed"] = imported.changed.into();
        output::json(&said);
    } else if imported.changed {
        output::line(format!(
            "the notice for {year} is in force as version {version}; running services follow within five seconds"
        ));
    } else {
        output::line(format!(
            "version {version} of the notice for {year} says the same: nothing was changed"
        ));
    }
}

fn notice(in_force: &NoticeInForce) -> Value {
    let (by, time) = in_force.imported.clone().unzip();
    json!({
        "year": in_force.notice.year(),
        "version": in_force.version,
        "sources": in_force.notice.sources(),
        "imported_by": by,
        "imported_time": time,
    })
}

fn show(context: &Context, snapshot: &CalendarSnapshot, year: i32) {
    let found = snapshot.calendar.year(year);
    let in_force = snapshot.notice(year);
    if context.json {
        let day = |(date, kind): &(NaiveDate, DayKind)| json!({ "date": date, "kind": kind_name(*kind) });
        output::json(&json!({
            "year": year,
            "days": found.days.iter().map(day).collect::<Vec<_>>(),
            "notice": in_force.map(notice),
            "provisional": found.provisional,
            "open_since": found.open_since,
            "calendar_version": snapshot.version,
        }));
        return;
    }
    for (date, kind) in &found.days {
        output::line(format!("{date} {} {}", date.format("%a"), kind_name(*kind)));
    }
    output::note(match in_force {
        None => format!("{year}: provisional, its notice is not loaded: weekdays less statutory holidays"),
        Some(NoticeInForce { notice, imported: None, .. }) => {
            format!("{year}: as shipped, by {}", notice.sources().join(", "))
        }
        Some(NoticeInForce { notice, version, imported: Some((by, time)) }) => {
            format!(
                "{year}: version {version}, imported by {by} at {time}, by {}",
                notice.sources().join(", ")
            )
        }
    });
    if let Some(since) = found.open_since.filter(|_| !found.provisional) {
        output::note(format!("the notice for {} may still change the days from {since} on", year + 1));
    }
    output::note(format!("calendar {}", snapshot.version));
}

const fn kind_name(kind: DayKind) -> &'static str {
    match kind {
        DayKind::Off => "off",
        DayKind::MakeUp => "make-up",
        DayKind::Statutory => "statutory",
    }
}

fn added(context: &Context, snapshot: &CalendarSnapshot, start: NaiveDate, days: u16) {
    let due = snapshot.add_working_days(start, days);
    if context.json {
        output::json(&json!({
            "due": due.value,
            "certainty": certainty_name(due.certainty),
            "provisional": due.certainty != Certainty::Settled,
            "missing_year": due.missing.map(|missing| missing.year),
            "calendar_version": snapshot.version,
        }));
    } else {
        output::line(due_line(due));
    }
}

fn due_line(due: Estimate<NaiveDate>) -> String {
    match due.missing {
        None => due.value.to_string(),
        Some(missing) => {
            format!("{} (provisional: the notice for {} is not loaded)", due.value, missing.year)
        }
    }
}

const fn certainty_name(certainty: Certainty) -> &'static str {
    match certainty {
        Certainty::Settled => "settled",
        Certainty::NextNoticeOpen => "next_notice_open",
        Certainty::Provisional => "provisional",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provisional_date_is_marked() {
        let snapshot = CalendarSnapshot::new(Vec::new(), 1).unwrap();
        let line = |start: &str, days| due_line(snapshot.add_working_days(start.parse().unwrap(), days));
        assert_eq!(line("2026-09-30", 1), "2026-10-08");
        assert_eq!(line("2026-12-31", 1), "2027-01-04 (provisional: the notice for 2027 is not loaded)");
        assert_eq!(line("2026-12-25", 1), "2026-12-28 (provisional: the notice for 2027 is not loaded)");
    }
}
