//! The calendar: labelled cases, and properties over every day of every shipped year.

use std::sync::LazyLock;

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, TimeZone as _, Utc, Weekday};
use proptest::prelude::*;
use zhenshi_domain::calendar::{
    Calendar, Certainty, Notice, NoticeError, SHIPPED_YEARS, YearNotLoaded, statutory,
};

/// Start, working days, due date. The dates were computed with chinesecalendar 1.11.0 and chinese-days 1.5.7 and stand in
/// NateScarlet/holiday-cn (snapshot of 2026-08-07); all three agree.
const DUE: [(&str, u16, &str); 23] = [
    ("2026-02-13T10:00:00+08:00", 2, "2026-02-24"), // 14 February is a working Saturday, 15 to 23 are off
    ("2026-02-14T10:00:00+08:00", 0, "2026-02-14"),
    ("2026-02-14T10:00:00+08:00", 3, "2026-02-26"), // from a make-up Saturday
    ("2026-02-14T10:00:00+08:00", 5, "2026-02-28"), // to a make-up Saturday
    ("2026-02-15T00:00:00+08:00", 0, "2026-02-15"), // 0 is the day itself, off or not
    ("2026-02-15T00:00:00+08:00", 10, "2026-03-06"), // from the first off-day
    ("2026-02-20T12:00:00+08:00", 3, "2026-02-26"),
    ("2026-02-23T23:59:59+08:00", 1, "2026-02-24"), // the last second of the holiday
    ("2026-02-23T23:59:59+08:00", 2, "2026-02-25"),
    ("2026-02-12T15:59:59Z", 1, "2026-02-13"), // still 12 February in Shanghai
    ("2026-02-12T16:00:00Z", 1, "2026-02-14"), // already 13 February
    ("2026-09-24T09:00:00+08:00", 3, "2026-09-30"),
    ("2026-09-30T18:00:00+08:00", 1, "2026-10-08"),
    ("2026-10-08T09:00:00+08:00", 1, "2026-10-09"),
    ("2025-12-31T09:00:00+08:00", 1, "2026-01-04"), // over the year's end to a working Sunday
    ("2025-12-31T09:00:00+08:00", 3, "2026-01-06"),
    ("2025-01-24T09:00:00+08:00", 10, "2025-02-13"),
    ("2024-02-02T09:00:00+08:00", 5, "2024-02-08"),
    ("2024-09-13T09:00:00+08:00", 1, "2024-09-14"),
    ("2024-09-13T09:00:00+08:00", 3, "2024-09-19"),
    ("2024-09-13T09:00:00+08:00", 5, "2024-09-23"),
    ("2024-09-27T09:00:00+08:00", 1, "2024-09-29"),
    ("2018-12-31T09:00:00+08:00", 1, "2019-01-02"), // only days after the start must be known
];

/// Working days of each shipped year, as chinesecalendar and chinese-days count them.
const COUNTS: [(i32, usize); 8] =
    [(2019, 250), (2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)];

static SHIPPED: LazyLock<Calendar> = LazyLock::new(|| Calendar::shipped().unwrap());

fn shipped() -> Calendar {
    SHIPPED.clone()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().with_timezone(&Utc)
}

/// Noon in Shanghai.
fn noon(date: NaiveDate) -> DateTime<Utc> {
    Utc.from_utc_datetime(&date.and_hms_opt(4, 0, 0).unwrap())
}

fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(move |date| date.year() == year)
}

fn without(year: i32) -> Calendar {
    let mut calendar = Calendar::default();
    for notice in shipped().notices().filter(|notice| notice.year() != year) {
        calendar.load(notice.clone());
    }
    calendar
}

#[test]
fn labelled_dues_hold() {
    let calendar = shipped();
    for (start, days, due) in DUE {
        assert_eq!(calendar.add_working_days(at(start), days), Ok(day(due)), "{start} + {days}");
    }
}

#[test]
fn every_shipped_year_has_the_published_number_of_working_days() {
    let calendar = shipped();
    assert_eq!(calendar.notices().map(Notice::year).collect::<Vec<_>>(), SHIPPED_YEARS.collect::<Vec<_>>());
    for (year, count) in COUNTS {
        let works = days_of(year).filter(|date| calendar.provisional_is_working_day(*date).value).count();
        assert_eq!(works, count, "{year}");
    }
    assert!(calendar.notices().all(|notice| !notice.sources().is_empty()));
}

#[test]
fn every_shipped_day_is_as_its_notice_says_or_as_its_weekday() {
    let calendar = shipped();
    let said = |date: NaiveDate, list: fn(&Notice, NaiveDate) -> bool| {
        calendar.notices().any(|notice| list(notice, date))
    };
    for date in SHIPPED_YEARS.flat_map(days_of) {
        let off = said(date, |notice, date| notice.off_days().any(|day| day == date));
        let make_up = said(date, |notice, date| notice.make_up_days().any(|day| day == date));
        let weekday = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        let expected = make_up || (weekday && !off);
        let answer = calendar.provisional_is_working_day(date);
        assert_eq!(answer.value, expected, "{date}");
        match calendar.is_working_day(date) {
            Ok(works) => assert_eq!((works, answer.certainty), (expected, Certainty::Settled), "{date}"),
            // Only the end of the last year waits for the next notice.
            Err(YearNotLoaded { year }) => {
                assert_eq!((year, answer.certainty), (2027, Certainty::NextNoticeOpen), "{date}");
                assert!(date >= day("2026-12-25"), "{date}");
            }
        }
        if date >= day("2025-01-01") && statutory::is_holiday(date) {
            assert!(!answer.value, "{date} is a statutory holiday and worked");
        }
    }
}

#[test]
fn counting_steps_over_every_day_of_every_shipped_year() {
    let calendar = shipped();
    let last = day("2026-12-24");
    for date in SHIPPED_YEARS.flat_map(days_of).take_while(|date| *date < day("2026-12-01")) {
        let due = |n| calendar.add_working_days(noon(date), n).unwrap();
        assert_eq!(due(0), date);
        let first = due(1);
        assert!(first > date && first <= last);
        // Strictly after the start, a working day, and none between.
        assert_eq!(calendar.is_working_day(first), Ok(true), "{date}");
        let between = date.iter_days().skip(1).take_while(|day| *day < first);
        assert!(between.into_iter().all(|day| calendar.is_working_day(day) == Ok(false)), "{date}");
        // One step after another is two steps, and no holiday is longer than ten days.
        assert_eq!(due(2), calendar.add_working_days(noon(first), 1).unwrap(), "{date}");
        assert!(first - date <= TimeDelta::days(11), "{date}");
    }
}

#[test]
fn a_year_that_is_not_loaded_is_an_error_and_never_plain_weekdays() {
    let calendar = shipped();
    let missing = |year| Err(YearNotLoaded { year });
    assert_eq!(calendar.is_working_day(day("2027-01-04")), missing(2027));
    assert_eq!(calendar.is_working_day(day("2018-06-04")), missing(2018));
    // 24 December is settled by its own notice, 25 December by both.
    assert_eq!(calendar.is_working_day(day("2026-12-24")), Ok(true));
    assert_eq!(calendar.is_working_day(day("2026-12-25")), missing(2027));
    let due = calendar.add_working_days(at("2026-12-24T09:00:00+08:00"), 1);
    assert_eq!(due, Err(YearNotLoaded { year: 2027 }));
    assert_eq!(calendar.add_working_days(at("2027-05-01T09:00:00+08:00"), 0), Ok(day("2027-05-01")));
    assert_eq!(Calendar::default().is_working_day(day("2026-06-01")), missing(2026));
}

#[test]
fn a_notice_reaches_into_the_december_before() {
    // The notice for 2019 alone says what it says of 2018, and nothing else.
    let calendar = shipped();
    assert_eq!(calendar.is_working_day(day("2018-12-29")), Ok(true));
    assert_eq!(calendar.is_working_day(day("2018-12-31")), Ok(false));
    assert_eq!(calendar.is_working_day(day("2018-12-28")), Err(YearNotLoaded { year: 2018 }));
    // A later notice has the last word about the year before.
    let mut calendar = shipped();
    let dates = |dates: &[&str]| dates.iter().map(|date| day(date)).collect::<Vec<_>>();
    let next =
        Notice::new(2027, Vec::new(), dates(&["2026-12-31", "2027-01-01"]), dates(&["2026-12-27"])).unwrap();
    calendar.load(next);
    assert_eq!(calendar.is_working_day(day("2026-12-31")), Ok(false));
    assert_eq!(calendar.is_working_day(day("2026-12-27")), Ok(true));
    assert_eq!(calendar.is_working_day(day("2026-12-25")), Ok(true));
}

#[test]
fn provisional_answers_are_marked() {
    let calendar = shipped();
    let due = |start, days| {
        let due = calendar.provisional_add_working_days(at(start), days);
        (due.value.to_string(), due.certainty, due.missing.map(|missing| missing.year))
    };
    assert_eq!(due("2026-12-23T09:00:00+08:00", 1), ("2026-12-24".to_owned(), Certainty::Settled, None));
    // What 2026's own notice says; the one for 2027 may still change it.
    let open = ("2026-12-31".to_owned(), Certainty::NextNoticeOpen, Some(2027));
    assert_eq!(due("2026-12-25T09:00:00+08:00", 4), open);
    // Weekdays less statutory holidays: 1 January, and 5 to 8 February at the Spring Festival.
    let guessed = |date: &str| (date.to_owned(), Certainty::Provisional, Some(2027));
    assert_eq!(due("2026-12-31T09:00:00+08:00", 1), guessed("2027-01-04"));
    assert_eq!(due("2027-02-04T09:00:00+08:00", 1), guessed("2027-02-09"));
    assert_eq!(due("2027-09-14T09:00:00+08:00", 1), guessed("2027-09-16"));
}

#[test]
fn a_wrong_notice_is_refused() {
    let parse = |off: &str, make_up: &str| {
        Notice::parse(&format!("year = 2027\nnotices = []\noff_days = [{off}]\nmake_up_days = [{make_up}]"))
    };
    let year = 2027;
    assert!(parse("'2027-01-01', '2026-12-31'", "'2026-12-27'").is_ok());
    assert_eq!(parse("", ""), Err(NoticeError::Empty { year }));
    let date = day("2026-12-24");
    assert_eq!(parse("'2026-12-24'", ""), Err(NoticeError::OutOfReach { year, date }));
    let date = day("2028-01-01");
    assert_eq!(parse("'2028-01-01'", ""), Err(NoticeError::OutOfReach { year, date }));
    let date = day("2027-01-02");
    assert_eq!(parse("'2027-01-02'", "'2027-01-02'"), Err(NoticeError::Both { year, date }));
    let date = day("2027-01-04");
    assert_eq!(parse("'2027-01-01'", "'2027-01-04'"), Err(NoticeError::NoWeekend { year, date }));
    assert!(matches!(parse("'2027-02-30'", ""), Err(NoticeError::Read(_))));
    assert!(matches!(Notice::parse("year = 2027"), Err(NoticeError::Read(_))));
    assert!(matches!(Notice::parse("a"), Err(NoticeError::Read(_))));
}

proptest! {
    #[test]
    fn due_dates_grow_with_days_and_start(seconds in 1_546_300_800_i64..1_790_000_000, n in 0_u16..40, more in 0_u16..9) {
        let calendar = shipped();
        let start = DateTime::from_timestamp(seconds, 0).unwrap();
        let due = calendar.add_working_days(start, n).unwrap();
        let later = calendar.add_working_days(start, n + more).unwrap();
        prop_assert!(due <= later && (more == 0 || due < later));
        // Counting on from a due date is counting from the start.
        prop_assert_eq!(calendar.add_working_days(noon(due), more), Ok(later));
        let next_day = calendar.add_working_days(start + TimeDelta::days(1), n).unwrap();
        prop_assert!(due <= next_day);
    }

    #[test]
    fn without_a_year_nothing_about_it_is_settled(year in SHIPPED_YEARS, offset in 0_u64..365, n in 1_u16..30) {
        let calendar = without(year);
        let date = days_of(year).nth(usize::try_from(offset).unwrap()).unwrap();
        // The next notice still settles what it names of the last days.
        let named = shipped().notices().any(|notice| notice.year() == year + 1 && notice.says(date).is_some());
        prop_assert_eq!(calendar.is_working_day(date).is_err(), !named);
        if let Ok(due) = calendar.add_working_days(noon(date), n) {
            // Possible only when every day that counted lies outside of the year, or is named by the next notice.
            prop_assert!(date.month() == 12 && date.day() >= 30, "{} {}", date, due);
        }
    }

    #[test]
    fn no_date_and_no_text_panics(days in any::<i32>(), n in 0_u16..2_000, text in any::<String>()) {
        let calendar = shipped();
        let _ = Notice::parse(&text);
        if let Some(date) = NaiveDate::from_num_days_from_ce_opt(days) {
            let _ = calendar.provisional_is_working_day(date);
        }
        for start in [DateTime::<Utc>::MAX_UTC, DateTime::<Utc>::MIN_UTC, noon(day("2026-12-31"))] {
            let _ = calendar.provisional_add_working_days(start, n);
        }
    }
}
