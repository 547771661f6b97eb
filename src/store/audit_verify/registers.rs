//! Registers whose rows change: grants with their loans, reveals, destructions. Every entry about a row has a digest over the row as
//! the change left it; the row must be what the last of them says.
//!
//! Entries of one instant have no order among themselves: any of them may be the last. Entries of early releases have no digest,
//! and say only that there was a row. To add a register: a function that gives [`Registered`] row by row, and its line in [`verify`].

use aws_lc_rs::digest::{SHA256, digest};
use uuid::Uuid;

use super::{FaultKind, Report};
use crate::store::{StoreError, Tx, privacy, retention};

/// Most rows that are gone, of each register, that are listed.
pub(in crate::store) const MAX_GONE: i64 = 20;

/// A row as it stands, and what the last entries about it say.
pub(in crate::store) struct Registered {
    /// The row.
    pub(in crate::store) id: Uuid,
    /// Its digest now.
    pub(in crate::store) digest: Vec<u8>,
    /// Digests of the last entries about it; none if no entry names it.
    pub(in crate::store) said: Option<Vec<Vec<u8>>>,
}

/// Digest of `columns` of a row of the register `name`.
pub(in crate::store) fn of(name: &str, columns: &serde_json::Value) -> Vec<u8> {
    // Numbers, texts and lists of them always serialise, and in one way.
    let text = format!("{name} {columns}");
    digest(&SHA256, text.as_bytes()).as_ref().to_vec()
}

/// What is found of one register.
pub(in crate::store) struct Findings<'a> {
    name: &'static str,
    report: &'a mut Report,
}

impl Findings<'_> {
    /// Compares a row with what was said of it.
    pub(in crate::store) fn row(&mut self, row: &Registered) {
        let Registered { id, digest, said } = row;
        let name = self.name;
        match said {
            None => {
                let problem = format!("{name} {id} stands in no entry: it was inserted");
                self.report.fault(FaultKind::RowInserted, None, problem);
            }
            Some(said) if said.iter().any(|one| one.is_empty() || one == digest) => {}
            Some(_) => {
                let problem = format!("{name} {id} is not as its last entry says");
                self.report.fault(FaultKind::RowChanged, None, problem);
            }
        }
    }

    /// A row that an entry names is not there.
    pub(in crate::store) fn gone(&mut self, id: Uuid) {
        let problem = format!("{} {id} was removed", self.name);
        self.report.fault(FaultKind::RowRemoved, None, problem);
    }
}

/// Compares every register with the log.
pub(super) async fn verify(tx: &mut Tx, report: &mut Report) -> Result<(), StoreError> {
    privacy::register::verify_grants(tx, &mut Findings { name: "access grant", report }).await?;
    privacy::register::verify_reveals(tx, &mut Findings { name: "reveal", report }).await?;
    retention::register::verify(tx, &mut Findings { name: "destruction", report }).await
}
