//! What the tests share: a database of their own, a service on port 0, applications.

pub mod applications;
pub mod built_in;
pub mod calls;
pub mod database;
pub mod directory;
pub mod generated;
pub mod otlp;
pub mod processes;
pub mod program;
pub mod raw;
pub mod recorder;
pub mod service;
pub mod statuses;
