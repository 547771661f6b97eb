//! Who is at the other end, by the client certificate that TLS has verified: the URI and DNS names in it (RFC 5280, 4.2.1.6).
//!
//! The subject's common name is not looked at: it means nothing since RFC 6125.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use x509_parser::prelude::{FromDer as _, GeneralName, X509Certificate};

/// Most names of one certificate that are looked at.
const MOST_NAMES: usize = 16;
/// Longest name.
const MAX_NAME_BYTES: usize = 256;

/// Names of a verified client certificate; empty for a client without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Peer(Arc<[String]>);

impl Peer {
    /// The names of the certificate that a verified chain begins with.
    pub(super) fn of(chain: Option<&[CertificateDer<'_>]>) -> Self {
        let names = chain.and_then(<[_]>::first).map(|certificate| names(certificate)).unwrap_or_default();
        Self(names.into())
    }

    /// The names: URIs before DNS names.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

fn names(certificate: &[u8]) -> Vec<String> {
    let Ok((_, parsed)) = X509Certificate::from_der(certificate) else { return Vec::new() };
    let Ok(Some(alternative)) = parsed.subject_alternative_name() else { return Vec::new() };
    let named = &alternative.value.general_names;
    let uris = named.iter().filter_map(|name| match name {
        GeneralName::URI(uri) => Some((*uri).to_owned()),
        _ => None,
    });
    let hosts = named.iter().filter_map(|name| match name {
        GeneralName::DNSName(host) => Some(host.to_ascii_lowercase()),
        _ => None,
    });
    uris.chain(hosts)
        .filter(|name| !name.is_empty() && name.len() <= MAX_NAME_BYTES)
        .take(MOST_NAMES)
        .collect()
}
