//! The report: one JSON object a line for everything in the file that somebody has to mend.

use std::{
    fs::{File, OpenOptions},
    io::{BufWriter, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use anyhow::Context as _;
use serde_json::Value;

/// Where the report goes; nowhere if none was asked for.
pub(super) struct ReportFile(Option<BufWriter<File>>);

impl ReportFile {
    /// Opens the report at `path` and cuts it to `length`, behind which an earlier load may have written more than its
    /// checkpoint knows of.
    ///
    /// # Errors
    /// When it cannot be written, or is shorter than the load has come.
    pub(super) fn open(path: Option<&Path>, length: u64) -> anyhow::Result<Self> {
        let Some(path) = path else { return Ok(Self(None)) };
        let cannot = || format!("cannot write {}", path.display());
        let mut file =
            OpenOptions::new().create(true).truncate(false).write(true).open(path).with_context(cannot)?;
        let found = file.metadata().with_context(cannot)?.len();
        file.set_len(found.min(length)).with_context(cannot)?;
        file.seek(SeekFrom::End(0)).with_context(cannot)?;
        Ok(Self(Some(BufWriter::new(file))))
    }

    /// Writes a line.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&mut self, line: &Value) -> anyhow::Result<()> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        writeln!(file, "{line}").context("the report cannot be written")
    }

    /// Makes it durable, and says how long it is.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn sync(&mut self) -> anyhow::Result<u64> {
        let Some(file) = &mut self.0 else { return Ok(0) };
        let cannot = "the report cannot be written";
        file.flush().context(cannot)?;
        file.get_ref().sync_data().context(cannot)?;
        file.stream_position().context(cannot)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_report_goes_on_where_the_checkpoint_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.jsonl");
        let mut report = ReportFile::open(Some(&path), 0).unwrap();
        report.write(&json!({ "line": 1 })).unwrap();
        let length = report.sync().unwrap();
        report.write(&json!({ "line": 2 })).unwrap();
        report.sync().unwrap();
        let mut again = ReportFile::open(Some(&path), length).unwrap();
        again.write(&json!({ "line": 3 })).unwrap();
        again.sync().unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"line\":1}\n{\"line\":3}\n");
        assert_eq!(ReportFile::open(None, 5).unwrap().sync().unwrap(), 0);
    }
}
