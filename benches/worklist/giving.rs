//! Cases given to people in bulk: a call that gives 1,000 of them to whose turn it is, and the distribution of 10,000. Nobody promised
//! a figure: they are printed, as a trend.

use std::{sync::Arc, time::Instant};

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use zhenshi::{
    clock::FixedClock,
    entropy::SeededEntropy,
    security::{
        policy::Action,
        principal::{Principal, StaffScope},
        role::Role,
    },
    store::{
        Store,
        case::{
            Answer, Assigning, CaseFilter, To,
            batch::{Batch, MOST_CASES},
            change::Tools,
            request::RequestKey,
        },
    },
};
use zhenshi_domain::{calendar::Calendar, case::CaseState, profile::Profile};

/// Cases that are distributed, if so many wait.
const DISTRIBUTED: usize = 10_000;

/// Measures both, and prints a line for each.
pub async fn measure(store: &Store, now: DateTime<Utc>, cases: u64) -> anyhow::Result<()> {
    let tools = Tools {
        clock: Arc::new(FixedClock::new(now)),
        entropy: Arc::new(SeededEntropy::new(1)),
        calendar: Arc::new(Calendar::shipped()?),
        calendar_version: "bench".into(),
        profile: Arc::new(Profile::default()),
    };
    let (given, seconds) = give(store, &tools).await?;
    report("worklist_batch_assign", cases, given, seconds);
    let (given, seconds) = distribute(store, &tools).await?;
    report("worklist_distribute", cases, given, seconds);
    Ok(())
}

fn report(name: &str, cases: u64, given: usize, seconds: f64) {
    println!(
        "{}",
        serde_json::json!({
            "name": name, "cases": cases, "given": given, "seconds": seconds,
            // Counts of a bench are far below 2^52.
            "ms_per_case": seconds * 1e3 / f64::from(u32::try_from(given).unwrap_or(u32::MAX)),
        })
    );
}

/// `BatchAssignCases` of 1,000, as customer service sends it.
async fn give(store: &Store, tools: &Tools) -> anyhow::Result<(usize, f64)> {
    let staff = StaffScope {
        staff_code: "CS".into(),
        channel: None,
        branch_code: String::new(),
        team_leader_code: String::new(),
    };
    let scope = Principal::member(Role::CustomerService, staff).permit(Action::BatchAssignCases)?;
    let filter = CaseFilter { states: vec![CaseState::Open], ..CaseFilter::default() };
    let (mut case_ids, _) = store.matching_cases(scope.clone(), filter, tools.clock.now()).await?;
    case_ids.truncate(MOST_CASES);
    let count = case_ids.len();
    let request = RequestKey { request_id: uuid::Uuid::from_u128(1), digest: [7; 32] };
    let batch = Batch { case_ids, request, action: "ASSIGN_CASES" };
    let assigning = Assigning { to: To::Turn, reasons: Vec::new() };
    let begun = Instant::now();
    let done = store.batch_assign_cases(tools.clone(), scope, batch, assigning).await?;
    let seconds = begun.elapsed().as_secs_f64();
    let given = done.iter().filter(|each| matches!(each.answer, Answer::Done { .. })).count();
    ensure!(given == count && count > 0, "{given} of {count} cases were given");
    Ok((given, seconds))
}

/// What the worker does, pass by pass.
async fn distribute(store: &Store, tools: &Tools) -> anyhow::Result<(usize, f64)> {
    let begun = Instant::now();
    let mut given = 0;
    while given < DISTRIBUTED {
        match store.distribute_cases(tools.clone()).await.context("distribution")? {
            0 => break,
            some => given += some,
        }
    }
    ensure!(given > 0, "nothing waited");
    Ok((given, begun.elapsed().as_secs_f64()))
}
