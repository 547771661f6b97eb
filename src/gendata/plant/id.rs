//! Wrong resident ID numbers: each wrong in one way, right in all others, so that the reason is unmistakable.

use chrono::Datelike as _;

use super::{Planted, Turn};
use crate::gendata::draft::Draft;
use crate::gendata::fault::Fault;
use crate::gendata::id_number::Parts;
use crate::gendata::wire::Application;

/// First two digits that no province has and that no other document of 18 digits uses.
const NO_PROVINCE: [&str; 12] = ["16", "19", "20", "24", "29", "38", "40", "47", "55", "60", "66", "78"];
/// Dates that no calendar has: month, day.
const NO_DATE: [(u32, u32); 7] = [(2, 30), (13, 1), (4, 31), (0, 15), (6, 0), (12, 32), (2, 29)];
/// What is typed or read in place of a digit; the last two stand for the check character.
const NO_DIGIT: [(usize, char); 8] =
    [(8, 'O'), (3, 'l'), (16, 'X'), (10, 'I'), (7, '?'), (14, '〇'), (17, '\u{0425}'), (17, '×')];
/// How many years over the limit of 120 the too old are, and how many years ahead the unborn.
const YEARS_OVER: [i32; 5] = [2, 5, 11, 20, 25];
const YEARS_AHEAD: [i32; 5] = [2, 7, 15, 30, 60];
/// The oldest age that is believed, in years.
const OLDEST_AGE: i32 = 120;

/// Replaces the party's number by one with the turn's fault.
pub(super) fn plant(turn: Turn, draft: &Draft, message: &mut Application) -> Planted {
    let party = turn.party();
    let field_path = party.path("certificate.number");
    let Some(right) = party.human(draft).parts() else {
        return Planted { field_path, cause: "the party has no resident number" };
    };
    let year = draft.applied_on.year();
    let (number, cause) = match turn.fault {
        Fault::IdLength => (wrong_length(turn, right), "digits left out or doubled"),
        Fault::IdCharacter => (wrong_character(turn, right), "a character that cannot stand there"),
        Fault::IdProvince => (wrong_province(turn, right), "no province has these first two digits"),
        Fault::IdDate => (wrong_date(turn, right), "a date that does not exist, check character right"),
        Fault::IdFuture => {
            let year = year + turn.variant(&YEARS_AHEAD);
            (
                Parts { year, ..whole_year(right) }.eighteen(),
                "born after the application, check character right",
            )
        }
        Fault::IdAge => {
            let year = year - OLDEST_AGE - turn.variant(&YEARS_OVER);
            (Parts { year, ..whole_year(right) }.eighteen(), "older than 120 years, check character right")
        }
        _ => (wrong_check_character(turn, right), "check character does not match"),
    };
    if let Some(certificate) = &mut party.of(message).certificate {
        certificate.number = number;
    }
    Planted { field_path, cause }
}

/// The same in every year: not on a leap day.
const fn whole_year(parts: Parts<'static>) -> Parts<'static> {
    Parts { day: if parts.day > 28 { 28 } else { parts.day }, ..parts }
}

fn wrong_length(turn: Turn, parts: Parts<'_>) -> String {
    // Without an X, which would be a wrong character too at another place.
    let mut number: String = parts.eighteen().replace('X', "4");
    match turn.number % 4 {
        0 => drop(number.pop()),
        1 => number.insert(9, '7'),
        2 => number.truncate(16),
        _ => {
            number.truncate(14);
        }
    }
    number
}

fn wrong_character(turn: Turn, parts: Parts<'_>) -> String {
    if turn.number % 9 == 8 {
        // X is a check character, and fifteen digits have none.
        let mut number = parts.fifteen();
        number.truncate(14);
        return number + "X";
    }
    let (place, wrong) = NO_DIGIT[turn.number % 9];
    parts.eighteen().chars().enumerate().map(|(at, right)| if at == place { wrong } else { right }).collect()
}

fn wrong_province(turn: Turn, parts: Parts<'_>) -> String {
    let county = format!("{}{}", turn.variant(&NO_PROVINCE), &parts.county[2..]);
    let parts = Parts { county: &county, ..parts };
    if turn.number % 5 == 4 && parts.year < 2000 { parts.fifteen() } else { parts.eighteen() }
}

fn wrong_date(turn: Turn, parts: Parts<'_>) -> String {
    let (month, day) = turn.variant(&NO_DATE);
    // 1989 and 2021 had no 29 February.
    let year = match parts.year {
        ..2000 => 1989,
        _ => 2021,
    };
    let parts = Parts { year, month, day, ..parts };
    if turn.number % 5 == 4 && year < 2000 { parts.fifteen() } else { parts.eighteen() }
}

fn wrong_check_character(turn: Turn, parts: Parts<'_>) -> String {
    let mut number = parts.eighteen();
    if turn.number % 3 == 1 {
        // A wrong digit in the sequence, check character of the right one. The change keeps every other check.
        let other = Parts { sequence: parts.sequence % 990 + 3, ..parts }.eighteen();
        if !other.ends_with(&number[17..]) {
            return other[..17].to_owned() + &number[17..];
        }
    }
    let last = number.pop().unwrap_or_default();
    number.push(match last {
        'X' => '0',
        '9' => 'X',
        digit => char::from_digit(digit.to_digit(10).unwrap_or_default() + 1, 10).unwrap_or('0'),
    });
    number
}
