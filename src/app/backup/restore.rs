//! Restoring a backup into an empty database: read to its end first, so that nothing is written of what is not whole; then
//! restored in one transaction; then counted.

use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Child, Stdio},
};

use age::x25519::Identity;

use super::{
    BackupError,
    container::{self, FRAME_BYTES, Header},
};
use crate::store::dump::{command, contents_of, prepare_target};

/// Name of PostgreSQL's program.
const PROGRAM: &str = "pg_restore";
/// How much of what a program says is kept.
const MAX_SAID_BYTES: u64 = 4 * 1024;

/// What is to be restored, and where to.
#[derive(Debug, Clone)]
pub struct Restore {
    /// URL of a login that may take the owner's role; the database is empty.
    pub url: String,
    /// `pg_restore`.
    pub program: Option<PathBuf>,
    /// File of the secret key.
    pub identity: PathBuf,
    /// The backup.
    pub from: PathBuf,
}

/// Restores the backup and says what it holds. What was destroyed since it was made is not destroyed here: see
/// [`replay_ledger`](crate::app::erasure::shred::replay_ledger), which comes next.
///
/// # Errors
/// [`BackupError`]. Nothing was written unless it says that the contents differ.
pub async fn restore(asked: Restore) -> Result<Header, BackupError> {
    let program = asked.program.clone().ok_or(BackupError::NoProgram(PROGRAM))?;
    let key = identity(&asked.identity)?;
    let (from, to_check) = (asked.from.clone(), key.clone());
    let header = blocking(move || check(&from, &to_check)).await?;
    prepare_target(&asked.url, header.schema).await?;
    let url = asked.url.clone();
    blocking(move || feed(&asked.url, &program, &asked.from, &key)).await?;
    let held = contents_of(&url).await?;
    if held != header.contents {
        let differs = header.contents.rows.iter().filter(|(name, rows)| held.rows.get(*name) != Some(rows));
        let names: Vec<&str> = differs.map(|(name, _)| name.as_str()).collect();
        return Err(BackupError::Differs(if names.is_empty() {
            "the end of the audit chain".into()
        } else {
            names.join(", ")
        }));
    }
    Ok(header)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(BackupError::Panic))
}

/// The secret key in `path`.
///
/// # Errors
/// When there is none.
pub fn identity(path: &Path) -> Result<Identity, BackupError> {
    let text = zeroize::Zeroizing::new(fs::read_to_string(path).map_err(BackupError::file(path))?);
    let key = text.lines().find_map(|line| line.trim().parse::<Identity>().ok());
    key.ok_or_else(|| BackupError::NoIdentity(path.to_owned()))
}

/// Reads all of the backup; gives its header if it is whole.
///
/// # Errors
/// When it is not.
pub fn check(from: &Path, key: &Identity) -> Result<Header, BackupError> {
    let mut reading = container::open(from, key)?;
    let header = reading.header.clone();
    let wrong = |error: io::Error| BackupError::unusable(from, &error);
    io::copy(&mut reading, &mut io::sink()).map_err(wrong)?;
    reading.finish().map_err(wrong)?;
    Ok(header)
}

fn feed(url: &str, program: &PathBuf, from: &Path, key: &Identity) -> Result<(), BackupError> {
    let mut reading = container::open(from, key)?;
    let mut restore = command(program, url);
    // Of the schema only what lies in it: the schema itself is there, with the rights of this place.
    restore.args(["--schema=public", "--no-owner", "--single-transaction", "--exit-on-error"]);
    restore.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = restore.spawn().map_err(BackupError::file(program))?;
    let Some(mut stdin) = child.stdin.take() else { return Err(BackupError::Panic) };
    let mut buffer = vec![0; FRAME_BYTES];
    let read = loop {
        match reading.read(&mut buffer) {
            Ok(0) => break reading.finish().map(drop),
            Ok(got) => {
                // What it would not take, it says below.
                if stdin.write_all(buffer.get(..got).unwrap_or_default()).is_err() {
                    break Ok(());
                }
            }
            Err(error) => break Err(error),
        }
    };
    if let Err(error) = read {
        // Without its end it must not commit.
        let _ = child.kill();
        let _ = child.wait();
        return Err(BackupError::unusable(from, &error));
    }
    drop(stdin);
    let said = said(&mut child);
    let ended = child.wait().map_err(BackupError::file(program))?;
    if ended.success() { Ok(()) } else { Err(BackupError::Program { program: PROGRAM, said }) }
}

/// The beginning of what a program says of its failure: names of tables and SQL of ours; values of rows stand in DETAIL and
/// CONTEXT lines, which are left out.
pub(super) fn said(child: &mut Child) -> String {
    let mut bytes = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        let mut rest = stderr;
        let _ = rest.by_ref().take(MAX_SAID_BYTES).read_to_end(&mut bytes);
        // Read to the end, or the program waits for ever.
        let _ = io::copy(&mut rest, &mut io::sink());
    }
    let text = String::from_utf8_lossy(&bytes);
    let lines = text
        .lines()
        .filter(|line| !["DETAIL:", "CONTEXT:", "Command was:"].iter().any(|mark| line.contains(mark)));
    lines.take(5).collect::<Vec<_>>().join("; ")
}
