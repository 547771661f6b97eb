//! Timers of a case: who is told when, before and after it falls due (催办).
//!
//! Steps of the investigation: a **reminder** to the clerk on the last working day before the day of the deadline, when work
//! begins; **at due** to the clerk; then, when work begins on **each working day after**, one further up: team leader,
//! channel head, compliance. Each once: the store keeps one timer of a clock, kind, step and due time, and a recomputed
//! deadline cancels what is not sent.
//!
//! A case that is overdue when it is planned is told at once, and goes up from that day on, not through every step at once.
//! A reminder whose time has passed is left out: the assignment has just told its due time.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::{calendar::Calendar, deadline::Deadline, shanghai};

/// When work begins, in Asia/Shanghai, by default: 09:00.
pub const DEFAULT_WORK_BEGINS: NaiveTime = match NaiveTime::from_hms_opt(9, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// Most days that are looked back for a working day: no holiday is as long.
const MOST_DAYS_OFF: usize = 31;

/// Which clock a timer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clock {
    /// Of the investigation.
    Investigation,
    /// Of the verification.
    Verification,
    /// Of another channel's assist.
    Assist,
}

impl Clock {
    /// Every clock, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Investigation, Self::Verification, Self::Assist];

    /// Its number in the store, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::Investigation => 1,
            Self::Verification => 2,
            Self::Assist => 3,
        }
    }

    /// The clock with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|clock| clock.code() == code)
    }

    /// Who is reminded, if anybody, and told when it falls due.
    const fn told(self) -> (Option<Recipient>, Recipient) {
        match self {
            Self::Investigation | Self::Assist => (Some(Recipient::Clerk), Recipient::Clerk),
            // It has one working day: a reminder a day before would come with the submission itself.
            Self::Verification => (None, Recipient::CustomerService),
        }
    }

    /// Who is told on each working day after.
    const fn escalates_to(self) -> &'static [Recipient] {
        match self {
            Self::Investigation | Self::Assist => {
                &[Recipient::TeamLeader, Recipient::ChannelHead, Recipient::Compliance]
            }
            Self::Verification => &[Recipient::Compliance],
        }
    }
}

/// What a timer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimerKind {
    /// It will be due.
    Reminder,
    /// It is due.
    Due,
    /// It is overdue.
    Escalation,
}

impl TimerKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 3] = [Self::Reminder, Self::Due, Self::Escalation];

    /// Its number in the store, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::Reminder => 1,
            Self::Due => 2,
            Self::Escalation => 3,
        }
    }

    /// The kind with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// Who is told, by his part in the case: who that is is found when it fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Recipient {
    /// Who has the case, or the assist.
    Clerk,
    /// 业务团队负责人
    TeamLeader,
    /// 销售渠道负责人
    ChannelHead,
    /// 合规
    Compliance,
    /// 客户服务部
    CustomerService,
}

impl Recipient {
    /// Every recipient, in the order of their numbers.
    pub const ALL: [Self; 5] =
        [Self::Clerk, Self::TeamLeader, Self::ChannelHead, Self::Compliance, Self::CustomerService];

    /// Its number in the store and in events, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::Clerk => 1,
            Self::TeamLeader => 2,
            Self::ChannelHead => 3,
            Self::Compliance => 4,
            Self::CustomerService => 5,
        }
    }

    /// The recipient with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|recipient| recipient.code() == code)
    }
}

/// One message that is to be sent, once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timer {
    /// Of which clock.
    pub clock: Clock,
    /// What it says.
    pub kind: TimerKind,
    /// How far up: 0 the reminder, 1 at due, then 2, 3, 4.
    pub step: i16,
    /// When it is to be sent.
    pub due_time: DateTime<Utc>,
    /// To whom.
    pub recipient: Recipient,
}

/// The timers of a case's investigation, planned at `now`; none while nothing can fall due.
pub fn timers(
    deadline: &Deadline,
    calendar: &Calendar,
    work_begins: NaiveTime,
    now: DateTime<Utc>,
) -> Vec<Timer> {
    if deadline.falls_due() {
        timers_of(Clock::Investigation, deadline.due_time, calendar, work_begins, now)
    } else {
        Vec::new()
    }
}

/// The timers of `clock` that falls due at `due_time`, planned at `now`.
pub fn timers_of(
    clock: Clock,
    due_time: DateTime<Utc>,
    calendar: &Calendar,
    work_begins: NaiveTime,
    now: DateTime<Utc>,
) -> Vec<Timer> {
    timers_after(clock, due_time, calendar, work_begins, now, None)
}

/// Those after the step `after`, which was sent already.
fn timers_after(
    clock: Clock,
    due_time: DateTime<Utc>,
    calendar: &Calendar,
    work_begins: NaiveTime,
    now: DateTime<Utc>,
    after: Option<i16>,
) -> Vec<Timer> {
    let timer = |kind, step, due_time, recipient| Timer { clock, kind, step, due_time, recipient };
    let is_left = |step: i16| after.is_none_or(|after| step > after);
    let due_day = last_day_before(due_time);
    let (reminded, when_due) = clock.told();
    let before = reminded.and_then(|recipient| {
        let day = working_day_before(calendar, due_day)?;
        let time = shanghai::at(day, work_begins);
        let in_time = now < time && time < due_time;
        (in_time && is_left(0)).then(|| timer(TimerKind::Reminder, 0, time, recipient))
    });
    let mut planned: Vec<Timer> = before.into_iter().collect();
    if is_left(1) {
        planned.push(timer(TimerKind::Due, 1, due_time, when_due));
    }
    // Overdue from the beginning: up from today, one working day after the other.
    let from = if due_time <= now { shanghai::date(now).max(due_day) } else { due_day };
    let days = from.iter_days().skip(1).filter(|day| calendar.provisional_is_working_day(*day).value);
    let steps = (2..).zip(clock.escalates_to()).filter(|(step, _)| is_left(*step));
    for (day, (step, recipient)) in days.zip(steps) {
        planned.push(timer(TimerKind::Escalation, step, shanghai::at(day, work_begins), *recipient));
    }
    planned
}

/// A timer that is kept: planned, or sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The timer.
    pub timer: Timer,
    /// The due time that it was planned for.
    pub deadline_time: DateTime<Utc>,
    /// When it was planned.
    pub planned_time: DateTime<Utc>,
    /// It was sent.
    pub sent: bool,
}

/// What is to be done about the timers of one clock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replan {
    /// Places of those among the kept that are to be cancelled.
    pub cancel: Vec<usize>,
    /// Those to be planned,
    pub add: Vec<Timer>,
    /// as of this time: the plan that they belong to.
    pub planned_time: Option<DateTime<Utc>>,
}

/// What changes about the `kept` timers of `clock` when it falls due at `due_time`, or not at all.
///
/// For the same due time nothing changes but what another calendar moves: what was sent is never sent again, what should
/// have been sent by `now` still is, and after a stop it goes on with the next one up.
pub fn replan(
    clock: Clock,
    due_time: Option<DateTime<Utc>>,
    kept: &[Kept],
    calendar: &Calendar,
    work_begins: NaiveTime,
    now: DateTime<Utc>,
) -> Replan {
    let own = || kept.iter().enumerate().filter(|(_, kept)| kept.timer.clock == clock);
    let planned = || own().filter(|(_, kept)| !kept.sent);
    let Some(due_time) = due_time else {
        return Replan { cancel: planned().map(|(place, _)| place).collect(), ..Replan::default() };
    };
    let of_this = || own().map(|(_, kept)| kept).filter(|kept| kept.deadline_time == due_time);
    let plan = of_this().filter(|kept| !kept.sent).map(|kept| kept.planned_time).max();
    let sent: Vec<i16> = of_this().filter(|kept| kept.sent).map(|kept| kept.timer.step).collect();
    let after = match plan {
        // The same plan again: from the step with which it began.
        Some(plan) => of_this()
            .filter(|kept| kept.planned_time == plan)
            .map(|kept| kept.timer.step)
            .min()
            .and_then(|first| (first > 1).then_some(first - 1)),
        None => sent.iter().copied().max(),
    };
    let wanted = timers_after(clock, due_time, calendar, work_begins, plan.unwrap_or(now), after);
    let stays = |kept: &Kept| {
        kept.deadline_time == due_time && (kept.timer.due_time <= now || wanted.contains(&kept.timer))
    };
    let cancel = planned().filter(|(_, kept)| !stays(kept)).map(|(place, _)| place).collect();
    let staying: Vec<i16> =
        planned().filter(|(_, kept)| stays(kept)).map(|(_, kept)| kept.timer.step).collect();
    let is_there = |step: &i16| sent.contains(step) || staying.contains(step);
    let add = wanted.into_iter().filter(|timer| !is_there(&timer.step)).collect();
    Replan { cancel, add, planned_time: Some(plan.unwrap_or(now)) }
}

/// Working days that `due_time` is past at `now`; 0 on its own day.
pub fn overdue_days(calendar: &Calendar, due_time: DateTime<Utc>, now: DateTime<Utc>) -> u16 {
    let (due_day, today) = (last_day_before(due_time), shanghai::date(now));
    let days = due_day.iter_days().skip(1).take_while(|day| *day <= today);
    let worked = days.filter(|day| calendar.provisional_is_working_day(*day).value).take(u16::MAX.into());
    u16::try_from(worked.count()).unwrap_or(u16::MAX)
}

/// The day that `due_time` ends or lies in: a deadline at 24:00 belongs to the day that it ends.
fn last_day_before(due_time: DateTime<Utc>) -> NaiveDate {
    shanghai::date(due_time.checked_sub_signed(TimeDelta::nanoseconds(1)).unwrap_or(due_time))
}

fn working_day_before(calendar: &Calendar, day: NaiveDate) -> Option<NaiveDate> {
    let mut before = day;
    for _ in 0..MOST_DAYS_OFF {
        before = before.pred_opt()?;
        if calendar.provisional_is_working_day(before).value {
            return Some(before);
        }
    }
    None
}
