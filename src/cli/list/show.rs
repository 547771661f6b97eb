//! `zhenshi list show`: a list's facts, then its suspicions, most urgent first. Customers by id, applications by number:
//! nothing is decrypted.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    app::{
        App, ListKind, ListState, SuspicionFilter, SuspicionListRow,
        get_suspicion_list::get_suspicion_list,
        list_suspicions::list_suspicions,
        suspicions::{ShownMember, ShownSuspicion},
    },
    cli::{Context, output},
    security::principal::Principal,
};

/// Suspicions that are read at a time.
const PAGE: u16 = 200;

/// Prints the list and its suspicions.
pub(super) async fn show(
    context: &Context,
    app: &App,
    principal: &Principal,
    (kind, date): (ListKind, chrono::NaiveDate),
) -> anyhow::Result<()> {
    let (row, _) = get_suspicion_list(app, principal, kind, date).await?;
    list(context, &row);
    if row.state == ListState::Closed {
        output::note("the list is still being written; its suspicions are shown once it is sealed");
        return Ok(());
    }
    let mut filter = SuspicionFilter::default();
    loop {
        let page = list_suspicions(app, principal, (kind, date), filter.clone(), PAGE, false).await?;
        for shown in &page.suspicions {
            if context.json {
                output::json(&as_json(shown));
            } else {
                output::line(as_text(shown).trim_end());
            }
        }
        filter.after = page.next;
        if filter.after.is_none() {
            return Ok(());
        }
    }
}

/// Prints a list's facts.
pub(super) fn list(context: &Context, row: &SuspicionListRow) {
    let digest = row.digest_text();
    if context.json {
        output::json(&json!({
            "suspicion_list_id": row.id,
            "kind": kind(row.kind),
            "list_date": row.list_date,
            "cut_time": row.cut_time,
            "previous_cut_time": row.previous_cut_time,
            "state": state(row.state),
            "sealed_time": row.sealed_time,
            "digest": digest,
            "suspicion_count": row.suspicion_count,
            "member_count": row.member_count,
            "rule_set_version": row.rule_set_version,
            "calendar_version": row.calendar_version,
            "provisional": row.provisional,
        }));
        return;
    }
    output::line(format!(
        "{} {} {}: {} suspicions with {} members; sees {} to {}; rule set {}, calendar {}{}; digest {digest}",
        kind(row.kind),
        row.list_date,
        state(row.state),
        row.suspicion_count,
        row.member_count,
        row.previous_cut_time,
        row.cut_time,
        row.rule_set_version,
        row.calendar_version,
        if row.provisional { " (working day presumed)" } else { "" },
    ));
}

fn as_json(shown: &ShownSuspicion) -> Value {
    let (row, priority) = (&shown.row, shown.row.priority);
    let members = shown.members.iter().map(|member| match member {
        ShownMember::Full { row, .. } => json!({
            "customer_id": row.customer_id,
            "source": row.source,
            "application_no": row.application_no,
            "policy_no": row.policy_no,
            "submission_id": row.submission_id,
            "party_no": row.party_no,
            "role": format!("{:?}", row.role).to_uppercase(),
            "is_new": row.is_new,
            "baseline": row.baseline,
            "branch_code": row.branch_code,
            "seller_code": row.seller_code,
            "agency_code": row.agency_code,
        }),
        ShownMember::Stub { customer_id, .. } => json!({ "customer_id": customer_id }),
    });
    json!({
        "suspicion_id": row.id,
        "clue": row.clue.name(),
        "clue_value_id": row.clue_value_id,
        "owner_code": row.owner.as_ref().map(|(_, code)| code),
        "customer_count": row.customer_count,
        "use_count": row.use_count,
        "capped": row.capped,
        "declared_family": row.declared_family,
        "lead_branch_code": row.lead_branch_code,
        "priority": {
            "total": priority.total, "call_back": priority.call_back, "customers": priority.customers,
            "clue": priority.clue, "channel": priority.channel, "seller": priority.seller,
        },
        "members": members.collect::<Vec<_>>(),
    })
}

fn as_text(shown: &ShownSuspicion) -> String {
    let row = &shown.row;
    let mut text = format!(
        "{:>6}  {}  {} customers, {} uses{}  {}\n",
        row.priority.total,
        row.clue.name(),
        row.customer_count,
        row.use_count,
        if row.capped { " (not all listed)" } else { "" },
        row.id
    );
    for member in &shown.members {
        // Writing to a String cannot fail.
        let _ = match member {
            ShownMember::Full { row, .. } => writeln!(
                text,
                "        customer {}  {} {} party {}{}{}",
                row.customer_id,
                row.source,
                row.application_no,
                row.party_no,
                if row.is_new { "  new" } else { "" },
                if row.baseline { "  baseline" } else { "" },
            ),
            ShownMember::Stub { customer_id, .. } => writeln!(text, "        customer {customer_id}"),
        };
    }
    text
}

const fn kind(kind: ListKind) -> &'static str {
    match kind {
        ListKind::Daily => "daily",
        ListKind::SelfInspection => "self-inspection",
    }
}

const fn state(state: ListState) -> &'static str {
    match state {
        ListState::Closed => "closed",
        ListState::Sealed => "sealed",
    }
}
