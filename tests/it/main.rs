//! Everything that starts the service or a database: one binary. Run it through `./dev test`, which starts the database
//! server that it needs. To add a test, add a module; `support` has a database, a service and applications to send.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

mod audit;
mod canary;
mod cancel_storm;
mod cli_config;
mod cli_values;
mod descriptors;
mod embedded;
mod embedded_edges;
mod error_pages;
mod floods;
mod gate;
mod heads;
mod health;
mod hostile;
mod kill;
mod limits;
mod logs;
mod lost_commit;
mod metrics;
mod overload;
mod partitions;
mod refused_row;
mod replicas;
mod rules_page;
mod runbook;
mod service;
mod snapshots;
mod start;
mod stream;
mod tls;
mod traces;
mod truth;
