//! `zhenshi audit`: is the log whole, do the tables say what it says, and by which key can others tell.

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{
    Context, EXIT_FINDINGS, output,
    service::checkpoint_files,
    session::{Session, keyring},
};
use crate::{
    app::checkpoint::read_checkpoints,
    security::audit_key::{AuditKeys, pem},
    store::{
        Scope,
        audit_read::{AuditFilter, AuditRow},
        audit_verify::{Checkpoint, Report},
    },
};

/// Most subjects that a line shows; JSON has all.
const MAX_SUBJECTS: usize = 3;

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Verify the chain, the rows that it stands for, and the chain against checkpoints.
    Verify {
        /// File of checkpoints, or folder of such files; may be given more than once. Without it those that the service
        /// itself has kept.
        #[arg(long, value_name = "PATH")]
        checkpoint: Vec<PathBuf>,
    },
    /// Print the public keys that verify checkpoints, newest last.
    Key,
    /// List entries, newest first.
    List {
        /// Who: a system by its name, staff:CODE, or a part of the service.
        #[arg(long)]
        actor: Option<String>,
        /// What, such as `ASSIGN_CASE`.
        #[arg(long)]
        action: Option<String>,
        /// Id of a subject.
        #[arg(long, value_name = "UUID")]
        subject: Option<Uuid>,
        /// Not before, such as 2026-11-24T00:00:00+08:00.
        #[arg(long, value_name = "TIME")]
        from: Option<DateTime<Utc>>,
        /// Before.
        #[arg(long, value_name = "TIME")]
        until: Option<DateTime<Utc>>,
        /// Before this position: the last of what was listed before.
        #[arg(long, value_name = "POSITION")]
        before: Option<i64>,
        /// Most entries.
        #[arg(long, default_value_t = 50)]
        limit: u16,
    },
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: &Command) -> anyhow::Result<ExitCode> {
    let keys = Arc::new(AuditKeys::new(&*keyring(&context.config, &context.entropy)?)?);
    let checkpoint = match command {
        Command::Verify { checkpoint } => checkpoint,
        Command::Key => {
            print_keys(context, &keys);
            return Ok(ExitCode::SUCCESS);
        }
        Command::List { actor, action, subject, from, until, before, limit } => {
            let (actor, action) = (actor.clone(), action.clone());
            let (from, until, before) = (*from, *until, *before);
            let filter = AuditFilter { actor, action, subject_id: *subject, from, until, before };
            list(context, filter, i64::from(*limit)).await?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let checkpoints = checkpoints(context, checkpoint, &keys)?;
    let session = Session::open(context).await?;
    let report = verify(context, &session, keys, checkpoints).await;
    session.close().await?;
    let report = report?;
    print(context, &report);
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

fn checkpoints(context: &Context, given: &[PathBuf], keys: &AuditKeys) -> anyhow::Result<Vec<Checkpoint>> {
    if given.is_empty() {
        return Ok(checkpoint_files(&context.config).read(keys)?);
    }
    let mut all = Vec::new();
    for path in given {
        all.append(&mut read_checkpoints(path, keys)?);
    }
    Ok(all)
}

async fn verify(
    context: &Context,
    session: &Session,
    keys: Arc<AuditKeys>,
    checkpoints: Vec<Checkpoint>,
) -> anyhow::Result<Report> {
    let store = session.store(context).await?;
    let report = store.verify_audit(keys, checkpoints).await;
    store.close().await;
    Ok(report?)
}

async fn list(context: &Context, filter: AuditFilter, limit: i64) -> anyhow::Result<()> {
    let session = Session::open(context).await?;
    let rows = listed(context, &session, filter, limit).await;
    session.close().await?;
    for AuditRow { position, entry } in rows? {
        if context.json {
            output::json(&json!({
                "position": position, "entry_id": entry.id, "recorded_time": entry.recorded_time, "actor": entry.actor,
                "action": entry.action, "subject_kind": entry.subject_kind, "subject_ids": entry.subject_ids,
                "reason": entry.reason,
            }));
            continue;
        }
        let time = entry.recorded_time.format("%Y-%m-%d %H:%M:%SZ");
        let subjects: Vec<String> =
            entry.subject_ids.iter().take(MAX_SUBJECTS).map(ToString::to_string).collect();
        output::line(format!(
            "{position} {time} {} {} {} {} {}",
            entry.actor,
            entry.action,
            entry.subject_kind,
            subjects.join(","),
            entry.reason
        ));
    }
    Ok(())
}

async fn listed(
    context: &Context,
    session: &Session,
    filter: AuditFilter,
    limit: i64,
) -> anyhow::Result<Vec<AuditRow>> {
    let store = session.store(context).await?;
    let rows = store.list_audit_entries(Scope::system(), filter, limit).await;
    store.close().await;
    Ok(rows?)
}

fn print_keys(context: &Context, keys: &AuditKeys) {
    let public = keys.public_keys();
    if context.json {
        let keys = public.iter().map(|(version, key)| {
            json!({ "version": version, "ed25519": BASE64_STANDARD.encode(key), "pem": pem(key) })
        });
        output::json(&json!({ "keys": keys.collect::<Vec<_>>() }));
        return;
    }
    for (version, key) in public {
        output::note(format!("audit key {version}"));
        output::line(pem(&key).trim_end());
    }
}

fn print(context: &Context, report: &Report) {
    if context.json {
        // A report of numbers and strings always serialises.
        output::json(&serde_json::to_value(report).unwrap_or_default());
        return;
    }
    for fault in &report.faults {
        let place = fault.position.map_or("unchained".to_owned(), |position| format!("position {position}"));
        output::line(format!("{place}: {}", fault.problem));
    }
    let checkpoint = report.checkpoint.map_or_else(
        || "no checkpoint was found, so a cut tail could not be seen".to_owned(),
        |position| {
            format!("compared with {} checkpoints, the newest at position {position}", report.checkpoints)
        },
    );
    output::line(format!(
        "{} entries in the chain, {} not chained yet, {} submissions, {} faults; {checkpoint}",
        report.entries,
        report.unchained,
        report.submissions,
        report.faults.len()
    ));
}
