//! Making a backup: one view, dumped by `pg_dump`, encrypted as it comes, in its place only when it is whole and synced.

use std::{
    fs::{self, File, OpenOptions},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
    process::Stdio,
};

use age::x25519::Recipient;
use chrono::{DateTime, Utc};

use super::{
    BackupError,
    container::{self, Header, Trailer},
    restore::said,
};
use crate::store::dump::{View, command};

/// Name of PostgreSQL's program.
const PROGRAM: &str = "pg_dump";
/// Bytes between two words of progress.
const PROGRESS_BYTES: u64 = 256 * 1024 * 1024;
/// Mode of the file.
const FILE_MODE: u32 = 0o600;

/// What is to be backed up, and where to.
#[derive(Debug, Clone)]
pub struct Backup {
    /// URL of a login that may take the owner's role.
    pub url: String,
    /// `pg_dump`.
    pub program: Option<PathBuf>,
    /// Who may restore.
    pub recipients: Vec<Recipient>,
    /// The file, which must not be there.
    pub out: PathBuf,
}

/// What was backed up.
#[derive(Debug)]
pub struct Made {
    /// Before the dump.
    pub header: Header,
    /// After it.
    pub trailer: Trailer,
}

/// Makes the backup. The service may go on meanwhile.
///
/// # Errors
/// [`BackupError`]; then there is no file of that name.
pub async fn backup(
    asked: Backup,
    now: DateTime<Utc>,
    progress: impl Fn(u64) + Send + 'static,
) -> Result<Made, BackupError> {
    if asked.recipients.is_empty() {
        return Err(BackupError::NoRecipient);
    }
    if asked.out.exists() {
        return Err(BackupError::Exists(asked.out));
    }
    let program = asked.program.clone().ok_or(BackupError::NoProgram(PROGRAM))?;
    let view = View::open(&asked.url).await?;
    let header = Header {
        begun_time: now,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        schema: view.schema,
        contents: view.contents.clone(),
    };
    let snapshot = view.name.clone();
    let partial = partial(&asked.out);
    let written = {
        let (partial, header) = (partial.clone(), header.clone());
        let work =
            move || write(&asked.url, &program, &snapshot, &asked.recipients, &partial, &header, progress);
        (tokio::task::spawn_blocking(work).await.unwrap_or(Err(BackupError::Panic)), asked.out)
    };
    let (written, out) = written;
    let closed = view.close().await.map_err(BackupError::from);
    match written.and_then(|trailer| closed.map(|()| trailer)) {
        Ok(trailer) => {
            fs::rename(&partial, &out).map_err(BackupError::file(&out))?;
            let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
            let folder = folder.unwrap_or(Path::new("."));
            File::open(folder).and_then(|folder| folder.sync_all()).map_err(BackupError::file(folder))?;
            Ok(Made { header, trailer })
        }
        Err(error) => {
            // What was written is of no use to anybody.
            let _ = fs::remove_file(&partial);
            Err(error)
        }
    }
}

/// Where it is written: nobody takes it for a backup.
fn partial(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".partial");
    name.into()
}

fn write(
    url: &str,
    program: &PathBuf,
    snapshot: &str,
    recipients: &[Recipient],
    partial: &Path,
    header: &Header,
    progress: impl Fn(u64),
) -> Result<Trailer, BackupError> {
    let failed = BackupError::file(partial);
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(FILE_MODE)
        .open(partial)
        .map_err(&failed)?;
    let mut dump = command(program, url);
    dump.args(["--format=custom", "--enable-row-security", "--snapshot", snapshot]);
    dump.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = dump.spawn().map_err(BackupError::file(program))?;
    let Some(stdout) = child.stdout.take() else { return Err(BackupError::Panic) };
    let mut told = 0;
    let written = container::write(file, recipients, header, stdout, |bytes| {
        if bytes >= told + PROGRESS_BYTES {
            told = bytes;
            progress(bytes);
        }
    });
    let said = said(&mut child);
    let ended = child.wait().map_err(BackupError::file(program))?;
    if !ended.success() {
        return Err(BackupError::Program { program: PROGRAM, said });
    }
    let (file, trailer) = written.map_err(&failed)?;
    file.sync_all().map_err(&failed)?;
    Ok(trailer)
}
