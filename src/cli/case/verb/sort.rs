//! Sorting, distribution and supervision: what customer service, team leaders and compliance do.

use std::sync::Arc;

use anyhow::bail;

use super::{
    Context, Verb,
    on::{On, OnMany, call, ids_of, request},
    shown,
};
use crate::{
    app::{
        App,
        case::{
            answer_assist::answer_assist,
            appeal::{appeal_case, decide_appeal},
            assign_case::{Destination, assign_case},
            batch::{CasesCall, Changed, Which, batch_assign_cases, release_cases, urge_cases},
            claim_next_case::claim_next_case,
            create_case::{Doubt, create_case},
            decide_commission::decide_commission,
            extend_case::extend_case,
            hold_case::hold_case,
            merge_cases::merge_cases,
            opinions::{record_opinion, reply_to_opinion},
            pause::{pause_case, resume_case},
            reopen_case::reopen_case,
            report_agency_refusal::report_agency_refusal,
            return_case::return_case,
            take_over_case::take_over_case,
            verify_case::verify_case,
            withdraw_case::withdraw_case,
        },
    },
    cli::{case::member, output},
    security::principal::Principal,
};

#[expect(clippy::too_many_lines, reason = "a table of verbs: one arm each")]
pub(super) async fn run(context: &Context, app: &Arc<App>, verb: Verb) -> anyhow::Result<()> {
    let changed = match verb {
        Verb::Create { submission, party, source, doubt, reason, by } => {
            let principal = member(app, by.staff).await?;
            let request = request(context, app, &reason)?;
            let new = Doubt { source, doubt, submission_id: submission, party_no: party, request };
            create_case(app, &principal, new, &reason).await?
        }
        Verb::Hold { on, let_go, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            hold_case(app, &principal, call, !let_go, &reason).await?
        }
        Verb::Merge { on, merged, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            let merged = ids_of(app, &principal, &merged).await?;
            merge_cases(app, &principal, call, merged, &reason).await?
        }
        Verb::Release(on) => {
            let (principal, call) = many(context, app, &on, "release").await?;
            return each(context, release_cases(app, &principal, call).await?);
        }
        Verb::Urge(on) => {
            let (principal, call) = many(context, app, &on, "urge").await?;
            return each(context, urge_cases(app, &principal, call).await?);
        }
        Verb::Claim(by) => {
            let principal = member(app, by.staff).await?;
            let claimed = claim_next_case(app, &principal, request(context, app, "claim")?).await?;
            let Some(claimed) = claimed else {
                output::note("no case of the branch waits for a clerk");
                return Ok(());
            };
            claimed
        }
        Verb::Assign { on, to, channel, branch, reason } => {
            let [case] = on.cases.as_slice() else {
                if channel.is_some() {
                    bail!("--channel goes with one case: other channels are decided on case by case");
                }
                let (principal, call) = many(context, app, &on, &reason).await?;
                return each(context, batch_assign_cases(app, &principal, call, to, &reason).await?);
            };
            let one = On { case: case.clone(), by: on.by };
            let (principal, call) = call(context, app, &one, &reason).await?;
            let destination = Destination { staff_code: to, channel: channel.zip(branch) };
            assign_case(app, &principal, call, destination, &reason).await?
        }
        Verb::Pause { on, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            pause_case(app, &principal, call, &reason).await?
        }
        Verb::Resume(on) => {
            let (principal, call) = call(context, app, &on, "resume").await?;
            resume_case(app, &principal, call).await?
        }
        Verb::Extend { on, days, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            extend_case(app, &principal, call, days, &reason).await?
        }
        Verb::TakeOver { on, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            take_over_case(app, &principal, call, &reason).await?
        }
        Verb::AnswerAssist { on, channel, overrides, answer } => {
            let (principal, call) = call(context, app, &on, &answer).await?;
            answer_assist(app, &principal, call, channel, overrides, &answer).await?
        }
        Verb::Verify { on, note } => {
            let (principal, call) = call(context, app, &on, &note).await?;
            verify_case(app, &principal, call, &note).await?
        }
        Verb::Return { on, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            return_case(app, &principal, call, &reason).await?
        }
        Verb::Reopen { on, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            reopen_case(app, &principal, call, &reason).await?
        }
        Verb::Withdraw { on, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            withdraw_case(app, &principal, call, &reason).await?
        }
        Verb::Appeal { on, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            appeal_case(app, &principal, call, &reason).await?.0
        }
        Verb::DecideAppeal { on, id, accept, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            decide_appeal(app, &principal, call, (id, accept), &reason).await?
        }
        Verb::Opinion { on, kind, owner, due, opinion } => {
            let (principal, call) = call(context, app, &on, &opinion).await?;
            record_opinion(app, &principal, call, (kind, owner, due), &opinion).await?.0
        }
        Verb::Reply { on, id, reply } => {
            let (principal, call) = call(context, app, &on, &reply).await?;
            reply_to_opinion(app, &principal, call, id, &reply).await?
        }
        Verb::AgencyRefusal { on, agency, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            report_agency_refusal(app, &principal, call, agency, &reason).await?
        }
        Verb::Commission { on, release, reason } => {
            let (principal, call) = call(context, app, &on, &reason).await?;
            decide_commission(app, &principal, call, !release, &reason).await?
        }
        other => bail!("{other:?} is nobody's work"),
    };
    shown(context, &changed);
    Ok(())
}

/// Who acts, and the call on many cases.
async fn many(
    context: &Context,
    app: &App,
    on: &OnMany,
    said: &str,
) -> anyhow::Result<(Principal, CasesCall)> {
    let principal = member(app, on.by.staff.clone()).await?;
    let which = Which::Ids(ids_of(app, &principal, &on.cases).await?);
    Ok((principal, CasesCall { which, request: request(context, app, said)? }))
}

/// Each case as it stands, or on stderr why it was not changed; a failure if one was not.
fn each(context: &Context, results: Vec<Changed>) -> anyhow::Result<()> {
    let mut failed = 0;
    let all = results.len();
    for Changed { case_id, result } in results {
        match result {
            Ok(changed) => shown(context, &changed),
            Err(error) => {
                failed += 1;
                output::note(format!("case {case_id}: {error}"));
            }
        }
    }
    anyhow::ensure!(failed == 0, "{failed} of {all} cases were not changed");
    Ok(())
}
