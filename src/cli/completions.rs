//! `zhenshi completions SHELL`: what a shell needs to complete commands and flags.

use std::{io, process::ExitCode};

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Cli;

/// Flags of `completions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell; for bash: `zhenshi completions bash > /etc/bash_completion.d/zhenshi`.
    shell: Shell,
}

/// Writes the script to stdout.
pub fn run(args: &Args) -> ExitCode {
    // Into memory first: the generator knows no reader that goes away.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "zhenshi", &mut script);
    let _ = io::Write::write_all(&mut io::stdout(), &script);
    ExitCode::SUCCESS
}
