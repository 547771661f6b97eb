//! The listeners of `serve`: bound and with their certificates read before anything else starts, so that what is wrong
//! with them is told at once.

use std::net::SocketAddr;

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::{
    config::{Config, Limits, Role, Tls},
    edge::{
        Acceptor, Bounds,
        tls::{Clients, Reloader, Speaks},
    },
};

/// What the service listens with.
pub(super) struct Listeners {
    /// gRPC, unless this process has only jobs.
    pub(super) grpc: Option<Acceptor>,
    /// HTTP.
    pub(super) http: Acceptor,
    /// Keep the certificates current.
    pub(super) reloaders: Vec<Reloader>,
}

impl Listeners {
    /// Opens what `config` asks for.
    ///
    /// # Errors
    /// An address that is taken, a certificate that cannot be used; the key is named.
    pub(super) async fn open(config: &Config) -> anyhow::Result<Self> {
        let mut reloaders = Vec::new();
        let mut open = async |name, address, tls: &Tls, speaks| {
            let settings = match tls.files() {
                None => None,
                Some((certificate, key)) => {
                    let (reloader, settings) = Reloader::with_clients(certificate, key, clients(tls), speaks)
                        .with_context(|| format!("{name}.tls"))?;
                    reloaders.push(reloader);
                    Some(settings)
                }
            };
            let listener = bind(name, address).await?;
            anyhow::Ok(Acceptor::new(name, listener, settings, bounds(&config.limits)))
        };
        let grpc = match config.role {
            Role::Worker => None,
            Role::All | Role::Api => {
                Some(open("grpc", config.grpc.listen, &config.grpc.tls, Speaks::Http2).await?)
            }
        };
        let http = open("http", config.http.listen, &config.http.tls, Speaks::Http1).await?;
        Ok(Self { grpc, http, reloaders })
    }
}

/// What is known of clients by their certificates.
fn clients(tls: &Tls) -> Option<Clients> {
    let authorities = tls.client_ca.clone()?;
    Some(Clients { authorities, revoked: tls.client_crl.clone(), required: !tls.client_optional })
}

async fn bind(name: &str, address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("{name}.listen: cannot listen on {address}"))
}

/// How many connections each listener takes.
pub const fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        connections: limits.connections,
        per_address: limits.connections_per_address,
        handshakes: limits.handshakes,
        handshake_time: Limits::time(limits.handshake_ms),
    }
}
