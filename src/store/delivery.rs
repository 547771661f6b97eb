//! Deliveries: one event for one endpoint, from the plan to the answer or the dead letter.
//!
//! - [`plan`]: each endpoint has a position; what lies after it and is of a kind that the endpoint wants becomes rows.
//! - [`lease`]: who wants to send takes a lease on rows, with an epoch that completing names ([`complete`]). A case's
//!   delivery is leased only when none before it waits or is dead, so an endpoint gets the events of a case in order.
//! - [`request`]: lists for people, and sending again what was given up.
//! - [`retention`]: what is done or was given up long ago is forgotten.
//!
//! To add a way in which an attempt can end: a variant of [`AttemptResult`], its number in `codes.rs` and in a migration.

pub mod complete;
pub mod lease;
pub mod plan;
pub mod request;
pub mod retention;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeliveryState {
    /// To be sent, for the first time or again.
    Waiting,
    /// The endpoint has taken it.
    Delivered,
    /// Given up: later events of its case wait at that endpoint until it is redelivered.
    Dead,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttemptResult {
    /// The endpoint has taken it.
    Delivered,
    /// It answered with a status that refuses.
    Refused,
    /// Nobody could be reached, or not in time, or TLS was not to be had.
    NoConnection,
    /// No answer came in time. The endpoint may have taken it.
    NoAnswer,
    /// The connection broke before the answer. The endpoint may have taken it.
    BrokenOff,
    /// It answered with a redirect, which is never followed.
    Redirected,
}

impl AttemptResult {
    /// Every way to end.
    pub const ALL: [Self; 6] = [
        Self::Delivered,
        Self::Refused,
        Self::NoConnection,
        Self::NoAnswer,
        Self::BrokenOff,
        Self::Redirected,
    ];

    /// Its name in metrics and logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::NoConnection => "no_connection",
            Self::NoAnswer => "no_answer",
            Self::BrokenOff => "broken_off",
            Self::Redirected => "redirected",
        }
    }
}
