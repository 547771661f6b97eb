//! Job: tells the database which keys this process holds, and takes up a new keyring and versions that were put in force.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use uuid::Uuid;

use super::Next;
use crate::{
    clock::SharedClock,
    security::{
        audit_key::AuditKeys, keyring::Keyring, keyring_file::KeyringFile, live::Live, sealing::Sealer,
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
        (sealer, audit): (Arc<Sealer>, Arc<Live<AuditKeys>>),
        clock: SharedClock,
        held: (Arc<Keyring>, InForce),
    ) -> Self {
        Self { store, file, process_id, sealer, audit, clock, held: Mutex::new(held) }
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
            Ok(read) if read.checks() != known.checks() => {
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
        ];
        let held = held.iter().flat_map(|(purpose, keys)| keys.iter().map(|key| (*purpose, key.version)));
        self.store.hold_keys(self.process_id, held.collect(), self.clock.now()).await?;
        let in_force = self.store.keys_in_force().await?;
        if !Arc::ptr_eq(&keyring, &known) || in_force != known_in_force {
            self.sealer.replace(&keyring, in_force.key_encryption)?;
            self.audit.set(AuditKeys::in_force(&keyring, in_force.audit)?);
            METRICS.process.keyring_version.set(in_force.key_encryption.into());
            tracing::info!(
                keys.encryption = in_force.key_encryption,
                keys.audit = in_force.audit,
                "keys were taken up"
            );
            *self.held.lock().unwrap_or_else(PoisonError::into_inner) = (keyring, in_force);
        }
        problem.map_or(Ok(Next::AfterPause), Err)
    }
}
