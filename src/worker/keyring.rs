//! Job: tells the database which keys this process holds, and takes up a new keyring and versions that were put in force.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use uuid::Uuid;
use zhenshi_domain::NORMALISER_VERSION;

use super::Next;
use crate::{
    app::directory::Directory,
    clock::SharedClock,
    security::{
        audit_key::AuditKeys, fingerprint::Prints, keyring::Keyring, keyring_file::KeyringFile, live::Live,
        sealing::Sealer,
    },
    store::{
        Store,
        keys::{InForce, KeyKind},
    },
    telemetry::metrics::METRICS,
};

/// Pause between two looks: within it a process takes up a new keyring.
pub const POLL_INTERVAL: std::time::Duration = std::time::Duration::from_secs(2);

/// The keys of one process.
pub struct KeyringWatch {
    /// The database.
    pub store: Store,
    /// Where the keyring is.
    pub file: KeyringFile,
    /// This process, as the database knows it.
    pub process_id: Uuid,
    /// What seals and opens.
    pub sealer: Arc<Sealer>,
    /// What chains and signs the audit log.
    pub audit: Arc<Live<AuditKeys>>,
    /// What makes fingerprints.
    pub prints: Arc<Prints>,
    /// What the gate knows of contacts by fingerprint.
    pub directory: Directory,
    /// Tells the time.
    pub clock: SharedClock,
    held: Mutex<(Arc<Keyring>, InForce)>,
}

impl KeyringWatch {
    /// A watch that begins with `keyring`, of which the versions `in_force` are used.
    pub fn new(
        store: Store,
        file: KeyringFile,
        process_id: Uuid,
        (sealer, audit, prints): (Arc<Sealer>, Arc<Live<AuditKeys>>, Arc<Prints>),
        directory: Directory,
        clock: SharedClock,
        held: (Arc<Keyring>, InForce),
    ) -> Self {
        Self { store, file, process_id, sealer, audit, prints, directory, clock, held: Mutex::new(held) }
    }

    /// Goes over to another epoch of fingerprints, if one came into force. What is recorded goes by the list gate, before and after.
    async fn take_up_epoch(&self, in_force: InForce) -> anyhow::Result<()> {
        if in_force.epoch == self.prints.get().epoch() {
            return Ok(());
        }
        // An epoch of another normaliser is another release's.
        let taken = self.prints.of_version(in_force.epoch, in_force.fingerprint, in_force.normaliser);
        if in_force.normaliser == NORMALISER_VERSION
            && let Some(prints) = taken
        {
            // The gate compares fingerprints of one epoch: those of the directory are there before those of applications.
            self.directory.refresh().await?;
            self.prints.set(prints);
        }
        Ok(())
    }

    /// One look.
    ///
    /// # Errors
    /// When the keyring cannot be read or is not the database's, or that cannot be reached: the keys from before stay.
    pub async fn once(&self) -> anyhow::Result<Next> {
        let (known, known_in_force) = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let file = self.file.clone();
        let read = tokio::task::spawn_blocking(move || file.load()).await.context("reading the keyring")?;
        let (keyring, problem) = match read {
            Ok(read)
                if read.checks() != known.checks()
                    || read.fingerprint_checks() != known.fingerprint_checks() =>
            {
                let read = Arc::new(read);
                match self.store.check_keyring(read.clone()).await {
                    Ok(()) => (read, None),
                    Err(error) => (known.clone(), Some(anyhow::Error::from(error))),
                }
            }
            Ok(_) => (known.clone(), None),
            Err(error) => (known.clone(), Some(error.into())),
        };
        let held = [
            (KeyKind::KeyEncryption.purpose(), &keyring.key_encryption),
            (KeyKind::Audit.purpose(), &keyring.audit),
            (KeyKind::Fingerprint.purpose(), &keyring.fingerprint),
        ];
        // Before the database is told: from then on another process may rely on it.
        self.prints.hold(keyring.fingerprint.clone());
        let held = held.iter().flat_map(|(purpose, keys)| keys.iter().map(|key| (*purpose, key.version)));
        self.store.hold_keys(self.process_id, held.collect(), self.clock.now()).await?;
        let in_force = self.store.keys_in_force().await?;
        self.take_up_epoch(in_force).await?;
        if !Arc::ptr_eq(&keyring, &known) || in_force != known_in_force {
            self.sealer.replace(&keyring, in_force.key_encryption)?;
            self.audit.set(AuditKeys::in_force(&keyring, in_force.audit)?);
            METRICS.process.keyring_version.set(in_force.key_encryption.into());
            tracing::info!(
                keys.encryption = in_force.key_encryption,
                keys.audit = in_force.audit,
                keys.fingerprint = in_force.fingerprint,
                "keys were taken up"
            );
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = (keyring, in_force);
        }
        problem.map_or(Ok(Next::AfterPause), Err)
    }
}
