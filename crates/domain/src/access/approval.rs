//! Who decides on a request for access: the head of the requester's own department first, then customer service (fifth
//! text, 18, 19). Three different people: the one who asks, and two who agree.
//!
//! Who heads whom is one table, [`is_head`]. Who heads a department himself has nobody above him in the directory: compliance
//! signs for him.

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::{Office, SecrecyClass};
use crate::{application::Channel, coded_enum, shanghai};

/// Longest that a grant or a loan can last, in hours (fifth text, 19: three days).
pub const LONGEST_HOURS: i64 = 72;
/// Most calendar days of Asia/Shanghai that a grant or a loan reaches into, the day on which it is given included.
pub const LONGEST_DAYS: u8 = 3;

coded_enum! {
    /// Where a request stands. That a grant has expired is not a state: it is read from the clock, each time.
    AccessState {
        /// Waits for the head of the requester's department.
        AwaitingHead = 1,
        /// Waits for customer service.
        AwaitingCustomerService = 2,
        /// Granted, until its end.
        Granted = 3,
        /// One of the two refused it.
        Refused = 4,
        /// Taken back before it was decided, or ended before its time.
        Ended = 5,
    }
}

/// Somebody who asks or decides, as the directory has him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member<'a> {
    /// His code.
    pub code: &'a str,
    /// His place.
    pub office: Office,
    /// His channel; none for who works for all of them.
    pub channel: Option<Channel>,
    /// His branch; empty for the head office.
    pub branch_code: &'a str,
    /// Whom he reports to; empty if the directory names nobody.
    pub leader_code: &'a str,
}

/// A request that waits for a decision.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Where it stands.
    pub state: AccessState,
    /// Who asks.
    pub requester: Member<'a>,
    /// Who signed for his department.
    pub head: Option<&'a str>,
    /// The subject's class.
    pub class: SecrecyClass,
    /// Somebody of another house will look (fifth text, 18.4).
    pub outsider: bool,
}

/// Why somebody may not decide. Checked in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is left to be decided.
    #[error("the request waits for nobody")]
    NotWaiting,
    /// It is his own request.
    #[error("nobody decides on his own request")]
    OwnRequest,
    /// He signed it as the head of the department.
    #[error("the two who agree must be two")]
    SamePerson,
    /// Waits for the head of the requester's department, who he is not.
    #[error("the head of the requester's department has to sign first")]
    NotHead,
    /// Waits for customer service, to which he does not belong.
    #[error("customer service decides")]
    NotCustomerService,
    /// A classified file, and somebody of another house: its manager decides.
    #[error("the customer-service manager decides")]
    ManagerOnly,
    /// A classified file: its custodian, the information supervisor, decides (fifth text, 22).
    #[error("the information supervisor decides")]
    CustodianOnly,
}

/// Whether `decider` heads the department of `requester`.
pub fn is_head(decider: &Member<'_>, requester: &Member<'_>) -> bool {
    if !requester.leader_code.is_empty() && requester.leader_code == decider.code {
        return true;
    }
    let same_channel = requester.channel.is_some() && decider.channel == requester.channel;
    match (requester.office, decider.office) {
        // Where the directory names nobody, the leader of his branch.
        (Office::Clerk, Office::TeamLeader) => {
            requester.leader_code.is_empty() && same_channel && decider.branch_code == requester.branch_code
        }
        (Office::Clerk | Office::TeamLeader, Office::ChannelHead) => same_channel,
        (Office::CustomerService, Office::CustomerServiceManager)
        | (
            Office::ChannelHead
            | Office::Compliance
            | Office::InformationSupervisor
            | Office::CustomerServiceManager,
            Office::Compliance,
        ) => true,
        _ => false,
    }
}

/// The state after `decider` has said yes or no.
///
/// # Errors
/// Why he may not decide: nothing changes.
pub fn decide(request: &Request<'_>, decider: &Member<'_>, agrees: bool) -> Result<AccessState, Refusal> {
    let head_is_next = match request.state {
        AccessState::AwaitingHead => true,
        AccessState::AwaitingCustomerService => false,
        AccessState::Granted | AccessState::Refused | AccessState::Ended => return Err(Refusal::NotWaiting),
    };
    if decider.code == request.requester.code {
        return Err(Refusal::OwnRequest);
    }
    if request.head == Some(decider.code) {
        return Err(Refusal::SamePerson);
    }
    if head_is_next {
        if !is_head(decider, &request.requester) {
            return Err(Refusal::NotHead);
        }
        return Ok(if agrees { AccessState::AwaitingCustomerService } else { AccessState::Refused });
    }
    let classified = request.class.is_classified();
    // The custodian's own request is the manager's to decide.
    let kept = classified && !request.outsider && request.requester.office != Office::InformationSupervisor;
    match decider.office {
        Office::InformationSupervisor if classified && request.outsider => return Err(Refusal::ManagerOnly),
        Office::CustomerServiceManager if kept => return Err(Refusal::CustodianOnly),
        Office::CustomerServiceManager | Office::InformationSupervisor => {}
        _ => return Err(Refusal::NotCustomerService),
    }
    Ok(if agrees { AccessState::Granted } else { AccessState::Refused })
}

/// When something that is given at `from` for `days` calendar days ends: with the last of them, and never later than
/// [`LONGEST_HOURS`] after it was given. More days than [`LONGEST_DAYS`] are as many as those.
pub fn end_of_access(from: DateTime<Utc>, days: u8) -> DateTime<Utc> {
    let days = days.clamp(1, LONGEST_DAYS);
    let first = shanghai::date(from);
    let last = first.checked_add_days(Days::new(u64::from(days - 1))).unwrap_or(first);
    let longest = from.checked_add_signed(TimeDelta::hours(LONGEST_HOURS)).unwrap_or(from);
    shanghai::end_of(last).min(longest)
}
