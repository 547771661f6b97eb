//! Deadlines and timers as they are stored: they move with what is recorded, and each is told once, whoever is killed.
//!
//! `desk.rs` puts cases where a test wants them; `clocks.rs` moves deadlines; `race.rs` races and kills; `year.rs` plays the
//! days of a year against the oracle of the domain's tests.

mod clocks;
mod desk;
#[path = "../../crates/domain/tests/it/cases/oracle.rs"]
mod oracle;
mod race;
mod year;
