//! `zhenshi list export`: the file that the API streams, written beside its name and put in place when it is whole.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context as _;
use chrono::NaiveDate;

use crate::{
    app::{
        App, ListKind,
        export_suspicion_list::{Format, export_suspicion_list},
    },
    security::principal::Principal,
    words::{Language, Words},
};

/// Exports the list into the file `out`, and says how many bytes it has.
pub(super) async fn export(
    app: &Arc<App>,
    principal: &Principal,
    list: (ListKind, NaiveDate),
    format: Format,
    language: Language,
    out: &Path,
) -> anyhow::Result<u64> {
    let words = Arc::new(Words::load()?);
    let cannot = || format!("cannot write {}", out.display());
    // What is refused leaves no file behind.
    let mut exported = export_suspicion_list(app, principal, list, format, words, language).await?;
    let part = part_of(out);
    let mut file = create_private(&part).with_context(cannot)?;
    let mut written = 0;
    let done: anyhow::Result<()> = async {
        while let Some(piece) = exported.pieces.recv().await {
            let piece = piece?;
            file.write_all(&piece).with_context(cannot)?;
            written += piece.len() as u64;
        }
        file.sync_data().with_context(cannot)?;
        fs::rename(&part, out).with_context(cannot)
    }
    .await;
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done.map(|()| written)
}

/// The name under which a file is written until it is whole.
fn part_of(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    out.with_file_name(name)
}

/// A file that only its owner may read: it tells of customers, masked or not.
fn create_private(path: &Path) -> std::io::Result<fs::File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    fs::OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path)
}
