//! What became of the cases: counted by state and by clerk, and the planted ones beside what was planted.

use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    cast::Cast,
    office::Office,
    scene::{Scene, TELLING},
};
use crate::grpc::client::cases::{SeenCase, SeenEvent, StaffClient};

/// The states in the order of the board's lines.
const STATES: [&str; 7] =
    ["SORTING", "OPEN", "ASSIGNED", "INVESTIGATING", "SUBMITTED", "CLOSED", "WITHDRAWN"];
/// Columns of a clerk.
const OF_CLERKS: [&str; 4] = ["ASSIGNED", "INVESTIGATING", "SUBMITTED", "CLOSED"];

/// The board.
#[derive(Debug, Default, Serialize)]
pub struct Board {
    /// Working days that were played.
    pub days: Vec<NaiveDate>,
    /// Cases by state, with the overdue ones.
    pub states: Vec<StateLine>,
    /// The clerks, in order.
    pub clerks: Vec<ClerkLine>,
    /// Open cases that lie with team leaders, units, compliance or customer service.
    pub elsewhere: usize,
    /// Reminders and escalations on the timelines of overdue cases.
    pub escalations: usize,
    /// The planted cases.
    pub planted: Vec<PlantedLine>,
    /// Seconds that the days took.
    pub seconds: f64,
}

/// A state.
#[derive(Debug, Serialize)]
pub struct StateLine {
    /// Its name.
    pub state: String,
    /// Cases in it.
    pub cases: i64,
    /// Those past their deadline.
    pub overdue: i64,
}

/// A clerk.
#[derive(Debug, Serialize)]
pub struct ClerkLine {
    /// Staff code.
    pub code: String,
    /// His cases by state, in the order of the columns.
    pub cases: [usize; 4],
    /// Those past their deadline.
    pub overdue: usize,
}

/// A planted case.
#[derive(Debug, Serialize)]
pub struct PlantedLine {
    /// What was planted.
    pub name: &'static str,
    /// The case; empty if no case of the lists fitted.
    pub case_no: String,
    /// What was to become of it.
    pub planted: &'static str,
    /// What became of it.
    pub came_out: String,
}

impl Board {
    /// Whether every planted case came out as planted.
    pub fn is_exact(&self) -> bool {
        self.planted.len() == Scene::ALL.len()
            && self.planted.iter().all(|line| line.planted == line.came_out)
    }

    /// Reads it as customer service sees it.
    pub(super) async fn read(
        desk: &StaffClient,
        office: &Office,
        troupe: &Cast,
        days: &[NaiveDate],
    ) -> anyhow::Result<Self> {
        let counts = desk.counts().await?;
        let of = |state: &str| counts.iter().find(|(name, ..)| name == state);
        let states = STATES.iter().map(|state| {
            let (cases, overdue) = of(state).map_or((0, 0), |(_, cases, overdue)| (*cases, *overdue));
            StateLine { state: (*state).to_owned(), cases, overdue }
        });
        let cases = desk.cases_in(&STATES).await?;
        let clerks: Vec<ClerkLine> = office.clerks().map(|code| clerk(code, &cases)).collect();
        let open = cases.iter().filter(|case| !matches!(case.state.as_str(), "CLOSED" | "WITHDRAWN"));
        let elsewhere = open.clone().filter(|case| !office.is_clerk(&case.assignee)).count();
        let mut escalations = 0;
        for case in open.filter(|case| case.overdue) {
            let told = desk.timeline(&case.case_id).await?;
            escalations += told.iter().filter(|event| event.kind == "ESCALATED").count();
        }
        let mut planted = Vec::new();
        for scene in Scene::ALL {
            planted.push(planted_line(desk, troupe, scene).await?);
        }
        Ok(Self {
            days: days.to_vec(),
            states: states.collect(),
            clerks,
            elsewhere,
            escalations,
            planted,
            seconds: 0.0,
        })
    }
}

fn clerk(code: &str, cases: &[SeenCase]) -> ClerkLine {
    let own = || cases.iter().filter(|case| case.assignee == code);
    ClerkLine {
        code: code.to_owned(),
        cases: OF_CLERKS.map(|state| own().filter(|case| case.state == state).count()),
        overdue: own().filter(|case| case.overdue).count(),
    }
}

async fn planted_line(desk: &StaffClient, troupe: &Cast, scene: Scene) -> anyhow::Result<PlantedLine> {
    let (name, planted) = (scene.name(), scene.planted());
    let Some(player) = troupe.players.get(&scene) else {
        let came_out = "no case of the lists fitted".to_owned();
        return Ok(PlantedLine { name, case_no: String::new(), planted, came_out });
    };
    let case = desk.case(&player.case.case_id).await?;
    let told = desk.timeline(&case.case_id).await?;
    Ok(PlantedLine { name, case_no: case.case_no.clone(), planted, came_out: came_out(&case, &told) })
}

fn came_out(case: &SeenCase, told: &[SeenEvent]) -> String {
    let mut words = vec![case.state.as_str()];
    words.extend((!case.outcome.is_empty()).then_some(case.outcome.as_str()));
    words.extend(case.overdue.then_some("overdue"));
    let kinds: Vec<&str> =
        TELLING.into_iter().filter(|kind| told.iter().any(|event| event.kind == *kind)).collect();
    format!("{}: {}", words.join(" "), kinds.join(", ")).trim_end().to_owned()
}

impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days: Vec<String> = self.days.iter().map(ToString::to_string).collect();
        writeln!(f, "the cases after the working days {} ({:.1} s)\n", days.join(", "), self.seconds)?;
        writeln!(f, "{:<16} {:>8} {:>8}", "state", "cases", "overdue")?;
        for line in &self.states {
            writeln!(f, "{:<16} {:>8} {:>8}", line.state, line.cases, line.overdue)?;
        }
        writeln!(
            f,
            "\n{} open cases lie with team leaders, units, compliance or customer service; overdue cases went up {} times\n",
            self.elsewhere, self.escalations
        )?;
        writeln!(
            f,
            "{:<16} {:>8} {:>13} {:>9} {:>8} {:>8}",
            "clerk", "assigned", "investigating", "submitted", "closed", "overdue"
        )?;
        for ClerkLine { code, cases: [assigned, begun, submitted, closed], overdue } in &self.clerks {
            writeln!(f, "{code:<16} {assigned:>8} {begun:>13} {submitted:>9} {closed:>8} {overdue:>8}")?;
        }
        writeln!(f, "\n{:<30} {:<16} planted / came out", "planted case", "case")?;
        for line in &self.planted {
            let mark = if line.planted == line.came_out { "as planted" } else { "DIFFERS" };
            writeln!(
                f,
                "{:<30} {:<16} {} / {} ({mark})",
                line.name, line.case_no, line.planted, line.came_out
            )?;
        }
        Ok(())
    }
}
