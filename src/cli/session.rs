//! How commands get at the database: the configured one, or the built-in one, running or started for the command.

use std::sync::Arc;

use anyhow::Context as _;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use super::Context;
use crate::{
    config::Config,
    entropy::{SharedEntropy, bytes},
    security::keyring::Keyring,
    store::{
        Store, StoreOptions,
        bootstrap::ensure_database,
        embedded::{Borrowed, EmbeddedOptions, connect_or_start},
        migrate::migrate,
        pool::STATEMENT_TIMEOUT,
    },
};

/// A database for the time of one command.
pub struct Session {
    /// URL of the service's database.
    pub url: String,
    borrowed: Option<Borrowed>,
}

impl Session {
    /// Finds the database; the built-in one is started if it does not run.
    ///
    /// # Errors
    /// When there is none to be had.
    pub async fn open(context: &Context) -> anyhow::Result<Self> {
        context.config.validate()?;
        if let Some(url) = &context.config.database.url {
            return Ok(Self { url: url.clone(), borrowed: None });
        }
        let borrowed = connect_or_start(embedded_options(&context.config, &context.entropy)?).await?;
        ensure_database(&borrowed.connection().maintenance().url()).await?;
        Ok(Self { url: borrowed.connection().url(), borrowed: Some(borrowed) })
    }

    /// Opens the store, migrated if it is the built-in one.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn store(&self, context: &Context) -> anyhow::Result<Store> {
        if self.borrowed.is_some() {
            migrate(&self.url, context.clock.now()).await?;
        }
        let options =
            StoreOptions { url: self.url.clone(), max_connections: context.config.database.max_connections };
        Ok(Store::connect(&options).await?)
    }

    /// Stops the built-in database if this command started it.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn close(self) -> anyhow::Result<()> {
        match self.borrowed {
            Some(borrowed) => Ok(borrowed.finish().await?),
            None => Ok(()),
        }
    }
}

/// Bytes of the built-in database's password.
const PASSWORD_BYTES: usize = 24;

/// The built-in database of `config`. The password is used only when the database is made.
///
/// # Errors
/// When there is no luck to be had.
pub fn embedded_options(config: &Config, entropy: &SharedEntropy) -> anyhow::Result<EmbeddedOptions> {
    let password = BASE64_URL_SAFE_NO_PAD.encode(bytes::<PASSWORD_BYTES>(entropy.as_ref())?);
    Ok(EmbeddedOptions {
        data_dir: config.data_dir.clone(),
        postgres_bin: config.database.postgres_bin.clone(),
        postgres_user: config.database.postgres_user.clone(),
        password,
        statement_timeout: STATEMENT_TIMEOUT,
        extra_settings: Vec::new(),
    })
}

/// The keyring. With the built-in database one is made the first time; with a database of one's own it must be there.
///
/// # Errors
/// When there is none, or it cannot be read.
pub fn keyring(config: &Config, entropy: &SharedEntropy) -> anyhow::Result<Arc<Keyring>> {
    let file = config.keyring_file();
    if config.database.url.is_none() && !file.path.exists() {
        if let Some(folder) = file.path.parent() {
            make_private(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        file.create(&Keyring::generate(entropy.as_ref())?, entropy.as_ref())?;
    }
    Ok(Arc::new(file.load()?))
}

/// Makes a folder that only the service may enter.
///
/// # Errors
/// When it cannot be made.
pub fn make_private(folder: &std::path::Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
