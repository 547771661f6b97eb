//! Cases, timelines and figures as text or JSON. Codes, numbers and times: nothing is decrypted.

use serde_json::{Value, json};
use zhenshi_domain::application::Channel;

use crate::{
    app::{
        CaseDetailRows, CaseEventRow, CaseFigures, CaseRow, NEVER, Statistics,
        case::{
            get_case::{ShownCase, ShownCaseMember, ShownDetails},
            said,
        },
    },
    cli::{Context, output},
    words::{Language, Words},
};

/// One line of the worklist.
pub(super) fn row(context: &Context, case: &CaseRow) {
    if context.json {
        output::json(&as_json(case, context));
        return;
    }
    let due = if case.urgent_time >= NEVER { "-".to_owned() } else { case.urgent_time.to_rfc3339() };
    let clues: Vec<&str> = case.clues.iter().map(|clue| clue.name()).collect();
    output::line(format!(
        "{}  {:<13} {}{}  {}/{}  {}  {}  priority {}  v{}",
        case.case_no,
        case.state.name(),
        due,
        if case.is_overdue(context.clock.now()) { " OVERDUE" } else { "" },
        channel_name(case.channel),
        case.branch_code,
        case.assignee.as_deref().unwrap_or("-"),
        clues.join(","),
        case.priority,
        case.version,
    ));
}

/// A case with what hangs on it.
pub(super) fn one(context: &Context, shown: &ShownCase, words: &Words, language: Language) {
    let Some(details) = &shown.details else { return row(context, &shown.row) };
    if context.json {
        let mut value = as_json(&shown.row, context);
        if let Some(fields) = value.as_object_mut() {
            fields.insert("details".into(), details_json(details));
        }
        return output::json(&value);
    }
    row(context, &shown.row);
    for suspicion in &details.rows.suspicions {
        output::line(format!("  suspicion {}  {}", suspicion.suspicion_id, suspicion.clue.name()));
    }
    for member in &details.members {
        match member {
            ShownCaseMember::Full { row, .. } => output::line(format!(
                "  customer {}  {} {} party {}",
                row.customer_id, row.source, row.application_no, row.party_no
            )),
            ShownCaseMember::Stub { customer_id, channel } => {
                output::line(format!("  customer {customer_id}  of {}", channel_name(*channel)));
            }
        }
    }
    parts(&details.rows);
    for (outcome, missing) in &details.rows.missing {
        output::line(format!("  {outcome:?}: {} missing", missing.len()));
        for item in missing {
            output::line(format!("    {}", said::missing(words, language, *item)));
        }
    }
    let moves: Vec<&str> = details.allowed.iter().map(|one| one.name()).collect();
    output::line(format!(
        "  possible: {}",
        if moves.is_empty() { "nothing".into() } else { moves.join(", ") }
    ));
}

/// What others name by its id: evidence, questions, appeals, opinions.
fn parts(rows: &CaseDetailRows) {
    for piece in &rows.evidence {
        output::line(format!("  evidence {}  {:?}  {} bytes", piece.id, piece.facts.kind, piece.size_bytes));
    }
    let open = |is_open: bool| if is_open { "open" } else { "answered" };
    for call in &rows.call_back_requests {
        output::line(format!("  call-back request {}  {}", call.id, open(call.answered_time.is_none())));
    }
    for appeal in &rows.appeals {
        output::line(format!("  appeal {}  {}", appeal.id, open(appeal.decided_time.is_none())));
    }
    for opinion in &rows.opinions {
        output::line(format!("  opinion {}  {:?}  of {}", opinion.id, opinion.kind, opinion.owner_code));
    }
}

/// An entry of the timeline.
pub(super) fn event(context: &Context, event: &CaseEventRow, words: &Words, language: Language) {
    let said = said::event(words, language, event.kind);
    let details: serde_json::Map<String, Value> =
        event.data.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
    if context.json {
        return output::json(&json!({
            "version": event.version,
            "ordinal": event.ordinal,
            "kind": event.kind.number(),
            "message": said,
            "actor": event.actor,
            "recorded_time": event.recorded_time,
            "state_before": event.state_before.name(),
            "state_after": event.state_after.name(),
            "details": details,
        }));
    }
    let details: Vec<String> = event.data.iter().map(|(name, value)| format!("{name}={value}")).collect();
    output::line(format!(
        "{}  v{}  {}  {}  {} → {}  {}",
        event.recorded_time.to_rfc3339(),
        event.version,
        said,
        event.actor,
        event.state_before.name(),
        event.state_after.name(),
        details.join(" ")
    ));
}

/// The figures: one line a row, then all together, then the clues.
pub(super) fn statistics(context: &Context, found: &Statistics) {
    if context.json {
        let rows: Vec<Value> = found.rows.iter().map(figures).collect();
        let clues = found.precisions.iter().map(|of| {
            json!({ "clue": of.clue.name(), "closed": of.closed, "right": of.right, "mistaken": of.mistaken })
        });
        let clues: Vec<Value> = clues.collect();
        return output::json(&json!({ "rows": rows, "total": figures(&found.total), "clues": clues }));
    }
    for row in found.rows.iter().chain([&found.total]) {
        let key = if std::ptr::eq(row, &raw const found.total) { "total" } else { row.key.as_str() };
        output::line(format!(
            "{key}: {} made = {} distributed + {} merged + {} in sorting; {} open ({} overdue), {} closed, {} withdrawn; \
             {} on time, {} by an extension, {} late; {} returned",
            row.created,
            row.distributed(),
            row.merged,
            row.sorting,
            row.open,
            row.overdue,
            row.closed,
            row.withdrawn,
            row.on_time,
            row.extended,
            row.late,
            row.returned,
        ));
    }
    for of in &found.precisions {
        let name = of.clue.name();
        output::line(format!(
            "{name}: {} of {} right, {} issued by mistake",
            of.right, of.closed, of.mistaken
        ));
    }
}

fn figures(row: &CaseFigures) -> Value {
    json!({
        "key": row.key, "created": row.created, "distributed": row.distributed(), "merged": row.merged,
        "sorting": row.sorting, "held": row.held, "open": row.open, "closed": row.closed, "withdrawn": row.withdrawn,
        "on_time": row.on_time, "extended": row.extended, "late": row.late, "overdue": row.overdue,
        "opened_overdue": row.opened_overdue, "returned": row.returned,
    })
}

fn as_json(case: &CaseRow, context: &Context) -> Value {
    json!({
        "case_id": case.id,
        "case_no": case.case_no,
        "state": case.state.name(),
        "etag": case.version.to_string(),
        "channel": channel_name(case.channel),
        "branch_code": case.branch_code,
        "assignee_code": case.assignee,
        "unit_code": case.unit_code,
        "priority": case.priority,
        "clues": case.clues.iter().map(|clue| clue.name()).collect::<Vec<_>>(),
        "due_time": case.due_time,
        "urgent_time": (case.urgent_time < NEVER).then_some(case.urgent_time),
        "overdue": case.is_overdue(context.clock.now()),
        "paused": case.paused_since.is_some(),
        "round": case.round,
        "returned_count": case.returned_count,
        "seller_codes": case.seller_codes,
        "agency_codes": case.agency_codes,
        "created_time": case.created_time,
        "changed_time": case.changed_time,
        "closed_time": case.closed_time,
    })
}

fn details_json(details: &ShownDetails) -> Value {
    let members = details.members.iter().map(|member| match member {
        ShownCaseMember::Full { row, .. } => json!({
            "customer_id": row.customer_id, "source": row.source, "application_no": row.application_no,
            "submission_id": row.submission_id, "party_no": row.party_no, "branch_code": row.branch_code,
            "seller_code": row.seller_code, "agency_code": row.agency_code, "policy_no": row.policy_no,
        }),
        ShownCaseMember::Stub { customer_id, channel } => {
            json!({ "customer_id": customer_id, "channel": channel_name(*channel), "stub": true })
        }
    });
    let rows = &details.rows;
    let suspicions = rows.suspicions.iter().map(|row| {
        json!({ "suspicion_id": row.suspicion_id, "clue": row.clue.name(), "withdrawn": row.withdrawn })
    });
    json!({
        "suspicions": suspicions.collect::<Vec<_>>(),
        "members": members.collect::<Vec<_>>(),
        "evidence_count": rows.evidence.len(),
        "evidence_ids": rows.evidence.iter().map(|piece| piece.id).collect::<Vec<_>>(),
        "call_back_request_ids": rows.call_back_requests.iter().map(|call| call.id).collect::<Vec<_>>(),
        "appeal_ids": rows.appeals.iter().map(|appeal| appeal.id).collect::<Vec<_>>(),
        "opinion_ids": rows.opinions.iter().map(|opinion| opinion.id).collect::<Vec<_>>(),
        "contact_attempt_count": rows.attempts.len(),
        "allowed_moves": details.allowed.iter().map(|one| one.name()).collect::<Vec<_>>(),
    })
}

const fn channel_name(channel: Channel) -> &'static str {
    match channel {
        Channel::IndividualAgents => "INDIVIDUAL_AGENTS",
        Channel::Bancassurance => "BANCASSURANCE",
        Channel::Intermediaries => "INTERMEDIARIES",
        Channel::Direct => "DIRECT",
    }
}
