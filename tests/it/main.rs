//! Everything that starts the service or a database: one binary. Run it through `./dev test`, which starts the database
//! server that it needs. To add a test, add a module; `support` has a database, a service and applications to send.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

mod audit;
mod baseline;
mod calendar;
mod call_back;
mod canary;
mod cancel_storm;
mod cases_assigning;
mod cases_distribution;
mod cases_evidence;
mod cases_form;
mod cases_investigation;
mod cases_opinions;
mod cases_scanner;
mod cases_sorting;
mod cases_timers;
mod cases_verifying;
mod cases_worklist;
mod cli_config;
mod cli_values;
mod deliveries;
mod descriptors;
mod directory;
mod directory_codes;
mod directory_contacts;
mod directory_files;
mod directory_gate;
mod directory_import;
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
mod list;
mod list_truth;
mod logs;
mod lost_commit;
mod metrics;
mod overload;
mod page;
mod partitions;
mod policy;
mod policy_event_service;
mod policy_events;
mod refused_row;
mod replicas;
mod rules_page;
mod runbook;
mod service;
mod snapshots;
mod start;
mod story;
mod stream;
mod suspicion_lists;
mod tls;
mod traces;
mod truth;
