//! The command line: one file per command. The only place where everything is put together.
//!
//! Results go to stdout, progress and logs to stderr; `--json` gives results to machines. Exit codes: 0 clean, 1 findings,
//! 2 usage (clap's own), 3 failure. To add a command, add a file with an `Args` struct and `run`, and a line in
//! [`Command`].

mod account;
mod audit;
mod backup;
mod calendar;
mod case;
mod check;
mod completions;
mod config;
mod db;
pub mod demo;
mod descriptor;
mod directory;
mod erasure;
mod event;
mod events;
mod explain;
mod gen_data;
mod healthcheck;
mod in_process;
mod inspect;
mod keys;
mod list;
pub mod listeners;
mod load_baseline;
mod output;
mod serve;
pub mod service;
mod session;
mod sign_in;
mod token;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::Context as _;
use clap::{Parser, Subcommand, ValueEnum as _};

use crate::{
    clock::{SharedClock, SystemClock},
    config::{Config, Flag, Layers, Traces},
    entropy::{SharedEntropy, SystemEntropy},
    grpc::exporter::exporter,
    telemetry::{self, LogFormat, Settings, traces::TraceSettings},
};

/// Exit code for "it works, and something was found".
pub const EXIT_FINDINGS: u8 = 1;
/// Exit code for "it does not work".
pub const EXIT_FAILURE: u8 = 3;

/// Zhenshi (真實) keeps a life insurer's customer data true.
#[derive(Debug, Parser)]
#[command(name = "zhenshi", version, arg_required_else_help = true)]
pub struct Cli {
    /// Configuration file (TOML).
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the built-in database and the keyring live (default ./zhenshi-data).
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Keyring file; needed with a database of your own.
    #[arg(long, global = true, value_name = "FILE")]
    keyring: Option<PathBuf>,
    /// Folder of PostgreSQL's programs, for the built-in database.
    #[arg(long, global = true, value_name = "DIR")]
    postgres_bin: Option<PathBuf>,
    /// Results as JSON.
    #[arg(long, global = true)]
    json: bool,
    /// Form of the log lines (default text).
    #[arg(long, global = true, value_enum)]
    log_format: Option<LogFormat>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve(serve::Args),
    /// Show the main job on synthetic data: several days of applications through gRPC under a moved clock, verdicts,
    /// suspicion lists and cases beside what was planted.
    Demo(demo::Args),
    /// Judge single values of a file.
    Check(check::Args),
    /// Say what a certificate number, telephone, account, name or address was read as, and how each check came out.
    Explain(explain::Args),
    /// The configuration and the rule profile.
    #[command(subcommand)]
    Config(config::Command),
    /// Local accounts of members of staff.
    #[command(subcommand)]
    Account(account::Command),
    /// Tokens of calling systems.
    #[command(subcommand)]
    Token(token::Command),
    /// The directory of sellers, agencies and staff.
    #[command(subcommand)]
    Directory(directory::Command),
    /// Keys of this installation.
    #[command(subcommand)]
    Keys(keys::Command),
    /// The database.
    #[command(subcommand)]
    Db(db::Command),
    /// Working days, and the yearly notices.
    #[command(subcommand)]
    Calendar(calendar::Command),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Write synthetic applications and, apart from them, the truth about what was planted.
    GenData(gen_data::Args),
    /// Events on their way to other systems.
    #[command(subcommand)]
    Event(event::Command),
    /// The suspicion lists.
    #[command(subcommand)]
    List(list::Command),
    /// The cases: the worklist, what happened, how they went.
    #[command(subcommand)]
    Case(case::Command),
    /// Retention and destruction of persons' data.
    #[command(subcommand)]
    Erasure(erasure::Command),
    /// The half-yearly inspection: samples, chains, keys and a restore drill, in a signed report.
    #[command(subcommand)]
    Inspect(inspect::Command),
    /// Load the book of the first day.
    LoadBaseline(load_baseline::Args),
    /// Ask a running service whether it is ready.
    Healthcheck(healthcheck::Args),
    /// Write what a shell needs to complete commands and flags.
    Completions(completions::Args),
    /// Write the API's descriptor set, for proxies and tools: `zhenshi descriptor > zhenshi.binpb`.
    Descriptor,
}

/// What every command gets.
pub struct Context {
    /// The configuration with the flags applied, checked.
    pub config: Config,
    /// Results as JSON.
    pub json: bool,
    /// Tells the time.
    pub clock: SharedClock,
    /// Gives luck.
    pub entropy: SharedEntropy,
}

impl Cli {
    /// Runs the command and turns its end into an exit code.
    pub async fn run(self) -> ExitCode {
        match self.dispatch().await {
            Ok(code) => code,
            Err(error) => {
                output::error(&error);
                ExitCode::from(EXIT_FAILURE)
            }
        }
    }

    async fn dispatch(self) -> anyhow::Result<ExitCode> {
        let flags = self.flags();
        let layers = || Layers::read(self.config.as_deref(), &flags);
        let traced = matches!(self.command, Command::Serve(_));
        let mut telemetry = None;
        let mut context = || -> anyhow::Result<Context> {
            let config = layers()?.config()?;
            telemetry = Some(telemetry::start(settings(&config, traced)?)?);
            Ok(Context {
                config,
                json: self.json,
                clock: Arc::new(SystemClock),
                entropy: Arc::new(SystemEntropy::default()),
            })
        };
        let ended = match self.command {
            Command::Serve(args) => serve::run(&mut context()?, args).await,
            Command::Demo(args) => demo::run(&mut context()?, args).await,
            Command::Check(args) => check::run(&context()?, &args),
            Command::Explain(args) => explain::run(&context()?, &args),
            Command::Config(command) => config::run(&layers()?, self.json, &command),
            Command::Account(command) => account::run(&context()?, command).await,
            Command::Token(command) => token::run(&context()?, command).await,
            Command::Keys(command) => keys::run(&context()?, &command).await,
            Command::Db(command) => db::run(&context()?, command).await,
            Command::Audit(command) => audit::run(&context()?, &command).await,
            Command::GenData(args) => gen_data::run(&context()?, args),
            Command::Healthcheck(args) => healthcheck::run(&context()?, &args).await,
            Command::Directory(command) => directory::run(&context()?, command).await,
            Command::Calendar(command) => calendar::run(&context()?, command).await,
            Command::Event(command) => event::run(&context()?, command).await,
            Command::List(command) => list::run(&context()?, command).await,
            Command::Case(command) => case::run(&context()?, command).await,
            Command::Erasure(command) => erasure::run(&context()?, command).await,
            Command::Inspect(command) => inspect::run(&context()?, command).await,
            Command::LoadBaseline(args) => load_baseline::run(&context()?, &args).await,
            // These need no configuration, so they work without a right one.
            Command::Completions(args) => Ok(completions::run(&args)),
            Command::Descriptor => descriptor::run(),
        };
        if let Some(telemetry) = telemetry {
            telemetry.finish().await;
        }
        ended
    }

    /// What the flags of every command say about keys.
    fn flags(&self) -> Vec<Flag> {
        let log_format = self.log_format.and_then(|format| format.to_possible_value());
        let given = [
            ("--data-dir", "data_dir", self.data_dir.clone()),
            ("--postgres-bin", "database.postgres_bin", self.postgres_bin.clone()),
            ("--keyring", "keyring.path", self.keyring.clone()),
            ("--log-format", "log.format", log_format.map(|format| PathBuf::from(format.get_name()))),
        ];
        given.into_iter().filter_map(|(name, key, value)| Some(Flag { name, key, value: value? })).collect()
    }
}

/// Logs for every command; traces only where they are asked for.
fn settings(config: &Config, traced: bool) -> anyhow::Result<Settings> {
    let endpoint = config.traces.endpoint.as_deref().filter(|_| traced);
    let sent = endpoint.map(|endpoint| traces(endpoint, &config.traces)).transpose()?;
    Ok(Settings { format: config.log.format, filter: config.log.filter.clone(), traces: sent })
}

fn traces(endpoint: &str, config: &Traces) -> anyhow::Result<TraceSettings> {
    let read = |path: &PathBuf| {
        std::fs::read(path)
            .with_context(|| format!("configuration key traces.ca: {} cannot be read", path.display()))
    };
    let authorities = config.ca.as_ref().map(read).transpose()?;
    let exporter =
        exporter(endpoint, authorities).context("configuration key traces.endpoint or traces.ca")?;
    Ok(TraceSettings { exporter, ratio: config.ratio })
}
