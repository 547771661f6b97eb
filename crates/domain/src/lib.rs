//! The rules of Zhenshi, and nothing else: what is wrong with an application, who its parties are, and under which
//! form two values are the same.
//!
//! # Invariants
//!
//! - Pure: no IO, no async, no clock, no randomness, no environment. The time is an argument, so the same application,
//!   profile and instant always give the same findings in the same order.
//! - Total: no text can make a function here panic. Whatever a source sends ends as a finding.
//! - Silent: no `Debug`, no error and no finding carries a value that came from outside ([`personal`], [`finding`]).
//! - One pass: an application is judged by all rules, and all findings are told at once ([`rule::judge`]).
//!
//! # How to add a rule
//!
//! One file in `rules/` with its [`finding::Code`]s and a type that implements [`rule::Rule`], one line in
//! [`rules::ALL`], and the words in `locales/`. `docs/adding-a-rule.md` is the whole recipe.

// What comes in.
pub mod application;
pub mod personal;
// What comes out.
pub mod finding;
pub mod verdict;
// The rules and how they are weighed.
pub mod profile;
pub mod rule;
pub mod rules;
// What they know of certificates and contacts.
pub mod contact;
pub mod identity;
pub mod reading;
pub mod shanghai;
pub mod text;
// Working days.
pub mod calendar;
// Who and what the daily list compares.
pub mod clue;
pub mod directory;
pub mod party;
pub mod suspicion;
// What became of policies.
pub mod policy;
// Until when a customer may withdraw, and whether to call.
pub mod call_back;
pub mod cooling_off;
// Cases: from suspicion to verified end, in time.
pub mod assignment;
pub mod case;
pub mod deadline;
pub mod timer;
// How long what is kept, and how it ends.
pub mod erasure;
pub mod retention;
// What other systems are told.
pub mod event;
// What may be shown, to whom, and for how long.
pub mod access;
pub mod mask;

/// Version of everything that makes a fingerprint form: [`text`], [`identity`], [`contact`] and the keys of [`party`]
/// and [`clue`].
///
/// Raise it by one in the same change that makes any input give another form than before; a test holds samples of
/// every form. Fingerprints of different versions never compare, and a service refuses to start on fingerprints of a
/// version that it does not know.
pub const NORMALISER_VERSION: u16 = 3;
