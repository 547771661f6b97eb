//! `zhenshi keys`: the keys of an installation.

use std::process::ExitCode;

use anyhow::Context as _;

use super::{Context, output, session::make_private};
use crate::security::keyring::Keyring;

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a keyring. It is never overwritten; without it the data can never be read again.
    Init,
}

/// Runs a subcommand.
pub fn run(context: &Context, command: &Command) -> anyhow::Result<ExitCode> {
    let Command::Init = command;
    let path = context.config.keyring_path();
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_private(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    Keyring::generate(context.entropy.as_ref())?.create(&path)?;
    output::note(
        "made the keyring; keep a copy of it apart from the database: without it the data cannot be read",
    );
    if context.json {
        output::json(&serde_json::json!({ "keyring": path }));
    } else {
        output::line(path.display().to_string());
    }
    Ok(ExitCode::SUCCESS)
}
