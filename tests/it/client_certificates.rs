//! Systems that show a client certificate: whose names are believed, which are not, and how what is believed changes under way.

use std::{fs, net::SocketAddr, path::PathBuf, sync::Arc};

use h2::client::Builder;
use prost::Message as _;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CertificateRevocationListParams, CertifiedIssuer, IsCa,
    KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber, date_time_ymd,
};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName},
};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};
use tonic::Code;
use zhenshi::security::principal::{Principal, Reach};

use crate::support::{
    applications::{application, request},
    database::TestDatabase,
    program::command,
    raw::{Raw, VALIDATE, frame},
    service::{CHANNELS, TestService},
};

/// The name of the core system.
const CORE: &str = "spiffe://insurer.example/core";

/// An authority of clients.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    /// A certificate of these names, as its holder has it.
    fn issue(&self, names: &[SanType], serial: u64, ends: i32) -> Held {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.subject_alt_names = names.to_vec();
        params.serial_number = Some(SerialNumber::from(serial));
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(ends, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Held { certificate, key }
    }

    /// What it has revoked, in PEM form.
    fn revoke(&self, serials: &[u64]) -> String {
        let revoked = serials.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time: date_time_ymd(2026, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 1, 1),
            next_update: date_time_ymd(2090, 1, 1),
            crl_number: SerialNumber::from(1_u64),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}

struct Held {
    certificate: Certificate,
    key: KeyPair,
}

fn uri(name: &str) -> SanType {
    SanType::URI(name.try_into().unwrap())
}

fn host(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

/// Files of the listener.
struct Files {
    folder: TempDir,
    trusted: CertificateDer<'static>,
}

impl Files {
    fn new(authority: &Authority) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
        fs::write(folder.path().join("certificate.pem"), made.cert.pem()).unwrap();
        fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).unwrap();
        let files = Self { folder, trusted: made.cert.der().clone() };
        fs::write(files.path("clients.pem"), authority.issuer.pem()).unwrap();
        fs::write(files.path("revoked.pem"), authority.revoke(&[])).unwrap();
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

async fn service(files: &Files, optional: bool) -> TestService {
    TestService::start_with(TestDatabase::new().await, |config| {
        let tls = &mut config.grpc.tls;
        tls.certificate = Some(files.path("certificate.pem"));
        tls.key = Some(files.path("key.pem"));
        tls.client_ca = Some(files.path("clients.pem"));
        tls.client_crl = Some(files.path("revoked.pem"));
        tls.client_optional = optional;
        config.limits.tls_poll_ms = 10;
    })
    .await
}

async fn connect(
    address: SocketAddr,
    files: &Files,
    held: Option<&Held>,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(files.trusted.clone()).unwrap();
    let settings = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let mut settings = match held {
        None => settings.with_no_client_auth(),
        Some(held) => {
            let key = PrivateKeyDer::try_from(held.key.serialize_der()).unwrap();
            settings.with_client_auth_cert(vec![held.certificate.der().clone()], key).unwrap()
        }
    };
    settings.alpn_protocols = vec![b"h2".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(settings)).connect(name, TcpStream::connect(address).await?).await
}

/// What a call with this certificate and token comes to; none if there is no connection. With TLS 1.3 a client hears that its certificate
/// was refused only when it reads.
async fn call(
    service: &TestService,
    files: &Files,
    held: Option<&Held>,
    token: Option<&str>,
) -> Option<Code> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = service.running().grpc.unwrap();
    let mut probe = connect(address, files, held).await.ok()?;
    // The preface and empty settings: a server that goes on answers with its own.
    probe.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.ok()?;
    probe.read_exact(&mut [0; 9]).await.ok()?;
    let raw = Raw::over(connect(address, files, held).await.ok()?, &Builder::new()).await;
    let mut sent = request(1, application("A-1", 1));
    sent.validate_only = true;
    let bearer = token.map(|token| format!("Bearer {token}"));
    let headers: Vec<(&str, &str)> = bearer.iter().map(|bearer| ("authorization", bearer.as_str())).collect();
    // What is believed may change between the probe and this connection: a refusal then comes with the first call.
    let mut open = raw.open(VALIDATE, &headers).await.ok()?;
    let _ = open.body.send_data(frame(&sent.encode_to_vec()).into(), true);
    Some(open.answer().await.ok()?.status().code())
}

/// Lets `name` in, as the command does.
fn let_in(service: &TestService, name: &str) -> String {
    let mut command = command(service.folder.path(), Some(&service.database.url));
    command.args(["token", "create", "--name", "core", "--source", "all", "--channel", "all"]);
    let made = command.args(["--certificate-name", name, "--json"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let made: serde_json::Value = serde_json::from_slice(&made.stdout).unwrap();
    assert!(made.get("token").is_none(), "no secret");
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_certificate_is_a_caller_by_its_uri_or_dns_name_and_by_nothing_else() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let files = Files::new(&authority);
    let service = service(&files, false).await;
    let_in(&service, CORE);
    let_in(&service, "bank.insurer.example");
    let code = async |held: &Held| call(&service, &files, Some(held), None).await;

    assert_eq!(code(&authority.issue(&[uri(CORE)], 1, 2090)).await, Some(Code::Ok));
    assert_eq!(code(&authority.issue(&[host("BANK.insurer.example")], 2, 2090)).await, Some(Code::Ok));
    assert_eq!(code(&authority.issue(&[host("x.example"), uri(CORE)], 3, 2090)).await, Some(Code::Ok));
    for (serial, names) in [
        (4, vec![uri("spiffe://insurer.example/core/more")]),
        (5, vec![uri("spiffe://insurer.example/Core")]),
        (6, vec![host("insurer.example")]),
        (7, vec![host("*.insurer.example")]),
        (8, vec![SanType::Rfc822Name("core@insurer.example".try_into().unwrap())]),
        (9, vec![]),
    ] {
        assert_eq!(
            code(&authority.issue(&names, serial, 2090)).await,
            Some(Code::Unauthenticated),
            "{serial}"
        );
    }
    // Of another authority, expired, none at all: there is no connection.
    assert_eq!(code(&stranger.issue(&[uri(CORE)], 1, 2090)).await, None);
    assert_eq!(code(&authority.issue(&[uri(CORE)], 10, 2021)).await, None);
    assert_eq!(call(&service, &files, None, None).await, None);
    // A name is not a token, and a token goes before a certificate.
    let held = authority.issue(&[uri(CORE)], 11, 2090);
    assert_eq!(call(&service, &files, Some(&held), Some(CORE)).await, Some(Code::Unauthenticated));
    service.stop().await;
}

#[tokio::test]
async fn what_is_believed_changes_without_a_restart() {
    let authority = Authority::new();
    let files = Files::new(&authority);
    let service = service(&files, false).await;
    let id = let_in(&service, CORE);
    let (kept, lost) = (authority.issue(&[uri(CORE)], 1, 2090), authority.issue(&[uri(CORE)], 2, 2090));
    assert_eq!(call(&service, &files, Some(&lost), None).await, Some(Code::Ok));
    fs::write(files.path("revoked.pem"), authority.revoke(&[2])).unwrap();
    while call(&service, &files, Some(&lost), None).await.is_some() {}
    assert_eq!(call(&service, &files, Some(&kept), None).await, Some(Code::Ok));
    // A list that cannot be read leaves the last good one in force.
    fs::write(files.path("revoked.pem"), "nothing").unwrap();
    assert_eq!(call(&service, &files, Some(&kept), None).await, Some(Code::Ok));
    assert_eq!(call(&service, &files, Some(&lost), None).await, None);

    // Another authority, with its own list.
    let next = Authority::new();
    fs::write(files.path("revoked.pem"), next.revoke(&[])).unwrap();
    fs::write(files.path("clients.pem"), next.issuer.pem()).unwrap();
    let renewed = next.issue(&[uri(CORE)], 2, 2090);
    while call(&service, &files, Some(&renewed), None).await.is_none() {}
    assert_eq!(call(&service, &files, Some(&renewed), None).await, Some(Code::Ok));
    assert_eq!(call(&service, &files, Some(&kept), None).await, None);

    // The row goes: the certificate is still one, and nobody's.
    let mut revoke = command(service.folder.path(), Some(&service.database.url));
    assert!(revoke.args(["token", "revoke", &id]).output().unwrap().status.success());
    // The job that polls does this every two seconds.
    service.running().app().callers.refresh().await.unwrap();
    assert_eq!(call(&service, &files, Some(&renewed), None).await, Some(Code::Unauthenticated));
    let_in(&service, CORE);
    assert_eq!(call(&service, &files, Some(&renewed), None).await, Some(Code::Ok));
    service.stop().await;
}

#[tokio::test]
async fn where_certificates_are_optional_a_token_will_do() {
    let authority = Authority::new();
    let files = Files::new(&authority);
    let service = service(&files, true).await;
    let_in(&service, CORE);
    let reach = Reach { sources: vec!["*".into()], channels: CHANNELS.to_vec() };
    let token = service.token_of(Principal::system("bank", reach)).await;
    assert_eq!(call(&service, &files, None, Some(&token)).await, Some(Code::Ok));
    assert_eq!(call(&service, &files, None, None).await, Some(Code::Unauthenticated));
    let held = authority.issue(&[uri(CORE)], 1, 2090);
    assert_eq!(call(&service, &files, Some(&held), None).await, Some(Code::Ok));
    let expired = authority.issue(&[uri(CORE)], 2, 2021);
    assert_eq!(
        call(&service, &files, Some(&expired), Some(&token)).await,
        None,
        "a bad one is worse than none"
    );
    service.stop().await;
}

#[tokio::test]
async fn a_start_with_files_of_clients_that_cannot_be_used_is_refused_by_name() {
    use zhenshi::edge::tls::{Clients, Reloader, Speaks};
    let authority = Authority::new();
    let files = Files::new(&authority);
    let open = || {
        let clients = Clients {
            authorities: files.path("clients.pem"),
            revoked: Some(files.path("revoked.pem")),
            required: true,
        };
        let (certificate, key) = (files.path("certificate.pem"), files.path("key.pem"));
        let refused = Reloader::with_clients(certificate, key, Some(clients), Speaks::Http2);
        refused.err().map(|error| error.to_string()).unwrap_or_default()
    };
    assert_eq!(open(), "");
    fs::write(files.path("revoked.pem"), "nothing").unwrap();
    assert!(open().contains("revoked.pem cannot be used"), "{}", open());
    fs::write(files.path("clients.pem"), "nothing").unwrap();
    assert!(open().contains("clients.pem holds no certificate"), "{}", open());
    fs::remove_file(files.path("clients.pem")).unwrap();
    assert!(open().starts_with("cannot read"), "{}", open());
}
