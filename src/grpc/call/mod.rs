//! What stands between a connection and the services: every call is checked, counted, given a deadline and a body within
//! its limits, and every refusal is a status of ours.
//!
//! In this order: gRPC at all ([`Calls::answer`]), the token, a place among the calls under way, the caller's rate, what the
//! policy lets his role do ([`Calls::permit`]: before anything that he asks about is looked at), the body ([`body`], [`frames`]), the service, and the status if tonic wrote one of its own. To add a guard, add a file
//! here and its step in [`Calls::proceed`].

mod body;
mod deadline;
pub(super) mod frames;
mod identify;
mod language;
mod methods;
pub(super) mod panics;
mod rate;

use std::{sync::Arc, time::Duration};

pub(super) use body::broken;
use bytes::Bytes;
use frames::{Budget, Frames};
use http::{HeaderMap, Method as Verb, Request, Response, StatusCode, header};
use http_body::Body as HttpBody;
pub(super) use methods::services;
use methods::{Kind, Method, Methods};
pub(super) use rate::Rate;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{
    sync::CancellationToken,
    task::{TaskTracker, task_tracker::TaskTrackerToken},
};
use tonic::{Status, body::Body, codegen::Service as _, service::Routes};

use super::{Validation, status::StatusWriter, stream};
use crate::{
    app::App,
    config::Limits,
    edge::Peer,
    security::principal::Principal,
    words::{Language, Words},
};

/// The content type of gRPC, and what its other forms begin with.
const GRPC: &str = "application/grpc";
/// What probes ask: never refused because of load, which would take the whole service out.
const HEALTH_CHECK: &str = "/grpc.health.v1.Health/Check";
/// Takes one message, like every method of health.
const HEALTH_WATCH: &str = "/grpc.health.v1.Health/Watch";
/// Lasts as long as the caller likes.
const WATCH_CASES: &str = "/zhenshi.v1.CaseService/WatchCases";

/// Who calls, as the guards found out; methods take it from the request's extensions.
#[derive(Clone)]
pub(super) struct Caller {
    /// Whose token it is.
    pub(super) principal: Principal,
    /// Language for whoever does not say one in the message.
    pub(super) language: Language,
}

impl Caller {
    /// The language of an answer: what the message says, or the call's where it says none. An unknown one gets the default: an
    /// answer in other words is better than none.
    pub(super) fn speaks(&self, language_code: &str) -> Language {
        match language_code {
            "" => self.language,
            tag => Language::parse(tag).unwrap_or_default(),
        }
    }
}

/// When a connection ends, and why.
#[derive(Clone)]
pub(super) struct Draining {
    /// Cancelled when nothing more is to be begun on this connection.
    pub(super) begun: CancellationToken,
    /// Cancelled when the service stops; otherwise it is the connection's age.
    pub(super) stopping: CancellationToken,
}

/// What the calls of one connection share.
#[derive(Clone)]
pub(super) struct Connection {
    pub(super) draining: Draining,
    /// Counts calls that are not answered to the end.
    pub(super) open: TaskTracker,
    /// Who is at its other end, by a certificate that TLS has verified.
    pub(super) peer: Peer,
}

/// A call's place; it is under way until this is dropped. An answer that is complete keeps only its connection open: a
/// caller that does not read it takes nobody's place.
struct Place {
    _slot: Option<OwnedSemaphorePermit>,
    _open: TaskTrackerToken,
}

/// An answer, and the place that it keeps as long as it is not sent.
type Answered = (Response<Body>, Option<OwnedSemaphorePermit>);

/// The guards and the services behind them. Cheap to clone.
#[derive(Clone)]
pub(super) struct Calls {
    shared: Arc<Shared>,
    routes: Routes,
}

struct Shared {
    app: Arc<App>,
    words: Arc<Words>,
    validation: Validation,
    methods: Methods,
    rate: Rate,
    budget: Budget,
    slots: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    look_ups: Arc<Semaphore>,
    limits: Limits,
}

impl Calls {
    /// Guards `routes`; `None` only if the build lost the descriptors.
    pub(super) fn new(app: Arc<App>, words: Arc<Words>, limits: &Limits, routes: Routes) -> Option<Self> {
        let shared = Shared {
            validation: Validation::new(app.clone(), words.clone()),
            app,
            words,
            methods: Methods::new()?,
            rate: Rate::new(limits.requests_per_second, limits.request_burst),
            budget: Budget::new(limits.partial_message_bytes),
            slots: Arc::new(Semaphore::new(limits.calls)),
            strangers: Arc::new(Semaphore::new(limits.strangers)),
            look_ups: Arc::new(Semaphore::new(limits.look_ups)),
            limits: limits.clone(),
        };
        Some(Self { shared: Arc::new(shared), routes })
    }

    /// Answers one call. Nothing that a caller sends makes this fail: every refusal is an answer.
    pub(super) async fn answer<B>(self, connection: Connection, request: Request<B>) -> Response<Body>
    where
        B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    {
        let words = StatusWriter::new(self.shared.words.clone(), language::accepted(request.headers()));
        if let Some(refusal) = not_grpc(&request, &words) {
            return refusal;
        }
        let open = connection.open.token();
        let limits = &self.shared.limits;
        let long =
            self.shared.methods.get(request.uri().path()).is_some_and(|method| method.kind == Kind::Long);
        let longest = if long { limits.long_deadline_ms } else { limits.deadline_ms };
        let limit = deadline::of(request.headers(), Limits::time(longest));
        let app = self.shared.app.clone();
        let proceeding = panics::caught(self.proceed(connection, request, words.clone()));
        let refused = |status: Status| (status.into_http(), None);
        let (answer, slot) = match timeout(limit, proceeding).await {
            Ok(Ok(answered)) => answered.unwrap_or_else(|status| refused(*status)),
            Ok(Err(panics::Panicked)) => refused(words.app(&panics::incident(&app))),
            // What is being recorded goes on: its task is not this one.
            Err(_) => refused(words.deadline(limit)),
        };
        let place = Place { _slot: slot, _open: open };
        mend(answer, &words).map(|body| Body::new(body::Placed::new(body, place)))
    }

    async fn proceed<B>(
        mut self,
        connection: Connection,
        request: Request<B>,
        words: StatusWriter,
    ) -> Result<Answered, Box<Status>>
    where
        B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
    {
        let shared = self.shared.clone();
        let path = request.uri().path();
        let method = shared.methods.get(path);
        let (applications, watches) =
            (method.is_some_and(|method| method.kind == Kind::Applications), path == WATCH_CASES);
        // What is not of the API takes one message too, but reflection, which streams.
        let single = method
            .map_or_else(|| [HEALTH_CHECK, HEALTH_WATCH].contains(&path), |method| !method.client_streaming);
        let limit = shared.limits.message_bytes;
        let (parts, body) = request.into_parts();
        let mut head = Request::from_parts(parts, ());
        let slot = match self.pass(method, &connection, &mut head, &words).await {
            Ok(slot) => slot,
            Err(refusal) => {
                if single {
                    body::drain(body, limit).await;
                }
                return Err(refusal);
            }
        };
        let (parts, ()) = head.into_parts();
        let frames = Frames::new(body, limit, shared.budget.clone());
        if applications {
            let answer = stream::respond(&shared.validation, &parts.extensions, frames, &words)?;
            return Ok((answer, slot));
        }
        let body = body::Guarded::new(frames, single, words, limit);
        let Ok(answer) = self.routes.call(Request::from_parts(parts, body)).await;
        // An answer of one message is complete by now.
        // Whoever watches does so for hours, and mostly waits: watchers have places of their own.
        let complete = watches || method.is_some_and(|method| !method.server_streaming);
        Ok((answer, slot.filter(|_| !complete)))
    }

    /// The checks before a body is read; gives the call its place.
    async fn pass(
        &self,
        method: Option<Method>,
        connection: &Connection,
        head: &mut Request<()>,
        words: &StatusWriter,
    ) -> Result<Option<OwnedSemaphorePermit>, Box<Status>> {
        let shared = &self.shared;
        let Some(method) = method else {
            let is_probe = head.uri().path() == HEALTH_CHECK;
            return if is_probe { Ok(None) } else { place(&shared.strangers, words).map(Some) };
        };
        let principal = self.identify(head.headers(), &connection.peer, words).await?;
        tracing::Span::current().record("caller", &*principal.caller);
        let slot = place(&shared.slots, words)?;
        self.admit(principal.clone(), method, connection, head, words)?;
        self.permit(&principal, method, words).await?;
        Ok(Some(slot))
    }

    /// Whether the policy lets the caller do this at all. Use cases ask again, for the scope.
    async fn permit(
        &self,
        principal: &Principal,
        method: Method,
        words: &StatusWriter,
    ) -> Result<(), Box<Status>> {
        let Some(action) = method.action else { return Err(Box::new(words.unknown_method())) };
        let Err(refused) = principal.permit(action) else { return Ok(()) };
        self.shared.app.note_refused(principal, refused).await;
        Err(Box::new(words.refused(refused)))
    }

    /// Counts the request against its caller's rate, and tells the method who calls.
    fn admit(
        &self,
        principal: Principal,
        method: Method,
        connection: &Connection,
        head: &mut Request<()>,
        words: &StatusWriter,
    ) -> Result<(), Box<Status>> {
        let shared = &self.shared;
        if method.streaming() {
            let rules = stream::Rules {
                idle: Limits::time(shared.limits.stream_idle_ms),
                deadline: deadline::wish(head.headers()),
                limit_bytes: shared.limits.message_bytes,
                most_messages: shared.limits.stream_messages,
                draining: connection.draining.clone(),
                rate: shared.rate.clone(),
            };
            head.extensions_mut().insert(rules);
        }
        // Of applications each message is counted as it is read.
        if method.kind != Kind::Applications
            && let Err(wait) = shared.rate.count(&principal.caller)
        {
            return Err(Box::new(words.rate_limited(wait)));
        }
        head.extensions_mut().insert(Caller { principal, language: words.language() });
        Ok(())
    }
}

fn place(places: &Arc<Semaphore>, words: &StatusWriter) -> Result<OwnedSemaphorePermit, Box<Status>> {
    places.clone().try_acquire_owned().map_err(|_| Box::new(words.overloaded()))
}

/// The refusal of a request that is not gRPC, or not in a form that is taken.
fn not_grpc<B>(request: &Request<B>, words: &StatusWriter) -> Option<Response<Body>> {
    let headers = request.headers();
    if !is_grpc(headers) {
        return Some(with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE, &words.content_type()));
    }
    if request.method() != Verb::POST {
        let mut refusal = with_status(StatusCode::METHOD_NOT_ALLOWED, &words.unknown_method());
        refusal.headers_mut().insert(header::ALLOW, header::HeaderValue::from_static("POST"));
        return Some(refusal);
    }
    let plain = headers.get("grpc-encoding").is_none_or(|encoding| encoding == "identity");
    if plain {
        return None;
    }
    let mut refusal = words.encoding().into_http();
    let taken = header::HeaderValue::from_static("identity");
    refusal.headers_mut().insert("grpc-accept-encoding", taken);
    Some(refusal)
}

/// `application/grpc`, alone or with a suffix or parameters (gRPC over HTTP/2, "Content-Type").
fn is_grpc(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let rest = content_type.and_then(|text| text.strip_prefix(GRPC));
    // `application/grpc-web` is another protocol.
    rest.is_some_and(|rest| rest.is_empty() || rest == "+proto" || rest.starts_with(';'))
}

fn with_status(http: StatusCode, status: &Status) -> Response<Body> {
    let mut answer = status.clone().into_http();
    *answer.status_mut() = http;
    answer
}

/// Puts a status of ours in the place of one that tonic wrote by itself: those carry no details.
fn mend(answer: Response<Body>, words: &StatusWriter) -> Response<Body> {
    let headers = answer.headers();
    if headers.contains_key(Status::GRPC_STATUS_DETAILS) {
        return answer;
    }
    match headers.get(Status::GRPC_STATUS).map(header::HeaderValue::as_bytes) {
        // UNIMPLEMENTED: no such service or method.
        Some(b"12") => words.unknown_method().into_http(),
        // INTERNAL: the message cannot be decoded, or there is none.
        Some(b"13") => words.malformed().into_http(),
        _ => answer,
    }
}

/// How long a stream may take as the caller wishes; none without a wish.
pub(super) async fn expire(deadline: Option<Duration>) {
    match deadline {
        Some(deadline) => tokio::time::sleep(deadline).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_grpc_is_grpc() {
        let is = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, text.parse().unwrap());
            is_grpc(&headers)
        };
        assert!(is("application/grpc") && is("application/grpc+proto") && is("application/grpc; a=b"));
        for other in ["", "application/json", "application/grpc-web", "application/grpc+json", "text/plain"] {
            assert!(!is(other), "{other}");
        }
        assert!(!is_grpc(&HeaderMap::new()));
    }
}
