//! `zhenshi healthcheck`: asks a running service over HTTP, so that images need no curl.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use anyhow::{Context as _, bail};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use super::{Context, output};

/// Longest that the service may take to answer.
const LIMIT: Duration = Duration::from_secs(5);
/// More of an answer than its first line is never needed.
const MAX_ANSWER_BYTES: u64 = 1_024;

/// Flags of `healthcheck`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// HTTP address of the service (default: `http.listen` of the configuration).
    #[arg(long, value_name = "ADDRESS")]
    http: Option<SocketAddr>,
    /// Only ask whether the process is alive, not whether the database answers.
    #[arg(long)]
    live: bool,
}

/// Exit code 0 if it is ready, 3 if not.
pub async fn run(context: &Context, args: &Args) -> anyhow::Result<ExitCode> {
    let address = args.http.unwrap_or(context.config.http.listen);
    let path = if args.live { "/healthz" } else { "/readyz" };
    let status = timeout(LIMIT, ask(address, path)).await.context("no answer within five seconds")??;
    if !status.contains(" 200 ") {
        bail!("{address}{path} answers: {status}");
    }
    output::line(if args.live { "alive" } else { "ready" });
    Ok(ExitCode::SUCCESS)
}

/// The status line of one GET. A probe needs no HTTP library.
async fn ask(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let mut stream =
        TcpStream::connect(address).await.with_context(|| format!("nobody listens on {address}"))?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await?;
    let text = String::from_utf8_lossy(&answer);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
