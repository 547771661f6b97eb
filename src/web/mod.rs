//! The HTTP surface: probes, metrics, and the page on which people work.
//!
//! A request for a page passes [`error::dress`] (failures become pages), [`headers::guard`] (what a browser may do with it) and
//! [`post::guard`] (changes only from our own forms), then its handler in `page/`, which takes a [`person::Person`], calls use
//! cases, and renders a context of `view/`. To add a page: `docs/adding-a-page.md`.

mod assets;
mod connection;
mod cookie;
mod error;
mod headers;
mod language;
mod metrics;
mod page;
mod person;
mod post;
mod render;
mod say;
mod session;
mod view;

use std::{sync::Arc, time::Duration};

use axum::{Router, extract::State, http::StatusCode, middleware, routing::get};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{app::App, edge::Acceptor, words::Words};

/// What every page needs.
pub struct Site {
    /// The use cases.
    pub app: Arc<App>,
    /// All words.
    pub words: Arc<Words>,
    /// Browsers come over TLS, ended here or by a proxy: cookies are for TLS only then.
    pub secure: bool,
    /// Whether people work here; a process that has only jobs answers probes.
    pub pages: bool,
    /// The service ends: what lasts ends by itself.
    pub stop: CancellationToken,
}

/// Serves until `site.stop`, then until the requests under way are answered; the head of a request may take `header_time`.
pub async fn serve(site: Site, mut listener: Acceptor, header_time: Duration) {
    let stop = site.stop.clone();
    let router = router(Arc::new(site));
    let open = TaskTracker::new();
    while let Some((socket, _)) = stop.run_until_cancelled(listener.accept()).await {
        open.spawn(connection::serve(socket, router.clone(), header_time, stop.clone()));
    }
    // The port is free before the last request is answered.
    drop(listener);
    open.close();
    open.wait().await;
}

fn router(site: Arc<Site>) -> Router {
    let probes = Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz));
    let probes = probes.route("/metrics", get(metrics::metrics)).with_state(site.app.clone());
    if !site.pages {
        return probes;
    }
    let pages = page::routes()
        .route("/assets/{hash}/{name}", get(assets::asset))
        .route("/language/{tag}", get(language::choose))
        .fallback(async || error::PageError::NotFound)
        .layer(middleware::from_fn_with_state(site.clone(), post::guard))
        .layer(middleware::from_fn_with_state(site.clone(), error::dress))
        .layer(middleware::from_fn(headers::guard));
    probes.merge(pages.with_state(site))
}

/// `path` if it is one of ours, else the board: nobody is led elsewhere by an address that we have been given.
fn local(path: &str) -> &str {
    let ours = path.starts_with('/')
        && !path.starts_with("//")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if ours { path } else { "/" }
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

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_led_elsewhere() {
        for path in ["/", "/cases?state=open&seller=S-1", "/cases/20261123-000001"] {
            assert_eq!(local(path), path);
        }
        for path in
            ["", "cases", "//evil.example", "/\\evil.example", "https://evil.example", "/a b", "/\u{e9}"]
        {
            assert_eq!(local(path), "/", "{path}");
        }
    }
}
