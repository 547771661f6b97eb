//! `zhenshi db backup|restore`: the whole database, encrypted for those who may restore it; and its way back.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use age::x25519::Recipient;
use anyhow::{Context as _, bail};
use serde_json::json;

use super::{Context, EXIT_FINDINGS, in_process::InProcess, output, session::Session};
use crate::{
    app::{
        App,
        backup::{
            make::{Backup, Made, backup},
            restore::{Restore, restore},
        },
        erasure::shred::{replay_ledger, scrub},
    },
    store::embedded::find_program,
};

/// Bytes of a mebibyte.
const MIB: u64 = 1024 * 1024;

/// Backs the database of `session` up into `out`.
///
/// # Errors
/// When there is nobody to encrypt it for, a program is missing, or something fails; then there is no such file.
pub async fn make(
    context: &Context,
    session: &Session,
    recipients: &[String],
    out: &Path,
) -> anyhow::Result<ExitCode> {
    let named = recipients.iter().chain(&context.config.backup.recipients);
    let recipients = named.map(|text| recipient(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let made = of(context, session, recipients, out).await?;
    let rows: i64 = made.header.contents.rows.values().sum();
    if context.json {
        output::json(&json!({
            "file": out,
            "schema": made.header.schema,
            "contents": made.header.contents,
            "dump_bytes": made.trailer.bytes,
            "dump_sha256": made.trailer.sha256,
        }));
    } else {
        output::line(format!(
            "{}: {rows} rows of {} tables, audit chain up to {}, {} MiB before encryption, sha256 {}",
            out.display(),
            made.header.contents.rows.len(),
            made.header.contents.chain.0,
            made.trailer.bytes / MIB,
            made.trailer.sha256,
        ));
        output::note("the keyring is not in it: keep a copy of that apart, without it nothing opens again");
    }
    Ok(ExitCode::SUCCESS)
}

/// A backup of the database of `session` for `recipients`.
///
/// # Errors
/// As [`make`].
pub async fn of(
    context: &Context,
    session: &Session,
    recipients: Vec<Recipient>,
    out: &Path,
) -> anyhow::Result<Made> {
    let url = context.config.database.migrate_url.as_ref().unwrap_or(&session.url);
    let asked = Backup {
        url: url.clone(),
        program: find_program(context.config.database.postgres_bin.clone(), "pg_dump"),
        recipients,
        out: out.to_owned(),
    };
    let progress = |bytes| output::note(format!("{} MiB", bytes / MIB));
    Ok(backup(asked, context.clock.now(), progress).await?)
}

fn recipient(text: &str) -> anyhow::Result<Recipient> {
    let key = text.parse().map_err(|error| anyhow::anyhow!("{error}"));
    key.with_context(|| format!("--recipient {text}: not a public key of age (`age1…`)"))
}

/// What is to be restored.
pub struct Asked {
    /// File of the secret key.
    pub identity: PathBuf,
    /// The backup.
    pub from: PathBuf,
    /// Somebody says that there is no ledger.
    pub no_ledger: bool,
}

/// Restores a backup into the empty database of `session`, destroys again whom the ledger names, rewrites what had held them, and
/// verifies.
///
/// # Errors
/// When the ledger is not there, the target is not empty, the backup is not whole or of another schema, or something fails.
pub async fn into(context: &Context, session: &Session, asked: Asked) -> anyhow::Result<ExitCode> {
    let Asked { identity, from, no_ledger } = asked;
    let keyring = context.config.keyring_path();
    if !keyring.exists() {
        bail!(
            "{}: put the keyring of the installation there first: without it nothing of the backup opens",
            keyring.display()
        );
    }
    let ledger = context.config.ledger_path();
    match (ledger.exists(), no_ledger) {
        (false, false) => bail!(
            "{}: put the shred ledger there first (retention.ledger_path): whoever was destroyed since the backup was made would be \
             back; give --no-ledger if nobody was ever destroyed",
            ledger.display()
        ),
        (true, true) => bail!("{}: --no-ledger was given, and there is one", ledger.display()),
        _ => {}
    }
    let url = context.config.database.migrate_url.as_ref().unwrap_or(&session.url).clone();
    let program = find_program(context.config.database.postgres_bin.clone(), "pg_restore");
    let header = restore(Restore { url: url.clone(), program, identity, from }).await?;
    output::note(format!("restored what was there at {}", header.begun_time));
    let inside = InProcess::open(context, session).await?;
    let replayed = again(&inside.app, &url).await;
    let keys = inside.app.audit_keys.get();
    let report = inside.app.store.verify_audit(keys, Vec::new()).await;
    inside.close().await?;
    let (replayed, report) = (replayed?, report?);
    if context.json {
        output::json(&json!({
            "begun_time": header.begun_time,
            "contents": header.contents,
            "shredded_again": replayed,
            "audit_entries": report.entries,
            "faults": report.faults,
        }));
    } else {
        output::line(format!(
            "{} rows as the backup says; {replayed} persons of the shred ledger destroyed again; audit chain of {} entries, {} \
             faults",
            header.contents.rows.values().sum::<i64>(),
            report.entries,
            report.faults.len(),
        ));
        output::note("callers repeat what was not answered since then, with the same request ids");
    }
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

/// Destroys again whom the ledger names, and rewrites what the restore had brought back of them.
async fn again(app: &App, url: &str) -> anyhow::Result<usize> {
    let replayed = replay_ledger(app).await?;
    if replayed > 0 {
        let (_, scrubbed) = scrub(app, url, |words: &str| output::note(words)).await?;
        if !scrubbed.log_ended {
            output::note("the login may not end the write-ahead log: have an administrator run CHECKPOINT");
        }
    }
    Ok(replayed)
}
