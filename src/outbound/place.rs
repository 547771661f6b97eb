//! Where something is sent: host, port, and how the other side shows that it is the one.

use std::sync::Arc;

use http::{Uri, uri::Scheme};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio_rustls::TlsConnector;

/// What the connections speak.
const ALPN: &[u8] = b"http/1.1";

/// Why nothing can be sent there.
#[derive(Debug, thiserror::Error)]
pub enum PlaceError {
    /// The authorities' file holds none.
    #[error("holds no certificate in PEM form")]
    NoCertificate,
    /// TLS cannot be set up.
    #[error("TLS: {0}")]
    Tls(rustls::Error),
    /// No host, or none that TLS could check.
    #[error("has no host that TLS could check")]
    Host,
}

/// Where something is sent.
#[derive(Clone)]
pub struct Place {
    /// Host or address, without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Value of the header `host`.
    pub authority: String,
    /// Path and query of the URL.
    pub path: String,
    pub(super) tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Place {
    /// The place of `url`; with `https`, whose certificate is of one of the authorities in `authorities` (PEM), or of the public ones.
    ///
    /// # Errors
    /// [`PlaceError`]; the URL is not quoted, it may hold a secret.
    pub fn new(url: &Uri, authorities: Option<&[u8]>) -> Result<Self, PlaceError> {
        let host = url.host().ok_or(PlaceError::Host)?;
        // An IPv6 address stands in brackets in a URL, and nowhere else.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let secure = url.scheme() != Some(&Scheme::HTTP);
        Ok(Self {
            tls: secure.then(|| tls(authorities, &host)).transpose()?,
            port: url.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            authority: url.authority().map_or_else(|| host.clone(), ToString::to_string),
            host,
            path: url.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
        })
    }

    /// Whether it is reached over TLS.
    pub const fn is_secure(&self) -> bool {
        self.tls.is_some()
    }
}

fn tls(authorities: Option<&[u8]>, host: &str) -> Result<(TlsConnector, ServerName<'static>), PlaceError> {
    let mut roots = RootCertStore::empty();
    match authorities {
        Some(pem) => {
            let found: Vec<CertificateDer<'_>> = CertificateDer::pem_slice_iter(pem)
                .collect::<Result<_, _>>()
                .map_err(|_| PlaceError::NoCertificate)?;
            if roots.add_parsable_certificates(found).0 == 0 {
                return Err(PlaceError::NoCertificate);
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    // Named, not the process's default: another crate may have installed another one.
    let mut settings = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(PlaceError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    settings.alpn_protocols = vec![ALPN.to_vec()];
    let name = ServerName::try_from(host.to_owned()).map_err(|_| PlaceError::Host)?;
    Ok((TlsConnector::from(Arc::new(settings)), name))
}
