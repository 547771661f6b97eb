//! The gRPC surface: takes messages apart, calls a use case, puts the answer together.
//!
//! Only this folder names tonic and generated types. To add an rpc, see `docs/adding-an-rpc.md`.

pub mod auth;
mod call;
pub mod client;
mod connection;
pub mod convert;
mod descriptor;
mod explain;
mod page_token;
mod preface;
pub mod server;
pub mod status;
mod stream;
mod telemetry;
mod validation;

pub use descriptor::descriptor_set;
pub use validation::Validation;
