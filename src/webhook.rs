//! Webhooks: events over HTTPS to the endpoints of the configuration, signed.
//!
//! Knows of nothing but bytes and endpoints. The signature is that of Standard Webhooks (standardwebhooks.com), so that
//! receivers find a library for it in most languages. Redirects are never followed: an endpoint that was checked once must
//! not lead the service elsewhere in its own network.

pub mod backoff;
pub mod client;
pub mod endpoint;
pub mod secret;

pub use client::{Client, Failure, Message};
pub use endpoint::{Endpoint, EndpointError};
pub use secret::{Secret, SecretError, signature};
