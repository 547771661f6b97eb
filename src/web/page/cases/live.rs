//! The word that something in the list, or one case, has changed, by server-sent events: never what, so that it needs no masking and
//! the page asks for what it shows as always. A session that has ended ends it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use axum_extra::extract::Form;
use serde::Deserialize;
use tokio::{sync::mpsc, time::MissedTickBehavior};
use tokio_stream::wrappers::ReceiverStream;
use uuid::Uuid;

use super::question::Question;
use crate::{
    app::case::watch_cases::{Watcher, watch_cases},
    web::{Site, error::PageError, person::Person, session},
};

/// Words that wait for a slow browser; they say all the same.
const WAITING: usize = 4;
/// How often it is asked whether the session is still in force.
const LOOK: Duration = Duration::from_secs(5);
/// Shortest time between two words: a burst of changes is one.
const APART: Duration = Duration::from_millis(500);

/// From where on.
#[derive(Deserialize)]
pub(super) struct Since {
    #[serde(default)]
    position: Option<i64>,
    #[serde(default)]
    query: String,
}

pub(super) async fn live(
    person: Person,
    State(site): State<Arc<Site>>,
    headers: HeaderMap,
    Form(since): Form<Since>,
) -> Result<Response, PageError> {
    let question = Question::of_query(&since.query).ok_or(PageError::Unreadable)?;
    let filter = question.filter(person.principal()).map_err(|_| PageError::Unreadable)?;
    let watcher = watch_cases(&site.app, person.principal(), filter, since.position).await?;
    Ok(words(site, headers, watcher, None))
}

/// The words about what `watcher` sees, of one case if it is named.
pub(in crate::web::page) fn words(
    site: Arc<Site>,
    headers: HeaderMap,
    watcher: Watcher,
    of: Option<Uuid>,
) -> Response {
    let (tell, told) = mpsc::channel(WAITING);
    tokio::spawn(watch(site, headers, (watcher, of), tell));
    let alive = KeepAlive::new().interval(Duration::from_secs(15));
    Sse::new(ReceiverStream::new(told)).keep_alive(alive).into_response()
}

async fn watch(
    site: Arc<Site>,
    headers: HeaderMap,
    (mut watcher, of): (Watcher, Option<Uuid>),
    tell: mpsc::Sender<Result<Event, Infallible>>,
) {
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let word = tokio::select! {
            () = site.stop.cancelled() => return,
            () = tell.closed() => return,
            _ = look.tick() => {
                if session::is_in_force(&site, &headers).await {
                    continue;
                }
                Event::default().event("ended").data("")
            }
            news = watcher.next() => match news {
                Ok(news) if !news.changes.iter().any(|one| of.is_none_or(|of| one.seen.case.id == of)) => continue,
                Ok(news) => Event::default().event("changed").data(news.position.to_string()),
                Err(_) => return,
            },
        };
        if tell.send(Ok(word)).await.is_err() {
            return;
        }
        tokio::time::sleep(APART).await;
    }
}
