//! TLS on both listeners: certificates that change under way, files that cannot be used, handshakes that never end.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc};

use h2::client::Builder;
use prost::Message as _;
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::Code;

use crate::support::{
    applications::{application, request},
    database::TestDatabase,
    raw::{Raw, VALIDATE, frame, from_elsewhere},
    service::{CHANNELS, TestService},
};

/// Certificate and key of a listener, in files.
struct Files {
    folder: TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self { folder: tempfile::tempdir().unwrap() };
        files.renew();
        files
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// Writes a new certificate and its key, as a rotation does, and returns the certificate.
    fn renew(&self) -> CertificateDer<'static> {
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(self.certificate(), made.cert.pem()).unwrap();
        fs::write(self.key(), made.signing_key.serialize_pem()).unwrap();
        made.cert.der().clone()
    }
}

async fn service(files: &Files) -> TestService {
    TestService::start_with(TestDatabase::new().await, |config| {
        config.grpc.tls.certificate = Some(files.certificate());
        config.grpc.tls.key = Some(files.key());
        config.http.tls = config.grpc.tls.clone();
        config.limits.tls_poll_ms = 10;
        config.limits.handshake_ms = 1_000;
        config.limits.connections_per_address = 20;
    })
    .await
}

/// Connects as a client that trusts `trusted` alone.
async fn connect(
    socket: TcpStream,
    trusted: &CertificateDer<'static>,
    protocol: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let mut settings = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    settings.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(settings)).connect(name, socket).await
}

async fn socket(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.unwrap()
}

/// The code of a good call over `socket`.
async fn call(service: &TestService, socket: TlsStream<TcpStream>) -> Code {
    let token = format!("Bearer {}", service.token("core", &["*"], &CHANNELS).await);
    let raw = Raw::over(socket, &Builder::new()).await;
    let mut sent = request(1, application("A-1", 1));
    sent.validate_only = true;
    let answer = raw.call(VALIDATE, &[("authorization", &token)], frame(&sent.encode_to_vec())).await;
    answer.status().code()
}

#[tokio::test]
async fn both_listeners_speak_tls_and_nothing_else() {
    let files = Files::new();
    let trusted = files.renew();
    let service = service(&files).await;
    let address = service.running().grpc.unwrap();
    let socket_of = connect(socket(address).await, &trusted, "h2").await.unwrap();
    assert_eq!(call(&service, socket_of).await, Code::Ok);

    let mut http = connect(socket(service.running().http).await, &trusted, "http/1.1").await.unwrap();
    http.write_all(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = http.read_to_end(&mut answer).await;
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{}", String::from_utf8_lossy(&answer));

    // The probe of an image: it knows the certificate from the configuration.
    let http = service.running().http;
    let probe = |certificate: PathBuf| {
        let args = ["healthcheck", "--http", &http.to_string()].map(str::to_owned);
        let mut command = crate::support::program::command(files.folder.path(), None);
        command
            .env("ZHENSHI__HTTP__TLS__KEY", files.key())
            .env("ZHENSHI__HTTP__TLS__CERTIFICATE", certificate);
        tokio::task::spawn_blocking(move || command.args(args).output().unwrap().status.success())
    };
    assert!(probe(files.certificate()).await.unwrap());
    let other = Files::new();
    assert!(!probe(other.certificate()).await.unwrap());

    // Plaintext, another protocol, another authority.
    let mut plain = socket(address).await;
    plain.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert_ne!(answer.get(3), Some(&4), "no SETTINGS in plaintext");
    assert!(connect(socket(address).await, &trusted, "http/1.1").await.is_err());
    assert!(connect(socket(address).await, &Files::new().renew(), "h2").await.is_err());
}

#[tokio::test]
async fn a_new_certificate_is_taken_without_a_restart_and_a_bad_one_is_not() {
    let files = Files::new();
    let old = files.renew();
    let service = service(&files).await;
    let address = service.running().grpc.unwrap();
    let before = connect(socket(address).await, &old, "h2").await.unwrap();

    let new = files.renew();
    let after = loop {
        if let Ok(socket) = connect(socket(address).await, &new, "h2").await {
            break socket;
        }
    };
    assert_eq!(call(&service, after).await, Code::Ok);
    assert_eq!(call(&service, before).await, Code::Ok, "who is connected stays so");

    // A key of another certificate, then no certificate at all: the last good one stays in force.
    let good_key = fs::read(files.key()).unwrap();
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(files.key(), other.signing_key.serialize_pem()).unwrap();
    assert_eq!(call(&service, connect(socket(address).await, &new, "h2").await.unwrap()).await, Code::Ok);
    fs::write(files.certificate(), "nothing").unwrap();
    assert_eq!(call(&service, connect(socket(address).await, &new, "h2").await.unwrap()).await, Code::Ok);
    // And the next good one is taken.
    fs::write(files.key(), good_key).unwrap();
    let newest = files.renew();
    while connect(socket(address).await, &newest, "h2").await.is_err() {}
}

#[tokio::test]
async fn handshakes_that_never_end_are_in_nobodys_way() {
    let files = Files::new();
    let trusted = files.renew();
    let service = service(&files).await;
    let address = service.running().grpc.unwrap();
    let mut stalled = Vec::new();
    for n in 0..60u8 {
        let mut socket = from_elsewhere(address).await.unwrap();
        if n.is_multiple_of(2) {
            // The beginning of a ClientHello. Who was turned away already hears nothing more.
            let _ = socket.write_all(&[0x16, 3, 1, 2, 0, 1]).await;
        }
        stalled.push(socket);
    }
    let honest = connect(socket(address).await, &trusted, "h2").await.unwrap();
    assert_eq!(call(&service, honest).await, Code::Ok);
    for mut socket in stalled {
        let mut answer = Vec::new();
        let _ = socket.read_to_end(&mut answer).await;
    }
    // Their places are free again.
    let far = connect(from_elsewhere(address).await.unwrap(), &trusted, "h2").await.unwrap();
    assert_eq!(call(&service, far).await, Code::Ok);
}

#[tokio::test]
async fn a_start_with_files_that_cannot_be_used_is_refused_by_name() {
    use zhenshi::edge::tls::{Reloader, Speaks};
    let files = Files::new();
    let open = || {
        let refused = Reloader::new(files.certificate(), files.key(), Speaks::Http2);
        refused.err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(open(), "");
    let key = fs::read_to_string(files.key()).unwrap();
    fs::write(files.key(), "nothing").unwrap();
    assert!(open().ends_with("key.pem holds no private key in PEM form"), "{}", open());
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    fs::write(files.key(), other.signing_key.serialize_pem()).unwrap();
    assert!(open().starts_with("certificate and key cannot be used"), "{}", open());
    fs::write(files.key(), key).unwrap();
    fs::write(files.certificate(), "").unwrap();
    assert!(open().ends_with("certificate.pem holds no certificate in PEM form"), "{}", open());
    fs::remove_file(files.certificate()).unwrap();
    assert!(open().starts_with("cannot read"), "{}", open());
}
