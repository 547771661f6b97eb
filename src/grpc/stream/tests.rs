//! A stream whose reader, messages and time are in the test's hands.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::Semaphore;
use tokio_stream::{StreamExt as _, wrappers::ReceiverStream};
use tokio_util::sync::CancellationToken;
use tonic::Code;
use tonic_types::StatusExt as _;

use super::*;
use crate::{
    security::principal::{Principal, Reach},
    words::{Language, Words},
};

const IDLE: Duration = Duration::from_mins(5);
const MAX_IN_FLIGHT: usize = 128;

/// What a test holds of a stream.
struct Held {
    answers: Answers,
    /// Each permit lets one message be worked on to its end.
    work: Arc<Semaphore>,
    begun: Arc<AtomicUsize>,
    finished: Arc<AtomicUsize>,
    draining: Draining,
}

fn stream<S>(messages: S, deadline: Option<Duration>, permits: usize) -> Held
where
    S: Stream<Item = Result<Received, Broken>> + Send + Unpin + 'static,
{
    let draining = Draining { begun: CancellationToken::new(), stopping: CancellationToken::new() };
    let rules = Rules {
        idle: IDLE,
        deadline,
        limit_bytes: 1_000,
        most_messages: MAX_IN_FLIGHT,
        draining: draining.clone(),
        rate: Rate::new(1_000_000, 1_000_000),
    };
    let reach = Reach { sources: Vec::new(), channels: Vec::new() };
    let principal = Principal::system("bank", reach);
    let caller = Caller { principal, language: Language::En };
    let words = StatusWriter::new(Arc::new(Words::load().unwrap()), Language::En);
    let (work, begun, finished) = (Arc::new(Semaphore::new(permits)), Arc::default(), Arc::default());
    let counters: (Arc<Semaphore>, Arc<AtomicUsize>, Arc<AtomicUsize>) =
        (work.clone(), Arc::clone(&begun), Arc::clone(&finished));
    let answers = answer_in_order(messages, rules, &caller, words, move |received| {
        let (work, begun, finished) = counters.clone();
        begun.fetch_add(1, Ordering::SeqCst);
        async move {
            work.acquire().await.unwrap().forget();
            finished.fetch_add(1, Ordering::SeqCst);
            let Received::Message(message) = received else { panic!("only whole messages are sent") };
            let request_id = message.request.unwrap_or_default().request_id;
            ValidateApplicationsResponse { request_id, result: None }
        }
    });
    Held { answers, work, begun, finished, draining }
}

fn message(n: usize) -> Received {
    let request = zhenshi_proto::zhenshi::v1::ValidateApplicationRequest {
        request_id: n.to_string(),
        ..Default::default()
    };
    Received::Message(ValidateApplicationsRequest { request: Some(request) })
}

/// Messages without end.
fn endless() -> impl Stream<Item = Result<Received, Broken>> + Send + Unpin {
    tokio_stream::iter((0..).map(message).map(Ok))
}

fn said(status: &Status) -> (Code, String) {
    (status.code(), status.get_details_error_info().unwrap().reason)
}

async fn rest(mut answers: Answers) -> (Vec<usize>, Option<Status>) {
    let mut ids = Vec::new();
    while let Some(answer) = answers.next().await {
        match answer {
            Ok(answer) => ids.push(answer.request_id.parse().unwrap()),
            Err(status) => {
                assert!(answers.next().await.is_none(), "the end is said once");
                return (ids, Some(status));
            }
        }
    }
    (ids, None)
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_takes_nothing_is_not_read_from_and_told_later() {
    let held = stream(endless(), None, Semaphore::MAX_PERMITS);
    // Nobody reads; the clock runs ahead when nothing else can happen.
    sleep(2 * IDLE).await;
    let begun = held.begun.load(Ordering::SeqCst);
    assert!(begun <= MAX_IN_FLIGHT + MAX_UNREAD_ANSWERS + 1, "{begun} were begun for nobody");
    assert_eq!(held.finished.load(Ordering::SeqCst), begun, "what was begun is finished");
    let (ids, end) = rest(held.answers).await;
    assert_eq!(ids, (0..MAX_UNREAD_ANSWERS).collect::<Vec<_>>());
    assert_eq!(said(&end.unwrap()), (Code::Aborted, "STREAM_IDLE".into()));
}

#[tokio::test(start_paused = true)]
async fn no_more_than_the_limit_are_worked_on_and_order_is_kept() {
    let mut held = stream(endless(), None, 0);
    sleep(IDLE / 2).await;
    assert_eq!(held.begun.load(Ordering::SeqCst), MAX_IN_FLIGHT);
    held.work.add_permits(300);
    for n in 0..300 {
        assert_eq!(held.answers.next().await.unwrap().unwrap().request_id, n.to_string());
    }
}

#[tokio::test(start_paused = true)]
async fn silence_has_an_end_but_work_is_waited_for() {
    let (send, messages) = mpsc::channel(1);
    let held = stream(ReceiverStream::new(messages), None, 0);
    send.send(Ok(message(0))).await.unwrap();
    // Slow work is not the gateway's silence.
    sleep(3 * IDLE).await;
    held.work.add_permits(1);
    let (ids, end) = rest(held.answers).await;
    assert_eq!((ids, said(&end.unwrap())), (vec![0], (Code::Aborted, "STREAM_IDLE".into())));
}

#[tokio::test(start_paused = true)]
async fn the_callers_deadline_ends_it() {
    let (send, messages) = mpsc::channel(1);
    let held = stream(ReceiverStream::new(messages), Some(Duration::from_secs(7)), 0);
    send.send(Ok(message(0))).await.unwrap();
    let (ids, end) = rest(held.answers).await;
    assert_eq!((ids, said(&end.unwrap())), (vec![], (Code::DeadlineExceeded, "DEADLINE_EXCEEDED".into())));
    // What was begun goes on.
    held.work.add_permits(1);
    while held.finished.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn draining_answers_what_was_read() {
    for (stopping, reason) in [(false, "CONNECTION_AGED"), (true, "SHUTTING_DOWN")] {
        let held = stream(endless(), None, 0);
        sleep(IDLE / 2).await;
        if stopping {
            held.draining.stopping.cancel();
        }
        held.draining.begun.cancel();
        sleep(IDLE / 2).await;
        held.work.add_permits(1_000);
        let (ids, end) = rest(held.answers).await;
        assert_eq!(ids, (0..MAX_IN_FLIGHT).collect::<Vec<_>>());
        assert_eq!(said(&end.unwrap()), (Code::Unavailable, reason.into()));
    }
}

#[tokio::test(start_paused = true)]
async fn a_reader_that_goes_away_stops_the_reading_and_not_the_work() {
    let held = stream(endless(), None, 0);
    sleep(IDLE / 2).await;
    drop(held.answers);
    held.work.add_permits(1_000);
    sleep(IDLE / 2).await;
    let begun = held.begun.load(Ordering::SeqCst);
    assert_eq!(held.finished.load(Ordering::SeqCst), begun);
    assert!(begun <= MAX_IN_FLIGHT + MAX_UNREAD_ANSWERS + 1);
}

#[tokio::test(start_paused = true)]
async fn a_broken_stream_is_answered_up_to_the_break() {
    let broken: Vec<_> = (0..3).map(message).map(Ok).chain([Err(Broken::Broken)]).collect();
    let held = stream(tokio_stream::iter(broken), None, 10);
    let (ids, end) = rest(held.answers).await;
    assert_eq!(
        (ids, said(&end.unwrap())),
        (vec![0, 1, 2], (Code::InvalidArgument, "MALFORMED_MESSAGE".into()))
    );
}
