//! A receiver of events: verifies signatures, refuses old timestamps, leaves out what it has seen, prints the rest.
//!
//! ```text
//! export WEBHOOK_SECRET="whsec_$(openssl rand -base64 32)"
//! cargo run --example webhook_receiver -- 127.0.0.1:9000
//! ```
//!
//! and in the configuration of the service, with the same variable in its environment:
//!
//! ```toml
//! [[event.endpoint]]
//! name = "example"
//! url = "http://127.0.0.1:9000/"
//! allow_http = true
//! secret_env = "WEBHOOK_SECRET"
//! ```
//!
//! It answers at once and would do its work afterwards: the service waits for the answer, and sends the next event of the
//! same case only then.

mod verify;

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use verify::{Headers, Refusal, Seen, Verifier};
use zhenshi::clock::{Clock as _, SystemClock};

/// Where it listens if nothing is said.
const LISTEN: &str = "127.0.0.1:9000";

struct Receiver {
    verifier: Verifier,
    seen: Mutex<Seen>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let secret = std::env::var("WEBHOOK_SECRET")?;
    let verifier = Verifier::new(&secret).ok_or_else(|| anyhow::anyhow!("WEBHOOK_SECRET is no secret"))?;
    let receiver = Arc::new(Receiver { verifier, seen: Mutex::default() });
    let routes = Router::new().route("/", post(receive)).with_state(receiver);
    let listen = std::env::args().nth(1).unwrap_or_else(|| LISTEN.to_owned());
    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("listening on http://{}/", listener.local_addr()?);
    axum::serve(listener, routes).await?;
    Ok(())
}

async fn receive(State(receiver): State<Arc<Receiver>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let id = header("webhook-id");
    let told = Headers { id, timestamp: header("webhook-timestamp"), signature: header("webhook-signature") };
    let now = SystemClock.now().timestamp();
    match receiver.verifier.verify(told, &body, now) {
        Err(Refusal::Headers) => return StatusCode::BAD_REQUEST,
        Err(Refusal::Timestamp | Refusal::Signature) => return StatusCode::UNAUTHORIZED,
        Ok(()) => {}
    }
    let new = receiver.seen.lock().unwrap_or_else(PoisonError::into_inner).is_new(id);
    if new {
        println!("{}", String::from_utf8_lossy(&body));
    }
    // What was there before is taken too: the service shall not send it again.
    StatusCode::NO_CONTENT
}
