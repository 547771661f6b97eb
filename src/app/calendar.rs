//! The working-day calendar in force: the shipped years, overlaid by imported notices, current within seconds.
//!
//! As with tokens, a worker polls the version that changes with every import ([`Calendars::refresh`]). What is asked of it
//! is a pure function of the snapshot; who keeps an answer keeps the snapshot's version beside it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use tokio::sync::Mutex;
use zhenshi_domain::{
    calendar::{Calendar, Estimate, Notice, NoticeError},
    shanghai,
};

use crate::store::{
    Store, StoreError,
    calendar::{NoticeRow, digest},
};

/// How often the version is polled; an import is followed within this and one reading.
pub const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Years that can be asked for.
pub const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;
/// Most working days that are counted at once.
pub const MAX_WORKING_DAYS: u16 = 1_000;

/// Bytes of the shipped notices' hash that the version shows.
const HASH_BYTES: usize = 6;
/// Month from which on the next year's notice is missed.
const MISSED_FROM_MONTH: u32 = 12;

/// Which notice is in force for a year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeInForce {
    /// The notice.
    pub notice: Notice,
    /// Version among the imported ones of its year; 0 for the shipped one.
    pub version: i32,
    /// Who imported it and when.
    pub imported: Option<(String, DateTime<Utc>)>,
}

/// The calendar as it was read at one time.
#[derive(Debug, Clone)]
pub struct CalendarSnapshot {
    /// Working days.
    pub calendar: Arc<Calendar>,
    /// Names the calendar in verdicts and lists: hash of the shipped notices, and number of imports.
    pub version: String,
    notices: BTreeMap<i32, NoticeInForce>,
}

impl CalendarSnapshot {
    /// The shipped years, overlaid by `imported` as of the version `counter`.
    ///
    /// # Errors
    /// [`NoticeError`] if a shipped file is not right, which a test rules out.
    pub fn new(imported: Vec<NoticeRow>, counter: i64) -> Result<Self, NoticeError> {
        let mut calendar = Calendar::shipped()?;
        let mut version = shipped_version(&calendar);
        let mut notices: BTreeMap<i32, NoticeInForce> = calendar
            .notices()
            .map(|notice| {
                (notice.year(), NoticeInForce { notice: notice.clone(), version: 0, imported: None })
            })
            .collect();
        if !imported.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(version, "+{counter}");
        }
        for row in imported {
            calendar.load(row.notice.clone());
            let imported = Some((row.imported_by, row.imported_time));
            let in_force = NoticeInForce { notice: row.notice, version: row.version, imported };
            notices.insert(in_force.notice.year(), in_force);
        }
        Ok(Self { calendar: Arc::new(calendar), version, notices })
    }

    /// The notice in force for `year`.
    pub fn notice(&self, year: i32) -> Option<&NoticeInForce> {
        self.notices.get(&year)
    }

    /// The last of `days` working days after `start`, that day not included.
    pub fn add_working_days(&self, start: NaiveDate, days: u16) -> Estimate<NaiveDate> {
        self.calendar.provisional_add_working_days(shanghai::midnight(start), days)
    }
}

/// `shipped-` and the beginning of SHA-256 over the digests of the shipped notices.
fn shipped_version(shipped: &Calendar) -> String {
    let mut context = Context::new(&SHA256);
    for notice in shipped.notices() {
        context.update(&digest(notice));
    }
    let mut version = "shipped-".to_owned();
    for byte in &context.finish().as_ref()[..HASH_BYTES] {
        // Writing to a String cannot fail.
        let _ = write!(version, "{byte:02x}");
    }
    version
}

/// The first year whose notice is missed on the day `today`: its own year, or from 1 December the next one.
pub fn missing_year(calendar: &Calendar, today: NaiveDate) -> Option<i32> {
    let loaded = |year| calendar.notices().any(|notice| notice.year() == year);
    let (year, next) = (today.year(), today.year() + 1);
    if !loaded(year) {
        Some(year)
    } else if today.month() >= MISSED_FROM_MONTH && !loaded(next) {
        Some(next)
    } else {
        None
    }
}

/// Whether a notice is missed on the day `today` ([`missing_year`]): then due dates are provisional and somebody must
/// import it.
pub fn next_year_missing(calendar: &Calendar, today: NaiveDate) -> bool {
    missing_year(calendar, today).is_some()
}

/// The calendar in force. Clones share one snapshot.
#[derive(Clone)]
pub struct Calendars {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    snapshot: RwLock<Arc<CalendarSnapshot>>,
    /// The version counter that the snapshot was read at; none before the first reading.
    read_at: Mutex<Option<i64>>,
}

impl Calendars {
    /// The shipped years over `store`, until the first [`Self::refresh`].
    ///
    /// # Errors
    /// [`NoticeError`] if a shipped file is not right, which a test rules out.
    pub fn new(store: Store) -> Result<Self, NoticeError> {
        let snapshot = RwLock::new(Arc::new(CalendarSnapshot::new(Vec::new(), 0)?));
        Ok(Self { shared: Arc::new(Shared { store, snapshot, read_at: Mutex::new(None) }) })
    }

    /// The calendar in force.
    pub fn current(&self) -> Arc<CalendarSnapshot> {
        self.shared.snapshot.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Reads the notices again if their version has changed.
    ///
    /// # Errors
    /// When the database cannot be reached, or holds what is no notice; the snapshot stays as it is.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        // Read before the rows: if they change in between, the next poll sees it.
        let version = self.shared.store.calendar_version().await?;
        let mut read_at = self.shared.read_at.lock().await;
        if *read_at == Some(version) {
            return Ok(());
        }
        let imported = self.shared.store.imported_notices().await?;
        let snapshot = CalendarSnapshot::new(imported, version)
            .map_err(|error| StoreError::Unexpected(format!("shipped notices: {error}")))?;
        *self.shared.snapshot.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        *read_at = Some(version);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    fn row(version: i32) -> NoticeRow {
        NoticeRow {
            notice: Notice::new(2027, vec!["notice".into()], [day(2027, 1, 1)], []).unwrap(),
            version,
            imported_by: "operator".into(),
            imported_time: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_next_year_is_missed_from_december() {
        let shipped = Calendar::shipped().unwrap();
        let missed = |year, month, on| missing_year(&shipped, day(year, month, on));
        assert_eq!(missed(2026, 11, 30), None);
        assert_eq!(missed(2026, 12, 1), Some(2027));
        assert_eq!(missed(2025, 12, 31), None);
        // Nobody has imported it by then: it is missed until somebody does.
        assert_eq!(missed(2027, 2, 1), Some(2027));
        assert!(next_year_missing(&shipped, day(2026, 12, 1)));
        let imported = CalendarSnapshot::new(vec![row(1)], 2).unwrap();
        assert_eq!(missing_year(&imported.calendar, day(2026, 12, 31)), None);
    }

    #[test]
    fn the_version_names_what_is_shipped_and_what_was_imported() {
        let shipped = CalendarSnapshot::new(Vec::new(), 1).unwrap();
        assert!(shipped.version.starts_with("shipped-") && !shipped.version.contains('+'));
        let imported = CalendarSnapshot::new(vec![row(3)], 4).unwrap();
        assert_eq!(imported.version, format!("{}+4", shipped.version));
        let in_force = imported.notice(2027).unwrap();
        assert_eq!((in_force.version, in_force.imported.is_some()), (3, true));
        assert_eq!(shipped.notice(2026).map(|notice| notice.version), Some(0));
        assert_eq!(shipped.notice(2027), None);
    }
}
