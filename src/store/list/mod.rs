//! The suspicion lists: closed at a cut, written chunk by chunk, sealed with a digest. Nothing here decrypts anything.
//!
//! A list is a function of its cut: it sees what was recorded before it and had not ended by then, whenever it is written
//! and by however many workers. One file a step: [`close`] settles the cut, [`plan`] parts the pending keys into chunks,
//! [`chunk`] writes one chunk in one transaction (with [`uses`], [`standing`] and [`facts`] for what it looks at and [`write`] for what
//! it leaves), [`seal`] ends it. [`clear`] excuses a pair from the lists to come, [`listed`] reads a whole list back.
//!
//! To add a fact that a clue looks at: a query in [`facts`] that goes by the cut, and its place in `chunk`.

mod chunk;
pub mod clear;
pub mod cleared;
mod close;
mod facts;
pub mod figures;
pub mod listed;
mod plan;
pub mod read;
mod seal;
mod standing;
mod uses;
mod write;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub use chunk::Chunk;
pub use close::{CloseList, Closed};
pub use plan::CHUNK_KEYS;
pub use seal::Sealed;
pub use uses::MAX_USES;

pub use crate::store::directory::contacts::OwnerKind;

use crate::ids;

/// Actor of what the list job does by itself.
pub const ACTOR_LIST: &str = "suspicion-list";

/// What a list is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListKind {
    /// The list of a working day.
    Daily,
    /// Pairs of the baseline (article 26).
    SelfInspection,
}

/// A list that is closed and not sealed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenList {
    /// Id.
    pub id: Uuid,
    /// What it is for.
    pub kind: ListKind,
    /// Its working day.
    pub list_date: NaiveDate,
    /// End of what it sees.
    pub cut_time: DateTime<Utc>,
    /// Cut of the list before.
    pub previous_cut_time: DateTime<Utc>,
    /// Rules by which it is written.
    pub rule_set_version: String,
    /// Its chunks are there.
    pub planned: bool,
}

/// The id of a list.
fn list_id(kind: ListKind, list_date: NaiveDate) -> Uuid {
    let kind = match kind {
        ListKind::Daily => "daily",
        ListKind::SelfInspection => "self-inspection",
    };
    ids::derived("suspicion_list", &[kind.as_bytes(), list_date.to_string().as_bytes()])
}
