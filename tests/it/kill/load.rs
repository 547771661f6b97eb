//! The load of a round: what is sent, who sends it, and the ledger of what was answered.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use tokio::sync::Notify;
use tonic::Status;
use zhenshi::grpc::client::Client;
use zhenshi_proto::zhenshi::v1::{ValidateApplicationRequest, ValidateApplicationResponse, Verdict};

use crate::support::applications::{application, not_applicable, rejected, request};

/// Numbers that a round may use: far more than it needs, and a multiple of [`TURNS`], so that no application is sent in
/// two rounds.
const NUMBERS_OF_A_ROUND: u32 = 6_000;
/// Requests for one application, each with other content.
pub const TURNS: u32 = 3;
/// Every so many tickets a request is sent that was sent a moment ago.
const REPEAT_EVERY: u32 = 5;
/// How many tickets ago.
const REPEAT_AFTER: u32 = 2;

/// The application that request `number` is about.
pub fn application_no(number: u32) -> String {
    format!("K-{}", number / TURNS)
}

/// What request `number` must be told.
pub fn verdict(number: u32) -> Verdict {
    match number % 8 {
        5 => Verdict::Rejected,
        7 => Verdict::NotApplicable,
        _ => Verdict::Accepted,
    }
}

/// The request `number`: always the same.
pub fn message(number: u32) -> ValidateApplicationRequest {
    let make = match verdict(number) {
        Verdict::Rejected => rejected,
        Verdict::NotApplicable => not_applicable,
        _ => application,
    };
    request(number.into(), make(&application_no(number), number))
}

/// Where a round stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Calls run and must succeed.
    Load,
    /// The kill is on its way: a call may fail.
    Aiming,
    /// The kill is done: no new calls.
    Struck,
}

/// What was sent in a round and what came back.
pub struct Ledger {
    /// Each request with its answer, if there was one before the round's repeats.
    pub answers: BTreeMap<u32, Option<ValidateApplicationResponse>>,
    /// Calls that were begun before the kill was on its way, and failed by it or had no answer when it was done.
    pub in_flight_at_kill: usize,
    /// Requests that had an answer before the kill was on its way.
    pub acknowledged_before_kill: usize,
    /// How calls failed.
    pub failures: Vec<Status>,
    acknowledged: usize,
    ticket: u32,
    phase: Phase,
}

/// The load of one round; shared by its callers and the one who kills.
pub struct Load {
    ledger: Mutex<Ledger>,
    wanted: usize,
    enough: Notify,
}

impl Load {
    /// A load that tells when `wanted` requests are acknowledged.
    pub fn new(round: u32, wanted: usize) -> Self {
        let ledger = Ledger {
            answers: BTreeMap::new(),
            in_flight_at_kill: 0,
            acknowledged_before_kill: 0,
            failures: Vec::new(),
            acknowledged: 0,
            ticket: round * NUMBERS_OF_A_ROUND,
            phase: Phase::Load,
        };
        Self { ledger: Mutex::new(ledger), wanted, enough: Notify::new() }
    }

    /// One caller: sends without a pause until the kill is done or a call fails by it.
    pub async fn send(&self, client: Client) {
        while let Some((number, begun)) = self.begin() {
            let answer = client.validate(message(number)).await;
            let failed = answer.is_err();
            self.end(number, begun, answer);
            if failed {
                return;
            }
        }
    }

    /// Waits until enough is acknowledged, then kills while calls are under way.
    pub async fn kill(&self, kill: impl FnOnce()) {
        self.enough.notified().await;
        let mut ledger = self.lock();
        ledger.phase = Phase::Aiming;
        ledger.acknowledged_before_kill = ledger.acknowledged;
        drop(ledger);
        kill();
        self.lock().phase = Phase::Struck;
    }

    /// The ledger, when every caller has come to an end.
    pub fn close(self) -> Ledger {
        self.ledger.into_inner().unwrap()
    }

    fn begin(&self) -> Option<(u32, Phase)> {
        let mut ledger = self.lock();
        if ledger.phase == Phase::Struck {
            return None;
        }
        let ticket = ledger.ticket;
        ledger.ticket += 1;
        let number = if ticket % REPEAT_EVERY == REPEAT_EVERY - 1 { ticket - REPEAT_AFTER } else { ticket };
        ledger.answers.entry(number).or_default();
        Some((number, ledger.phase))
    }

    fn end(&self, number: u32, begun: Phase, answer: Result<ValidateApplicationResponse, Box<Status>>) {
        let mut ledger = self.lock();
        if begun == Phase::Load && (answer.is_err() || ledger.phase == Phase::Struck) {
            ledger.in_flight_at_kill += 1;
        }
        match answer {
            Ok(answer) => ledger.acknowledge(number, answer),
            Err(status) => {
                assert!(ledger.phase != Phase::Load, "request {number} failed before the kill: {status}");
                ledger.failures.push(*status);
            }
        }
        if ledger.acknowledged >= self.wanted {
            self.enough.notify_one();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }
}

impl Ledger {
    /// Notes an answer; a repeat must be told the same.
    pub fn acknowledge(&mut self, number: u32, answer: ValidateApplicationResponse) {
        let known = self.answers.entry(number).or_default();
        if let Some(known) = known {
            assert_eq!(*known, answer, "request {number} is told the same again");
        } else {
            *known = Some(answer);
            self.acknowledged += 1;
        }
    }
}
