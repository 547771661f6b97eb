//! `zhenshi healthcheck`: asks a running service over HTTP, so that images need no curl.

use std::{net::SocketAddr, path::Path, process::ExitCode, time::Duration};

use anyhow::{Context as _, bail};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{Context, output};
use crate::edge::pinned;

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
    let certificate = context.config.http.tls.files().map(|(certificate, _)| certificate);
    let status = timeout(LIMIT, ask(address, path, certificate.as_deref()))
        .await
        .context("no answer within five seconds")??;
    if !status.contains(" 200 ") {
        bail!("{address}{path} answers: {status}");
    }
    output::line(if args.live { "alive" } else { "ready" });
    Ok(ExitCode::SUCCESS)
}

/// The status line of one GET, over TLS if the listener has a certificate.
async fn ask(address: SocketAddr, path: &str, certificate: Option<&Path>) -> anyhow::Result<String> {
    let stream = TcpStream::connect(address).await.with_context(|| format!("nobody listens on {address}"))?;
    let Some(certificate) = certificate else { return get(stream, address, path).await };
    let connector = TlsConnector::from(pinned::client(certificate)?);
    let stream = connector
        .connect(ServerName::from(address.ip()), stream)
        .await
        .with_context(|| format!("{address} does not hold the certificate of {}", certificate.display()))?;
    get(stream, address, path).await
}

/// A probe needs no HTTP library.
async fn get<S>(mut stream: S, address: SocketAddr, path: &str) -> anyhow::Result<String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // What came counts, however the connection ends.
    let _ = stream.take(MAX_ANSWER_BYTES).read_to_end(&mut answer).await;
    let text = String::from_utf8_lossy(&answer);
    Ok(text.lines().next().unwrap_or_default().to_owned())
}
