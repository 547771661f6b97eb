//! How far a load has come, in a file of the data directory: everything up to its line is durable. It only saves time: a
//! load without it reads the file from the beginning, and what stands is answered from the record.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::tally::Tally;

/// Folder of the checkpoints in the data directory.
const FOLDER: &str = "baseline";

/// How far a load has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Checkpoint {
    /// The last line that is done, from 1.
    pub(super) line: u64,
    /// Where it ends in the file.
    pub(super) end: u64,
    /// Where its part of the report ends.
    pub(super) report_end: u64,
    /// The newest recorded line up to there: proof that this is the database which it was recorded in.
    pub(super) recorded: Option<Uuid>,
    /// The counts up to there.
    pub(super) tally: Tally,
}

/// The file of one load's checkpoint.
pub(super) struct CheckpointFile(PathBuf);

impl CheckpointFile {
    /// The checkpoint of the file with `digest`, below `data_dir`.
    pub(super) fn of(data_dir: &Path, digest: &str) -> Self {
        Self(data_dir.join(FOLDER).join(format!("{digest}.json")))
    }

    /// The checkpoint; nothing if there is none, or none that can be read.
    pub(super) fn read(&self) -> Option<Checkpoint> {
        serde_json::from_slice(&fs::read(&self.0).ok()?).ok()
    }

    /// Puts `checkpoint` in place of the one before, whole or not at all.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn write(&self, checkpoint: &Checkpoint) -> io::Result<()> {
        let folder = self.0.parent().unwrap_or(&self.0);
        crate::cli::session::make_private(folder)?;
        let new = self.0.with_extension("new");
        let mut file = File::create(&new)?;
        serde_json::to_writer(&mut file, checkpoint)?;
        file.flush()?;
        file.sync_data()?;
        fs::rename(new, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_is_read_as_it_was_written_and_a_broken_one_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = CheckpointFile::of(folder.path(), "ab");
        assert_eq!(file.read(), None);
        let mut checkpoint =
            Checkpoint { line: 7, end: 99, recorded: Some(Uuid::from_u128(1)), ..Default::default() };
        checkpoint.tally.accepted = 6;
        file.write(&checkpoint).unwrap();
        assert_eq!(file.read(), Some(checkpoint));
        fs::write(folder.path().join("baseline/ab.json"), b"{\"line\":").unwrap();
        assert_eq!(file.read(), None);
    }
}
