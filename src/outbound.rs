//! HTTP requests to others: one exchange over a connection of its own, with its limits of time and of what is read.
//!
//! Knows of nothing but bytes. Redirects are never followed: a place that was checked once must not lead the service elsewhere in its
//! own network. Whoever sends (webhooks, the identity provider) gives a [`Place`] and a request.

mod exchange;
mod place;

pub use exchange::{Answer, Client, Failure, USER_AGENT};
pub use place::{Place, PlaceError};
