//! The page of one case: what it is about, what is missing, what can be done, what happened.
//!
//! [`CasePage`] holds texts that are ready to be shown; personal data is masked before it comes here. The side-by-side table
//! is made in [`compare`], what can be done in [`deeds`]. To add a card: its struct here, its part of `templates/case/`.

pub(in crate::web) mod compare;
pub(in crate::web) mod deeds;
pub(in crate::web) mod facts;
pub(in crate::web) mod named;
#[cfg(test)]
mod tests;

use askama::Template;

use self::{
    compare::Comparison,
    deeds::{DeedView, Field},
};
use super::layout::Layout;

/// The page.
#[derive(Template)]
#[template(path = "case/page.html")]
pub(in crate::web) struct CasePage {
    pub(in crate::web) page: Layout,
    /// Number of the case.
    pub(in crate::web) case_no: String,
    /// Version that is shown.
    pub(in crate::web) etag: String,
    /// State in words, and the colour of its tag.
    pub(in crate::web) state: (String, &'static str),
    /// Kinds of its suspicions.
    pub(in crate::web) clues: Vec<String>,
    /// Whether it is held, paused, taken over, …: in words.
    pub(in crate::web) marks: Vec<String>,
    /// The clock that runs.
    pub(in crate::web) clock: Option<Clock>,
    /// What has just been done, or why it was not.
    pub(in crate::web) notice: Option<Notice>,
    /// What to do next, in one line.
    pub(in crate::web) next: String,
    /// Facts: label and value.
    pub(in crate::web) facts: Vec<Fact>,
    /// What is missing to submit.
    pub(in crate::web) missing: Vec<Lacking>,
    /// Its suspicions.
    pub(in crate::web) suspicions: Vec<SuspicionView>,
    /// Members side by side.
    pub(in crate::web) comparison: Comparison,
    /// Relations that applications declare: they prove nothing.
    pub(in crate::web) relations: Vec<String>,
    /// Sellers of the members.
    pub(in crate::web) sellers: Vec<SellerView>,
    /// What can be done, and what cannot and why.
    pub(in crate::web) deeds: Vec<DeedView>,
    /// Moves that the caller's role has and that are not possible now: name and why.
    pub(in crate::web) hindered: Vec<(String, String)>,
    /// Attempts to reach the customer.
    pub(in crate::web) attempts: Vec<AttemptView>,
    /// Evidence.
    pub(in crate::web) evidence: Vec<EvidenceView>,
    /// Where a grant for evidence is asked for, after a refusal: address and words.
    pub(in crate::web) asks: Vec<(String, String)>,
    /// The form of an upload, if the caller may attach.
    pub(in crate::web) upload: Option<UploadView>,
    /// Customers for whom a form can be printed: address and name.
    pub(in crate::web) forms: Vec<(String, String)>,
    /// Who sees or assists.
    pub(in crate::web) participants: Vec<Entry>,
    /// Calls that customer service was asked for.
    pub(in crate::web) calls: Vec<Entry>,
    /// Decisions of verifiers.
    pub(in crate::web) verifications: Vec<Entry>,
    /// Opinions.
    pub(in crate::web) opinions: Vec<Entry>,
    /// Appeals.
    pub(in crate::web) appeals: Vec<Entry>,
    /// What happened, newest first.
    pub(in crate::web) timeline: Vec<EventView>,
    /// There is more than is shown.
    pub(in crate::web) timeline_cut: bool,
}

/// The end of a clock.
pub(in crate::web) struct Clock {
    /// How long there is.
    pub(in crate::web) text: String,
    /// Exactly until when, and why.
    pub(in crate::web) exact: String,
    /// `over`, `day`, `far` or `still`: the class of its colour.
    pub(in crate::web) class: &'static str,
}

/// What has just been done, or why it was not.
pub(in crate::web) struct Notice {
    /// It was not.
    pub(in crate::web) failed: bool,
    /// In a sentence.
    pub(in crate::web) text: String,
    /// What is wrong in particular, or what has changed meanwhile.
    pub(in crate::web) details: Vec<String>,
}

/// A fact of the case.
pub(in crate::web) struct Fact {
    pub(in crate::web) label: String,
    pub(in crate::web) value: String,
    /// Beside the value.
    pub(in crate::web) note: String,
}

/// What an outcome lacks.
pub(in crate::web) struct Lacking {
    pub(in crate::web) outcome: String,
    /// Nothing: it can be submitted.
    pub(in crate::web) items: Vec<String>,
    /// The outcome that the case was submitted with.
    pub(in crate::web) chosen: bool,
}

/// A suspicion of the case.
pub(in crate::web) struct SuspicionView {
    pub(in crate::web) clue: String,
    /// Whose contact it is.
    pub(in crate::web) owner: String,
    /// Its own end, or that it is withdrawn.
    pub(in crate::web) end: String,
}

/// A seller of a member.
pub(in crate::web) struct SellerView {
    pub(in crate::web) code: String,
    /// Masked; empty if the directory does not say.
    pub(in crate::web) name: String,
    /// Masked.
    pub(in crate::web) phones: Vec<String>,
    pub(in crate::web) agency: String,
}

/// An attempt to reach the customer.
pub(in crate::web) struct AttemptView {
    pub(in crate::web) time: String,
    pub(in crate::web) means: String,
    pub(in crate::web) result: String,
    pub(in crate::web) by: String,
    pub(in crate::web) note: String,
}

/// A piece of evidence.
pub(in crate::web) struct EvidenceView {
    /// Where its content is asked for.
    pub(in crate::web) href: String,
    pub(in crate::web) kind: String,
    pub(in crate::web) file_name: String,
    pub(in crate::web) size: String,
    /// Signed by whom and when, original seen, collected by whom.
    pub(in crate::web) says: Vec<String>,
    pub(in crate::web) attached: String,
    /// Begins the SHA-256.
    pub(in crate::web) digest: String,
    /// Its form is open: it was not read.
    pub(in crate::web) open: bool,
    /// What was typed: what for.
    pub(in crate::web) purpose: String,
    /// The reader's own grants by which it may be read.
    pub(in crate::web) grants: Vec<GrantView>,
}

/// A grant to choose.
pub(in crate::web) struct GrantView {
    pub(in crate::web) id: String,
    /// Whose data, of which class, until when.
    pub(in crate::web) text: String,
    pub(in crate::web) chosen: bool,
}

/// The form of an upload.
pub(in crate::web) struct UploadView {
    pub(in crate::web) href: String,
    pub(in crate::web) request_id: String,
    pub(in crate::web) open: bool,
    pub(in crate::web) fields: Vec<Field>,
    /// Types and size that are taken.
    pub(in crate::web) hint: String,
    /// What is wrong with the file.
    pub(in crate::web) error: String,
}

/// A line of a card: what, by whom and when, and what was written.
pub(in crate::web) struct Entry {
    pub(in crate::web) what: String,
    pub(in crate::web) who: String,
    pub(in crate::web) text: String,
    /// What came of it.
    pub(in crate::web) answer: String,
    /// Something is to be done about it.
    pub(in crate::web) waits: bool,
}

/// An entry of the timeline.
pub(in crate::web) struct EventView {
    pub(in crate::web) time: String,
    pub(in crate::web) actor: String,
    pub(in crate::web) what: String,
    /// From one state to another.
    pub(in crate::web) states: String,
    /// Numbers, codes and times of it.
    pub(in crate::web) details: Vec<(String, String)>,
    pub(in crate::web) note: String,
}

impl CasePage {
    /// The cards of what hangs on the case, in their order: id, title, lines.
    fn cards(&self) -> [(&'static str, String, &[Entry]); 4] {
        [
            ("verifications", self.page.t("page-case-verifications"), self.verifications.as_slice()),
            ("calls", self.page.t("page-case-calls"), self.calls.as_slice()),
            ("appeals", self.page.t("page-case-appeals"), self.appeals.as_slice()),
            ("opinions", self.page.t("page-case-opinions"), self.opinions.as_slice()),
        ]
    }
}
