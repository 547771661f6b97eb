//! One HTTP/2 connection: served until its age or the service's end, then asked to go, then closed.
//!
//! Not tonic's loop: with a grace it never asks, and its shutdown waits for clients that do not answer without end
//! (hyper issue 4170).

use std::{convert::Infallible, pin::pin, sync::Arc, time::Duration};

use hyper::{server::conn::http2, service::service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::sleep,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::Instrument as _;

use super::{
    call::{Calls, Connection, Draining},
    preface,
    telemetry::Watch,
};
use crate::{config::Limits, edge::Peer, lifecycle};

/// How long a connection without calls may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);

/// Serves connections. Cheap to clone.
#[derive(Clone)]
pub(super) struct Connections {
    http2: Arc<http2::Builder<TokioExecutor>>,
    calls: Calls,
    limits: Arc<Limits>,
    stop: CancellationToken,
}

impl Connections {
    /// Connections that lead to `calls`, until `stop`.
    pub(super) fn new(calls: Calls, limits: &Limits, stop: CancellationToken) -> Self {
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams_per_connection)
            .max_header_list_size(limits.header_list_bytes)
            .initial_stream_window_size(limits.stream_window_bytes)
            .initial_connection_window_size(limits.connection_window_bytes)
            .max_pending_accept_reset_streams(limits.pending_resets)
            .max_local_error_reset_streams(limits.error_resets)
            .keep_alive_interval(Limits::time(limits.keepalive_interval_ms))
            .keep_alive_timeout(Limits::time(limits.keepalive_timeout_ms));
        Self { http2: Arc::new(http2), calls, limits: Arc::new(limits.clone()), stop }
    }

    /// Serves `socket` to its end; `peer` is who shows a certificate.
    pub(super) async fn serve<S>(self, socket: S, peer: Peer)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let limits = &self.limits;
        let preface = preface::read(socket, Limits::time(limits.handshake_ms));
        let Some(Some(socket)) = self.stop.run_until_cancelled(preface).await else { return };
        let draining = Draining { begun: CancellationToken::new(), stopping: self.stop.clone() };
        let connection = Connection { draining: draining.clone(), open: TaskTracker::new(), peer };
        let (calls, open) = (self.calls.clone(), connection.open.clone());
        let service = service_fn(move |request| {
            let watch = Watch::begin(&request);
            let answering = calls.clone().answer(connection.clone(), request).instrument(watch.span());
            async move { Ok::<_, Infallible>(watch.follow(answering.await)) }
        });
        let mut serving = pin!(self.http2.serve_connection(TokioIo::new(socket), service));
        tokio::select! {
            ended = serving.as_mut() => return tell(ended),
            () = self.stop.cancelled() => {}
            () = sleep(Limits::time(limits.connection_age_ms)) => {}
        }
        // No more streams; those that are open come to an end by themselves, and the peer is told to go elsewhere.
        draining.begun.cancel();
        serving.as_mut().graceful_shutdown();
        open.close();
        let unused = async {
            open.wait().await;
            sleep(GOODBYE).await;
        };
        tokio::select! {
            ended = serving => tell(ended),
            () = unused => {}
            () = self.out_of_patience() => tracing::debug!("a connection was closed over calls under way"),
        }
    }

    /// What calls under way may take: the connection's grace, or the service's when it stops.
    async fn out_of_patience(&self) {
        let stopped = async {
            self.stop.cancelled().await;
            sleep(lifecycle::DRAIN_CONNECTIONS).await;
        };
        tokio::select! {
            () = sleep(Limits::time(self.limits.connection_grace_ms)), if !self.stop.is_cancelled() => {}
            () = stopped => {}
        }
    }
}

fn tell(ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a connection ended by an error");
    }
}
