//! Birth dates that do not exist, and sex or birth date that the ID number contradicts.

use chrono::{Datelike as _, NaiveDate};

use super::{Planted, Turn};
use crate::gendata::draft::Draft;
use crate::gendata::wire::{Application, Date};

/// Gives a birth date that is no day of the calendar, or only a part of one.
pub(super) fn impossible_birth_date(turn: Turn, draft: &Draft, message: &mut Application) -> Planted {
    let party = turn.party();
    let birth = party.human(draft).birth;
    let (year, month) = (birth.year(), birth.month());
    party.of(message).birth_date = Some(turn.variant(&[
        Date { year, month: 2, day: 30 },
        Date { year, month: 13, day: 5 },
        Date { year, month: 4, day: 31 },
        Date { year, month, day: 0 },
        Date { year, month, day: 32 },
    ]));
    Planted { field_path: party.path("birth_date"), cause: "birth date that is no day of the calendar" }
}

/// Gives the other sex than the number does.
pub(super) fn sex(turn: Turn, draft: &Draft, message: &mut Application) -> Planted {
    let party = turn.party();
    let truth = party.human(draft).sex;
    party.of(message).sex = Some(truth.other());
    Planted { field_path: party.path("sex"), cause: "the other sex than in the ID number" }
}

/// Gives another birth date than the number does.
pub(super) fn birth_date(turn: Turn, draft: &Draft, message: &mut Application) -> Planted {
    let party = turn.party();
    let truth = party.human(draft).birth;
    let wrong = match turn.number % 4 {
        0 => NaiveDate::from_ymd_opt(truth.year(), truth.day(), truth.month()),
        1 => truth.with_year(truth.year() - 1),
        2 => truth.with_year(truth.year() - 10),
        _ => None,
    };
    // A day turned about can be the same day, or later than the application for a small child.
    let wrong = wrong.filter(|wrong| *wrong != truth && *wrong <= draft.applied_on).or(truth.pred_opt());
    party.of(message).birth_date = wrong.map(Date::from);
    Planted { field_path: party.path("birth_date"), cause: "another birth date than in the ID number" }
}
