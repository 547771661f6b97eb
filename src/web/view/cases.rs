//! The worklist: queues, filters, rows, what can be done with many, and what became of it.

use askama::Template;
use uuid::Uuid;

use super::{case::Clock, layout::Layout};
use crate::web::{page::Question, say::Say};

/// A queue that everybody knows.
#[derive(Debug)]
pub(in crate::web) struct Queue {
    /// Names its counter.
    pub(in crate::web) key: String,
    pub(in crate::web) text: String,
    pub(in crate::web) href: String,
    pub(in crate::web) here: bool,
}

/// A view that the reader has saved.
#[derive(Debug)]
pub(in crate::web) struct View {
    pub(in crate::web) name: String,
    pub(in crate::web) href: String,
    pub(in crate::web) here: bool,
}

/// A case in the list.
pub(in crate::web) struct CaseLine {
    pub(in crate::web) id: Uuid,
    pub(in crate::web) no: String,
    pub(in crate::web) href: String,
    /// The clock that runs.
    pub(in crate::web) clock: Option<Clock>,
    /// State and its colour.
    pub(in crate::web) state: (String, &'static str),
    /// What stands beside the state.
    pub(in crate::web) marks: Vec<String>,
    pub(in crate::web) clues: Vec<String>,
    pub(in crate::web) channel: String,
    pub(in crate::web) branch: String,
    pub(in crate::web) sellers: String,
    pub(in crate::web) assignee: String,
    pub(in crate::web) call_back: Option<String>,
    pub(in crate::web) call_back_past: bool,
    pub(in crate::web) cooling_off: Option<String>,
    pub(in crate::web) cooling_off_past: bool,
}

/// The rows, alone: what is asked for again when something has changed.
#[derive(Template)]
#[template(path = "cases/list.html")]
pub(in crate::web) struct CaseListPart {
    pub(in crate::web) list: CaseList,
}

/// The rows.
pub(in crate::web) struct CaseList {
    pub(in crate::web) say: Say,
    pub(in crate::web) lines: Vec<CaseLine>,
    /// Address of the next page.
    pub(in crate::web) next: Option<String>,
    /// Address of the first page, on every other.
    pub(in crate::web) first: Option<String>,
    /// Something can be done with many.
    pub(in crate::web) selectable: bool,
    /// What changes after this is not in the rows.
    pub(in crate::web) position: i64,
    /// When the rows were read.
    pub(in crate::web) now: String,
}

impl CaseList {
    /// Without rows.
    pub(in crate::web) const fn empty(say: Say) -> Self {
        Self {
            say,
            lines: Vec::new(),
            next: None,
            first: None,
            selectable: false,
            position: 0,
            now: String::new(),
        }
    }
}

/// The worklist.
#[derive(Template)]
#[template(path = "cases/page.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the reader may do, one each")]
pub(in crate::web) struct CasesPage {
    pub(in crate::web) page: Layout,
    pub(in crate::web) question: Question,
    /// The same as a query, without the place.
    pub(in crate::web) query: String,
    pub(in crate::web) queues: Vec<Queue>,
    pub(in crate::web) views: Vec<View>,
    pub(in crate::web) list: CaseList,
    /// Names of the filters that cannot be read.
    pub(in crate::web) wrong: Vec<String>,
    /// Keys work.
    pub(in crate::web) keys: bool,
    pub(in crate::web) assign: bool,
    pub(in crate::web) claim: bool,
    pub(in crate::web) urge: bool,
    pub(in crate::web) release: bool,
    /// Of the form over the list.
    pub(in crate::web) request_id: Uuid,
}

impl CasesPage {
    /// Choices of a filter: value, text, whether it is chosen.
    fn choices(&self, kind: &str) -> Vec<(String, String, bool)> {
        crate::web::view::cases_choices::choices(&self.page.say, kind, &self.question)
    }
}

/// A number beside a queue.
#[derive(Debug)]
pub(in crate::web) struct Counter {
    pub(in crate::web) key: &'static str,
    pub(in crate::web) text: String,
}

/// The numbers beside the queues.
#[derive(Template)]
#[template(path = "cases/counts.html")]
pub(in crate::web) struct Counters {
    pub(in crate::web) counters: Vec<Counter>,
}

/// Somebody to whom cases can be given.
#[derive(Debug)]
pub(in crate::web) struct StaffChoice {
    pub(in crate::web) code: String,
    pub(in crate::web) text: String,
    pub(in crate::web) away: bool,
}

/// The choice of whom cases are given to.
#[derive(Template)]
#[template(path = "cases/staff.html")]
pub(in crate::web) struct StaffChoices {
    pub(in crate::web) say: Say,
    pub(in crate::web) choices: Vec<StaffChoice>,
}

/// A case that was not changed.
#[derive(Debug)]
pub(in crate::web) struct NotDone {
    pub(in crate::web) no: String,
    pub(in crate::web) href: String,
    pub(in crate::web) why: String,
}

/// What became of many.
#[derive(Template)]
#[template(path = "cases/done.html")]
pub(in crate::web) struct Report {
    pub(in crate::web) page: Layout,
    /// The list.
    pub(in crate::web) back: String,
    /// So many were changed.
    pub(in crate::web) changed: usize,
    pub(in crate::web) not_done: Vec<NotDone>,
    /// So many more were not.
    pub(in crate::web) more: usize,
    /// Why nothing was done at all.
    pub(in crate::web) told: Option<String>,
}

impl Report {
    /// How many were not changed.
    fn failed(&self) -> usize {
        self.not_done.len() + self.more
    }
}
