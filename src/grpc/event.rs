//! `EventService`: each method authenticates, takes the message apart, calls one use case, and answers.

use std::sync::Arc;

use prost::Message as _;
use tonic::{Request, Response, Status};
use uuid::Uuid;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    auth,
    convert::{
        enums::{number, read},
        submission::timestamp,
    },
    page_token,
    status::StatusWriter,
    validation::page_size,
};
use crate::{
    app::{
        App, DeliveryFilter, DeliveryRow, DeliveryState, Redelivered,
        list_deliveries::list_deliveries,
        redeliver_events::{AskedRedelivery, redeliver_events},
    },
    security::{fingerprint::keyed_digest, principal::Principal},
    words::Words,
};

/// Most events that one request names.
const MAX_EVENT_IDS: usize = 1_000;

/// The service.
#[derive(Clone)]
pub struct Events {
    app: Arc<App>,
    words: Arc<Words>,
}

impl Events {
    /// The service over `app`, speaking with `words`.
    pub const fn new(app: Arc<App>, words: Arc<Words>) -> Self {
        Self { app, words }
    }

    /// Words of the language asked for in the message, or of the call.
    fn writer<M>(&self, request: &Request<M>, language_code: &str) -> StatusWriter {
        StatusWriter::new(self.words.clone(), auth::language(request.extensions(), language_code))
    }

    /// Binds a page token to the filters, the caller and its place.
    fn mac(&self, filters: &[u8], principal: &Principal, place: Uuid) -> [u8; 32] {
        let caller = principal.caller.as_bytes();
        let parts: [&[u8]; 5] = [b"page token v1", b"ListDeliveries", filters, caller, place.as_bytes()];
        keyed_digest(&self.app.digest_key, &parts)
    }

    /// The filter of a message, or everything that is wrong with it.
    fn filter(
        message: &proto::ListDeliveriesRequest,
        mac: impl Fn(Uuid) -> [u8; 32],
        writer: &StatusWriter,
    ) -> Result<(DeliveryFilter, u16), Box<Status>> {
        let proto::ListDeliveriesRequest { page_size: asked, page_token, endpoint, state, case_id } = message;
        let mut violations = Vec::new();
        let size = page_size(*asked);
        if size.is_none() {
            violations.push(writer.violation("page_size", "violation-negative"));
        }
        let case = (!case_id.is_empty()).then(|| Uuid::try_parse(case_id).ok());
        if case == Some(None) {
            violations.push(writer.violation("case_id", "violation-uuid"));
        }
        let (Some(size), true) = (size, violations.is_empty()) else {
            return Err(Box::new(writer.invalid(violations)));
        };
        let after = match page_token.as_str() {
            "" => None,
            token => Some(page_token::decode(token, mac).ok_or_else(|| Box::new(writer.page_token()))?),
        };
        let filter = DeliveryFilter {
            endpoint: (!endpoint.is_empty()).then(|| endpoint.clone()),
            state: read::<proto::DeliveryState>(*state),
            case_id: case.flatten(),
            after: after.map(from_place),
        };
        Ok((filter, size))
    }

    /// What a message asks to be sent again, or everything that is wrong with it.
    fn asked(
        &self,
        message: &proto::RedeliverEventsRequest,
        writer: &StatusWriter,
    ) -> Result<AskedRedelivery, Box<Status>> {
        let proto::RedeliverEventsRequest {
            request_id,
            endpoint,
            event_ids,
            every_dead_letter,
            language_code: _,
        } = message;
        let mut violations = Vec::new();
        let id = Uuid::try_parse(request_id).ok();
        if id.is_none() {
            let problem = if request_id.is_empty() { "violation-required" } else { "violation-uuid" };
            violations.push(writer.violation("request_id", problem));
        }
        if endpoint.is_empty() {
            violations.push(writer.violation("endpoint", "violation-required"));
        }
        if event_ids.is_empty() && !every_dead_letter {
            violations.push(writer.violation("event_ids", "violation-required"));
        } else if event_ids.len() > MAX_EVENT_IDS || (!event_ids.is_empty() && *every_dead_letter) {
            violations.push(writer.violation("event_ids", "violation-event-ids"));
        }
        let events: Vec<Uuid> = event_ids.iter().filter_map(|id| Uuid::try_parse(id).ok()).collect();
        if events.len() < event_ids.len() {
            violations.push(writer.violation("event_ids", "violation-uuid"));
        }
        let (Some(request_id), true) = (id, violations.is_empty()) else {
            return Err(Box::new(writer.invalid(violations)));
        };
        let content = proto::RedeliverEventsRequest {
            request_id: String::new(),
            language_code: String::new(),
            ..message.clone()
        };
        Ok(AskedRedelivery {
            request_id,
            digest: keyed_digest(&self.app.digest_key, &[b"redelivery v1", &content.encode_to_vec()]),
            endpoint: endpoint.clone(),
            which: if *every_dead_letter { Redelivered::Dead } else { Redelivered::Events(events) },
        })
    }
}

/// A place in the list as the id that a page token carries.
fn place((position, endpoint_number): (i64, i64)) -> Uuid {
    Uuid::from_u64_pair(position.cast_unsigned(), endpoint_number.cast_unsigned())
}

fn from_place(place: Uuid) -> (i64, i64) {
    let (position, endpoint_number) = place.as_u64_pair();
    (position.cast_signed(), endpoint_number.cast_signed())
}

fn delivery(row: DeliveryRow) -> proto::Delivery {
    let DeliveryRow {
        endpoint,
        endpoint_number: _,
        position,
        event_id,
        kind,
        case_id,
        state,
        attempts,
        recorded_time,
        next_attempt_time,
        last_result,
        last_status,
        last_attempt_time,
        delivered_time,
        parked,
    } = row;
    proto::Delivery {
        endpoint,
        event_id: event_id.to_string(),
        position,
        kind,
        case_id: case_id.map(|id| id.to_string()).unwrap_or_default(),
        state: number::<proto::DeliveryState>(state),
        parked,
        attempts: i32::try_from(attempts).unwrap_or(i32::MAX),
        last_result: last_result.map(number::<proto::DeliveryResult>).unwrap_or_default(),
        last_status: last_status.map(i32::from).unwrap_or_default(),
        recorded_time: Some(timestamp(recorded_time)),
        last_attempt_time: last_attempt_time.map(timestamp),
        next_attempt_time: (state == DeliveryState::Waiting).then(|| timestamp(next_attempt_time)),
        delivered_time: delivered_time.map(timestamp),
    }
}

#[tonic::async_trait]
impl proto::event_service_server::EventService for Events {
    async fn list_deliveries(
        &self,
        request: Request<proto::ListDeliveriesRequest>,
    ) -> Result<Response<proto::ListDeliveriesResponse>, Status> {
        let writer = self.writer(&request, "");
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let message = request.into_inner();
        let filters =
            proto::ListDeliveriesRequest { page_size: 0, page_token: String::new(), ..message.clone() };
        let filters = filters.encode_to_vec();
        let mac = |place: Uuid| self.mac(&filters, &principal, place);
        let (filter, size) = Self::filter(&message, mac, &writer).map_err(|status| *status)?;
        let page =
            list_deliveries(&self.app, &principal, filter, size).await.map_err(|error| writer.app(&error))?;
        let next = page.next.map(place);
        Ok(Response::new(proto::ListDeliveriesResponse {
            deliveries: page.rows.into_iter().map(delivery).collect(),
            next_page_token: next.map(|place| page_token::encode(place, mac(place))).unwrap_or_default(),
        }))
    }

    async fn redeliver_events(
        &self,
        request: Request<proto::RedeliverEventsRequest>,
    ) -> Result<Response<proto::RedeliverEventsResponse>, Status> {
        let writer = self.writer(&request, &request.get_ref().language_code);
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let asked = self.asked(request.get_ref(), &writer).map_err(|status| *status)?;
        let done =
            redeliver_events(&self.app, &principal, asked).await.map_err(|error| writer.app(&error))?;
        Ok(Response::new(proto::RedeliverEventsResponse { redelivered_count: done.count, more: done.more }))
    }
}
