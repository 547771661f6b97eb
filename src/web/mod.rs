//! The HTTP surface: probes and metrics. The worklist page comes here.

mod connection;
mod metrics;

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{app::App, edge::Acceptor};

/// Serves until `stop`, then until the requests under way are answered; the head of a request may take `header_time`.
pub async fn serve(app: Arc<App>, mut listener: Acceptor, header_time: Duration, stop: CancellationToken) {
    let router = Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz));
    let router = router.route("/metrics", get(metrics::metrics)).with_state(app);
    let open = TaskTracker::new();
    while let Some((socket, _)) = stop.run_until_cancelled(listener.accept()).await {
        open.spawn(connection::serve(socket, router.clone(), header_time, stop.clone()));
    }
    // The port is free before the last request is answered.
    drop(listener);
    open.close();
    open.wait().await;
}

/// The process is alive; says nothing of the database.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The service can take calls: the database answers.
async fn readyz(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if *app.reachable.borrow() {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached\n")
    }
}
