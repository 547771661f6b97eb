//! `zhenshi audit verify`: is the log whole, and do the tables say what it says?

use std::process::ExitCode;

use super::{
    Context, EXIT_FINDINGS, output,
    service::hmac_key,
    session::{Session, keyring},
};
use crate::{app::checkpoint::read_checkpoint, store::audit_verify::Report};

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Verify the chain, the rows that it stands for, and the end against the checkpoint.
    Verify,
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: &Command) -> anyhow::Result<ExitCode> {
    let Command::Verify = command;
    let session = Session::open(context).await?;
    let report = verify(context, &session).await;
    session.close().await?;
    let report = report?;
    print(context, &report);
    Ok(if report.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

async fn verify(context: &Context, session: &Session) -> anyhow::Result<Report> {
    let key = hmac_key(&*keyring(&context.config, &context.entropy)?);
    let checkpoint = read_checkpoint(&context.config.checkpoint_path(), &key)?;
    let store = session.store(context).await?;
    let report = store.verify_audit(key, checkpoint).await?;
    store.close().await;
    Ok(report)
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
        |position| format!("compared with the checkpoint at position {position}"),
    );
    output::line(format!(
        "{} entries in the chain, {} not chained yet, {} submissions, {} faults; {checkpoint}",
        report.entries,
        report.unchained,
        report.submissions,
        report.faults.len()
    ));
}
