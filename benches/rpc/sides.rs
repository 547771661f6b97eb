//! The three servers: the service as `zhenshi serve` puts it together, the same layers before a constant answer, and tonic
//! with nothing.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::{Context as _, ensure};
use prost::Message as _;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;
use zhenshi::{
    cli::{listeners::bounds, service::Service},
    clock::{Clock as _, SystemClock},
    config::{Config, Limits},
    edge::Acceptor,
    entropy::SystemEntropy,
    grpc::{
        client::{Client, JsonReader},
        server::Listening,
    },
    ids,
    security::{
        keyring::Keyring,
        principal::{ALL_SOURCES, Principal, Reach},
        token,
    },
    store::{
        migrate::migrate,
        tokens::{NewToken, Shown},
    },
    words::Words,
};
use zhenshi_domain::application::Channel;
use zhenshi_proto::zhenshi::v1::{
    ValidateApplicationRequest, Verdict, validation_service_server::ValidationServiceServer,
};

use crate::constant::{Before, Constant};

/// The application of every call: two people, nothing wrong.
const REQUEST: &str = include_str!("request.json");

/// One server.
pub(crate) struct Side {
    pub(crate) name: &'static str,
    pub(crate) address: SocketAddr,
    /// Bytes of its answer.
    pub(crate) answer_bytes: usize,
}

/// All of them, and what they are asked.
pub(crate) struct Sides {
    all: [Side; 3],
    service: Service,
    stop: CancellationToken,
    request: ValidateApplicationRequest,
    token: String,
}

impl Sides {
    /// Starts them on the empty database at `url`.
    pub(crate) async fn start(url: &str, folder: &Path) -> anyhow::Result<Self> {
        migrate(url, SystemClock.now()).await?;
        let service = start_service(url, folder).await?;
        let token = make_token(&service).await?;
        let request = JsonReader::new().context("no descriptors")?.read(REQUEST, 1)?;
        let ours = service.grpc.context("no gRPC listener")?;
        let client = Client::connect(format!("http://{ours}"), &token).await?;
        let answer = client.validate(request.clone()).await?;
        ensure!(
            answer.verdict() == Verdict::Accepted && answer.findings.is_empty(),
            "something is wrong with it"
        );

        let answer_bytes = answer.encoded_len();
        let answer = Arc::new(answer);
        let stop = CancellationToken::new();
        let before = Before { words: Arc::new(Words::load()?) };
        let layers =
            start_layers(Constant { before: Some(before), answer: answer.clone() }, &service, &stop).await?;
        let bare = start_bare(Constant { before: None, answer }, &stop).await?;
        let side = |name, address| Side { name, address, answer_bytes };
        let all = [side("ours", ours), side("same layers", layers), side("bare tonic", bare)];
        Ok(Self { all, service, stop, request, token })
    }

    pub(crate) const fn all(&self) -> &[Side; 3] {
        &self.all
    }

    pub(crate) const fn request(&self) -> &ValidateApplicationRequest {
        &self.request
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.service.stop().await;
    }
}

async fn start_service(url: &str, folder: &Path) -> anyhow::Result<Service> {
    let keyring = folder.join("keyring.json");
    Keyring::generate(&SystemEntropy::default())?.create(&keyring)?;
    let mut config = Config { data_dir: folder.to_owned(), ..Config::default() };
    config.grpc.listen.set_port(0);
    config.http.listen.set_port(0);
    config.database.url = Some(url.to_owned());
    config.keyring.path = Some(keyring);
    config.limits = limits();
    Service::start(&config, Arc::new(SystemClock), Arc::new(SystemEntropy::default())).await
}

async fn make_token(service: &Service) -> anyhow::Result<String> {
    let (entropy, now) = (SystemEntropy::default(), SystemClock.now());
    let secret = token::generate(&entropy)?;
    let reach = Reach { sources: vec![ALL_SOURCES.into()], channels: vec![Channel::Bancassurance] };
    let new = NewToken {
        id: ids::mint(now, &entropy)?,
        principal: Principal::system("bench", reach),
        shows: Shown::Token(token::hash(&secret)),
        created_time: now,
        audit_id: ids::mint(now, &entropy)?,
    };
    service.app().store.create_token(new).await?;
    Ok(secret.to_string())
}

/// The limits of the service, but for the one of a single caller, who here is the whole load.
fn limits() -> Limits {
    Limits { requests_per_second: u32::MAX, request_burst: u32::MAX, ..Limits::default() }
}

async fn start_layers(
    constant: Constant,
    service: &Service,
    stop: &CancellationToken,
) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let limits = limits();
    let listening = Listening {
        app: service.app().clone(),
        words: Arc::new(Words::load()?),
        acceptor: Acceptor::new("grpc", listener, None, bounds(&limits)),
        limits,
        reflection: false,
        stop: stop.clone(),
    };
    let (_, serving) = listening.prepare_with(constant)?;
    tokio::spawn(serving);
    Ok(address)
}

async fn start_bare(constant: Constant, stop: &CancellationToken) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let server = Server::builder().add_service(ValidationServiceServer::new(constant));
    let stop = stop.clone().cancelled_owned();
    tokio::spawn(server.serve_with_incoming_shutdown(TcpListenerStream::new(listener), stop));
    Ok(address)
}
