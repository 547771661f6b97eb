//! Statutory holidays (法定節假日) for years without a notice: 全國年節及紀念日放假辦法, as in force from 2025.
//!
//! They are no schedule: the notice adds weekend days and moves others. They serve provisional dates only. To add years,
//! extend [`LUNAR`]; beyond it only the holidays on fixed dates are known.

use chrono::{Datelike as _, NaiveDate};

/// Holidays on fixed dates: New Year, two days of Labour Day, three of National Day.
const FIXED: [(u32, u32); 6] = [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)];

/// By year: the eve of the Spring Festival, Tomb-Sweeping Day, Dragon Boat Festival, Mid-Autumn Festival, as month and
/// day. Computed from the lunar calendar and the solar terms with chinese-days 1.5.7.
const LUNAR: [(i32, [(u32, u32); 4]); 9] = [
    (2027, [(2, 5), (4, 5), (6, 9), (9, 15)]),
    (2028, [(1, 25), (4, 4), (5, 28), (10, 3)]),
    (2029, [(2, 12), (4, 4), (6, 16), (9, 22)]),
    (2030, [(2, 2), (4, 5), (6, 5), (9, 12)]),
    (2031, [(1, 22), (4, 5), (6, 24), (10, 1)]),
    (2032, [(2, 10), (4, 4), (6, 12), (9, 19)]),
    (2033, [(1, 30), (4, 4), (6, 1), (9, 8)]),
    (2034, [(2, 18), (4, 5), (6, 20), (9, 27)]),
    (2035, [(2, 7), (4, 5), (6, 10), (9, 16)]),
];

/// Days of the Spring Festival: its eve and the first three days of the year.
const SPRING_FESTIVAL_DAYS: i64 = 4;

/// Whether `date` is a statutory holiday, as far as is known without a notice.
pub fn is_holiday(date: NaiveDate) -> bool {
    let day = (date.month(), date.day());
    if FIXED.contains(&day) {
        return true;
    }
    let Some((year, [eve, others @ ..])) = LUNAR.iter().find(|(year, _)| *year == date.year()) else {
        return false;
    };
    let after_eve =
        NaiveDate::from_ymd_opt(*year, eve.0, eve.1).map(|eve| date.signed_duration_since(eve).num_days());
    others.contains(&day) || after_eve.is_some_and(|days| (0..SPRING_FESTIVAL_DAYS).contains(&days))
}
