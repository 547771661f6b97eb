//! The gRPC surface: takes messages apart, calls a use case, puts the answer together.
//!
//! Only this folder names tonic and generated types. To add an rpc, see `docs/adding-an-rpc.md`.

pub mod auth;
pub mod client;
pub mod convert;
mod descriptor;
mod explain;
mod page_token;
pub mod server;
pub mod status;
mod stream;
mod validation;

pub use descriptor::descriptor_set;
pub use validation::Validation;
