//! One HTTP/1 connection: served until its peer goes, is too slow, or the service ends.
//!
//! Not axum's loop: it gives hyper no timer, so that a peer which never ends its headers would keep a connection for ever.

use std::{pin::pin, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_util::sync::CancellationToken;

/// Serves `socket` to its end; once `stop` is cancelled, to the end of the request under way.
pub(super) async fn serve<S>(socket: S, router: Router, header_time: Duration, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let mut http1 = http1::Builder::new();
    http1.timer(TokioTimer::new()).header_read_timeout(header_time);
    let mut serving = pin!(http1.serve_connection(TokioIo::new(socket), TowerToHyperService::new(router)));
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = stop.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(error = %error, "an HTTP connection ended by an error");
    }
}
