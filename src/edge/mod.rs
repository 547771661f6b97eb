//! The edge of both listeners: which connections are taken, and TLS. What is spoken over them is not known here.
//!
//! [`Acceptor`] gives one connection after another: admitted by [`admission`], past its handshake ([`tls`]), never in the
//! way of the next one. A failing `accept` pauses instead of spinning ([`backoff`]).

mod accept;
mod admission;
mod backoff;
mod peer;
pub mod pinned;
mod socket;
pub mod tls;

pub use accept::{Acceptor, Bounds};
pub use peer::Peer;
pub use socket::Socket;
