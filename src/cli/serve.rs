//! `zhenshi serve`: the service, until it is asked to stop.

use std::{net::SocketAddr, process::ExitCode};

use serde_json::json;

use super::{Context, output, service::Service};
use crate::{config::Role, lifecycle::stop_on_signals};

/// Flags of `serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// gRPC address (default 127.0.0.1:50051); port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    grpc_listen: Option<SocketAddr>,
    /// HTTP address for probes (default 127.0.0.1:8080); port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    http_listen: Option<SocketAddr>,
    /// Which parts run in this process.
    #[arg(long, value_enum)]
    role: Option<Role>,
    /// Allow plaintext gRPC on an address that others can reach (behind a proxy that ends TLS).
    #[arg(long)]
    insecure: bool,
}

/// Runs the service. Prints one line when it is ready, for whoever started it on port 0.
pub async fn run(context: &mut Context, args: Args) -> anyhow::Result<ExitCode> {
    let config = &mut context.config;
    if let Some(listen) = args.grpc_listen {
        config.grpc.listen = listen;
    }
    if let Some(listen) = args.http_listen {
        config.http.listen = listen;
    }
    if let Some(role) = args.role {
        config.role = role;
    }
    config.grpc.insecure |= args.insecure;

    let stop = stop_on_signals()?;
    let service = Service::start(config, context.clock.clone(), context.entropy.clone()).await?;
    output::json(&json!({
        "event": "ready",
        "grpc": service.grpc.map(|address| address.to_string()),
        "http": service.http.to_string(),
    }));
    stop.cancelled().await;
    service.stop().await;
    Ok(ExitCode::SUCCESS)
}
