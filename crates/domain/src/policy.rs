//! What became of a policy (保單): the core's events, and the standing that follows from them.
//!
//! Events come in any order, late and more than once. What holds is told by what *happened*: events count in the order of
//! `occurred_time`, those of one instant in the order in which they became known. Only [`PolicyStanding::reinstated_time`]
//! goes by when something became *known*, because a suspicion list is a function of what was recorded before its cut.
//!
//! An event names its policy by application, by number, or by both; one that carries both ties the two together for all
//! others ([`PolicyBook`]). To add a kind: its variant, its line in [`Fold::take`], its number in the store.

mod book;

pub use book::{PolicyBook, PolicyNames};
use chrono::{DateTime, NaiveDate, Utc};

/// One event, as the core sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyEvent {
    /// Id; orders events of the same instants.
    pub id: u128,
    /// Id of the application that the policy came from, if the core named it.
    pub application_id: Option<u128>,
    /// Number of the policy; empty if the core did not name it.
    pub policy_no: String,
    /// What happened.
    pub kind: PolicyEventKind,
    /// When it happened, as the core says.
    pub occurred_time: DateTime<Utc>,
    /// When it became known here.
    pub recorded_time: DateTime<Utc>,
}

/// What happened to a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PolicyEventKind {
    /// 承保: the policy was issued.
    Issued,
    /// The application was declined at underwriting.
    Declined,
    /// The customer did not take the policy up.
    NotTakenUp,
    /// 回執簽收: the customer signed for the policy.
    ReceiptSigned {
        /// Day of the signature.
        receipt_date: NaiveDate,
        /// Last day of cooling-off, if the core computes it.
        cooling_off_end_date: Option<NaiveDate>,
    },
    /// 回訪 was scheduled.
    CallBackScheduled {
        /// For when.
        call_back_time: DateTime<Utc>,
    },
    /// 回訪 was done.
    CallBackDone,
    /// 回訪 failed.
    CallBackFailed {
        /// Why.
        reason: CallBackFailure,
    },
    /// 退保: surrendered.
    Surrendered,
    /// 撤單, 註銷: cancelled.
    Cancelled,
    /// 復效: in force again.
    Reinstated,
}

/// Why a call-back failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallBackFailure {
    /// 空號: no such number.
    NoSuchNumber,
    /// 錯號: the number is somebody else's.
    WrongNumber,
    /// 停機: the number is out of service.
    OutOfService,
    /// 非本人接聽: not the customer answered.
    AnsweredByOther,
    /// 無人接聽: nobody answered.
    NoAnswer,
    /// Another reason.
    Other,
}

/// Whether a policy is in force.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum PolicyCondition {
    /// The core has said nothing that decides it: the application is under way.
    #[default]
    UnderWay,
    /// Issued, or reinstated.
    InForce,
    /// Declined.
    Declined,
    /// Not taken up.
    NotTakenUp,
    /// Surrendered.
    Surrendered,
    /// Cancelled.
    Cancelled,
}

impl PolicyCondition {
    /// Whether the policy's contacts count: under way or in force.
    pub const fn counts(self) -> bool {
        matches!(self, Self::UnderWay | Self::InForce)
    }
}

/// How the newest scheduled call-back, or the one that nobody scheduled, ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CallBackOutcome {
    /// It was done.
    Done {
        /// When.
        occurred_time: DateTime<Utc>,
    },
    /// It failed.
    Failed {
        /// When.
        occurred_time: DateTime<Utc>,
        /// Why.
        reason: CallBackFailure,
    },
}

/// What is known of a policy's call-back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CallBack {
    /// When it is due, by the newest scheduling.
    pub scheduled_time: Option<DateTime<Utc>>,
    /// How it ended; scheduling it again begins anew.
    pub outcome: Option<CallBackOutcome>,
}

impl CallBack {
    /// The time for which a call is scheduled that has neither been done nor failed.
    pub fn pending_time(&self) -> Option<DateTime<Utc>> {
        self.scheduled_time.filter(|_| self.outcome.is_none())
    }
}

/// What is known of a policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct PolicyStanding {
    /// Whether it is in force.
    pub condition: PolicyCondition,
    /// When it was issued, by the newest of the core's words; the term runs from then.
    pub issued_time: Option<DateTime<Utc>>,
    /// When it ended; none while it counts.
    pub ended_time: Option<DateTime<Utc>>,
    /// When it became known that a policy that did not count counts again, the last time that it did. Its contacts are
    /// news from then on.
    pub reinstated_time: Option<DateTime<Utc>>,
    /// Day on which the customer signed for it, by the newest receipt.
    pub receipt_date: Option<NaiveDate>,
    /// Last day of cooling-off, if the core sent it with that receipt.
    pub cooling_off_end_date: Option<NaiveDate>,
    /// Its call-back.
    pub call_back: CallBack,
}

/// The standing that follows from `events`, all of which belong to one policy.
pub fn standing<'a>(events: impl IntoIterator<Item = &'a PolicyEvent>) -> PolicyStanding {
    let mut events: Vec<&PolicyEvent> = events.into_iter().collect();
    let mut standing = fold(&mut events);
    standing.reinstated_time = counts_again(&events, |known| fold(known).condition.counts());
    standing
}

/// When `counts` last went from no to yes as events became known, one recorded time after the other.
fn counts_again(
    events: &[&PolicyEvent],
    mut counts: impl FnMut(&mut Vec<&PolicyEvent>) -> bool,
) -> Option<DateTime<Utc>> {
    let mut arrivals: Vec<&PolicyEvent> = events.to_vec();
    arrivals.sort_by_key(|event| event.recorded_time);
    let (mut before, mut again) = (true, None);
    // Nothing that became known at one time can be told apart by a cut.
    for step in arrivals.chunk_by(|a, b| a.recorded_time == b.recorded_time) {
        let Some(last) = step.last() else { continue };
        let known = arrivals.iter().take_while(|event| event.recorded_time <= last.recorded_time);
        let after = counts(&mut known.copied().collect());
        if after && !before {
            again = Some(last.recorded_time);
        }
        before = after;
    }
    again
}

/// The standing without [`PolicyStanding::reinstated_time`].
fn fold(events: &mut Vec<&PolicyEvent>) -> PolicyStanding {
    events.sort_by_key(|event| (event.occurred_time, event.recorded_time, event.id));
    let mut fold = Fold::default();
    for event in events {
        fold.take(event);
    }
    fold.0
}

#[derive(Default)]
struct Fold(PolicyStanding);

impl Fold {
    fn take(&mut self, event: &PolicyEvent) {
        let standing = &mut self.0;
        let occurred_time = event.occurred_time;
        let before = standing.condition;
        match event.kind {
            // A decision of underwriting can be turned; a surrendered policy comes back by reinstatement only.
            PolicyEventKind::Issued => {
                if !matches!(standing.condition, PolicyCondition::Surrendered | PolicyCondition::Cancelled) {
                    standing.condition = PolicyCondition::InForce;
                }
                standing.issued_time = Some(occurred_time);
            }
            PolicyEventKind::Declined => standing.condition = PolicyCondition::Declined,
            PolicyEventKind::NotTakenUp => standing.condition = PolicyCondition::NotTakenUp,
            PolicyEventKind::Surrendered => standing.condition = PolicyCondition::Surrendered,
            PolicyEventKind::Cancelled => standing.condition = PolicyCondition::Cancelled,
            PolicyEventKind::Reinstated => standing.condition = PolicyCondition::InForce,
            PolicyEventKind::ReceiptSigned { receipt_date, cooling_off_end_date } => {
                standing.receipt_date = Some(receipt_date);
                standing.cooling_off_end_date = cooling_off_end_date;
            }
            PolicyEventKind::CallBackScheduled { call_back_time } => {
                standing.call_back = CallBack { scheduled_time: Some(call_back_time), outcome: None };
            }
            PolicyEventKind::CallBackDone => {
                standing.call_back.outcome = Some(CallBackOutcome::Done { occurred_time });
            }
            PolicyEventKind::CallBackFailed { reason } => {
                standing.call_back.outcome = Some(CallBackOutcome::Failed { occurred_time, reason });
            }
        }
        // The newest word counts: a decline after a surrender ends nothing earlier than it.
        if standing.condition.counts() {
            standing.ended_time = None;
        } else if standing.condition != before || standing.ended_time.is_none() {
            standing.ended_time = Some(occurred_time);
        }
    }
}
