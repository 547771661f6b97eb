//! Everything that starts the service or a database: one binary. Run it through `./dev test`, which starts the database
//! server that it needs. To add a test, add a module; `support` has a database, a service and applications to send.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

mod audit;
mod cli_config;
mod cli_values;
mod embedded;
mod embedded_edges;
mod gate;
mod heads;
mod kill;
mod lost_commit;
mod overload;
mod partitions;
mod refused_row;
mod replicas;
mod rules_page;
mod service;
mod snapshots;
mod start;
mod truth;
