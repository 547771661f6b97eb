//! TLS of a listener: certificate and key from files, read again when they change.
//!
//! A change that cannot be used leaves the old certificate in force: a rotation in two steps (first the certificate, then
//! the key) is harmless.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use tokio::sync::watch;

/// What a listener speaks over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// HTTP/2 only: gRPC.
    Http2,
    /// HTTP/1.1: page and probes.
    Http1,
}

/// The settings in force; handshakes take the newest.
pub type Settings = watch::Receiver<Arc<ServerConfig>>;

/// Why certificate and key cannot be used. No part of the key is quoted.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {path}: {error}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// The certificate's file holds none.
    #[error("{0} holds no certificate in PEM form")]
    NoCertificate(PathBuf),
    /// The key's file holds none.
    #[error("{0} holds no private key in PEM form")]
    NoKey(PathBuf),
    /// They do not go together, or are of a kind that is not supported.
    #[error("certificate and key cannot be used: {0}")]
    Unfit(rustls::Error),
}

/// What the files hold.
#[derive(PartialEq, Eq)]
struct Contents {
    certificate: Vec<u8>,
    key: zeroize::Zeroizing<Vec<u8>>,
}

/// Keeps the settings of one listener current.
pub struct Reloader {
    certificate: PathBuf,
    key: PathBuf,
    speaks: Speaks,
    seen: Contents,
    told: watch::Sender<Arc<ServerConfig>>,
}

impl Reloader {
    /// Reads certificate and key for the first time.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(certificate: PathBuf, key: PathBuf, speaks: Speaks) -> Result<(Self, Settings), TlsError> {
        let seen = read(&certificate, &key)?;
        let (told, settings) = watch::channel(settings(&certificate, &key, &seen, speaks)?);
        Ok((Self { certificate, key, speaks, seen, told }, settings))
    }

    /// Looks at the files; `true` if new ones are in force now.
    ///
    /// # Errors
    /// What is wrong with the new ones, at every look until it is mended; the old ones stay in force.
    pub fn look(&mut self) -> Result<bool, TlsError> {
        let found = read(&self.certificate, &self.key)?;
        if found == self.seen {
            return Ok(false);
        }
        let settings = settings(&self.certificate, &self.key, &found, self.speaks)?;
        self.seen = found;
        self.told.send_replace(settings);
        Ok(true)
    }
}

fn read(certificate: &Path, key: &Path) -> Result<Contents, TlsError> {
    let file =
        |path: &Path| std::fs::read(path).map_err(|error| TlsError::Read { path: path.to_owned(), error });
    Ok(Contents { certificate: file(certificate)?, key: file(key)?.into() })
}

fn settings(
    certificate: &Path,
    key: &Path,
    contents: &Contents,
    speaks: Speaks,
) -> Result<Arc<ServerConfig>, TlsError> {
    let chain = CertificateDer::pem_slice_iter(&contents.certificate)
        .collect::<Result<Vec<_>, _>>()
        .ok()
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| TlsError::NoCertificate(certificate.to_owned()))?;
    let key = PrivateKeyDer::from_pem_slice(&contents.key).map_err(|_| TlsError::NoKey(key.to_owned()))?;
    // Named, not the process's default: another crate may have installed another one.
    let mut settings = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::Unfit)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(TlsError::Unfit)?;
    settings.alpn_protocols = match speaks {
        Speaks::Http2 => vec![b"h2".to_vec()],
        Speaks::Http1 => vec![b"http/1.1".to_vec()],
    };
    Ok(Arc::new(settings))
}
