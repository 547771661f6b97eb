//! Zhenshi keeps a life insurer's customer data true: it judges applications at underwriting and records every verdict.
//!
//! Read in this order: [`zhenshi_domain`] (the rules), [`app`] (the use cases), [`store`] (what is kept), [`grpc`] and
//! [`web`] (how it is reached), [`worker`] (what it does by itself), [`cli`] (where everything is put together).
//! `docs/ARCHITECTURE.md` tells the whole story.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod edge;
pub mod entropy;
pub mod gendata;
pub mod grpc;
pub mod ids;
pub mod lifecycle;
pub mod outbound;
pub mod security;
pub mod store;
pub mod telemetry;
pub mod web;
pub mod webhook;
pub mod words;
pub mod worker;
