//! Jobs: keep the calendar current, so that an imported notice is followed within seconds; and miss the notice that is not
//! there.

use std::time::Duration;

use zhenshi_domain::shanghai;

use super::Next;
use crate::{
    app::calendar::{Calendars, missing_year},
    clock::SharedClock,
    store::StoreError,
    telemetry::metrics::METRICS,
};

/// Pause between two looks for a missing notice.
pub const MISSING_PAUSE: Duration = Duration::from_hours(24);

/// One look at the version, and whether a notice is missing: the gauge falls as soon as it is imported.
///
/// # Errors
/// When the database cannot be reached; the snapshot stays as it is.
pub async fn once(calendars: &Calendars, clock: &SharedClock) -> Result<Next, StoreError> {
    calendars.refresh().await?;
    let missing = missing_year(&calendars.current().calendar, shanghai::date(clock.now()));
    METRICS.calendar.notice_missing.set(i64::from(missing.is_some()));
    Ok(Next::AfterPause)
}

/// One look for a missing notice.
///
/// # Errors
/// When the database cannot be reached.
pub async fn look_for_missing(calendars: &Calendars, clock: &SharedClock) -> Result<Next, StoreError> {
    calendars.refresh().await?;
    let missing = missing_year(&calendars.current().calendar, shanghai::date(clock.now()));
    if let Some(year) = missing {
        tracing::warn!(
            calendar.missing_year = year,
            "the holiday notice of {year} is missing, due dates in it are provisional: zhenshi calendar import"
        );
    }
    Ok(Next::AfterPause)
}
