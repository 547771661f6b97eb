//! `zhenshi demo`: the main job on synthetic data, end to end: the built-in database, the service, a client over gRPC,
//! several days under a moved clock, verdicts, suspicion lists and cases beside what was planted.

mod accounts;
mod cases;
mod days;
mod feed;
mod lists;
mod play;
mod report;
mod stage;
mod truth;

use std::{net::SocketAddr, path::Path, process::ExitCode, sync::Arc};

use accounts::DemoAccounts;
use anyhow::Context as _;
pub use cases::{Board, Door, Office, play_cases};
use chrono::NaiveTime;
pub use days::StoryDays;
pub use lists::{ListClueScore, ListScore};
pub use play::play;
pub use report::{CodeScore, Scoreboard};
pub use stage::{Played, Stage, begins, play_story};
use tokio_util::sync::CancellationToken;
pub use truth::Truth;
use zhenshi_domain::{calendar::Calendar, shanghai};

use super::{
    Context, EXIT_FINDINGS, output,
    service::Service,
    session::{embedded_options, make_private},
    token,
};
use crate::{
    clock::OffsetClock,
    gendata::story::{Story, StoryOptions},
    grpc::client::Client,
    lifecycle::stop_on_signals,
    security::principal::Principal,
    store::embedded::{EmbeddedError, EmbeddedServer},
};

/// Flags of `demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many applications on the first day; later days have a tenth.
    #[arg(long, default_value_t = 20_000)]
    count: u64,
    /// Seed of the synthetic data.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Stop after the summary.
    #[arg(long)]
    exit: bool,
}

/// A later day has so many times fewer applications than the first.
const LATER_SHARE: u64 = 10;
/// How often each case of the story is planted.
const CASE_TIMES: u32 = 20;

/// Runs the demo in a folder of its own below the data directory, which is emptied first.
pub async fn run(context: &mut Context, args: Args) -> anyhow::Result<ExitCode> {
    let folder = context.config.data_dir.join("demo");
    context.config.data_dir.clone_from(&folder);
    context.config.database.url = None;
    // The lists are made by the story: none comes by itself before a day is over.
    context.config.list.time = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
    empty(context, &folder).await?;
    make_passable(&folder)?;
    free_ports(context).await;

    let calendar = Calendar::shipped()?;
    let today = shanghai::date(context.clock.now());
    let days = StoryDays::choose(&calendar, today)
        .context("the calendar has no two working days before a day off")?;
    let clock = Arc::new(OffsetClock::new(context.clock.clone(), begins(&days)));
    context.clock = clock.clone();
    let stop = stop_on_signals()?;
    output::note(format!("starting the service on a new built-in database in {} …", folder.display()));
    let service = Service::start(&context.config, context.clock.clone(), context.entropy.clone()).await?;
    let told = Told { days, clock: &clock };
    let shown = show(context, &args, &service, &told, &folder, &stop).await;
    let (tokens, exact) = match shown {
        Ok(shown) => shown,
        Err(error) => {
            service.stop().await;
            return Err(error);
        }
    };
    if !args.exit && !stop.is_cancelled() {
        invite(&service, &tokens, &clock);
        stop.cancelled().await;
    }
    service.stop().await;
    Ok(if exact { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

/// When the story plays.
struct Told<'a> {
    days: StoryDays,
    clock: &'a OffsetClock,
}

/// Whoever may call further: a system that sends applications, and customer service at its worklist.
struct Tokens {
    system: String,
    customer_service: String,
    accounts: DemoAccounts,
}

/// Generates, sends, makes the lists, plays the cases, prints; returns tokens for further calls, and whether all was as planted.
async fn show(
    context: &Context,
    args: &Args,
    service: &Service,
    told: &Told<'_>,
    folder: &Path,
    stop: &CancellationToken,
) -> anyhow::Result<(Tokens, bool)> {
    let principal = Principal::whole("demo");
    let (_, token) = token::create(context, &service.app().store, principal.clone()).await?;

    let options = StoryOptions {
        seed: args.seed,
        first: args.count,
        later: args.count / LATER_SHARE,
        times: CASE_TIMES,
        days: told.days.days,
        folder: folder.to_owned(),
    };
    let story = Story::write(&options)?;
    introduce(&story, told);

    let address = service.grpc.context("the demo's service has no gRPC listener")?;
    let url = format!("http://{address}");
    let client = Client::connect(url.clone(), &token).await?;
    let stage = Stage {
        app: service.app(),
        client: &client,
        principal: &principal,
        clock: told.clock,
        note: |text| output::note(text),
    };
    let door = Door { url: &url, token: &token, entropy: &context.entropy };
    let play = async {
        let office = Office::open(&stage, &door).await?;
        let played = play_story(&stage, &told.days, &story).await?;
        let board = play_cases(&stage, &office, &told.days, &story, &context.entropy).await?;
        let accounts = DemoAccounts::open(context, &stage.app.store).await?;
        anyhow::Ok((played, board, office.token("CS-1")?.to_owned(), accounts))
    };
    let (played, board, customer_service, accounts) = tokio::select! {
        played = play => played?,
        () = stop.cancelled() => anyhow::bail!("stopped before the summary"),
    };
    if context.json {
        let mut all = serde_json::to_value(&played)?;
        all["cases"] = serde_json::to_value(&board)?;
        output::json(&all);
    } else {
        output::line(played.gate.to_string());
        played.lists.iter().for_each(|list| output::line(list.to_string()));
        output::line(board.to_string());
    }
    let tokens = Tokens { system: token.to_string(), customer_service, accounts };
    Ok((tokens, played.is_exact() && board.is_exact()))
}

/// Says what will be played, and on which days.
fn introduce(story: &Story, told: &Told<'_>) {
    let (excuses, cases) = (story.excuses.len(), story.cases.len());
    let [first, second, off, fourth, fifth] = told.days.days;
    output::note(format!(
        "{}; besides, {} kinds of clues and {excuses} excuses are planted {CASE_TIMES} times each",
        story.summary,
        cases - excuses
    ));
    output::note(format!(
        "the clock is moved: the story plays on {first}, {second}, the day off {off}, {fourth} and {fifth}; the list of \
         {fifth} is missed and made on {}; its cases are worked on there and on the two working days after it",
        told.days.last
    ));
    if told.days.provisional {
        output::note("some of these working days are provisional: the notice of their year is not loaded");
    }
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

fn invite(service: &Service, tokens: &Tokens, clock: &OffsetClock) {
    let Some(grpc) = service.grpc else { return };
    output::line(format!(
        "\nThe service is up: gRPC on {grpc}, the page on http://{http}/ for {logins}, all with the password {password}\n\
         Try, in another terminal:\n\n\
         \x20 TOKEN={token}\n\
         \x20 STAFF={staff}\n\
         \x20 grpcurl -plaintext -H \"authorization: Bearer $TOKEN\" \\\n\
         \x20   -d '{{\"validate_only\": true, \"language_code\": \"en\", \"application\": {{\"source\": \"core\", \
         \"application_no\": \"TRY-1\", \"kind\": \"APPLICATION_KIND_NEW_BUSINESS\", \"channel\": \
         \"CHANNEL_DIRECT\"}}}}' \\\n\
         \x20   {grpc} zhenshi.v1.ValidationService/ValidateApplication\n\
         \x20 grpcurl -plaintext -H \"authorization: Bearer $TOKEN\" \\\n\
         \x20   -d '{{\"page_size\": 3, \"verdict\": \"VERDICT_REJECTED\"}}' \\\n\
         \x20   {grpc} zhenshi.v1.ValidationService/ListSubmissions\n\
         \x20 grpcurl -plaintext -H \"authorization: Bearer $STAFF\" -d '{{\"page_size\": 3, \"counts\": true}}' \\\n\
         \x20   {grpc} zhenshi.v1.CaseService/ListCases\n\n\
         Its clock stays moved by {moved} from the real time. Ctrl-C stops it.",
        http = service.http,
        token = tokens.system,
        staff = tokens.customer_service,
        logins = DemoAccounts::logins(),
        password = tokens.accounts.password.as_str(),
        moved = lists::moved(clock.offset()),
    ));
}
