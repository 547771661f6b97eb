//! The HTTP surface: probes and metrics. The worklist page comes here.

mod metrics;

use std::{future::Future, sync::Arc};

use crate::{app::App, edge::Acceptor};
use axum::{Router, extract::State, http::StatusCode, routing::get};

/// Serves until `stop`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    app: Arc<App>,
    listener: Acceptor,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz));
    let router = router.route("/metrics", get(metrics::metrics)).with_state(app);
    axum::serve(listener, router).with_graceful_shutdown(stop).await
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
