//! The gRPC surface: takes messages apart, calls a use case, puts the answer together.
//!
//! Only this folder names tonic and generated types. To add an rpc, see `docs/adding-an-rpc.md`.

pub mod auth;
mod calendar;
mod call;
mod case;
pub mod client;
mod connection;
pub mod convert;
mod descriptor;
mod directory;
mod event;
mod explain;
pub mod exporter;
pub mod lines;
mod page_token;
mod policy_event;
mod preface;
mod privacy;
pub mod server;
pub mod status;
mod stream;
mod suspicion;
mod telemetry;
mod validation;

pub use calendar::Calendar;
pub use case::Cases;
pub use descriptor::descriptor_set;
pub use directory::Directory;
pub use event::Events;
pub use policy_event::PolicyEvents;
pub use privacy::Privacy;
pub use suspicion::Suspicions;
pub use validation::Validation;
