//! `zhenshi load-baseline`: the book of the first day, judged by the same rules and recorded by the same recorder as what
//! callers send, and marked as baseline. `docs/baseline.md` tells how a file looks and what becomes of it.
//!
//! Killed and started again it goes on: every line has a request id made of the file's digest and its number, so that
//! nothing is recorded twice, and a checkpoint says where to go on.

mod cell;
mod checkpoint;
mod columns;
mod lines;
mod load;
mod progress;
mod report_file;
mod row;
mod source;
mod tally;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use checkpoint::{Checkpoint, CheckpointFile};
use load::{Load, Reader, read_header};
use progress::Progress;
use report_file::ReportFile;
use serde_json::json;
use source::{Format, Source, TextEncoding};
use tally::Tally;

use super::{Context, EXIT_FINDINGS, in_process::InProcess, output, session::Session};
use crate::{
    app::{App, load_baseline},
    grpc::lines::ApplicationReader,
    words::Words,
};

/// Flags of `load-baseline`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// File of applications: JSON lines or CSV (docs/baseline.md).
    file: PathBuf,
    /// Form of the file (default: by its ending).
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Encoding of a CSV.
    #[arg(long, value_enum, default_value_t)]
    encoding: TextEncoding,
    /// System that numbered the applications, for rows of a CSV that name none.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Judge only: nothing is recorded.
    #[arg(long)]
    dry_run: bool,
    /// File for what has to be mended: one JSON object for each line that was rejected or passed over, with codes and
    /// field paths, never values.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Loads the file. Exit code 1 if an application was rejected or a line passed over.
pub async fn run(context: &Context, args: &Args) -> anyhow::Result<ExitCode> {
    let source = Source::open(&args.file, args.format, args.encoding)?;
    let reader = reader(&source, args)?;
    let session = Session::open(context).await?;
    let done = load_in(context, &session, args, &source, reader).await;
    session.close().await?;
    let (tally, resumed) = done?;
    print(context, args, &source, &tally, resumed);
    Ok(if tally.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

/// How the file is read, and where its first application stands: line and byte.
struct Start {
    reader: Reader,
    line: u64,
    end: u64,
}

fn reader(source: &Source, args: &Args) -> anyhow::Result<Start> {
    let words = Arc::new(Words::load()?);
    let json = ApplicationReader::new(words).context("the embedded descriptors cannot be read")?;
    let (encoding, begin) = (source.encoding, source.begin());
    if source.format == Format::Jsonl {
        return Ok(Start { reader: Reader { json, header: None, encoding }, line: 0, end: begin });
    }
    let (header, end) = read_header(&mut source.lines_after(0, begin)?, encoding, args.source.clone())?;
    Ok(Start { reader: Reader { json, header: Some(header), encoding }, line: 1, end })
}

/// The counts, and the line behind which this run began if an earlier one had come so far.
async fn load_in(
    context: &Context,
    session: &Session,
    args: &Args,
    source: &Source,
    start: Start,
) -> anyhow::Result<(Tally, Option<u64>)> {
    let inside = InProcess::open(context, session).await?;
    let loaded = load(context, &inside.app, args, source, start).await;
    inside.close().await?;
    loaded
}

async fn load(
    context: &Context,
    app: &App,
    args: &Args,
    source: &Source,
    start: Start,
) -> anyhow::Result<(Tally, Option<u64>)> {
    let checkpoint_file =
        (!args.dry_run).then(|| CheckpointFile::of(&context.config.data_dir, &source.digest_text()));
    let resumed = resume(app, checkpoint_file.as_ref()).await?;
    let line = resumed.as_ref().map(|checkpoint| checkpoint.line);
    let done = resumed.unwrap_or(Checkpoint { line: start.line, end: start.end, ..Checkpoint::default() });
    let lines = source.lines_after(done.line, done.end)?;
    let mut load = Load {
        app,
        principal: load_baseline::principal(),
        reader: start.reader,
        file_digest: source.digest,
        checkpoint_file,
        report: ReportFile::open(args.report.as_deref(), done.report_end)?,
        progress: Progress::new(source.size, done.tally.total())?,
        read_to: done.end,
        done,
    };
    load.run(lines).await?;
    Ok((load.done.tally, line))
}

/// The checkpoint of an earlier run, if what it says was recorded stands in this database.
async fn resume(app: &App, file: Option<&CheckpointFile>) -> anyhow::Result<Option<Checkpoint>> {
    let Some(checkpoint) = file.and_then(CheckpointFile::read) else { return Ok(None) };
    let Some(recorded) = checkpoint.recorded else { return Ok(None) };
    if load_baseline::stands(app, recorded).await? {
        output::note(format!("going on after line {}, where an earlier load had come to", checkpoint.line));
        Ok(Some(checkpoint))
    } else {
        output::note(
            "the checkpoint of an earlier load is of another database; beginning with the first line",
        );
        Ok(None)
    }
}

fn print(context: &Context, args: &Args, source: &Source, tally: &Tally, resumed: Option<u64>) {
    if context.json {
        output::json(&json!({
            "file_digest": source.digest_text(),
            "dry_run": args.dry_run,
            "resumed_after_line": resumed,
            "accepted": tally.accepted,
            "rejected": tally.rejected,
            "not_applicable": tally.not_applicable,
            "unreadable": tally.unreadable,
            "rejected_by_code": tally.rejected_by_code,
            "unreadable_by_code": tally.unreadable_by_code,
        }));
        return;
    }
    if args.dry_run {
        output::note("nothing was recorded (--dry-run)");
    }
    output::line(tally.to_string().trim_end());
}
