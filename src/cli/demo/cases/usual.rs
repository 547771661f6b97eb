//! The usual work beside the planted cases: clerks begin some cases a day and finish fewer, verifiers keep up with some. And what is
//! left on the desks at the end, so that the worklist has something of everything.

use anyhow::Context as _;
use zhenshi_domain::case::{CallBackDoubt, Outcome};

use super::{cast::Cast, office::Office, papers::prove_and_submit};
use crate::grpc::client::cases::{SeenCase, StaffClient};

/// Cases that a clerk begins in the morning.
const BEGUN: usize = 2;
/// Cases that he finishes in the afternoon.
const FINISHED: usize = 1;
/// Of so many submissions one is returned by customer service, and one is left for the next day.
const RETURNED_EACH: usize = 7;
const LEFT_EACH: usize = 3;

/// What customers share that a relation explains.
const SHARING: [&str; 2] = ["SAME_PHONE", "SAME_BANK_ACCOUNT"];

/// The morning: every clerk begins what is most urgent on his desk.
pub(super) async fn begin(office: &Office, troupe: &Cast) -> anyhow::Result<()> {
    for code in office.clerks() {
        let clerk = office.by(code)?;
        for case in own(clerk, troupe, "ASSIGNED").await?.iter().take(BEGUN) {
            let case = clerk.start(case).await?;
            clerk.comment(&case, "演示：已联系客户，等待回复").await?;
        }
    }
    Ok(())
}

/// The afternoon: every clerk finishes some that a relation explains.
pub(super) async fn finish(office: &Office, troupe: &Cast) -> anyhow::Result<()> {
    for code in office.clerks() {
        let clerk = office.by(code)?;
        let mut finished = 0;
        for case in own(clerk, troupe, "INVESTIGATING").await? {
            let shared = case.clues.iter().all(|clue| SHARING.contains(&clue.as_str()));
            if finished == FINISHED || !shared {
                continue;
            }
            let case = clerk.case(&case.case_id).await?;
            if case.assists.iter().all(|(.., answered)| *answered) {
                prove_and_submit(clerk, &case, Outcome::Cleared).await?;
                finished += 1;
            }
        }
    }
    Ok(())
}

/// The evening: customer service looks at what was submitted.
pub(super) async fn verify(office: &Office, troupe: &Cast) -> anyhow::Result<()> {
    let desk = office.by("CS-2")?;
    let submitted = desk.cases_in(&["SUBMITTED"]).await?;
    // What waits for compliance was verified here already.
    let fresh = submitted.iter().filter(|case| !troupe.has(&case.case_id));
    for (place, case) in fresh.enumerate() {
        if place % LEFT_EACH == 0 {
            continue;
        }
        if place % RETURNED_EACH == 1 {
            give_back(desk, case).await?;
            continue;
        }
        if !waits_for_compliance(desk, case).await? {
            desk.verify(case).await?;
        }
    }
    Ok(())
}

async fn give_back(desk: &StaffClient, case: &SeenCase) -> anyhow::Result<()> {
    if !waits_for_compliance(desk, case).await? {
        desk.give_back(case, "演示：签名不清晰").await?;
    }
    Ok(())
}

/// Whether a submitted case was verified by customer service since: it is compliance's then, and a second time is refused. What
/// the clock told in between, such as that it is due, may stand after the verification.
async fn waits_for_compliance(desk: &StaffClient, case: &SeenCase) -> anyhow::Result<bool> {
    let told = desk.timeline(&case.case_id).await?;
    let since = told.iter().rev().take_while(|event| event.kind != "SUBMITTED");
    Ok(since.into_iter().any(|event| event.kind == "VERIFIED"))
}

/// What is left at the end of the last day: doubts in sorting, one of them held; a question to customer service, a paused case,
/// an appeal; and everybody who is late is urged.
pub(super) async fn leave(office: &Office, troupe: &Cast) -> anyhow::Result<()> {
    let desk = office.by("CS-1")?;
    let closed = desk.cases_in(&["CLOSED"]).await?;
    let mut doubts = Vec::new();
    for case in closed.iter().take(2) {
        let member = desk.case(&case.case_id).await?.members.into_iter().next();
        let member = member.context("a case without members")?;
        doubts.push(desk.doubt(&member, CallBackDoubt::AnsweredByOther, "演示：回访时非本人接听").await?);
    }
    if let Some(held) = doubts.first() {
        desk.hold(held, "演示：等待客户来电").await?;
    }
    let mut begun = Vec::new();
    for code in office.clerks() {
        begun.extend(own(office.by(code)?, troupe, "INVESTIGATING").await?);
    }
    let mut begun = begun.into_iter();
    if let Some(case) = begun.next() {
        office.by(&case.assignee)?.request_call_back(&case, "演示：请回访核实联系电话").await?;
    }
    if let Some(case) = begun.next() {
        desk.pause(&case, "演示：客户出境，约定返回后办理").await?;
    }
    if let Some(case) = begun.next() {
        office.by(&case.assignee)?.appeal(&case, "演示：系统误发").await?;
    }
    let late: Vec<SeenCase> = desk.open_cases(None).await?.into_iter().filter(|case| case.overdue).collect();
    for some in late.chunks(MOST_URGED) {
        desk.urge(some).await?;
    }
    Ok(())
}

/// Cases that are urged by one call.
const MOST_URGED: usize = 500;

/// The cases of a clerk in a state, the most urgent first, without the planted ones.
async fn own(clerk: &StaffClient, troupe: &Cast, state: &str) -> anyhow::Result<Vec<SeenCase>> {
    let mut cases = clerk.open_cases(Some(&clerk.code)).await?;
    cases.retain(|case| case.state == state && !troupe.has(&case.case_id));
    Ok(cases)
}
