//! `zhenshi inspect`: the half-yearly inspection (fifth text, 14), with a restore drill into a scratch database, and its reports.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use age::x25519::Identity;
use anyhow::Context as _;
use serde_json::json;

use super::{
    Context, EXIT_FINDINGS, backup,
    in_process::InProcess,
    output,
    service::hmac_key,
    session::{Session, keyring},
};
use crate::{
    app::{
        backup::restore::{Restore, restore},
        erasure::shred::replay_ledger,
        inspect::{Check, DEFAULT_SAMPLES, Report, inspect, keep},
    },
    config::{Config, Database},
    ids,
    store::embedded::find_program,
};

/// Who inspects, in report and audit log: whoever may run the program with its keyring.
const INSPECTOR: &str = "command-line";

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Inspect now: samples open, evidence has its hashes, chain, ledger and certificates verify, a backup restores.
    Run {
        /// Sealed parties to open, at random places.
        #[arg(long, default_value_t = DEFAULT_SAMPLES)]
        samples: usize,
        /// Leave the restore drill out: the report says so, and is not passed.
        #[arg(long)]
        no_drill: bool,
    },
    /// Show the newest reports and whether their signatures are right.
    Show {
        /// How many.
        #[arg(long, default_value_t = 1)]
        count: i64,
    },
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let session = Session::open(context).await?;
    let done = match command {
        Command::Run { samples, no_drill } => perform(context, &session, samples, no_drill).await,
        Command::Show { count } => show(context, &session, count).await,
    };
    session.close().await?;
    done
}

async fn perform(
    context: &Context,
    session: &Session,
    samples: usize,
    no_drill: bool,
) -> anyhow::Result<ExitCode> {
    let begun = context.clock.now();
    let keys = keyring(&context.config, &context.entropy)?;
    // A keyring that is not the database's refuses to open, and says which key.
    let inside = InProcess::open(context, session).await?;
    let versions = format!("{} keys known to the database", keys.checks().len());
    let mut checks = vec![Check::of("keyring", &versions, &[])];
    checks.extend(inspect(&inside.app, &context.config.checkpoint_path(), samples).await?);
    output::note("samples and chain are looked at; next is the restore drill");
    let rehearsed = if no_drill {
        Err("left out".to_owned())
    } else {
        drill(context, session).await.map_err(|error| format!("{error:#}"))
    };
    checks.push(match rehearsed {
        Ok(detail) => Check::of("restore drill", &detail, &[]),
        Err(fault) => Check::of("restore drill", "", &[fault]),
    });
    let row = keep(&inside.app, INSPECTOR, begun, checks).await;
    inside.close().await?;
    let row = row?;
    print(context, &row.report, true);
    Ok(if row.passed { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

async fn show(context: &Context, session: &Session, count: i64) -> anyhow::Result<ExitCode> {
    let key = hmac_key(&*keyring(&context.config, &context.entropy)?);
    let store = session.store(context).await?;
    let rows = store.inspections(count).await;
    store.close().await;
    let rows = rows?;
    if rows.is_empty() {
        output::note("there was no inspection yet: one is due");
        return Ok(ExitCode::from(EXIT_FINDINGS));
    }
    let mut all = true;
    for row in rows {
        let genuine = Report::verify(&row.report, &key).is_some();
        all &= genuine && row.passed;
        print(context, &row.report, genuine);
    }
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FINDINGS) })
}

fn print(context: &Context, report: &str, genuine: bool) {
    if context.json {
        output::json(&json!({ "genuine": genuine, "report": report }));
        return;
    }
    output::line(report);
    output::line(if genuine {
        "the signature is right"
    } else {
        "THE REPORT WAS CHANGED, or signed by another installation"
    });
}

/// A backup for a key that nobody else has, restored into a scratch database, replayed, verified and removed.
async fn drill(context: &Context, session: &Session) -> anyhow::Result<String> {
    let home = context.config.data_dir.join(format!("drill-{}", ids::of_luck(context.entropy.as_ref())?));
    fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
    let scratch = Scratch { home };
    let done = scratch.rehearse(context, session).await;
    scratch.remove()?;
    done
}

/// Where a drill takes place.
struct Scratch {
    home: PathBuf,
}

impl Scratch {
    async fn rehearse(&self, context: &Context, session: &Session) -> anyhow::Result<String> {
        use age::secrecy::ExposeSecret as _;
        use std::os::unix::fs::PermissionsExt as _;

        // The database's user must be able to pass through.
        fs::set_permissions(&self.home, fs::Permissions::from_mode(0o711))?;
        let key = Identity::generate();
        let (backup, identity) = (self.home.join("drill.backup"), self.home.join("drill.key"));
        write_private(&identity, key.to_string().expose_secret())?;
        let made = backup::of(context, session, vec![key.to_public()], &backup).await?;
        let other = Context {
            config: self.config(&context.config),
            json: context.json,
            clock: context.clock.clone(),
            entropy: context.entropy.clone(),
        };
        let target = Session::open(&other).await?;
        let program = find_program(context.config.database.postgres_bin.clone(), "pg_restore");
        let asked = Restore { url: target.url.clone(), program, identity, from: backup };
        let verified = match restore(asked).await {
            Ok(_) => verify(&other, &target).await,
            Err(error) => Err(error.into()),
        };
        target.close().await?;
        let (replayed, entries) = verified?;
        Ok(format!(
            "{} bytes restored, {} tables counted equal, {replayed} persons destroyed again, {entries} audit entries verified",
            made.trailer.bytes,
            made.header.contents.rows.len(),
        ))
    }

    /// The same keys, ledger and rules, on a built-in database of its own.
    fn config(&self, config: &Config) -> Config {
        Config {
            data_dir: self.home.join("data"),
            database: Database { url: None, migrate_url: None, ..config.database.clone() },
            keyring: crate::config::Keyring { path: Some(config.keyring_path()), ..config.keyring.clone() },
            retention: crate::config::Retention { ledger_path: Some(config.ledger_path()) },
            ..config.clone()
        }
    }

    fn remove(self) -> anyhow::Result<()> {
        fs::remove_dir_all(&self.home).with_context(|| format!("cannot remove {}", self.home.display()))
    }
}

async fn verify(context: &Context, session: &Session) -> anyhow::Result<(usize, i64)> {
    let inside = InProcess::open(context, session).await?;
    let app = Arc::clone(&inside.app);
    let replayed = replay_ledger(&app).await;
    let report = app.store.verify_audit(app.audit_keys.get(), Vec::new()).await;
    drop(app);
    inside.close().await?;
    let (replayed, report) = (replayed?, report?);
    if let Some(fault) = report.faults.first() {
        anyhow::bail!(
            "the restored audit log has {} faults, the first: {}",
            report.faults.len(),
            fault.problem
        );
    }
    Ok((replayed, report.entries))
}

fn write_private(path: &Path, text: &str) -> anyhow::Result<()> {
    use std::{io::Write as _, os::unix::fs::OpenOptionsExt as _};
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    Ok(())
}
