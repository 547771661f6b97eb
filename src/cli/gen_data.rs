//! `zhenshi gen-data`: synthetic applications, and apart from them the truth about what was planted.

use std::{path::PathBuf, process::ExitCode};

use chrono::NaiveDate;
use zhenshi_domain::shanghai;

use super::{Context, output};
use crate::gendata::{GenOptions, generate_files};

/// Flags of `gen-data`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many applications.
    #[arg(long, default_value_t = 20_000)]
    count: u64,
    /// Seed: the same seed, count and day give the same files, byte for byte.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Day around which the applications are dated (default: today in Asia/Shanghai).
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    /// File of the applications: one request a line, in proto3 JSON.
    #[arg(long, default_value = "applications.jsonl", value_name = "FILE")]
    out: PathBuf,
    /// File of the truth: what was planted, with which code, and who is to find it.
    #[arg(long, default_value = "truth.jsonl", value_name = "FILE")]
    truth: PathBuf,
}

/// Writes both files.
pub fn run(context: &Context, args: Args) -> anyhow::Result<ExitCode> {
    let as_of = args.as_of.unwrap_or_else(|| shanghai::date(context.clock.now()));
    let options = GenOptions { count: args.count, seed: args.seed, as_of, out: args.out, truth: args.truth };
    let summary = generate_files(&options)?;
    if context.json {
        output::json(&serde_json::to_value(&summary)?);
    } else {
        output::line(format!("{summary}"));
    }
    Ok(ExitCode::SUCCESS)
}
