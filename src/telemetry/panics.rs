//! What is said of a panic: where it happened, and its words only if they stand in the code.
//!
//! `panic!("no {x}")` and `unwrap()` put values into the words; such words are withheld, because a value may be a
//! customer's. Words without values are constants of the program and are told.

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    panic::{self, PanicHookInfo},
};

use super::metrics::METRICS;

/// What is said instead of words that may hold a value.
const WITHHELD: &str = "<withheld: the words hold values>";

/// Takes the place of the standard hook, which would print the words whatever they hold.
pub fn install() {
    panic::set_hook(Box::new(tell));
}

fn tell(info: &PanicHookInfo<'_>) {
    METRICS.process.panics.inc();
    let (file, line) = info.location().map_or(("unknown", 0), |place| (place.file(), place.line()));
    let words = words(info);
    // Names of functions and files only; captured if `RUST_BACKTRACE` asks for it.
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        tracing::error!(panic.file = file, panic.line = line, panic.backtrace = %backtrace, "panic: {words}");
    } else {
        tracing::error!(panic.file = file, panic.line = line, "panic: {words}");
    }
}

fn words(info: &PanicHookInfo<'_>) -> &'static str {
    // A payload of this type was formatted from nothing: it is a literal of the code.
    info.payload().downcast_ref::<&'static str>().copied().unwrap_or(WITHHELD)
}
