//! What the deadline and the timers of a case must be, computed anew and as plainly as can be: from the dates in the
//! notices, one day after the other, without a line of the domain's own calendar.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Datelike as _, Days, FixedOffset, NaiveDate, NaiveTime, TimeZone as _, Utc, Weekday};

const NOTICES: [&str; 8] = [
    include_str!("../../../data/holidays/2019.toml"),
    include_str!("../../../data/holidays/2020.toml"),
    include_str!("../../../data/holidays/2021.toml"),
    include_str!("../../../data/holidays/2022.toml"),
    include_str!("../../../data/holidays/2023.toml"),
    include_str!("../../../data/holidays/2024.toml"),
    include_str!("../../../data/holidays/2025.toml"),
    include_str!("../../../data/holidays/2026.toml"),
];

/// What the notices say.
pub struct Oracle {
    pub off: HashSet<NaiveDate>,
    make_up: HashSet<NaiveDate>,
}

impl Oracle {
    /// Reads the dates between quotes, before and after the line of the make-up days.
    pub fn new() -> Self {
        let mut oracle = Self { off: HashSet::new(), make_up: HashSet::new() };
        for notice in NOTICES {
            let (off, make_up) = notice.split_once("make_up_days").unwrap();
            oracle.off.extend(quoted_dates(off));
            oracle.make_up.extend(quoted_dates(make_up));
        }
        assert!(oracle.off.len() > 8 * 20 && oracle.make_up.len() > 8 * 4);
        oracle
    }

    pub fn works(&self, day: NaiveDate) -> bool {
        if self.make_up.contains(&day) {
            return true;
        }
        if self.off.contains(&day) {
            return false;
        }
        day.weekday() != Weekday::Sat && day.weekday() != Weekday::Sun
    }

    /// The end of the `n`th working day after `start`, without those over whose end the clock stood still.
    pub fn working_days(
        &self,
        start: DateTime<Utc>,
        n: usize,
        stops: &[(DateTime<Utc>, DateTime<Utc>)],
    ) -> DateTime<Utc> {
        let mut day = shanghai_day(start);
        let mut counted = 0;
        loop {
            day = day + Days::new(1);
            let end = instant(day + Days::new(1), 0);
            let stood_still = stops.iter().any(|(from, until)| *from < end && *until >= end);
            if self.works(day) && !stood_still {
                counted += 1;
            }
            if counted == n {
                return end;
            }
        }
    }

    /// The deadline: the earliest of three working days, the call-backs and the ends of cooling-off.
    pub fn due(
        &self,
        received: DateTime<Utc>,
        call_backs: &[DateTime<Utc>],
        last_days: &[NaiveDate],
        stops: &[(DateTime<Utc>, DateTime<Utc>)],
    ) -> DateTime<Utc> {
        self.due_of(3, received, (call_backs, last_days), stops, None).unwrap()
    }

    /// The same of `days` working days, while the clock may stand still since `open`: that is as if it did for longer
    /// than any test looks ahead. None if nothing falls due before.
    pub fn due_of(
        &self,
        days: usize,
        received: DateTime<Utc>,
        (call_backs, last_days): (&[DateTime<Utc>], &[NaiveDate]),
        stops: &[(DateTime<Utc>, DateTime<Utc>)],
        open: Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>> {
        let mut stood_still = stops.to_vec();
        stood_still.extend(open.map(|from| (from, from + Days::new(200))));
        let mut due = self.working_days(received, days, &stood_still);
        for call_back in call_backs {
            if *call_back < due {
                due = *call_back;
            }
        }
        for last in last_days {
            let end = instant(*last + Days::new(1), 0);
            if end < due {
                due = end;
            }
        }
        Some(due).filter(|due| open.is_none_or(|from| *due < from + Days::new(100)))
    }

    /// When a clerk is reminded, if he still can be, when it is due, and when each of those above him is told.
    pub fn timers(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> Vec<(i16, DateTime<Utc>)> {
        let mut due_day = shanghai_day(due);
        if due == instant(due_day, 0) {
            due_day = due_day - Days::new(1);
        }
        let mut expected = Vec::new();
        let mut day = due_day - Days::new(1);
        while !self.works(day) {
            day = day - Days::new(1);
        }
        if instant(day, 9) > now {
            expected.push((0, instant(day, 9)));
        }
        expected.push((1, due));
        let mut day = due_day;
        if due <= now && shanghai_day(now) > day {
            day = shanghai_day(now);
        }
        for step in 2..5 {
            day = day + Days::new(1);
            while !self.works(day) {
                day = day + Days::new(1);
            }
            expected.push((step, instant(day, 9)));
        }
        expected
    }
}

fn quoted_dates(text: &str) -> BTreeSet<NaiveDate> {
    text.split('"').filter_map(|part| part.parse().ok()).collect()
}

/// Some hours after the day's beginning in Shanghai.
pub fn instant(day: NaiveDate, hour: u32) -> DateTime<Utc> {
    let shanghai = FixedOffset::east_opt(8 * 3_600).unwrap();
    let local = day.and_time(NaiveTime::from_hms_opt(hour, 0, 0).unwrap());
    shanghai.from_local_datetime(&local).unwrap().with_timezone(&Utc)
}

pub fn shanghai_day(instant: DateTime<Utc>) -> NaiveDate {
    instant.with_timezone(&FixedOffset::east_opt(8 * 3_600).unwrap()).date_naive()
}
