//! `zhenshi demo`: the main job on synthetic data, end to end: the built-in database, the service, a client over gRPC,
//! and the verdicts beside the planted truth.

mod play;
mod report;
mod truth;

use std::{net::SocketAddr, path::Path, process::ExitCode, sync::Arc};

use anyhow::Context as _;
pub use play::play;
pub use report::{CodeScore, Scoreboard};
use tokio_util::sync::CancellationToken;
pub use truth::Truth;
use zhenshi_domain::{application::Channel, shanghai};

use super::{
    Context, output,
    service::Service,
    session::{embedded_options, make_private},
    token,
};
use crate::{
    gendata::{GenOptions, generate_files},
    grpc::client::Client,
    lifecycle::stop_on_signals,
    security::principal::{ALL_SOURCES, Principal, Reach},
    store::embedded::{EmbeddedError, EmbeddedServer},
};

/// Flags of `demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many applications.
    #[arg(long, default_value_t = 20_000)]
    count: u64,
    /// Seed of the synthetic data.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after the summary.
    #[arg(long)]
    exit: bool,
}

/// Runs the demo in a folder of its own below the data directory, which is emptied first.
pub async fn run(context: &mut Context, args: Args) -> anyhow::Result<ExitCode> {
    let folder = context.config.data_dir.join("demo");
    context.config.data_dir.clone_from(&folder);
    context.config.database.url = None;
    empty(context, &folder).await?;
    make_passable(&folder)?;
    free_ports(context).await;

    let stop = stop_on_signals()?;
    output::note(format!("starting the service on a new built-in database in {} …", folder.display()));
    let service = Service::start(&context.config, context.clock.clone(), context.entropy.clone()).await?;
    let shown = show(context, &args, &service, &folder, &stop).await;
    let token = match shown {
        Ok(token) => token,
        Err(error) => {
            service.stop().await;
            return Err(error);
        }
    };
    if !args.exit && !stop.is_cancelled() {
        invite(&service, &token);
        stop.cancelled().await;
    }
    service.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Generates, sends, prints; returns the token for further calls.
async fn show(
    context: &Context,
    args: &Args,
    service: &Service,
    folder: &Path,
    stop: &CancellationToken,
) -> anyhow::Result<String> {
    let reach = Reach {
        sources: vec![ALL_SOURCES.into()],
        channels: vec![
            Channel::IndividualAgents,
            Channel::Bancassurance,
            Channel::Intermediaries,
            Channel::Direct,
        ],
    };
    let principal = Principal { caller: "demo".into(), reach: Arc::new(reach) };
    let (_, token) = token::create(context, &service.app().store, principal).await?;

    let options = GenOptions {
        count: args.count,
        seed: args.seed,
        as_of: shanghai::date(context.clock.now()),
        out: folder.join("applications.jsonl"),
        truth: folder.join("truth.jsonl"),
    };
    let summary = generate_files(&options)?;
    output::note(format!("{summary}"));

    let address = service.grpc.context("the demo's service has no gRPC listener")?;
    let client = Client::connect(format!("http://{address}"), &token).await?;
    let truth = Truth::read(&options.truth)?;
    let board = tokio::select! {
        board = play(&client, &options.out, args.count, truth) => board?,
        () = stop.cancelled() => anyhow::bail!("stopped before the summary"),
    };
    if context.json {
        output::json(&serde_json::to_value(&board)?);
    } else {
        output::line(board.to_string());
    }
    Ok(token.to_string())
}

/// Removes an earlier demo. One that was killed has left its database running: it is taken over and stopped, because a
/// server whose files are gone would stay for ever. One that still runs is not touched.
async fn empty(context: &Context, folder: &Path) -> anyhow::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    match EmbeddedServer::start(embedded_options(&context.config, &context.entropy)?).await {
        Ok(server) => server.stop().await?,
        Err(error @ EmbeddedError::InUse { .. }) => return Err(error.into()),
        // Too broken to start is no reason to keep it.
        Err(error) => tracing::debug!(error = %error, "the earlier demo's database does not start"),
    }
    std::fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))
}

/// The user of the built-in database must be able to pass through to its own folder.
fn make_passable(folder: &Path) -> anyhow::Result<()> {
    let parent = folder.parent().unwrap_or(folder);
    std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    make_private(folder)?;
    Ok(())
}

/// Takes free ports if the usual ones are in use: somebody may be running the service already.
async fn free_ports(context: &mut Context) {
    for address in [&mut context.config.grpc.listen, &mut context.config.http.listen] {
        if tokio::net::TcpListener::bind(*address).await.is_err() {
            *address = SocketAddr::from(([127, 0, 0, 1], 0));
        }
    }
}

fn invite(service: &Service, token: &str) {
    let Some(grpc) = service.grpc else { return };
    output::line(format!(
        "\nThe service is up: gRPC on {grpc}, probes on http://{http}/readyz. Try, in another terminal:\n\n\
         \x20 TOKEN={token}\n\
         \x20 grpcurl -plaintext -H \"authorization: Bearer $TOKEN\" \\\n\
         \x20   -d '{{\"validate_only\": true, \"language_code\": \"en\", \"application\": {{\"source\": \"core\", \
         \"application_no\": \"TRY-1\", \"kind\": \"APPLICATION_KIND_NEW_BUSINESS\", \"channel\": \
         \"CHANNEL_DIRECT\"}}}}' \\\n\
         \x20   {grpc} zhenshi.v1.ValidationService/ValidateApplication\n\
         \x20 grpcurl -plaintext -H \"authorization: Bearer $TOKEN\" \\\n\
         \x20   -d '{{\"page_size\": 3, \"verdict\": \"VERDICT_REJECTED\"}}' \\\n\
         \x20   {grpc} zhenshi.v1.ValidationService/ListSubmissions\n\n\
         Ctrl-C stops it.",
        http = service.http,
    ));
}
