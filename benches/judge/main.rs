//! `./dev bench judge`: what judging costs, without disk and network.
//!
//! Two promises: judging an application with two people against the decoding of the same message, and the check of a
//! resident ID number, typed reason included, against the crates `idcard` and `id-card` on the same numbers.
//! `benches/README.md` says how to read the figures.
//!
//! To add a line, add a [`Duel`] in [`duels`]; one file a thing: [`message`] (an application as it is sent), [`numbers`]
//! (resident ID numbers), [`duel`] (alternating turns, medians, JSON).

mod duel;
#[path = "../record/inputs.rs"]
mod inputs;
mod message;
mod numbers;

use std::{hint::black_box, process::ExitCode};

use anyhow::Context as _;
use prost::Message as _;
use zhenshi::clock::{Clock as _, SystemClock};
use zhenshi_domain::{
    application::CertificateKind, identity, identity::resident_id, profile::Profile, rule::judge, shanghai,
};
use zhenshi_proto::zhenshi::v1::ValidateApplicationRequest;

use crate::duel::{Duel, Side};

/// Applications that a side goes through in a turn: so many that no branch is known by heart.
const APPLICATIONS: usize = 512;
/// A verdict takes at most so many times the decoding of its message.
const JUDGE_LIMIT: f64 = 5.0;
/// The check of a resident ID number takes at most as long as a rival's.
const NUMBER_LIMIT: f64 = 1.0;

fn main() -> anyhow::Result<ExitCode> {
    let kept: Vec<bool> = duels()?.iter().map(Duel::run).collect();
    Ok(if kept.contains(&false) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn duels() -> anyhow::Result<Vec<Duel>> {
    let now = SystemClock.now();
    let today = shanghai::date(now);
    let applications = inputs::applications(APPLICATIONS)?;
    let messages: Vec<Vec<u8>> =
        applications.iter().map(|application| message::request(application).encode_to_vec()).collect();
    let bytes = messages.iter().map(Vec::len).sum::<usize>() / messages.len();
    for (application, message) in applications.iter().zip(&messages) {
        let decoded = ValidateApplicationRequest::decode(message.as_slice())?;
        anyhow::ensure!(decoded == message::request(application), "a message does not come back as it was");
    }
    let profile = Profile::default();
    let numbers = numbers::numbers().context("no resident ID numbers")?;
    let count = numbers.len();

    let judging = Side::new("judge", APPLICATIONS, move || {
        for application in &applications {
            black_box(judge(black_box(application), &profile, now));
        }
    });
    let decoding = Side::new("prost decode", APPLICATIONS, move || {
        for message in &messages {
            let _ = black_box(ValidateApplicationRequest::decode(black_box(message.as_slice())));
        }
    });
    let over = |name, numbers: &[String], check: fn(&str, chrono::NaiveDate)| {
        let numbers = numbers.to_vec();
        Side::new(name, count, move || numbers.iter().for_each(|number| check(black_box(number), today)))
    };
    let parse: fn(&str, chrono::NaiveDate) = |number, today| {
        let _ = black_box(resident_id::parse(number, today));
    };
    let faults: fn(&str, chrono::NaiveDate) = |number, today| {
        black_box(identity::faults(CertificateKind::ResidentId, number, today));
    };
    let rival: fn(&str, chrono::NaiveDate) = |number, _| {
        black_box(idcard::validate(number));
    };
    let other_rival: fn(&str, chrono::NaiveDate) = |number, _| {
        black_box(id_card::validate(number));
    };
    Ok(vec![
        Duel::new("judge_application", judging, decoding, Some(JUDGE_LIMIT)).noting("message_bytes", bytes),
        Duel::new(
            "resident_id_idcard",
            over("parse", &numbers, parse),
            over("idcard", &numbers, rival),
            Some(NUMBER_LIMIT),
        ),
        Duel::new(
            "resident_id_id_card",
            over("parse", &numbers, parse),
            over("id-card", &numbers, other_rival),
            Some(NUMBER_LIMIT),
        ),
        Duel::new(
            "resident_id_advised_id_card",
            over("faults", &numbers, faults),
            over("id-card", &numbers, other_rival),
            None,
        ),
    ])
}
