//! Checkpoints of the audit chain: the chain's end at some time, signed, outside the database.
//!
//! The newest stands in a file of its own, replaced whole; all of them are kept in a folder beside it, a file a day, a
//! checkpoint a line. Both have one form, which anybody can verify who has the public key (docs/audit.md).

use std::{
    fs::{self, OpenOptions},
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    security::audit_key::AuditKeys,
    store::{audit::MAC_BYTES, audit_verify::Checkpoint, relay::Link, retention::LedgerMark},
};

/// Longest line of a file of checkpoints; ours have about 300 bytes.
const MAX_LINE_BYTES: usize = 4_096;

/// A checkpoint as it leaves the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedCheckpoint {
    /// Position of the last entry.
    pub position: i64,
    /// Its MAC, base64.
    pub mac: String,
    /// When it was signed.
    pub time: DateTime<Utc>,
    /// Version of the audit key that signed it.
    pub key_version: u16,
    /// Where the shred ledger ended, once there was a destruction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<LedgerEnd>,
    /// Ed25519 signature over [`SignedCheckpoint::message`], base64.
    pub signature: String,
}

/// The end of the shred ledger, as a checkpoint carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerEnd {
    /// How many lines.
    pub lines: i64,
    /// HMAC of the last one, base64.
    pub mac: String,
}

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The file cannot be read or written.
    #[error("checkpoint file {path}: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file is no checkpoint, or was signed with another key.
    #[error("{path}, line {line}: the checkpoint was changed, or belongs to another installation")]
    Signature {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// There is no key to sign with.
    #[error("the keyring has no audit key")]
    NoKey,
}

fn file_error(path: &Path) -> impl FnOnce(io::Error) -> CheckpointError + '_ {
    move |source| CheckpointError::File { path: path.to_owned(), source }
}

impl SignedCheckpoint {
    /// Signs `link` as the end of the chain at `time`, which is kept to the microsecond, and `ledger` as that of the shred ledger.
    ///
    /// # Errors
    /// [`CheckpointError::NoKey`].
    pub fn sign(
        keys: &AuditKeys,
        link: &Link,
        ledger: &LedgerMark,
        time: DateTime<Utc>,
    ) -> Result<Self, CheckpointError> {
        let mut checkpoint = Self {
            position: link.position,
            mac: BASE64_STANDARD.encode(link.mac),
            time: DateTime::from_timestamp_micros(time.timestamp_micros()).unwrap_or(time),
            key_version: keys.version(),
            ledger: (ledger.lines > 0)
                .then(|| LedgerEnd { lines: ledger.lines, mac: BASE64_STANDARD.encode(&ledger.mac) }),
            signature: String::new(),
        };
        let signature = keys.sign(checkpoint.message().as_bytes()).ok_or(CheckpointError::NoKey)?;
        checkpoint.signature = BASE64_STANDARD.encode(signature);
        Ok(checkpoint)
    }

    /// What is signed: five lines of text; with a ledger another first line, and two more.
    pub fn message(&self) -> String {
        let time = self.time.to_rfc3339_opts(SecondsFormat::Micros, true);
        let Self { position, mac, key_version, ledger, .. } = self;
        match ledger {
            None => format!("zhenshi audit checkpoint v1\n{position}\n{mac}\n{time}\n{key_version}\n"),
            Some(LedgerEnd { lines, mac: end }) => format!(
                "zhenshi audit checkpoint v2\n{position}\n{mac}\n{time}\n{key_version}\n{lines}\n{end}\n"
            ),
        }
    }

    /// The checkpoint, if the signature is of one of `keys`.
    pub fn verified(&self, keys: &AuditKeys) -> Option<Checkpoint> {
        let signature = BASE64_STANDARD.decode(&self.signature).ok()?;
        if !keys.verifies(self.key_version, self.message().as_bytes(), &signature) {
            return None;
        }
        let mac: [u8; MAC_BYTES] = BASE64_STANDARD.decode(&self.mac).ok()?.try_into().ok()?;
        Some(Checkpoint { position: self.position, mac })
    }

    /// Where the shred ledger ended.
    fn ledger_mark(&self) -> Option<LedgerMark> {
        let LedgerEnd { lines, mac } = self.ledger.as_ref()?;
        Some(LedgerMark { lines: *lines, mac: BASE64_STANDARD.decode(mac).ok()? })
    }

    fn line(&self) -> String {
        // Strings, numbers and times always serialise.
        serde_json::to_string(self).unwrap_or_default() + "\n"
    }
}

/// Where checkpoints are kept.
#[derive(Debug, Clone)]
pub struct CheckpointFiles {
    /// The newest.
    pub newest: PathBuf,
    /// Folder of all of them, a file a day.
    pub kept: PathBuf,
}

impl CheckpointFiles {
    /// Adds `checkpoint` to those that are kept, and puts it in the place of the newest: first beside it, so that a kill leaves a
    /// whole file.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, checkpoint: &SignedCheckpoint) -> Result<(), CheckpointError> {
        fs::create_dir_all(&self.kept).map_err(file_error(&self.kept))?;
        let day = self.kept.join(format!("{}.jsonl", checkpoint.time.format("%Y-%m-%d")));
        let append = || {
            let mut out = OpenOptions::new().create(true).append(true).open(&day)?;
            out.write_all(checkpoint.line().as_bytes())?;
            out.sync_data()
        };
        append().map_err(file_error(&day))?;
        let beside = self.newest.with_extension("new");
        let replace = || {
            let mut out = fs::File::create(&beside)?;
            out.write_all(checkpoint.line().as_bytes())?;
            out.sync_all()?;
            fs::rename(&beside, &self.newest)
        };
        replace().map_err(file_error(&self.newest))
    }

    /// The newest, if there is one.
    ///
    /// # Errors
    /// When it was changed or signed with another key.
    pub fn read_newest(&self, keys: &AuditKeys) -> Result<Option<Checkpoint>, CheckpointError> {
        if !self.newest.exists() {
            return Ok(None);
        }
        Ok(read_checkpoints(&self.newest, keys)?.into_iter().max())
    }

    /// Where the shred ledger ended when the newest was signed, if there is one that says so.
    ///
    /// # Errors
    /// As [`CheckpointFiles::read_newest`].
    pub fn read_newest_ledger(&self, keys: &AuditKeys) -> Result<Option<LedgerMark>, CheckpointError> {
        if self.read_newest(keys)?.is_none() {
            return Ok(None);
        }
        let text = fs::read(&self.newest).map_err(file_error(&self.newest))?;
        // Its signature was found right above; a file that is replaced meanwhile is read whole, old or new.
        let newest = serde_json::from_slice::<SignedCheckpoint>(&text).ok();
        Ok(newest.filter(|newest| newest.verified(keys).is_some()).and_then(|newest| newest.ledger_mark()))
    }

    /// The newest and all that are kept.
    ///
    /// # Errors
    /// When one was changed or signed with another key.
    pub fn read(&self, keys: &AuditKeys) -> Result<Vec<Checkpoint>, CheckpointError> {
        let mut all = Vec::new();
        for path in [&self.newest, &self.kept] {
            if path.exists() {
                all.append(&mut read_checkpoints(path, keys)?);
            }
        }
        Ok(all)
    }
}

/// The checkpoints of a file, or of every `.jsonl` file of a folder. A last line without an end was being written when
/// somebody was killed, and is passed over.
///
/// # Errors
/// When a file cannot be read, or a checkpoint was changed or signed with another key.
pub fn read_checkpoints(path: &Path, keys: &AuditKeys) -> Result<Vec<Checkpoint>, CheckpointError> {
    if !path.is_dir() {
        return read_file(path, keys);
    }
    let entries = fs::read_dir(path).map_err(file_error(path))?;
    let files = entries.map(|entry| entry.map(|entry| entry.path()));
    let mut files = files.collect::<io::Result<Vec<_>>>().map_err(file_error(path))?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    let mut all = Vec::new();
    for file in files {
        all.append(&mut read_file(&file, keys)?);
    }
    Ok(all)
}

fn read_file(path: &Path, keys: &AuditKeys) -> Result<Vec<Checkpoint>, CheckpointError> {
    let mut file = BufReader::new(fs::File::open(path).map_err(file_error(path))?);
    let mut found = Vec::new();
    for line in 1.. {
        let mut text = Vec::new();
        let read = io::Read::take(&mut file, MAX_LINE_BYTES as u64)
            .read_until(b'\n', &mut text)
            .map_err(file_error(path))?;
        if read == 0 {
            break;
        }
        if text.trim_ascii().is_empty() {
            continue;
        }
        let parsed = serde_json::from_slice::<SignedCheckpoint>(&text);
        let torn = text.last() != Some(&b'\n') && !found.is_empty() && parsed.is_err();
        if torn {
            break;
        }
        let checkpoint = parsed.ok().and_then(|checkpoint| checkpoint.verified(keys));
        found.push(checkpoint.ok_or_else(|| CheckpointError::Signature { path: path.to_owned(), line })?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{entropy::SeededEntropy, security::keyring::Keyring};

    fn keys() -> AuditKeys {
        AuditKeys::new(&Keyring::generate(&SeededEntropy::new(7)).unwrap()).unwrap()
    }

    fn files(folder: &Path) -> CheckpointFiles {
        CheckpointFiles { newest: folder.join("checkpoint.json"), kept: folder.join("kept") }
    }

    fn link(position: i64) -> Link {
        Link { position, mac: [u8::try_from(position).unwrap(); MAC_BYTES] }
    }

    #[test]
    fn checkpoints_come_back_and_a_changed_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, files) = (keys(), files(folder.path()));
        assert_eq!(files.read(&keys).unwrap(), []);
        let none = LedgerMark::default();
        for position in [7, 9] {
            let time = DateTime::from_timestamp_nanos(86_400_000_000_000 * position + 5);
            files.write(&SignedCheckpoint::sign(&keys, &link(position), &none, time).unwrap()).unwrap();
        }
        assert_eq!(files.read_newest(&keys).unwrap().unwrap().position, 9);
        let positions: Vec<i64> = files.read(&keys).unwrap().iter().map(|kept| kept.position).collect();
        assert_eq!(positions, [9, 7, 9]);
        let text = fs::read_to_string(&files.newest).unwrap();
        for (from, to) in [("\"position\":9", "\"position\":8"), ("\"key_version\":1", "\"key_version\":2")] {
            fs::write(&files.newest, text.replace(from, to)).unwrap();
            assert!(matches!(files.read(&keys), Err(CheckpointError::Signature { line: 1, .. })), "{to}");
        }
        let other = AuditKeys::new(&Keyring::generate(&SeededEntropy::new(8)).unwrap()).unwrap();
        fs::write(&files.newest, text).unwrap();
        assert!(matches!(files.read(&other), Err(CheckpointError::Signature { .. })));
    }

    #[test]
    fn the_end_of_the_ledger_is_signed_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, files) = (keys(), files(folder.path()));
        assert_eq!(files.read_newest_ledger(&keys).unwrap(), None);
        let time = DateTime::from_timestamp_micros(5).unwrap();
        let signed = |ledger: &LedgerMark| SignedCheckpoint::sign(&keys, &link(7), ledger, time).unwrap();
        files.write(&signed(&LedgerMark::default())).unwrap();
        assert!(!fs::read_to_string(&files.newest).unwrap().contains("ledger"));
        assert_eq!(files.read_newest_ledger(&keys).unwrap(), None);
        let mark = LedgerMark { lines: 3, mac: vec![9; 32] };
        files.write(&signed(&mark)).unwrap();
        assert_eq!(files.read_newest_ledger(&keys).unwrap(), Some(mark));
        let text = fs::read_to_string(&files.newest).unwrap();
        fs::write(&files.newest, text.replace("\"lines\":3", "\"lines\":2")).unwrap();
        assert!(files.read_newest_ledger(&keys).is_err());
    }

    #[test]
    fn a_line_that_was_being_written_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let (keys, files) = (keys(), files(folder.path()));
        let time = DateTime::from_timestamp_micros(5).unwrap();
        let none = LedgerMark::default();
        files.write(&SignedCheckpoint::sign(&keys, &link(7), &none, time).unwrap()).unwrap();
        let day = files.kept.join("1970-01-01.jsonl");
        let text = fs::read_to_string(&day).unwrap();
        fs::write(&day, format!("{text}{}", &text[..20])).unwrap();
        assert_eq!(files.read(&keys).unwrap().len(), 2);
    }
}
