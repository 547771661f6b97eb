//! What can be wrong with the log, of which kind, and where.

use serde::Serialize;

/// Kinds of faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FaultKind {
    /// An entry is not what was chained.
    EntryChanged,
    /// Positions that are not there.
    EntryMissing,
    /// An entry that was never chained stands between two that were.
    EntryInserted,
    /// An entry was chained at another position.
    EntryMoved,
    /// An entry names a key that is not the one of its time.
    KeyVersion,
    /// The end is not there any more.
    TailCut,
    /// The head does not say where the chain ends.
    HeadChanged,
    /// The chain is not the one that a checkpoint saw.
    OtherChain,
    /// A row that an entry stands for was changed.
    RowChanged,
    /// A row that an entry stands for was removed.
    RowRemoved,
    /// A row stands in no entry.
    RowInserted,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::EntryChanged,
        Self::EntryMissing,
        Self::EntryInserted,
        Self::EntryMoved,
        Self::KeyVersion,
        Self::TailCut,
        Self::HeadChanged,
        Self::OtherChain,
        Self::RowChanged,
        Self::RowRemoved,
        Self::RowInserted,
    ];
}

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Of which kind.
    pub kind: FaultKind,
    /// Position in the chain, the first of several; none for the unchained tail and for what no entry names.
    pub position: Option<i64>,
    /// What is wrong, in words.
    pub problem: String,
}

/// Most faults that are kept; a table rewritten as a whole would otherwise fill the memory.
pub const MAX_FAULTS: usize = 1_000;

/// Faults found so far, up to [`MAX_FAULTS`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Adds one, if there is room; its place, to say more of it later.
    pub fn add(
        &mut self,
        kind: FaultKind,
        position: Option<i64>,
        problem: impl Into<String>,
    ) -> Option<usize> {
        if self.0.len() >= MAX_FAULTS {
            return None;
        }
        self.0.push(Fault { kind, position, problem: problem.into() });
        Some(self.0.len() - 1)
    }

    /// Says of the fault at `place` what later entries have shown.
    pub fn correct(&mut self, place: usize, kind: FaultKind, problem: impl Into<String>) {
        if let Some(fault) = self.0.get_mut(place) {
            fault.kind = kind;
            fault.problem = problem.into();
        }
    }

    /// Whether no more are kept.
    pub const fn is_full(&self) -> bool {
        self.0.len() >= MAX_FAULTS
    }

    /// All of them.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0
    }
}
