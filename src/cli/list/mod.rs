//! `zhenshi list`: the suspicion lists, made, shown and exported beside a running service. The same use cases as the API's.

mod export;
mod show;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use chrono::NaiveDate;
use zhenshi_domain::shanghai;

use super::{Context, in_process::InProcess, output, session::Session};
use crate::{
    app::{App, ListKind, export_suspicion_list::Format, run_suspicion_list},
    security::principal::Principal,
    words::Language,
};

/// Who looks and exports, in the audit log: whoever may run the program with its keyring.
const CALLER: &str = "command-line";

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make the list of a working day now, and those missed before it.
    Run {
        /// Working day (default: today in Asia/Shanghai).
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<NaiveDate>,
    },
    /// Show a list's facts and its suspicions; nothing is decrypted.
    Show {
        /// Working day (default: today in Asia/Shanghai).
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: Option<NaiveDate>,
        /// Which list of the day.
        #[arg(long, value_enum, default_value_t)]
        kind: Kind,
    },
    /// Write a sealed list into a file, masked; the export is audited.
    Export {
        /// Working day.
        #[arg(long, value_name = "YYYY-MM-DD")]
        date: NaiveDate,
        /// Which list of the day.
        #[arg(long, value_enum, default_value_t)]
        kind: Kind,
        /// Format of the file.
        #[arg(long, value_enum, default_value_t)]
        format: FileFormat,
        /// Language of the headings: zh-Hans, zh-Hant or en.
        #[arg(long, default_value = "zh-Hans", value_parser = language)]
        language: Language,
        /// The file; it appears when it is whole.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Which list of a day.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub enum Kind {
    /// The list of the working day.
    #[default]
    Daily,
    /// Pairs of the baseline (article 26).
    SelfInspection,
}

impl From<Kind> for ListKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Daily => Self::Daily,
            Kind::SelfInspection => Self::SelfInspection,
        }
    }
}

/// Format of an exported file.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
pub enum FileFormat {
    /// A workbook.
    #[default]
    Xlsx,
    /// Comma-separated values.
    Csv,
}

impl From<FileFormat> for Format {
    fn from(format: FileFormat) -> Self {
        match format {
            FileFormat::Xlsx => Self::Xlsx,
            FileFormat::Csv => Self::Csv,
        }
    }
}

fn language(tag: &str) -> Result<Language, String> {
    Language::parse(tag).ok_or_else(|| "not one of zh-Hans, zh-Hant, en".to_owned())
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let session = Session::open(context).await?;
    let done = run_in(context, &session, command).await;
    session.close().await?;
    done.map(|()| ExitCode::SUCCESS)
}

async fn run_in(context: &Context, session: &Session, command: Command) -> anyhow::Result<()> {
    let inside = InProcess::open(context, session).await?;
    let done = act(context, &inside.app, command).await;
    inside.close().await?;
    done
}

async fn act(context: &Context, app: &Arc<App>, command: Command) -> anyhow::Result<()> {
    let today = shanghai::date(context.clock.now());
    match command {
        Command::Run { date } => {
            for row in run_suspicion_list::run(app, &principal(), date).await? {
                show::list(context, &row);
            }
            Ok(())
        }
        Command::Show { date, kind } => {
            show::show(context, app, &principal(), (kind.into(), date.unwrap_or(today))).await
        }
        Command::Export { date, kind, format, language, out } => {
            let written =
                export::export(app, &principal(), (kind.into(), date), format.into(), language, &out).await?;
            output::note(format!("{} bytes in {}", written, out.display()));
            Ok(())
        }
    }
}

/// Whoever may run the program with its keyring sees everything.
fn principal() -> Principal {
    Principal::whole(CALLER)
}
