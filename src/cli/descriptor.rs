//! `zhenshi descriptor`: the API as a compiled descriptor set, for proxies and tools that read no `.proto` files.

use std::{
    io::{self, IsTerminal as _, Write as _},
    process::ExitCode,
};

use anyhow::{Context as _, bail};

/// Writes a `google.protobuf.FileDescriptorSet` with everything that the API imports.
///
/// # Errors
/// On a terminal, where it would only do harm, and when it cannot be written.
pub fn run() -> anyhow::Result<ExitCode> {
    let mut out = io::stdout();
    if out.is_terminal() {
        bail!("the descriptor set is binary: write it to a file, `zhenshi descriptor > zhenshi.binpb`");
    }
    let set = crate::grpc::descriptor_set()?;
    out.write_all(&set).and_then(|()| out.flush()).context("cannot write the descriptor set")?;
    Ok(ExitCode::SUCCESS)
}
