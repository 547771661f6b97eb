//! The domain as its users see it: applications in, findings out. One file per matter; `sample.rs` builds what they
//! judge. To add a rule's test, add its cases to `rules.rs`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod access;
mod calendar;
mod cases;
mod certificates;
mod contacts;
mod debug;
mod forms;
mod judging;
mod policies;
mod resident_ids;
mod rules;
mod sample;
