//! The HTTP surface: probes. The worklist page comes here.

use std::{future::Future, sync::Arc};

use axum::{Router, extract::State, http::StatusCode, routing::get};
use tokio::net::TcpListener;

use crate::app::App;

/// Serves until `stop`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let router = Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(app);
    axum::serve(listener, router).with_graceful_shutdown(stop).await
}

/// The process is alive; says nothing of the database.
async fn healthz() -> &'static str {
    "ok\n"
}

/// The service can take calls: the database answers.
async fn readyz(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    match app.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be reached\n"),
    }
}
