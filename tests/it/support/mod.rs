//! What the tests share: a database of their own, a service on port 0, applications.

pub mod applications;
pub mod audited;
pub mod built_in;
pub mod calls;
pub mod cases;
pub mod core;
pub mod database;
pub mod desk;
pub mod directory;
pub mod evidence;
pub mod generated;
pub mod hiring;
pub mod otlp;
pub mod processes;
pub mod program;
pub mod provider;
pub mod raw;
pub mod receiver;
pub mod recorder;
pub mod service;
pub mod staff;
pub mod statuses;
pub mod web;
