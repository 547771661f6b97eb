//! Deliveries of events to a real HTTP server that fails, hangs, repeats and breaks off; the clock is moved by hand.

mod ends;
mod order;
mod race;
mod retention;
mod service;
pub mod world;

/// The receiver of the example: an implementation of its own.
#[path = "../../examples/webhook_receiver/verify.rs"]
mod verify;
