//! 事件投递: what other systems were told, and sending dead letters again.

use std::sync::Arc;

use axum::{
    Router,
    extract::State,
    response::Response,
    routing::{get, post},
};
use axum_extra::extract::Form;
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    app::{
        DeliveryFilter, DeliveryRow, DeliveryState, Redelivered,
        list_deliveries::list_deliveries,
        redeliver_events::{AskedRedelivery, redeliver_events},
    },
    ids,
    security::policy::Action,
    web::{
        Site,
        error::{PageError, url_escape},
        person::Person,
        render,
        say::{self, Say},
        view::{
            deliveries::{DeliveriesPage, DeliveryLine},
            layout::Section,
        },
    },
};

/// Deliveries of a page.
const PAGE_SIZE: u16 = 50;
/// States with their names in the address.
const STATES: [(DeliveryState, &str, &str); 3] = [
    (DeliveryState::Waiting, "waiting", "tag-blue"),
    (DeliveryState::Delivered, "delivered", "tag-green"),
    (DeliveryState::Dead, "dead", "tag-red"),
];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/deliveries", get(show)).route("/deliveries/redeliver", post(redeliver))
}

/// Which deliveries.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    endpoint: String,
    state: String,
    after: String,
}

async fn show(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(asked): Form<Asked>,
) -> Result<Response, PageError> {
    Ok(render::page(&page(&person, &site, asked, None).await?))
}

async fn page(
    person: &Person,
    site: &Site,
    asked: Asked,
    told: Option<String>,
) -> Result<DeliveriesPage, PageError> {
    let state = match asked.state.as_str() {
        "" => None,
        text => Some(STATES.iter().find(|(_, name, _)| *name == text).ok_or(PageError::Unreadable)?.0),
    };
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(place(text).ok_or(PageError::Unreadable)?),
    };
    let endpoint = asked.endpoint.trim().to_owned();
    let filter = DeliveryFilter {
        endpoint: (!endpoint.is_empty()).then(|| endpoint.clone()),
        state,
        case_id: None,
        after,
    };
    let found = list_deliveries(&site.app, person.principal(), filter, PAGE_SIZE).await?;
    let say = &person.say;
    let next = found.next.map(|(position, number)| {
        format!(
            "/deliveries?endpoint={}&state={}&after={position}.{number}",
            url_escape(&endpoint),
            asked.state
        )
    });
    let states = STATES.iter().map(|(_, name, _)| {
        ((*name).to_owned(), say.value("page-deliveries-state", name), asked.state == *name)
    });
    Ok(DeliveriesPage {
        page: person.layout(Section::Deliveries, say.t("page-nav-deliveries")),
        states: states.collect(),
        lines: found.rows.iter().map(|row| line(say, row)).collect(),
        redeliver: person.principal().permit(Action::RedeliverEvents).is_ok(),
        request_id: ids::of_luck(site.app.entropy.as_ref()).unwrap_or_default(),
        endpoint,
        next,
        told,
    })
}

fn place(text: &str) -> Option<(i64, i64)> {
    let (position, number) = text.split_once('.')?;
    Some((position.parse().ok()?, number.parse().ok()?))
}

fn line(say: &Say, row: &DeliveryRow) -> DeliveryLine {
    let (name, class) = STATES
        .iter()
        .find(|(state, ..)| *state == row.state)
        .map_or(("waiting", ""), |(_, name, class)| (*name, *class));
    DeliveryLine {
        recorded: say::time(row.recorded_time),
        endpoint: row.endpoint.clone(),
        kind: row.kind.clone(),
        event_id: row.event_id.to_string(),
        state: say.value("page-deliveries-state", name),
        class,
        attempts: row.attempts.to_string(),
        result: row
            .last_result
            .map(|result| say.value("page-deliveries-result", result.name()))
            .unwrap_or_default(),
        status: row.last_status.map(|status| status.to_string()).unwrap_or_default(),
        next: (name == "waiting").then(|| say::time(row.next_attempt_time)),
        parked: row.parked,
    }
}

/// What the form has.
#[derive(Deserialize)]
struct Redeliver {
    request_id: Uuid,
    endpoint: String,
}

async fn redeliver(
    person: Person,
    State(site): State<Arc<Site>>,
    Form(form): Form<Redeliver>,
) -> Result<Response, PageError> {
    let endpoint = form.endpoint.trim().to_owned();
    let digest = site.app.request_digest(format!("dead\u{1f}{endpoint}").as_bytes());
    let asked = AskedRedelivery {
        request_id: form.request_id,
        digest,
        endpoint: endpoint.clone(),
        which: Redelivered::Dead,
    };
    let done = redeliver_events(&site.app, person.principal(), asked).await?;
    let id = if done.more { "page-deliveries-done-more" } else { "page-deliveries-done" };
    let told = person.say.n(id, done.count);
    let asked = Asked { endpoint, ..Asked::default() };
    Ok(render::page(&page(&person, &site, asked, Some(told)).await?))
}
