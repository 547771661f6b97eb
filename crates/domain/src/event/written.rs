//! How codes of other modules are written in an event.

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::{DueClock, Recipient};
use crate::{application::Channel, call_back::Clearance, case::Outcome};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
pub(super) const fn is_false(value: &bool) -> bool {
    !*value
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
pub(super) fn serialize_channel<S: Serializer>(channel: &Channel, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match channel {
        Channel::IndividualAgents => "individual_agents",
        Channel::Bancassurance => "bancassurance",
        Channel::Intermediaries => "intermediaries",
        Channel::Direct => "direct",
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
pub(super) fn serialize_clock<S: Serializer>(clock: &DueClock, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match clock {
        DueClock::Investigation => "investigation",
        DueClock::Verification => "verification",
        DueClock::Assist => "assist",
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
pub(super) fn serialize_recipient<S: Serializer>(
    recipient: &Recipient,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match recipient {
        Recipient::Clerk => "clerk",
        Recipient::TeamLeader => "team_leader",
        Recipient::ChannelHead => "channel_head",
        Recipient::Compliance => "compliance",
        Recipient::CustomerService => "customer_service",
    })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
pub(super) fn serialize_outcome<S: Serializer>(outcome: &Outcome, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match outcome {
        Outcome::Corrected => "corrected",
        Outcome::Cleared => "cleared",
        Outcome::ConfirmedFalse => "confirmed_false",
        Outcome::Unreachable => "unreachable",
    })
}

pub(super) fn serialize_clearance<S: Serializer>(
    clearance: &Clearance,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Answer {
        clearance: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        wait_until_time: Option<DateTime<Utc>>,
    }
    let (name, wait_until_time) = match clearance {
        Clearance::Clear => ("clear", None),
        Clearance::WaitUntil(time) => ("wait_until", Some(*time)),
        Clearance::CallAnyway => ("call_anyway", None),
    };
    Answer { clearance: name, wait_until_time }.serialize(serializer)
}
