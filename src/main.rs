//! The program: parse, run one command, say what went wrong.

use std::process::ExitCode;

use clap::Parser as _;
use zhenshi::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    Cli::parse().run().await
}
