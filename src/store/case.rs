//! Cases: one row a case, locked while it changes; its timeline; what hangs on it.
//!
//! Every change goes the same way: [`change::begin`] answers repeats and locks the case, the verb's own file decides and
//! changes the row, [`change::Change::finish`] writes the row with the next version, the timeline, the audit entry and the
//! outbox event, all in one transaction. To add a verb: a file here with one function on [`Store`](super::Store), and its
//! use case in `src/app/case/`.

pub(in crate::store) mod actors;
mod answer_assist;
mod appeal;
mod assign;
mod attach;
pub mod batch;
pub mod board;
mod call_back;
pub mod change;
pub mod changes;
mod claim;
mod clearance;
pub(in crate::store) mod cleared;
pub(in crate::store) mod clock;
mod comment;
mod contact_attempt;
mod create;
pub(in crate::store) mod dates;
mod decide;
mod desk;
pub mod details;
mod distribute;
pub mod effects;
mod ends;
pub mod event;
pub mod evidence;
pub mod extend;
pub mod figures;
pub mod filter;
pub mod fire;
pub mod form;
pub(in crate::store) mod handler;
mod hold;
mod life;
pub mod list;
mod members;
mod merge;
pub(in crate::store) mod moves;
mod of_list;
mod opening;
pub mod opinion;
mod participant;
pub mod parts;
mod pause;
pub(in crate::store) mod policy_end;
pub(in crate::store) mod raw;
pub mod reach;
pub mod recompute;
mod recount;
pub mod refusal;
mod release;
mod reopen;
pub mod request;
pub mod row;
mod start;
pub mod statistics;
pub mod submission;
mod submit;
mod take_over;
pub mod text;
pub mod timeline;
pub(in crate::store) mod timer;
mod urge;
pub(in crate::store) mod value;
pub(in crate::store) mod verify;
mod wanted;
mod withdraw;

pub use assign::{Assigning, To};
pub use change::{Answer, Change, Command};
pub use create::NewDoubt;
pub use event::{CaseEventKind, EventData, NewCaseEvent};
pub use filter::CaseFilter;
pub use fire::Fired;
pub use recompute::Recomputed;
pub use refusal::CaseRefusal;
pub use row::CaseRow;
