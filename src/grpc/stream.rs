//! `ValidateApplications`: messages one by one, answers in their order, several under way at a time.
//!
//! A message that cannot be read is answered with its own status and the stream goes on. A gateway that does not take its
//! answers is not read from; one that stands still for [`Rules::idle`] is told so and let go. What has begun is finished,
//! even if the gateway goes away: what is recorded is recorded.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http::{Extensions, Response, header};
use http_body::Body as HttpBody;
use prost::Message as _;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_stream::Stream;
use tonic::{
    Status,
    body::Body,
    codec::{Codec as _, EncodeBody, SingleMessageCompressionOverride},
};
use tonic_prost::ProstCodec;
use zhenshi_proto::zhenshi::v1::{ValidateApplicationsRequest, ValidateApplicationsResponse};

use super::{
    Validation,
    call::{
        Caller, Draining, Rate, broken, expire,
        frames::{Frame, FrameError, Frames},
    },
    status::StatusWriter,
};
use crate::app::AppError;

/// Answers that wait for a slow reader. Beyond them no more messages are read: the sender is slowed by flow control.
const MAX_UNREAD_ANSWERS: usize = 16;

/// What a stream must keep to.
#[derive(Clone)]
pub(super) struct Rules {
    /// Longest that it may stand still.
    pub(super) idle: Duration,
    /// The caller's deadline for the whole of it.
    pub(super) deadline: Option<Duration>,
    /// Largest message.
    pub(super) limit_bytes: usize,
    /// Most messages that are worked on at a time.
    pub(super) most_messages: usize,
    /// When its connection ends.
    pub(super) draining: Draining,
    /// Counts its messages; a stream that sends too many is read more slowly.
    pub(super) rate: Rate,
}

/// One message as it was received.
pub(super) enum Received {
    /// As the method takes it.
    Message(ValidateApplicationsRequest),
    /// It cannot be decoded; what was read before the fault.
    Malformed(ValidateApplicationsRequest),
    /// Over the limit.
    TooLarge,
}

/// Why there are no more messages, if the caller did not end them.
pub(super) type Broken = FrameError;

/// Answers the stream whose body is `frames`.
///
/// # Errors
/// Only when the guards did not say who calls.
pub(super) fn respond<B>(
    validation: &Validation,
    extensions: &Extensions,
    frames: Frames<B>,
    words: &StatusWriter,
) -> Result<Response<Body>, Box<Status>>
where
    B: HttpBody<Data = Bytes> + Send + Unpin + 'static,
{
    let caller = extensions.get::<Caller>().ok_or_else(|| words.app(&AppError::Unauthenticated))?;
    let rules = extensions.get::<Rules>().ok_or_else(|| words.app(&AppError::Unauthenticated))?;
    let answers = validation.answer_stream(caller, rules.clone(), Messages(frames));
    let encoder =
        ProstCodec::<ValidateApplicationsResponse, ValidateApplicationsRequest>::default().encoder();
    let never = SingleMessageCompressionOverride::default();
    let body = Body::new(EncodeBody::new_server(encoder, answers, None, never, None));
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/grpc"));
    Ok(response)
}

/// Decodes frames one by one.
struct Messages<B>(Frames<B>);

impl<B: HttpBody<Data = Bytes> + Unpin> Stream for Messages<B> {
    type Item = Result<Received, Broken>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next(cx).map(|frame| frame.map(|frame| frame.map(decode)))
    }
}

fn decode(frame: Frame) -> Received {
    let Frame::Message(bytes) = frame else { return Received::TooLarge };
    // Merged, not decoded: what came before the fault tells which message it was.
    let mut message = ValidateApplicationsRequest::default();
    match message.merge(bytes) {
        Ok(()) => Received::Message(message),
        Err(_) => Received::Malformed(message),
    }
}

/// The answers, then the status that ends them if it is not OK.
pub struct Answers {
    answers: mpsc::Receiver<ValidateApplicationsResponse>,
    /// Gone once it has been said.
    end: Option<oneshot::Receiver<Status>>,
}

impl Stream for Answers {
    type Item = Result<ValidateApplicationsResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        match self.answers.poll_recv(cx) {
            Poll::Ready(Some(answer)) => Poll::Ready(Some(Ok(answer))),
            Poll::Ready(None) => {
                let Some(end) = &mut self.end else { return Poll::Ready(None) };
                let status = ready!(Pin::new(end).poll(cx)).ok();
                self.end = None;
                Poll::Ready(status.map(Err))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

/// Reads `messages`, works on at most [`Rules::most_messages`] of them at a time, and gives the answers in the order of the
/// messages.
pub(super) fn answer_in_order<S, W, F>(
    messages: S,
    rules: Rules,
    caller: &Caller,
    words: StatusWriter,
    work: W,
) -> Answers
where
    S: Stream<Item = Result<Received, Broken>> + Send + Unpin + 'static,
    W: Fn(Received) -> F + Send + 'static,
    F: Future<Output = ValidateApplicationsResponse> + Send + 'static,
{
    let (answers, unread) = mpsc::channel(MAX_UNREAD_ANSWERS);
    let (end, ended) = oneshot::channel();
    let paced =
        Paced { rate: rules.rate.clone(), caller: caller.principal.caller.clone(), state: Pace::Unasked };
    let reading = Reading { messages, rules, words, work, paced, answers, in_flight: VecDeque::new() };
    tokio::spawn(async move {
        if let Err(status) = reading.run().await {
            let _ = end.send(*status);
        }
    });
    Answers { answers: unread, end: Some(ended) }
}

/// Whether the caller's rate lets one more message be read.
struct Paced {
    rate: Rate,
    caller: std::sync::Arc<str>,
    state: Pace,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Pace {
    Unasked,
    Allowed,
    Until(Instant),
}

impl Paced {
    fn ask(&mut self) {
        if self.state == Pace::Unasked {
            self.state = match self.rate.count(&self.caller) {
                Ok(()) => Pace::Allowed,
                Err(wait) => Pace::Until(Instant::now() + wait),
            };
        }
    }
}

struct Reading<S, W> {
    messages: S,
    rules: Rules,
    words: StatusWriter,
    work: W,
    paced: Paced,
    answers: mpsc::Sender<ValidateApplicationsResponse>,
    in_flight: VecDeque<JoinHandle<ValidateApplicationsResponse>>,
}

impl<S, W, F> Reading<S, W>
where
    S: Stream<Item = Result<Received, Broken>> + Send + Unpin,
    W: Fn(Received) -> F + Send,
    F: Future<Output = ValidateApplicationsResponse> + Send + 'static,
{
    /// Until the messages end, or the stream must.
    async fn run(mut self) -> Result<(), Box<Status>> {
        let mut deadline = std::pin::pin!(expire(self.rules.deadline));
        let mut last: Result<(), Box<Status>> = Ok(());
        let mut open = true;
        while open || !self.in_flight.is_empty() {
            self.paced.ask();
            let reads = open && self.in_flight.len() < self.rules.most_messages;
            let pause = match self.paced.state {
                Pace::Until(until) => Some(until),
                _ => None,
            };
            tokio::select! {
                message = next(&mut self.messages), if reads && pause.is_none() => match message {
                    Some(Ok(message)) => {
                        self.in_flight.push_back(tokio::spawn((self.work)(message)));
                        self.paced.state = Pace::Unasked;
                    }
                    Some(Err(fault)) => (open, last) = (false, Err(Box::new(broken(fault, &self.words)))),
                    None => open = false,
                },
                () = sleep_until(pause.unwrap_or_else(Instant::now)), if reads && pause.is_some() => {
                    self.paced.state = Pace::Unasked;
                }
                Some(answer) = first(&mut self.in_flight) => {
                    self.in_flight.pop_front();
                    if !self.give(answer).await? {
                        return Ok(());
                    }
                }
                () = self.rules.draining.begun.cancelled(), if open => {
                    (open, last) = (false, Err(Box::new(self.drained())));
                }
                () = sleep(self.rules.idle), if reads && pause.is_none() && self.in_flight.is_empty() => {
                    return Err(Box::new(self.words.stream_idle(self.rules.idle)));
                }
                () = &mut deadline => {
                    let limit = self.rules.deadline.unwrap_or_default();
                    return Err(Box::new(self.words.deadline(limit)));
                }
            }
        }
        last
    }

    /// Gives an answer to the reader; `false` if there is no reader any more.
    async fn give(
        &mut self,
        answer: Result<ValidateApplicationsResponse, tokio::task::JoinError>,
    ) -> Result<bool, Box<Status>> {
        let Ok(answer) = answer else {
            // Panics are answered by the work itself: the runtime is ending.
            return Err(Box::new(self.words.app(&AppError::ShuttingDown)));
        };
        match timeout(self.rules.idle, self.answers.send(answer)).await {
            Ok(sent) => Ok(sent.is_ok()),
            Err(_) => Err(Box::new(self.words.stream_idle(self.rules.idle))),
        }
    }

    fn drained(&self) -> Status {
        if self.rules.draining.stopping.is_cancelled() {
            self.words.app(&AppError::ShuttingDown)
        } else {
            self.words.connection_aged()
        }
    }
}

async fn next<S: Stream + Unpin>(messages: &mut S) -> Option<S::Item> {
    std::future::poll_fn(|cx| Pin::new(&mut *messages).poll_next(cx)).await
}

/// The answer of the oldest message, when it is there; the message stays in the queue.
async fn first<A>(in_flight: &mut VecDeque<JoinHandle<A>>) -> Option<Result<A, tokio::task::JoinError>> {
    match in_flight.front_mut() {
        Some(oldest) => Some(oldest.await),
        // Nothing to wait for: this branch must not win.
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
