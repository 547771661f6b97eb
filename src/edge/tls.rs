//! TLS of a listener: certificate and key from files, read again when they change.
//!
//! A change that cannot be used leaves the old certificate in force: a rotation in two steps (first the certificate, then
//! the key) is harmless.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer, pem::PemObject as _},
    server::{NoClientAuth, WebPkiClientVerifier, danger::ClientCertVerifier},
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
    /// The clients' authorities, or what they have revoked, cannot be used.
    #[error("{path} cannot be used: {problem}")]
    Clients {
        /// The file.
        path: PathBuf,
        /// Why not.
        problem: String,
    },
    /// They do not go together, or are of a kind that is not supported.
    #[error("certificate and key cannot be used: {0}")]
    Unfit(rustls::Error),
}

/// Which clients are believed that they are who their certificates say.
#[derive(Debug, Clone)]
pub struct Clients {
    /// File of the authorities of their certificates.
    pub authorities: PathBuf,
    /// File of the certificates that were revoked.
    pub revoked: Option<PathBuf>,
    /// Whether nobody is served without a certificate.
    pub required: bool,
}

/// What the files hold.
#[derive(PartialEq, Eq)]
struct Contents {
    certificate: Vec<u8>,
    /// Authorities of clients, and what they have revoked.
    clients: Option<(Vec<u8>, Option<Vec<u8>>)>,
    key: zeroize::Zeroizing<Vec<u8>>,
}

/// Keeps the settings of one listener current.
pub struct Reloader {
    certificate: PathBuf,
    key: PathBuf,
    clients: Option<Clients>,
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
        Self::with_clients(certificate, key, None, speaks)
    }

    /// The same with what is known of clients: theirs are read again too.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn with_clients(
        certificate: PathBuf,
        key: PathBuf,
        clients: Option<Clients>,
        speaks: Speaks,
    ) -> Result<(Self, Settings), TlsError> {
        let seen = read(&certificate, &key, clients.as_ref())?;
        let (told, settings) = watch::channel(settings(&certificate, &key, clients.as_ref(), &seen, speaks)?);
        Ok((Self { certificate, key, clients, speaks, seen, told }, settings))
    }

    /// Looks at the files; `true` if new ones are in force now.
    ///
    /// # Errors
    /// What is wrong with the new ones, at every look until it is mended; the old ones stay in force.
    pub fn look(&mut self) -> Result<bool, TlsError> {
        let found = read(&self.certificate, &self.key, self.clients.as_ref())?;
        if found == self.seen {
            return Ok(false);
        }
        let settings = settings(&self.certificate, &self.key, self.clients.as_ref(), &found, self.speaks)?;
        self.seen = found;
        self.told.send_replace(settings);
        Ok(true)
    }
}

fn read(certificate: &Path, key: &Path, clients: Option<&Clients>) -> Result<Contents, TlsError> {
    let file =
        |path: &Path| std::fs::read(path).map_err(|error| TlsError::Read { path: path.to_owned(), error });
    let clients = clients
        .map(|clients| Ok((file(&clients.authorities)?, clients.revoked.as_deref().map(file).transpose()?)));
    Ok(Contents { certificate: file(certificate)?, clients: clients.transpose()?, key: file(key)?.into() })
}

fn settings(
    certificate: &Path,
    key: &Path,
    clients: Option<&Clients>,
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
        .with_client_cert_verifier(verifier(clients, contents)?)
        .with_single_cert(chain, key)
        .map_err(TlsError::Unfit)?;
    settings.alpn_protocols = match speaks {
        Speaks::Http2 => vec![b"h2".to_vec()],
        Speaks::Http1 => vec![b"http/1.1".to_vec()],
    };
    Ok(Arc::new(settings))
}

/// How clients are verified. A list of revoked ones is held against the client's own certificate; of an authority without a list nobody is
/// believed then.
fn verifier(clients: Option<&Clients>, contents: &Contents) -> Result<Arc<dyn ClientCertVerifier>, TlsError> {
    let (Some(clients), Some((authorities, revoked))) = (clients, &contents.clients) else {
        return Ok(Arc::new(NoClientAuth));
    };
    let wrong = |path: &Path, problem: String| TlsError::Clients { path: path.to_owned(), problem };
    let mut roots = RootCertStore::empty();
    let found: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(authorities)
        .collect::<Result<_, _>>()
        .map_err(|error| wrong(&clients.authorities, error.to_string()))?;
    if roots.add_parsable_certificates(found).0 == 0 {
        return Err(TlsError::NoCertificate(clients.authorities.clone()));
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    let mut verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
    if let (Some(path), Some(lists)) = (&clients.revoked, revoked) {
        let lists: Vec<_> = CertificateRevocationListDer::pem_slice_iter(lists)
            .collect::<Result<_, _>>()
            .map_err(|error| wrong(path, error.to_string()))?;
        if lists.is_empty() {
            return Err(wrong(path, "it holds no list of revoked certificates in PEM form".into()));
        }
        verifier = verifier.with_crls(lists).only_check_end_entity_revocation();
    }
    if !clients.required {
        verifier = verifier.allow_unauthenticated();
    }
    verifier.build().map_err(|error| wrong(&clients.authorities, error.to_string())).map(|made| made as _)
}
