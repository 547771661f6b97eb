//! `/metrics`: the figures of this process, in the `OpenMetrics` text form that Prometheus reads.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
};

use crate::{
    app::App,
    telemetry::metrics::{self, METRICS},
};

/// Answers with everything, the pool as it is at this moment.
pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    app.store.measure_pool();
    ([(CONTENT_TYPE, metrics::CONTENT_TYPE)], METRICS.text()).into_response()
}
