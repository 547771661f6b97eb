//! Watching: changes as they happen, and a sign of life when there are none.

use std::time::Duration;

use tokio::{
    sync::mpsc,
    time::{MissedTickBehavior, interval},
};
use tokio_stream::{StreamExt as _, wrappers::ReceiverStream};
use tonic::{Request, Response, Status};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Cases,
    filter::filter,
    shared::{Incoming, case},
    token,
};
use crate::{
    app::{
        AppError,
        case::watch_cases::{News, Watcher, watch_cases as watch},
    },
    grpc::{
        call::{Draining, expire},
        status::StatusWriter,
        stream::Rules,
    },
};

/// Pause after which a watcher who is told nothing gets a sign of life, with the token up to which it was told.
pub(super) const SIGN_OF_LIFE: Duration = Duration::from_secs(15);
/// Answers that wait for a slow reader.
const MOST_UNREAD: usize = 64;

pub(super) async fn watch_cases(
    cases: &Cases,
    request: Request<proto::WatchCasesRequest>,
) -> Result<Response<super::WatchCasesStream>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let rules = extensions.get::<Rules>().cloned();
    let rules = rules.ok_or_else(|| incoming.writer.app(&AppError::Unauthenticated))?;
    let filter = filter(&mut incoming, message.filter);
    incoming.done()?;
    let position = match message.update_token.as_str() {
        "" => None,
        sent => Some(token::position(cases, sent).ok_or_else(|| incoming.writer.page_token())?),
    };
    let watcher = watch(&cases.app, &incoming.principal, filter, position)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let (answers, unread) = mpsc::channel(MOST_UNREAD);
    let (end, ended) = mpsc::channel(1);
    let told = Telling { cases: cases.clone(), writer: incoming.writer, draining: rules.draining, answers };
    tokio::spawn(async move {
        let last = tokio::select! {
            last = told.tell(watcher) => last,
            () = expire(rules.deadline) => Err(told.writer.deadline(rules.deadline.unwrap_or_default())),
        };
        // What was told before goes out first: the status waits in a place of its own.
        if let Err(status) = last {
            let _ = end.try_send(Err(status));
        }
    });
    let stream = ReceiverStream::new(unread).map(Ok).chain(ReceiverStream::new(ended));
    Ok(Response::new(Box::pin(stream)))
}

/// One watcher's answers.
struct Telling {
    cases: Cases,
    writer: StatusWriter,
    draining: Draining,
    answers: mpsc::Sender<proto::WatchCasesResponse>,
}

impl Telling {
    /// Tells until the caller goes away, or there is a reason to end it.
    async fn tell(&self, mut watcher: Watcher) -> Result<(), Status> {
        let mut life = interval(SIGN_OF_LIFE);
        life.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = self.draining.begun.cancelled() => return Err(self.drained()),
                () = self.answers.closed() => return Ok(()),
                // The first one comes at once: it says from where the watch begins.
                _ = life.tick() => {
                    if !watcher.is_in_force() {
                        return Err(self.writer.app(&AppError::Unauthenticated));
                    }
                    self.send(None, watcher.position()).await?;
                }
                news = watcher.next() => {
                    let news = news.map_err(|error| self.writer.app(&error))?;
                    if !watcher.is_in_force() {
                        return Err(self.writer.app(&AppError::Unauthenticated));
                    }
                    if !news.changes.is_empty() {
                        life.reset();
                    }
                    self.news(news).await?;
                }
            }
        }
    }

    async fn news(&self, news: News) -> Result<(), Status> {
        let now = self.cases.app.clock.now();
        let calendar = self.cases.app.calendars.current();
        for change in news.changes {
            self.send(Some(case(&change.seen.case, now, &calendar)), change.position).await?;
        }
        Ok(())
    }

    /// Waits for a slow reader, but not for one that has gone, or when the connection is to end.
    async fn send(&self, case: Option<proto::Case>, position: i64) -> Result<(), Status> {
        let answer = proto::WatchCasesResponse { case, update_token: token::update(&self.cases, position) };
        tokio::select! {
            // A reader that has gone is noticed by the loop.
            _ = self.answers.send(answer) => Ok(()),
            () = self.draining.begun.cancelled() => Err(self.drained()),
        }
    }

    fn drained(&self) -> Status {
        if self.draining.stopping.is_cancelled() {
            self.writer.app(&AppError::ShuttingDown)
        } else {
            self.writer.connection_aged()
        }
    }
}
