//! The facts of a list, for the second sheet of a workbook: enough to find the list again and to prove that it is whole.

use chrono::{DateTime, FixedOffset, Utc};

use super::Export;
use crate::app::{ListKind, ListState};

/// Asia/Shanghai is so many seconds ahead of UTC.
const OFFSET_SECONDS: i32 = 8 * 3_600;

/// What a workbook holds besides the members.
pub(super) struct Book {
    /// Name of the sheet of members.
    pub(super) members: String,
    /// Name of the sheet of facts.
    pub(super) facts: String,
    /// The facts: name and value.
    pub(super) lines: Vec<(String, String)>,
    /// When the file is made.
    pub(super) made: DateTime<Utc>,
}

/// What the file shows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    /// Suspicions.
    pub(super) suspicions: u64,
    /// Members.
    pub(super) members: u64,
}

/// The facts of the list and of its export, in the order in which they are read.
pub(super) fn facts(export: &Export, counts: Counts) -> Vec<(String, String)> {
    let list = &export.list;
    let word = |id: &str| export.words.message(export.language, id, std::iter::empty());
    let yes_no = |yes: bool| word(if yes { "list-yes" } else { "list-no" });
    let kind = word(match list.kind {
        ListKind::Daily => "list-kind-daily",
        ListKind::SelfInspection => "list-kind-self-inspection",
    });
    let state = word(match list.state {
        ListState::Closed => "list-state-closed",
        ListState::Sealed => "list-state-sealed",
    });
    let lines = [
        ("list-fact-date", list.list_date.to_string()),
        ("list-fact-kind", kind),
        ("list-fact-cut", time(list.cut_time)),
        ("list-fact-previous-cut", time(list.previous_cut_time)),
        ("list-fact-state", state),
        ("list-fact-sealed", list.sealed_time.map(time).unwrap_or_default()),
        ("list-fact-digest", list.digest_text()),
        ("list-fact-suspicions", list.suspicion_count.to_string()),
        ("list-fact-members", list.member_count.to_string()),
        ("list-fact-shown-suspicions", counts.suspicions.to_string()),
        ("list-fact-shown-members", counts.members.to_string()),
        ("list-fact-rule-set", list.rule_set_version.clone()),
        ("list-fact-calendar", list.calendar_version.clone()),
        ("list-fact-provisional", yes_no(list.provisional)),
        ("list-fact-exported-by", export.exported_by.clone()),
        ("list-fact-exported-time", time(export.exported_time)),
        ("list-fact-list-id", list.id.to_string()),
        ("list-fact-note", word("list-note-masked")),
    ];
    lines.into_iter().map(|(id, value)| (word(id), value)).collect()
}

/// An instant as the clocks of Asia/Shanghai show it.
fn time(instant: DateTime<Utc>) -> String {
    let zone = FixedOffset::east_opt(OFFSET_SECONDS);
    zone.map_or_else(
        || instant.to_string(),
        |zone| instant.with_timezone(&zone).format("%F %T %:z").to_string(),
    )
}
