//! `zhenshi keys`: the keys of an installation, and their rotation (docs/keys.md).

mod epochs;

use std::{process::ExitCode, sync::Arc, time::Duration};

use anyhow::{Context as _, bail};
use serde_json::json;
use tokio::time::sleep;

use super::{
    Context, output,
    session::{Session, keyring, make_private},
};
use crate::{
    security::{
        keyring::{Keyring, SecretKey, VersionedKey},
        keyring_file::KeyringFile,
        sealing::Sealer,
    },
    store::{
        Store, StoreError,
        keys::KeyKind,
        rewrap::{Rewrapping, Wrapped},
    },
    worker::keyring::POLL_INTERVAL,
};

/// How long a rotation waits for processes to take up a version that lies in their keyring.
const TAKE_UP: Duration = Duration::from_secs(30);
/// Times that tables are gone through again for what a process still wrapped with the older version.
const PASSES: u32 = 5;

/// Subcommands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Make a keyring. It is never overwritten; without it the data can never be read again.
    Init,
    /// Add a new version to the keyring, to be given to every replica. Nothing is sealed under it yet.
    Add {
        /// Which key.
        #[arg(long, value_enum)]
        kind: Kind,
    },
    /// Put the newest version in force (one is added if that is in force already): for key-encryption wrap every data key anew, for
    /// fingerprint make every fingerprint anew. May be killed and run again at any time, beside a running service.
    Rotate {
        /// Which key.
        #[arg(long, value_enum)]
        kind: Kind,
    },
    /// Show versions, who holds them, and how far rotations have come.
    Status,
    /// Forget a version of the key-encryption or fingerprint key that nothing needs any more, in the database and in the keyring.
    Retire {
        /// Which key.
        #[arg(long, value_enum, default_value_t = Kind::KeyEncryption)]
        kind: Kind,
        /// The version.
        #[arg(long)]
        version: u16,
    },
    /// Wrap the keyring's file with the key of `keyring.key_encryption_file`, which is made if it is not there.
    Wrap,
}

/// Kinds of keys that can be rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// What wraps data keys.
    KeyEncryption,
    /// What chains and signs the audit log.
    Audit,
    /// Root of the fingerprints by which equal values are found.
    Fingerprint,
}

impl Kind {
    const fn of(self) -> KeyKind {
        match self {
            Self::KeyEncryption => KeyKind::KeyEncryption,
            Self::Audit => KeyKind::Audit,
            Self::Fingerprint => KeyKind::Fingerprint,
        }
    }

    fn versions(self, keyring: &mut Keyring) -> &mut Vec<VersionedKey> {
        match self {
            Self::KeyEncryption => &mut keyring.key_encryption,
            Self::Audit => &mut keyring.audit,
            Self::Fingerprint => &mut keyring.fingerprint,
        }
    }

    fn newest(self, keyring: &Keyring) -> u16 {
        let versions = match self {
            Self::KeyEncryption => &keyring.key_encryption,
            Self::Audit => &keyring.audit,
            Self::Fingerprint => &keyring.fingerprint,
        };
        versions.last().map_or(0, |key| key.version)
    }
}

/// Runs a subcommand.
pub async fn run(context: &Context, command: &Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Init => init(context)?,
        Command::Add { kind } => {
            let version = add(context, *kind)?;
            print(context, &json!({ "version": version }), format!("version {version} is in the keyring"));
        }
        Command::Wrap => wrap(context)?,
        Command::Rotate { .. } | Command::Status | Command::Retire { .. } => {
            let session = Session::open(context).await?;
            let done = with_store(context, &session, command).await;
            session.close().await?;
            done?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn with_store(context: &Context, session: &Session, command: &Command) -> anyhow::Result<()> {
    // Refused here if it is not the database's.
    let store = session.store(context).await?;
    let ring = keyring(&context.config, &context.entropy)?;
    store.open_epoch(&ring).await?;
    let done = match command {
        Command::Rotate { kind: Kind::Fingerprint } => epochs::rotate(context, &store).await,
        Command::Rotate { kind } => rotate(context, &store, *kind).await,
        Command::Retire { kind, version } => retire(context, &store, *kind, *version).await,
        _ => status(context, &store, &ring).await,
    };
    store.close().await;
    done
}

fn print(context: &Context, value: &serde_json::Value, text: impl AsRef<str>) {
    if context.json { output::json(value) } else { output::line(text) }
}

fn init(context: &Context) -> anyhow::Result<()> {
    let file = context.config.keyring_file();
    for path in std::iter::once(&file.path).chain(&file.wrapped_by) {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            make_private(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
    }
    let keyring = Keyring::generate(context.entropy.as_ref())?;
    file.create(&keyring, context.entropy.as_ref())?;
    output::note(
        "made the keyring; keep a copy of it apart from the database: without it the data cannot be read",
    );
    print(context, &json!({ "keyring": file.path }), file.path.display().to_string());
    Ok(())
}

/// Adds a version to the keyring's file.
fn add(context: &Context, kind: Kind) -> anyhow::Result<u16> {
    let file = context.config.keyring_file();
    let mut ring = file.load()?;
    let version = kind.newest(&ring).checked_add(1).context("there is no higher version")?;
    let key = SecretKey::generate(context.entropy.as_ref())?;
    kind.versions(&mut ring).push(VersionedKey { version, key });
    file.replace(&ring, context.entropy.as_ref())?;
    output::note("keep a copy of the new keyring apart from the database, and give it to every replica");
    Ok(version)
}

fn wrap(context: &Context) -> anyhow::Result<()> {
    let file = context.config.keyring_file();
    let Some(key) = &file.wrapped_by else {
        bail!("give the file of the key by keyring.key_encryption_file")
    };
    let clear = KeyringFile { wrapped_by: None, ..file.clone() };
    let ring = clear.load().or_else(|_| file.load())?;
    if !key.exists() {
        KeyringFile::make_wrapping_key(key, context.entropy.as_ref())?;
        output::note(
            "made the key; keep a copy of it apart from the keyring: without it the data cannot be read",
        );
    }
    file.replace(&ring, context.entropy.as_ref())?;
    print(context, &json!({ "keyring": file.path, "wrapped_by": key }), file.path.display().to_string());
    Ok(())
}

async fn rotate(context: &Context, store: &Store, kind: Kind) -> anyhow::Result<()> {
    let mut ring = context.config.keyring_file().load()?;
    let in_force = version_in_force(store, kind).await?;
    let version = if kind.newest(&ring) > in_force { kind.newest(&ring) } else { add(context, kind)? };
    ring = context.config.keyring_file().load()?;
    store.check_keyring(Arc::new(ring.clone())).await?;
    put_in_force(context, store, kind, version).await?;
    if kind == Kind::Audit {
        let text =
            format!("audit key {version} chains and signs from now on; give its public key to who verifies");
        print(context, &json!({ "kind": "audit", "version": version }), text);
        return Ok(());
    }
    let done = rewrap(context, store, &ring, version).await?;
    let rewrapped: i64 = done.iter().map(|one| one.rewrapped).sum();
    let text = format!(
        "{rewrapped} data keys are under version {version}; version {in_force} can go when no backup needs it: \
         zhenshi keys retire --version {in_force}"
    );
    print(context, &json!({ "kind": "key_encryption", "version": version, "rewrapped": rewrapped }), text);
    Ok(())
}

async fn version_in_force(store: &Store, kind: Kind) -> Result<u16, StoreError> {
    let in_force = store.keys_in_force().await?;
    Ok(match kind {
        Kind::KeyEncryption => in_force.key_encryption,
        Kind::Audit => in_force.audit,
        Kind::Fingerprint => in_force.fingerprint,
    })
}

/// Puts a version in force as soon as every running process holds it.
async fn put_in_force(context: &Context, store: &Store, kind: Kind, version: u16) -> anyhow::Result<()> {
    let mut waited = Duration::ZERO;
    loop {
        match store.put_in_force(kind.of(), version, context.clock.now()).await {
            Err(StoreError::Unfit(_)) if waited < TAKE_UP => {
                sleep(POLL_INTERVAL).await;
                waited += POLL_INTERVAL;
            }
            ended => {
                ended?;
                return Ok(());
            }
        }
    }
}

/// Wraps every data key anew; again, as long as processes that have not noticed yet wrap with the older version.
async fn rewrap(
    context: &Context,
    store: &Store,
    ring: &Keyring,
    version: u16,
) -> anyhow::Result<Vec<Rewrapping>> {
    let sealer = Arc::new(Sealer::new(ring)?);
    sealer.replace(ring, version)?;
    for pass in 0..PASSES {
        for table in Wrapped::ALL {
            let batch =
                || store.rewrap_batch(table, sealer.clone(), context.entropy.clone(), context.clock.now());
            while let Some(progress) = batch().await? {
                output::note(format!(
                    "{}: {} rows, {} data keys wrapped anew",
                    progress.table, progress.looked_at, progress.rewrapped
                ));
            }
        }
        if store.wrapped_below(version).await? == 0 {
            let done = store.rewrappings().await?;
            return Ok(done.into_iter().filter(|one| one.version == version).collect());
        }
        if pass + 1 < PASSES {
            sleep(POLL_INTERVAL).await;
            store.rewrap_again(version).await?;
        }
    }
    bail!("some process still wraps with an older version: does every one of them run this release?")
}

async fn retire(context: &Context, store: &Store, kind: Kind, version: u16) -> anyhow::Result<()> {
    match kind {
        Kind::KeyEncryption => store.retire_key(version, context.clock.now()).await?,
        Kind::Fingerprint => store.retire_fingerprint_key(version, context.clock.now()).await?,
        Kind::Audit => {
            bail!("versions of the audit key are never retired: the chain of their time needs them")
        }
    }
    let file = context.config.keyring_file();
    let mut ring = file.load()?;
    kind.versions(&mut ring).retain(|key| key.version != version);
    file.replace(&ring, context.entropy.as_ref())?;
    let text = format!("version {version} is gone; backups from before the rotation need the older keyring");
    print(context, &json!({ "retired": version }), text);
    Ok(())
}

async fn status(context: &Context, store: &Store, ring: &Keyring) -> anyhow::Result<()> {
    let (states, rewrappings) = (store.key_states().await?, store.rewrappings().await?);
    let mut holders = Vec::new();
    for kind in [KeyKind::KeyEncryption, KeyKind::Audit, KeyKind::Fingerprint] {
        for holder in store.key_holders(kind.purpose(), context.clock.now()).await? {
            holders.push(json!({
                "process": holder.process_id, "purpose": kind.purpose(), "newest": holder.newest,
                "seen": holder.seen_time,
            }));
        }
    }
    let held = ring.checks();
    let version =
        |purpose: &str, version: u16| held.iter().any(|(of, no, _)| *of == purpose && *no == version);
    if context.json {
        output::json(&json!({
            "keys": states.iter().map(|state| json!({
                "purpose": state.purpose, "version": state.version, "in_force": state.in_force,
                "in_keyring": version(&state.purpose, state.version),
            })).collect::<Vec<_>>(),
            "processes": holders,
            "rewrapping": rewrappings.iter().map(|one| json!({
                "table": one.table, "version": one.version, "rows": one.looked_at, "rewrapped": one.rewrapped,
                "finished": one.finished_time,
            })).collect::<Vec<_>>(),
            "fingerprint": epochs::state(store).await?,
        }));
        return Ok(());
    }
    for state in &states {
        let used = if state.in_force { "in force" } else { "not in force yet" };
        output::line(format!("{} {}: {used}", state.purpose, state.version));
    }
    for holder in &holders {
        output::line(format!("process {}: {} {}", holder["process"], holder["purpose"], holder["newest"]));
    }
    for one in &rewrappings {
        let end = if one.finished_time.is_some() { "done" } else { "under way" };
        output::line(format!(
            "rewrapping to {}: {} {} rows, {} data keys, {end}",
            one.version, one.table, one.looked_at, one.rewrapped
        ));
    }
    epochs::show(store).await
}
