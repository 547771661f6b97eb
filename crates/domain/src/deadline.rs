//! The deadline of a case (办理时限): when its investigation is to be done, what that rests on, and what stops the clock.
//!
//! It is the earliest of three:
//!
//! - **three working days** after the channel received the case (article 13): counted from the next working day, due at its
//!   end, 24:00 in Asia/Shanghai; make-up Saturdays and Sundays count. Nothing within the channel restarts it; a change of
//!   channel does ([`channel_received_time`]);
//! - **the scheduled call-back**, which is to find corrected data (article 7);
//! - **the end of cooling-off** (article 13): the core's date, or the receipt and the table of `cooling_off`; the earliest
//!   among the case's applications. Without a signed receipt there is none, and that is shown.
//!
//! # When the clock stands still
//!
//! It stands still from a submission to the return, and while the case is paused. The rule: *a working day counts when its
//! end, 24:00, finds the clock running.* The deadline is the end of the third that counts. So a return on the day of the
//! submission changes nothing, and a case that was with the verifiers over one midnight of a working day has one working
//! day more. Nobody gains time by submitting, and nobody loses any while he waits. Neither a stop nor an extension moves
//! call-back or cooling-off: the customer's days go on.
//!
//! To add an input: a field of [`DeadlineInputs`], its line in [`deadline`], its column in the store, and the oracle of the
//! tests.

use chrono::{DateTime, NaiveDate, Utc};

pub use crate::call_back::INVESTIGATION_WORKING_DAYS;
use crate::{
    application::Channel,
    calendar::{Calendar, Certainty, Estimate, YearNotLoaded},
    cooling_off::{Sale, last_day},
    policy::{CallBackOutcome, PolicyStanding},
    profile::Profile,
    shanghai,
};

/// Working days in which a submission is to be verified, by default.
pub const VERIFICATION_WORKING_DAYS: u16 = 1;
/// Working days in which another channel is to answer an assist, by default.
pub const ASSIST_WORKING_DAYS: u16 = 2;

/// What a deadline rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Basis {
    /// Three working days in the channel.
    WorkingDays,
    /// The scheduled call-back.
    CallBack,
    /// The end of cooling-off.
    CoolingOff,
}

impl Basis {
    /// Every basis, in the order of their numbers; of those at the same instant the first is named.
    pub const ALL: [Self; 3] = [Self::WorkingDays, Self::CallBack, Self::CoolingOff];

    /// Its number in the store and the API, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::WorkingDays => 1,
            Self::CallBack => 2,
            Self::CoolingOff => 3,
        }
    }

    /// The basis with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.code() == code)
    }
}

/// What is known of an application's cooling-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CoolingOff {
    /// 回执未签收: no receipt, so it has not begun.
    NotSigned,
    /// It ends with this day.
    Ends {
        /// Its last day, included.
        last_day: NaiveDate,
        /// The core computed it; else the table did.
        by_core: bool,
    },
}

/// The dates of one of the case's applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApplicationDates {
    /// Which.
    pub application_id: u128,
    /// The call-back that is scheduled and neither done nor failed.
    pub call_back_time: Option<DateTime<Utc>>,
    /// Its cooling-off.
    pub cooling_off: CoolingOff,
}

impl ApplicationDates {
    /// The dates of an application with this `standing`, for a case that began at `created_time`; none if it sets no
    /// date: its policy does not count any more, or its call-back was done and its cooling-off over before there was a
    /// case. Such an old policy is often the other holder of a phone; its days were nobody's to keep.
    pub fn of(
        application_id: u128,
        standing: &PolicyStanding,
        sale: Sale,
        profile: &Profile,
        created_time: DateTime<Utc>,
    ) -> Option<Self> {
        let cooling_off = match standing.receipt_date {
            None => CoolingOff::NotSigned,
            Some(receipt_date) => {
                let days = profile.cooling_off_days(sale, receipt_date);
                let by_core = standing.cooling_off_end_date.is_some();
                CoolingOff::Ends {
                    last_day: last_day(standing.cooling_off_end_date, receipt_date, days),
                    by_core,
                }
            }
        };
        let called = matches!(standing.call_back.outcome, Some(CallBackOutcome::Done { .. }));
        let over = matches!(cooling_off, CoolingOff::Ends { last_day, .. } if shanghai::end_of(last_day) <= created_time);
        (standing.condition.counts() && !(called && over)).then_some(Self {
            application_id,
            call_back_time: standing.call_back.pending_time(),
            cooling_off,
        })
    }
}

/// A time in which the investigation clock stood still: with the verifiers, or paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stop {
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when; none: it still does.
    pub until: Option<DateTime<Utc>>,
}

impl Stop {
    /// Whether the clock stood still at the end of a day, the instant `end`.
    fn holds(&self, end: DateTime<Utc>) -> bool {
        // One that is not over stands still at its beginning: what is left is kept for when it ends.
        self.until.is_some_and(|until| self.from < end && end <= until)
    }
}

/// What a deadline is computed from; kept beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeadlineInputs {
    /// When the present channel received the case ([`channel_received_time`]).
    pub channel_received_time: DateTime<Utc>,
    /// The dates of the case's applications.
    pub applications: Vec<ApplicationDates>,
    /// When the clock stood still, in any order.
    pub stops: Vec<Stop>,
    /// Working days that were granted beside the [three](INVESTIGATION_WORKING_DAYS).
    pub extended_working_days: u16,
}

/// A deadline, and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// When the investigation is to be done.
    pub due_time: DateTime<Utc>,
    /// Which of the three that is; of several at one instant the first.
    pub basis: Basis,
    /// The application whose date it is; none for the working days.
    pub application_id: Option<u128>,
    /// When it would be due without the extension: what counts as on time.
    pub unextended_due_time: DateTime<Utc>,
    /// The end of the working days alone, with stops and extension.
    pub working_days_due_time: DateTime<Utc>,
    /// The earliest scheduled call-back.
    pub call_back_time: Option<DateTime<Utc>>,
    /// The earliest last day of cooling-off; none: shown as not signed.
    pub cooling_off_end_date: Option<NaiveDate>,
    /// Since when the clock of the working days stands still; none: it runs. Then only call-back and cooling-off can fall
    /// due, and working days that were over before.
    pub stopped_since: Option<DateTime<Utc>>,
    /// How far the calendar can be relied on; everything but settled is marked as provisional.
    pub certainty: Certainty,
    /// The notice that is missing.
    pub missing: Option<YearNotLoaded>,
    /// The calendar that it was computed with.
    pub calendar_version: String,
    /// What it was computed from.
    pub inputs: DeadlineInputs,
}

impl Deadline {
    /// Why the case is overdue at `now`; none if it is not. A case that is overdue when it begins says so.
    pub fn overdue(&self, now: DateTime<Utc>) -> Option<Basis> {
        (self.falls_due() && self.due_time <= now).then_some(self.basis)
    }

    /// Whether it can fall due at all as things stand: not while only the working days bind, and their clock stopped before
    /// they were over.
    pub fn falls_due(&self) -> bool {
        self.basis != Basis::WorkingDays || ends_before(self.due_time, self.stopped_since)
    }

    /// Whether a notice that is not loaded may still change it.
    pub fn is_provisional(&self) -> bool {
        self.certainty != Certainty::Settled
    }

    /// Whether the extension moved it.
    pub fn is_extended(&self) -> bool {
        self.due_time != self.unextended_due_time
    }
}

/// When the channel that now has the case received it: the first assignment into it. `before` is the channel that had it
/// until now, with its own time.
pub fn channel_received_time(
    before: Option<(Channel, DateTime<Utc>)>,
    channel: Channel,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    before.filter(|(had, _)| *had == channel).map_or(now, |(_, received)| received)
}

/// The deadline that follows from `inputs`.
pub fn deadline(calendar: &Calendar, calendar_version: &str, inputs: &DeadlineInputs) -> Deadline {
    let ordinary = working_days(calendar, inputs, INVESTIGATION_WORKING_DAYS);
    let extended = working_days(
        calendar,
        inputs,
        INVESTIGATION_WORKING_DAYS.saturating_add(inputs.extended_working_days),
    );
    let stopped_since = inputs.stops.iter().filter(|stop| stop.until.is_none()).map(|stop| stop.from).min();
    let others = dates(&inputs.applications);
    let earliest = |working_days: DateTime<Utc>| {
        // While the working days stand still they bind only when nothing else does.
        let binds = ends_before(working_days, stopped_since) || others.is_empty();
        let own = (working_days, Basis::WorkingDays, None);
        others.iter().copied().chain(binds.then_some(own)).min().unwrap_or(own)
    };
    let (due_time, basis, application_id) = earliest(extended.value);
    let (unextended_due_time, ..) = earliest(ordinary.value);
    let call_back_time = inputs.applications.iter().filter_map(|dates| dates.call_back_time).min();
    Deadline {
        due_time,
        basis,
        application_id,
        unextended_due_time,
        working_days_due_time: extended.value,
        call_back_time,
        cooling_off_end_date: inputs.applications.iter().filter_map(last_cooling_off_day).min(),
        stopped_since,
        // The days that were granted are counted last: what is open about the three is open about these.
        certainty: extended.certainty,
        missing: extended.missing,
        calendar_version: calendar_version.to_owned(),
        inputs: inputs.clone(),
    }
}

/// The instants that the applications set.
fn dates(applications: &[ApplicationDates]) -> Vec<(DateTime<Utc>, Basis, Option<u128>)> {
    let of = |dates: &ApplicationDates| {
        let id = Some(dates.application_id);
        let call_back = dates.call_back_time.map(|time| (time, Basis::CallBack, id));
        let end = last_cooling_off_day(dates).map(|last| (shanghai::end_of(last), Basis::CoolingOff, id));
        [call_back, end]
    };
    applications.iter().flat_map(of).flatten().collect()
}

/// When the first call-back is, or the first cooling-off ends: how urgent a case is before a channel has it, and it has a
/// deadline.
pub fn customers_first(applications: &[ApplicationDates]) -> Option<DateTime<Utc>> {
    dates(applications).into_iter().map(|(time, ..)| time).min()
}

const fn last_cooling_off_day(dates: &ApplicationDates) -> Option<NaiveDate> {
    match dates.cooling_off {
        CoolingOff::NotSigned => None,
        CoolingOff::Ends { last_day, .. } => Some(last_day),
    }
}

/// Whether working days that end with `end` are over before their clock stops, if it has.
fn ends_before(end: DateTime<Utc>, stopped_since: Option<DateTime<Utc>>) -> bool {
    stopped_since.is_none_or(|since| end <= since)
}

/// The end of the `days`th working day after the receipt whose own end finds the clock running.
fn working_days(calendar: &Calendar, inputs: &DeadlineInputs, days: u16) -> Estimate<DateTime<Utc>> {
    let stands_still = |end| inputs.stops.iter().any(|stop| stop.holds(end));
    count(calendar, inputs.channel_received_time, days, stands_still)
}

/// The end of the `days`th working day after `start`: the clock of verifications and assists.
pub fn end_of_working_day(calendar: &Calendar, start: DateTime<Utc>, days: u16) -> Estimate<DateTime<Utc>> {
    count(calendar, start, days, |_| false)
}

fn count(
    calendar: &Calendar,
    start: DateTime<Utc>,
    days: u16,
    skips: impl Fn(DateTime<Utc>) -> bool,
) -> Estimate<DateTime<Utc>> {
    let mut date = shanghai::date(start);
    let mut found = Estimate { value: (), certainty: Certainty::Settled, missing: None };
    let mut left = days;
    while left > 0 {
        // The end of chrono's calendar, some 260,000 years away, is nobody's deadline.
        let Some(next) = date.succ_opt() else { break };
        date = next;
        let day = calendar.provisional_is_working_day(date);
        found.certainty = found.certainty.max(day.certainty);
        found.missing = found.missing.or(day.missing);
        left -= u16::from(day.value && !skips(shanghai::end_of(date)));
    }
    Estimate { value: shanghai::end_of(date), certainty: found.certainty, missing: found.missing }
}
