//! Call-back clearance (新契約回訪): may the customer be called now, is it worth waiting, or must the call be made whatever is
//! in doubt?
//!
//! The call-back is to find corrected data (article 7), so a call waits while the data are being verified; but it must be
//! made within cooling-off, so it never waits past the time at which it is due, and never without an end.

use chrono::{DateTime, NaiveDate, Utc};

use crate::{
    calendar::{Calendar, Estimate},
    policy::{CallBackOutcome, PolicyStanding},
    shanghai,
};

/// Working days within which a suspicion is to be verified (article 13), from the day of its list, that day not included.
pub const INVESTIGATION_WORKING_DAYS: u16 = 3;

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clearance {
    /// Call: nothing is in doubt.
    Clear,
    /// Wait until then: by then the data are verified, and the call is not due before.
    WaitUntil(DateTime<Utc>),
    /// Call and verify what is in doubt: there is no time to wait.
    CallAnyway,
}

/// When the call itself is due: as scheduled and not made yet, or by the end of the last day of cooling-off, whichever is
/// first. Nothing is due when the call has been made.
pub fn due_time(standing: &PolicyStanding, cooling_off_end: Option<NaiveDate>) -> Option<DateTime<Utc>> {
    if is_done(standing) {
        return None;
    }
    let end = cooling_off_end.and_then(|last| last.succ_opt()).map(shanghai::midnight);
    standing.call_back.pending_time().into_iter().chain(end).min()
}

/// The day by which the call is to be made: that of its time, or the last day of cooling-off, whichever is first. Nothing is
/// due when the call has been made.
pub fn due_date(standing: &PolicyStanding, cooling_off_end: Option<NaiveDate>) -> Option<NaiveDate> {
    if is_done(standing) {
        return None;
    }
    standing.call_back.pending_time().map(shanghai::date).into_iter().chain(cooling_off_end).min()
}

fn is_done(standing: &PolicyStanding) -> bool {
    matches!(standing.call_back.outcome, Some(CallBackOutcome::Done { .. }))
}

/// When a suspicion of the list of `list_date` is to be verified: the end of the third working day after it.
pub fn verified_time(calendar: &Calendar, list_date: NaiveDate) -> Estimate<DateTime<Utc>> {
    let due =
        calendar.provisional_add_working_days(shanghai::midnight(list_date), INVESTIGATION_WORKING_DAYS);
    let value = shanghai::midnight(due.value.succ_opt().unwrap_or(due.value));
    Estimate { value, certainty: due.certainty, missing: due.missing }
}

/// Whether the customer of a policy may be called at `now`. `verified_times` are those of the open suspicions that name the
/// policy's applications.
pub fn clearance(
    standing: &PolicyStanding,
    due_time: Option<DateTime<Utc>>,
    verified_times: impl IntoIterator<Item = DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Clearance {
    let Some(verified) = verified_times.into_iter().max() else { return Clearance::Clear };
    // A policy that does not count is not called for, and a call that was made holds nobody up.
    if !standing.condition.counts() || is_done(standing) {
        return Clearance::Clear;
    }
    let in_time = due_time.is_none_or(|due| verified < due);
    if now < verified && in_time { Clearance::WaitUntil(verified) } else { Clearance::CallAnyway }
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, TimeZone as _};
    use proptest::prelude::*;

    use super::*;
    use crate::policy::{CallBack, PolicyCondition};

    fn hour(n: i64) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 0, 0, 0).unwrap() + TimeDelta::hours(n)
    }

    fn scheduled(at: Option<i64>) -> PolicyStanding {
        let call_back = CallBack { scheduled_time: at.map(hour), outcome: None };
        PolicyStanding { call_back, ..PolicyStanding::default() }
    }

    #[test]
    fn it_waits_only_while_that_leaves_time_for_the_call() {
        let standing = scheduled(Some(50));
        let asked = |now: i64, verified: &[i64]| {
            let verified: Vec<_> = verified.iter().map(|n| hour(*n)).collect();
            clearance(&standing, due_time(&standing, None), verified, hour(now))
        };
        assert_eq!(asked(0, &[]), Clearance::Clear);
        assert_eq!(asked(0, &[40]), Clearance::WaitUntil(hour(40)));
        assert_eq!(asked(0, &[40, 30]), Clearance::WaitUntil(hour(40)), "all of them are to be verified");
        assert_eq!(asked(39, &[40]), Clearance::WaitUntil(hour(40)));
        assert_eq!(asked(40, &[40]), Clearance::CallAnyway, "the time is over and it is still open");
        assert_eq!(asked(0, &[50]), Clearance::CallAnyway, "that is when the call is due");
        assert_eq!(asked(0, &[40, 51]), Clearance::CallAnyway);
    }

    #[test]
    fn a_policy_that_does_not_count_and_a_call_that_was_made_wait_for_nothing() {
        let mut gone = scheduled(Some(50));
        gone.condition = PolicyCondition::Surrendered;
        assert_eq!(clearance(&gone, due_time(&gone, None), [hour(40)], hour(0)), Clearance::Clear);
        let mut done = scheduled(Some(50));
        done.call_back.outcome = Some(CallBackOutcome::Done { occurred_time: hour(1) });
        let last = NaiveDate::from_ymd_opt(2026, 11, 30);
        assert_eq!((due_time(&done, last), due_date(&done, last)), (None, None));
        assert_eq!(clearance(&done, None, [hour(40)], hour(0)), Clearance::Clear);
    }

    #[test]
    fn a_call_is_due_as_scheduled_or_by_the_end_of_cooling_off() {
        let last = NaiveDate::from_ymd_opt(2026, 11, 24);
        // 24 November ends in Shanghai at 16:00 UTC.
        let end = hour(40);
        assert_eq!(due_time(&scheduled(None), None), None);
        assert_eq!(due_time(&scheduled(None), last), Some(end));
        assert_eq!(due_time(&scheduled(Some(50)), last), Some(end));
        assert_eq!(due_date(&scheduled(None), None), None);
        assert_eq!(due_date(&scheduled(None), last), last);
        assert_eq!(due_date(&scheduled(Some(50)), last), last);
        assert_eq!(due_date(&scheduled(Some(10)), last), NaiveDate::from_ymd_opt(2026, 11, 23));
        assert_eq!(due_time(&scheduled(Some(30)), last), Some(hour(30)));
        let mut failed = scheduled(Some(30));
        let reason = crate::policy::CallBackFailure::NoAnswer;
        failed.call_back.outcome = Some(CallBackOutcome::Failed { occurred_time: hour(30), reason });
        assert_eq!(due_time(&failed, last), Some(end), "it is to be made again");
    }

    #[test]
    fn a_suspicion_is_verified_by_the_end_of_the_third_working_day() {
        let calendar = Calendar::shipped().unwrap();
        let verified = |day| verified_time(&calendar, NaiveDate::from_ymd_opt(2026, 11, day).unwrap()).value;
        // Monday: by the end of Thursday, 16:00 UTC.
        assert_eq!(verified(23), Utc.with_ymd_and_hms(2026, 11, 26, 16, 0, 0).unwrap());
        // Friday: by the end of Wednesday.
        assert_eq!(verified(27), Utc.with_ymd_and_hms(2026, 12, 2, 16, 0, 0).unwrap());
    }

    proptest! {
        #[test]
        fn no_hold_is_without_end(
            due in prop::option::of(0i64..200),
            verified in prop::collection::vec(0i64..200, 0..4),
            now in 0i64..300,
        ) {
            let standing = scheduled(due);
            let answer = clearance(&standing, due.map(hour), verified.iter().map(|n| hour(*n)), hour(now));
            if let Clearance::WaitUntil(until) = answer {
                prop_assert!(hour(now) < until && due.is_none_or(|due| until < hour(due)));
                // Whoever waits until then is not told to wait again.
                let then = clearance(&standing, due.map(hour), verified.iter().map(|n| hour(*n)), until);
                prop_assert_eq!(then, Clearance::CallAnyway);
            }
            prop_assert_eq!(answer == Clearance::Clear, verified.is_empty());
        }
    }
}
