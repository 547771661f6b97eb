//! The command line: one file per command. The only place where everything is put together.
//!
//! Results go to stdout, progress and logs to stderr; `--json` gives results to machines. Exit codes: 0 clean, 1 findings,
//! 2 usage (clap's own), 3 failure. To add a command, add a file with an `Args` struct and `run`, and a line in
//! [`Command`].

mod audit;
mod check;
mod config;
mod db;
pub mod demo;
mod explain;
mod gen_data;
mod healthcheck;
mod keys;
mod output;
mod serve;
pub mod service;
mod session;
mod token;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};

use crate::{
    clock::{SharedClock, SystemClock},
    config::Config,
    entropy::{SharedEntropy, SystemEntropy},
    telemetry::{self, LogFormat},
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
    /// Form of the log lines.
    #[arg(long, global = true, value_enum, default_value_t)]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the service.
    Serve(serve::Args),
    /// Show the main job on synthetic data: 20,000 applications through gRPC, verdicts beside the planted truth.
    Demo(demo::Args),
    /// Judge single values of a file.
    Check(check::Args),
    /// Say what a certificate number, telephone, account, name or address was read as, and how each check came out.
    Explain(explain::Args),
    /// The configuration and the rule profile.
    #[command(subcommand)]
    Config(config::Command),
    /// Tokens of calling systems.
    #[command(subcommand)]
    Token(token::Command),
    /// Keys of this installation.
    #[command(subcommand)]
    Keys(keys::Command),
    /// The database.
    #[command(subcommand)]
    Db(db::Command),
    /// The audit log.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Write synthetic applications and, apart from them, the truth about what was planted.
    GenData(gen_data::Args),
    /// Ask a running service whether it is ready.
    Healthcheck(healthcheck::Args),
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
        telemetry::start(self.log_format);
        match self.dispatch().await {
            Ok(code) => code,
            Err(error) => {
                output::error(&error);
                ExitCode::from(EXIT_FAILURE)
            }
        }
    }

    async fn dispatch(self) -> anyhow::Result<ExitCode> {
        let mut config = Config::load(self.config.as_deref())?;
        if let Some(data_dir) = self.data_dir {
            config.data_dir = data_dir;
        }
        if let Some(postgres_bin) = self.postgres_bin {
            config.database.postgres_bin = Some(postgres_bin);
        }
        if let Some(keyring) = self.keyring {
            config.keyring.path = Some(keyring);
        }
        let mut context = Context {
            config,
            json: self.json,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::default()),
        };
        match self.command {
            Command::Serve(args) => serve::run(&mut context, args).await,
            Command::Demo(args) => demo::run(&mut context, args).await,
            Command::Check(args) => check::run(&context, &args),
            Command::Explain(args) => explain::run(&context, &args),
            Command::Config(command) => config::run(&context, &command),
            Command::Token(command) => token::run(&context, command).await,
            Command::Keys(command) => keys::run(&context, &command),
            Command::Db(command) => db::run(&context, command).await,
            Command::Audit(command) => audit::run(&context, &command).await,
            Command::GenData(args) => gen_data::run(&context, args),
            Command::Healthcheck(args) => healthcheck::run(&context, &args).await,
        }
    }
}
