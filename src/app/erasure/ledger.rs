//! The shred ledger: who was destroyed, in a file outside the database, so that a restored backup can be made to forget
//! again. Surrogates, numbers of matters and staff only: to whoever has no database it says nothing of a customer.
//!
//! One JSON line a destruction, each with an HMAC over itself and its predecessor's: a line that was changed, removed or put
//! in is noticed. Lines that were cut off the end, or a file that is gone, are noticed by a [`LedgerMark`] that is kept elsewhere.
//! A line is whole when it ends with a line feed; a torn last one was never acted upon and is overwritten.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::retention::{LedgerMark, Targets};

/// What stands before everything that is signed here.
const LABEL: &[u8] = b"zhenshi shred ledger v1";
/// Mode of the file: its owner's.
const FILE_MODE: u32 = 0o600;

/// Why a ledger cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file cannot be read or written.
    #[error("shred ledger {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A line was changed, removed or put in, or the ledger is of another installation.
    #[error(
        "shred ledger {path}: line {line} was changed, or one before it is missing, or another keyring wrote it"
    )]
    Broken {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// Lines are missing at its end, or all of it.
    #[error(
        "shred ledger {path}: it has {lines} lines, and {known} are known of: put the whole ledger back, or persons who were \
         destroyed may be there again; if it is lost for good, `zhenshi erasure accept-ledger`"
    )]
    Short {
        /// The file.
        path: PathBuf,
        /// How many lines it has.
        lines: i64,
        /// How many it had.
        known: i64,
    },
    /// It is whole in itself and not the one that was known.
    #[error(
        "shred ledger {path}: line {line} is another than was known: this is not the ledger of this installation"
    )]
    Other {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: i64,
    },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Line {
    time: DateTime<Utc>,
    targets: Targets,
    mac: String,
}

/// The ledger at a path.
#[derive(Clone)]
pub struct Ledger {
    path: PathBuf,
    key: hmac::Key,
}

/// What a ledger holds.
#[derive(Debug, Default)]
struct Content {
    lines: Vec<Line>,
    mac: Vec<u8>,
    /// Bytes of whole lines.
    length: u64,
}

impl Content {
    fn mark(&self) -> LedgerMark {
        LedgerMark { lines: i64::try_from(self.lines.len()).unwrap_or(i64::MAX), mac: self.mac.clone() }
    }
}

impl Ledger {
    /// The ledger at `path`, signed with `key`; the file may not be there yet.
    pub fn new(path: &Path, key: hmac::Key) -> Self {
        Self { path: path.to_owned(), key }
    }

    /// Everybody who was destroyed, in order. A file that is not there names nobody: whether it should be there, only marks tell.
    ///
    /// # Errors
    /// When the file cannot be read or a line is not as it was written.
    pub fn read(&self) -> Result<Vec<Targets>, LedgerError> {
        Ok(self.read_known(&[])?.0)
    }

    /// Everybody who was destroyed, in order, and where the ledger ends. It must reach at least to each of `known`.
    ///
    /// # Errors
    /// As [`Ledger::read`]; [`LedgerError::Short`] and [`LedgerError::Other`] if it is not the ledger that was known.
    pub fn read_known(&self, known: &[LedgerMark]) -> Result<(Vec<Targets>, LedgerMark), LedgerError> {
        let content = match File::open(&self.path) {
            Ok(mut file) => self.content(&mut file)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Content::default(),
            Err(source) => return Err(LedgerError::File { path: self.path.clone(), source }),
        };
        let mark = content.mark();
        for one in known.iter().filter(|one| one.lines > 0) {
            let (path, known) = (self.path.clone(), one.lines);
            let place = usize::try_from(known - 1).unwrap_or(usize::MAX);
            let Some(line) = content.lines.get(place) else {
                return Err(LedgerError::Short { path, lines: mark.lines, known });
            };
            // Its HMAC was found right above.
            if BASE64_STANDARD.decode(&line.mac).unwrap_or_default() != one.mac {
                return Err(LedgerError::Other { path, line: known });
            }
        }
        Ok((content.lines.into_iter().map(|line| line.targets).collect(), mark))
    }

    /// Adds a destruction, synced; one that is there already is not added again. Says where the ledger ends then.
    ///
    /// # Errors
    /// As [`Ledger::read`], and when the file cannot be written.
    pub fn append(&self, targets: &Targets, time: DateTime<Utc>) -> Result<LedgerMark, LedgerError> {
        let failed = |source| LedgerError::File { path: self.path.clone(), source };
        let new = !self.path.exists();
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(&self.path)
            .map_err(failed)?;
        // Two processes of one machine take turns; the lock ends with the file.
        file.lock().map_err(failed)?;
        let content = self.content(&mut file)?;
        if content.lines.iter().any(|line| line.targets.erasure_id == targets.erasure_id) {
            return Ok(content.mark());
        }
        let mac = self.mac(&content.mac, time, targets);
        let mark = LedgerMark { lines: content.mark().lines + 1, mac: mac.as_ref().to_vec() };
        let line = Line { time, targets: targets.clone(), mac: BASE64_STANDARD.encode(mac) };
        // Ids, numbers and times always serialise.
        let mut text = serde_json::to_string(&line).unwrap_or_default();
        text.push('\n');
        file.set_len(content.length).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        file.write_all(text.as_bytes()).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        if new && let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        Ok(mark)
    }

    fn content(&self, file: &mut File) -> Result<Content, LedgerError> {
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(0))
            .and_then(|_| file.read_to_end(&mut text))
            .map_err(|source| LedgerError::File { path: self.path.clone(), source })?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        let mut content = Content { length: whole as u64, ..Content::default() };
        for (number, bytes) in (1..).zip(text[..whole].split_inclusive(|byte| *byte == b'\n')) {
            let broken = || LedgerError::Broken { path: self.path.clone(), line: number };
            let line: Line = serde_json::from_slice(bytes).map_err(|_| broken())?;
            let mac = BASE64_STANDARD.decode(&line.mac).map_err(|_| broken())?;
            let expected = self.mac(&content.mac, line.time, &line.targets);
            verify_slices_are_equal(expected.as_ref(), &mac).map_err(|_| broken())?;
            content.mac = mac;
            content.lines.push(line);
        }
        Ok(content)
    }

    fn mac(&self, previous: &[u8], time: DateTime<Utc>, targets: &Targets) -> hmac::Tag {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(LABEL);
        context.update(&(previous.len() as u64).to_be_bytes());
        context.update(previous);
        context.update(&time.timestamp_micros().to_be_bytes());
        // Fields in the order of the struct: the same bytes for the same person.
        context.update(&serde_json::to_vec(targets).unwrap_or_default());
        context.sign()
    }
}

/// Whether every one of `ids` stands in `targets`; those that do not.
pub fn missing(ids: &[Uuid], targets: &[Targets]) -> Vec<Uuid> {
    ids.iter().filter(|id| !targets.iter().any(|known| known.erasure_id == **id)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(folder: &Path, byte: u8) -> Ledger {
        Ledger::new(&folder.join("ledger.jsonl"), hmac::Key::new(hmac::HMAC_SHA256, &[byte; 32]))
    }

    fn targets(number: u128) -> Targets {
        Targets {
            erasure_id: Uuid::from_u128(number),
            customer_id: Some(Uuid::from_u128(number + 1)),
            parties: vec![(Uuid::from_u128(number + 2), 0)],
            decision: None,
        }
    }

    #[test]
    fn lines_come_back_once_each_and_a_torn_one_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path(), 1);
        assert_eq!(ledger.read().unwrap(), []);
        let at = DateTime::from_timestamp_micros(7).unwrap();
        for number in [10, 20, 10] {
            ledger.append(&targets(number), at).unwrap();
        }
        assert_eq!(ledger.read().unwrap(), [targets(10), targets(20)]);
        let mut file = OpenOptions::new().append(true).open(&ledger.path).unwrap();
        file.write_all(b"{\"time\":\"2026-").unwrap();
        assert_eq!(ledger.read().unwrap().len(), 2);
        ledger.append(&targets(30), at).unwrap();
        assert_eq!(ledger.read().unwrap(), [targets(10), targets(20), targets(30)]);
        assert_eq!(missing(&[Uuid::from_u128(20), Uuid::from_u128(40)], &ledger.read().unwrap()).len(), 1);
    }

    #[test]
    fn a_ledger_that_was_cut_or_is_gone_or_another_is_noticed_by_what_is_known_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let at = DateTime::from_timestamp_micros(7).unwrap();
        let ledger = ledger(folder.path(), 1);
        let marks: Vec<LedgerMark> =
            [10, 20, 30].iter().map(|number| ledger.append(&targets(*number), at).unwrap()).collect();
        assert_eq!(marks.iter().map(|mark| mark.lines).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(ledger.append(&targets(20), at).unwrap(), marks[2], "added once");
        assert_eq!(
            ledger.read_known(&marks).unwrap(),
            (vec![targets(10), targets(20), targets(30)], marks[2].clone())
        );
        let text = std::fs::read_to_string(&ledger.path).unwrap();
        let cut: String = text.split_inclusive('\n').take(2).collect();
        std::fs::write(&ledger.path, cut).unwrap();
        assert_eq!(ledger.read_known(&marks[..2]).unwrap().1, marks[1]);
        assert!(matches!(ledger.read_known(&marks), Err(LedgerError::Short { lines: 2, known: 3, .. })));
        std::fs::remove_file(&ledger.path).unwrap();
        assert_eq!(ledger.read_known(&[LedgerMark::default()]).unwrap(), (vec![], LedgerMark::default()));
        assert!(matches!(ledger.read_known(&marks[..1]), Err(LedgerError::Short { lines: 0, known: 1, .. })));
        // Written anew by the same keys, but of others.
        for number in [40, 50, 60] {
            ledger.append(&targets(number), at).unwrap();
        }
        assert!(matches!(ledger.read_known(&marks[2..]), Err(LedgerError::Other { line: 3, .. })));
    }

    #[test]
    fn lines_of_early_releases_are_read_as_they_were_signed() {
        let line = serde_json::to_string(&targets(10)).unwrap();
        assert!(!line.contains("decision"), "their HMAC is over a line without it: {line}");
        assert_eq!(serde_json::from_str::<Targets>(&line).unwrap(), targets(10));
    }

    #[test]
    fn a_line_that_was_changed_or_removed_or_of_another_key_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let at = DateTime::from_timestamp_micros(7).unwrap();
        let first = ledger(folder.path(), 1);
        for number in [10, 20, 30] {
            first.append(&targets(number), at).unwrap();
        }
        let text = std::fs::read_to_string(&first.path).unwrap();
        assert!(matches!(ledger(folder.path(), 2).read(), Err(LedgerError::Broken { line: 1, .. })));
        let lines: Vec<&str> = text.lines().collect();
        std::fs::write(&first.path, format!("{}\n{}\n", lines[0], lines[2])).unwrap();
        assert!(matches!(first.read(), Err(LedgerError::Broken { line: 2, .. })));
        assert!(first.append(&targets(40), at).is_err());
        std::fs::write(
            &first.path,
            text.replacen("\"parties\":[[", "\"parties\":[[ ", 1).replacen("0]", "1]", 1),
        )
        .unwrap();
        assert!(matches!(first.read(), Err(LedgerError::Broken { line: 1, .. })));
    }
}
