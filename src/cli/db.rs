//! `zhenshi db`: the database.

use std::{os::unix::process::CommandExt as _, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use serde_json::json;

use super::{Context, backup, output, session::Session};
use crate::store::{
    bootstrap::ROLES_SQL,
    migrate::{migrate, progress},
};

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Print the URL of the database. It holds the built-in database's password.
    Url,
    /// Open psql on the database.
    Psql {
        /// Further arguments of psql.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Say whether the database answers and is migrated.
    Status,
    /// Back the whole database up into a file that only the recipients can read. The service may go on.
    Backup {
        /// The file, which must not be there; it appears when it is whole.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Public key of age of somebody who may restore; may be given again, beside `backup.recipients`.
        #[arg(long = "recipient", value_name = "age1…")]
        recipients: Vec<String>,
    },
    /// Restore a backup into an empty database, and destroy again whom the shred ledger names.
    Restore {
        /// The backup.
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
        /// File of the secret key of age.
        #[arg(long, value_name = "FILE")]
        identity: PathBuf,
        /// There is no shred ledger: nobody was ever destroyed.
        #[arg(long)]
        no_ledger: bool,
    },
    /// Make the roles and apply the migrations that are missing.
    Migrate {
        /// Only print what an administrator must run when the login may not make roles.
        #[arg(long)]
        print_roles: bool,
    },
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    if let Command::Migrate { print_roles: true } = command {
        output::line(ROLES_SQL.trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    let session = Session::open(context).await?;
    let done = run_in(context, &session, command).await;
    session.close().await?;
    done
}

async fn run_in(context: &Context, session: &Session, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Url => output::line(&session.url),
        Command::Psql { args } => return psql(session, &args),
        Command::Status => return status(context, session).await,
        Command::Backup { out, recipients } => {
            return backup::make(context, session, &recipients, &out).await;
        }
        Command::Restore { from, identity, no_ledger } => {
            return backup::into(context, session, backup::Asked { identity, from, no_ledger }).await;
        }
        Command::Migrate { .. } => {
            let url = context.config.database.migrate_url.as_ref().unwrap_or(&session.url);
            migrate(url, context.clock.now()).await?;
            output::note("the database is migrated");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// psql as a child, so that a database started for it can be stopped afterwards.
fn psql(session: &Session, args: &[String]) -> anyhow::Result<ExitCode> {
    let status = std::process::Command::new("psql")
        .arg0("psql")
        .arg(&session.url)
        .args(args)
        .status()
        .context("psql cannot be started: install it with `apt-get install -y postgresql-client`")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(super::EXIT_FAILURE);
    Ok(ExitCode::from(code))
}

async fn status(context: &Context, session: &Session) -> anyhow::Result<ExitCode> {
    let progress = progress(&session.url).await?;
    let built_in = context.config.database.url.is_none();
    if context.json {
        output::json(&json!({
            "built_in": built_in,
            "migrations_applied": progress.applied,
            "migrations_known": progress.known,
        }));
    } else {
        let kind = if built_in { "built-in" } else { "configured" };
        output::line(format!(
            "{kind} database answers; {} of {} migrations are applied",
            progress.applied, progress.known
        ));
    }
    let current = progress.applied == progress.known;
    Ok(if current { ExitCode::SUCCESS } else { ExitCode::from(super::EXIT_FINDINGS) })
}
