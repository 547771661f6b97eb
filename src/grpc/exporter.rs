//! The sender of spans: OTLP over gRPC, in plaintext or over TLS, with the TLS of everything else here (rustls, aws-lc).

use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig as _, WithTonicConfig as _};
use tonic::transport::{Certificate, ClientTlsConfig};

/// Sends spans to `endpoint`, `http://host:port` or `https://host:port`. Who answers an `https` one must be certified by
/// one of `authorities` (PEM), or without them by a public one. Connects when the first batch leaves, so a receiver that is
/// away stops nothing.
///
/// # Errors
/// For an address that is none.
pub fn exporter(endpoint: &str, authorities: Option<Vec<u8>>) -> Result<SpanExporter, ExporterBuildError> {
    let builder = SpanExporter::builder().with_tonic().with_endpoint(endpoint);
    if !is_https(endpoint) {
        return builder.build();
    }
    let tls = match authorities {
        Some(pem) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem)),
        None => ClientTlsConfig::new().with_webpki_roots(),
    };
    builder.with_tls_config(tls).build()
}

/// Whether an address asks for TLS.
pub fn is_https(endpoint: &str) -> bool {
    endpoint.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"))
}
