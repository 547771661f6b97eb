//! Answering a stream of messages in their order, several at a time.

use std::{collections::VecDeque, future::Future, pin::Pin};

use tokio::{sync::mpsc, task::JoinHandle};
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tonic::{Status, Streaming};

/// Answers that wait for a slow reader. Beyond them no more messages are read: the sender is slowed by flow control.
const MAX_UNREAD_ANSWERS: usize = 16;

/// Answers of a stream.
pub(super) type Answers<A> = Pin<Box<dyn Stream<Item = Result<A, Status>> + Send>>;

/// Reads `messages`, works on at most `limit` of them at a time, and gives the answers in the order of the messages.
///
/// Work that has begun is finished even if the reader goes away: what is recorded is recorded.
pub(super) fn answer_in_order<M, A, W, F>(mut messages: Streaming<M>, limit: usize, work: W) -> Answers<A>
where
    M: Send + 'static,
    A: Send + 'static,
    W: Fn(M) -> F + Send + 'static,
    F: Future<Output = A> + Send + 'static,
{
    let (answers, reader) = mpsc::channel(MAX_UNREAD_ANSWERS);
    tokio::spawn(async move {
        let mut in_flight: VecDeque<JoinHandle<A>> = VecDeque::with_capacity(limit);
        let mut open = true;
        while open || !in_flight.is_empty() {
            tokio::select! {
                message = messages.message(), if open && in_flight.len() < limit => match message {
                    Ok(Some(message)) => in_flight.push_back(tokio::spawn(work(message))),
                    Ok(None) => open = false,
                    Err(status) => {
                        // The stream itself is broken: answer what came before, then say so.
                        finish(&answers, in_flight).await;
                        let _ = answers.send(Err(status)).await;
                        return;
                    }
                },
                Some(answer) = first(&mut in_flight) => {
                    in_flight.pop_front();
                    if answers.send(answer).await.is_err() {
                        return;
                    }
                }
            }
        }
    });
    Box::pin(ReceiverStream::new(reader))
}

/// The answer of the oldest message, when it is there; the message stays in the queue.
async fn first<A>(in_flight: &mut VecDeque<JoinHandle<A>>) -> Option<Result<A, Status>> {
    match in_flight.front_mut() {
        Some(oldest) => Some(oldest.await.map_err(|_| Status::internal("answering ended by a panic"))),
        // Nothing to wait for: this branch must not win.
        None => std::future::pending().await,
    }
}

async fn finish<A>(answers: &mpsc::Sender<Result<A, Status>>, in_flight: VecDeque<JoinHandle<A>>) {
    for oldest in in_flight {
        let answer = oldest.await.map_err(|_| Status::internal("answering ended by a panic"));
        if answers.send(answer).await.is_err() {
            return;
        }
    }
}
