//! `zhenshi account`: local accounts of members of staff.

use std::{io::BufRead as _, process::ExitCode};

use anyhow::Context as _;
use serde_json::json;
use zeroize::Zeroizing;

use super::{Context, output, session::Session};
use crate::app::sign_in::{
    Hashing,
    accounts::{AccountRow, Accounts, Switch},
};

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make the account of an active member of staff; its holder changes the password at his first sign-in.
    Create {
        /// Login name.
        #[arg(long)]
        login: String,
        /// Code of the member of staff in the directory, which says what he may do.
        #[arg(long, value_name = "CODE")]
        staff: String,
        #[command(flatten)]
        password: Password,
    },
    /// Give an account another password, which its holder changes at his next sign-in; ends its sessions.
    Reset {
        /// Login name.
        login: String,
        #[command(flatten)]
        password: Password,
    },
    /// Close an account and end its sessions.
    Disable {
        /// Login name.
        login: String,
    },
    /// Open a closed account.
    Enable {
        /// Login name.
        login: String,
    },
    /// Forget the refused attempts that have locked an account.
    Unlock {
        /// Login name.
        login: String,
    },
    /// List the accounts.
    List,
}

/// Where the password is from.
#[derive(Debug, clap::Args)]
pub struct Password {
    /// Read it from the first line of standard input; otherwise one is chosen and printed once.
    #[arg(long)]
    password_stdin: bool,
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let session = Session::open(context).await?;
    let done = run_in(context, &session, command).await;
    session.close().await?;
    done
}

async fn run_in(context: &Context, session: &Session, command: Command) -> anyhow::Result<ExitCode> {
    let store = session.store(context).await?;
    let accounts = Accounts {
        store: store.clone(),
        clock: context.clock.clone(),
        entropy: context.entropy.clone(),
        hashing: Hashing::default(),
        actor: "operator".to_owned(),
    };
    let done = perform(context, &accounts, command).await;
    store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn perform(context: &Context, accounts: &Accounts, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create { login, staff, password } => {
            let (password, chosen) = take(accounts, &password)?;
            accounts
                .create(&login, &staff, &password, true)
                .await
                .with_context(|| format!("--login {login} --staff {staff}"))?;
            tell(context, &login, "made", chosen.then_some(&password));
        }
        Command::Reset { login, password } => {
            let (password, chosen) = take(accounts, &password)?;
            accounts.reset(&login, &password).await.with_context(|| login.clone())?;
            tell(context, &login, "reset", chosen.then_some(&password));
        }
        Command::Disable { login } => switch(context, accounts, &login, Switch::Disable, "disabled").await?,
        Command::Enable { login } => switch(context, accounts, &login, Switch::Enable, "enabled").await?,
        Command::Unlock { login } => switch(context, accounts, &login, Switch::Unlock, "unlocked").await?,
        Command::List => {
            let now = context.clock.now();
            for row in accounts.list().await? {
                if context.json {
                    output::json(&shown(&row));
                } else {
                    output::line(line(&row, row.locked_until.is_some_and(|until| until > now)));
                }
            }
        }
    }
    Ok(())
}

async fn switch(
    context: &Context,
    accounts: &Accounts,
    login: &str,
    switch: Switch,
    done: &str,
) -> anyhow::Result<()> {
    accounts.switch(login, switch).await.with_context(|| login.to_owned())?;
    tell(context, login, done, None);
    Ok(())
}

/// The password, and whether it was chosen here.
fn take(accounts: &Accounts, from: &Password) -> anyhow::Result<(Zeroizing<String>, bool)> {
    if !from.password_stdin {
        return Ok((accounts.choose_password()?, true));
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .context("--password-stdin: standard input cannot be read")?;
    let password = line.trim_end_matches(['\r', '\n']);
    Ok((Zeroizing::new(password.to_owned()), false))
}

fn tell(context: &Context, login: &str, done: &str, password: Option<&Zeroizing<String>>) {
    if context.json {
        output::json(
            &json!({ "login": login, "done": done, "password": password.map(|password| password.as_str()) }),
        );
        return;
    }
    match password {
        Some(password) => {
            output::note(format!("account {login} is {done}; its password is shown only now:"));
            output::line(password.as_str());
        }
        None => output::note(format!("account {login} is {done}")),
    }
}

fn shown(row: &AccountRow) -> serde_json::Value {
    json!({
        "id": row.id,
        "login": row.login,
        "staff_code": row.staff_code,
        "active": row.active,
        "disabled": row.disabled,
        "must_change": row.must_change,
        "failed_count": row.failed_count,
        "locked_until": row.locked_until,
        "created_time": row.created_time,
        "password_changed_time": row.password_changed_time,
        "last_sign_in_time": row.last_sign_in_time,
    })
}

fn line(row: &AccountRow, locked: bool) -> String {
    let states = [
        (row.disabled, "disabled"),
        (!row.active, "not active in the directory"),
        (locked, "locked"),
        (row.must_change, "must change its password"),
    ];
    let states: Vec<&str> = states.iter().filter(|(holds, _)| *holds).map(|(_, state)| *state).collect();
    let state = if states.is_empty() { "in use".to_owned() } else { states.join(", ") };
    let last = row.last_sign_in_time.map_or("never".to_owned(), |time| time.to_string());
    format!("{}  {}  {state}  last sign-in {last}", row.login, row.staff_code)
}
