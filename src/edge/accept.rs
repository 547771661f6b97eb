//! Takes connections: admits them, shakes hands, and hands them out one after another.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{Instant, sleep_until, timeout},
};
use tokio_rustls::TlsAcceptor;

use super::{
    admission::{Admission, Permit},
    backoff::Backoff,
    socket::{Socket, Wire},
    tls::Settings,
};

/// Connections that were turned away are told of at most this often: a flood must not fill the log.
const REFUSAL_LOG_INTERVAL: Duration = Duration::from_secs(10);

/// How many connections a listener takes.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Connections in all.
    pub connections: usize,
    /// Connections from one address.
    pub per_address: usize,
    /// TLS handshakes at a time.
    pub handshakes: usize,
    /// Longest TLS handshake.
    pub handshake_time: Duration,
}

/// A listener with its guards.
pub struct Acceptor {
    name: &'static str,
    listener: TcpListener,
    tls: Option<Settings>,
    bounds: Bounds,
    admission: Admission,
    backoff: Backoff,
    /// No `accept` before this.
    paused_until: Option<Instant>,
    handshakes: JoinSet<Option<(Socket, SocketAddr)>>,
    refusal_told: Option<Instant>,
}

impl Acceptor {
    /// Guards `listener`, called `name` in the log; with `tls` nothing but TLS is spoken.
    pub fn new(name: &'static str, listener: TcpListener, tls: Option<Settings>, bounds: Bounds) -> Self {
        Self {
            name,
            listener,
            tls,
            bounds,
            admission: Admission::new(bounds.connections, bounds.per_address),
            backoff: Backoff::default(),
            paused_until: None,
            handshakes: JoinSet::new(),
            refusal_told: None,
        }
    }

    /// Where it listens.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The next connection. May be dropped and called again: nothing is lost.
    pub async fn accept(&mut self) -> (Socket, SocketAddr) {
        loop {
            let paused_until = self.paused_until;
            tokio::select! {
                Some(done) = self.handshakes.join_next(), if !self.handshakes.is_empty() => {
                    // One that failed or took too long has closed its connection.
                    if let Ok(Some(connection)) = done {
                        return connection;
                    }
                }
                () = sleep_until(paused_until.unwrap_or_else(Instant::now)), if paused_until.is_some() => {
                    self.paused_until = None;
                }
                accepted = self.listener.accept(), if paused_until.is_none() => match accepted {
                    Ok((stream, address)) => {
                        self.backoff.reset();
                        if let Some(socket) = self.admit(stream, address) {
                            return (socket, address);
                        }
                    }
                    Err(error) => self.pause(&error),
                }
            }
        }
    }

    /// The connection if it speaks plaintext; with TLS it comes when its handshake is done.
    fn admit(&mut self, stream: TcpStream, address: SocketAddr) -> Option<Socket> {
        let Some(permit) = self.admission.admit(address.ip()) else {
            self.tell_refusal("connections");
            return None;
        };
        // Answers are small: they must not wait for more. A socket that has gone is found by reading it.
        let _ = stream.set_nodelay(true);
        let Some(settings) = &self.tls else {
            return Some(Socket::new(Wire::Plain(stream), permit));
        };
        if self.handshakes.len() >= self.bounds.handshakes {
            self.tell_refusal("handshakes");
            return None;
        }
        let acceptor = TlsAcceptor::from(settings.borrow().clone());
        let handshake_time = self.bounds.handshake_time;
        self.handshakes.spawn(async move {
            let socket = timeout(handshake_time, shake_hands(acceptor, stream, permit)).await.ok()??;
            Some((socket, address))
        });
        None
    }

    fn pause(&mut self, error: &std::io::Error) {
        if let Some(pause) = self.backoff.after(error) {
            if self.backoff.is_first() {
                tracing::warn!(listener = self.name, error = %error, "no connection can be taken; trying again");
            }
            self.paused_until = Some(Instant::now() + pause);
        }
    }

    fn tell_refusal(&mut self, limit: &'static str) {
        let now = Instant::now();
        if self.refusal_told.is_none_or(|told| now.duration_since(told) >= REFUSAL_LOG_INTERVAL) {
            self.refusal_told = Some(now);
            tracing::warn!(
                listener = self.name,
                limit,
                "connections are turned away: there are too many {limit}"
            );
        }
    }
}

async fn shake_hands(acceptor: TlsAcceptor, stream: TcpStream, permit: Permit) -> Option<Socket> {
    match acceptor.accept(stream).await {
        Ok(stream) => Some(Socket::new(Wire::Tls(Box::new(stream)), permit)),
        Err(error) => {
            tracing::debug!(error = %error, "a TLS handshake failed");
            None
        }
    }
}
