//! `PolicyEventService`: events in, clearances out.

use std::sync::Arc;

use prost::Message as _;
use tonic::{Request, Response, Status};
use uuid::Uuid;
use zhenshi_domain::call_back::Clearance;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    auth,
    convert::{
        date,
        policy_event::{Fields, event, policy},
        submission::timestamp,
    },
    status::StatusWriter,
};
use crate::{
    app::{
        App,
        call_back_clearance::{CallBackClearance, call_back_clearance},
        record_policy_event::{SentPolicyEvent, record_policy_event},
    },
    words::{Language, Words},
};

/// The service.
#[derive(Clone)]
pub struct PolicyEvents {
    app: Arc<App>,
    words: Arc<Words>,
}

impl PolicyEvents {
    /// The service over `app`, speaking with `words`.
    pub const fn new(app: Arc<App>, words: Arc<Words>) -> Self {
        Self { app, words }
    }

    fn writer<M>(&self, request: &Request<M>, language_code: &str) -> (StatusWriter, Language) {
        let language = auth::language(request.extensions(), language_code);
        (StatusWriter::new(self.words.clone(), language), language)
    }

    /// The event of a message, or everything that is wrong with it.
    fn sent(
        &self,
        message: proto::RecordPolicyEventRequest,
        writer: &StatusWriter,
    ) -> Result<SentPolicyEvent, Box<Status>> {
        let proto::RecordPolicyEventRequest { request_id, policy_event, language_code: _ } = message;
        let mut violations = Vec::new();
        let id = Uuid::try_parse(&request_id).ok();
        if id.is_none() {
            let problem = if request_id.is_empty() { "violation-required" } else { "violation-uuid" };
            violations.push(writer.violation("request_id", problem));
        }
        let Some(mut sent) = policy_event else {
            violations.push(writer.violation("policy_event", "violation-required"));
            return Err(Box::new(writer.invalid(violations)));
        };
        let digest = self.app.request_digest(&sent.encode_to_vec());
        let name = sent.policy.take();
        let policy = policy(name, &mut Fields::new("policy_event.policy", writer, &mut violations));
        let now = self.app.clock.now();
        let told = event(&sent, now, &mut Fields::new("policy_event", writer, &mut violations));
        match (id, policy, told) {
            (Some(request_id), Some(policy), Some((kind, occurred_time))) if violations.is_empty() => {
                Ok(SentPolicyEvent { request_id, digest, policy, kind, occurred_time })
            }
            _ => Err(Box::new(writer.invalid(violations))),
        }
    }

    fn answer(&self, found: &CallBackClearance, language: Language) -> proto::GetCallBackClearanceResponse {
        use proto::CallBackClearance as Wire;
        let (clearance, wait_until_time) = match found.clearance {
            Clearance::Clear => (Wire::Clear, None),
            Clearance::WaitUntil(time) => (Wire::WaitUntil, Some(timestamp(time))),
            Clearance::CallAnyway => (Wire::CallAnyway, None),
        };
        let points = found.points.iter().map(|open| {
            // The store's number of a clue is the wire's.
            let clue = proto::Clue::try_from(i32::from(open.clue)).unwrap_or_default();
            proto::CallBackPoint {
                clue: clue.into(),
                suspicion_id: open.id.to_string(),
                message: self.words.message(language, point(clue), std::iter::empty()),
            }
        });
        proto::GetCallBackClearanceResponse {
            clearance: clearance.into(),
            wait_until_time,
            points: points.collect(),
            due_time: found.due_time.map(timestamp),
            cooling_off_end_date: found.cooling_off_end_date.map(date::wire),
        }
    }
}

/// The message of what to verify.
const fn point(clue: proto::Clue) -> &'static str {
    match clue {
        proto::Clue::Unspecified => "",
        proto::Clue::SamePhone => "call-back-point-same-phone",
        proto::Clue::SameBankAccount => "call-back-point-same-bank-account",
        proto::Clue::SellerContact => "call-back-point-seller-contact",
        proto::Clue::IdentityConflict => "call-back-point-identity-conflict",
        proto::Clue::SamePersonTwice => "call-back-point-same-person-twice",
    }
}

#[tonic::async_trait]
impl proto::policy_event_service_server::PolicyEventService for PolicyEvents {
    async fn record_policy_event(
        &self,
        request: Request<proto::RecordPolicyEventRequest>,
    ) -> Result<Response<proto::RecordPolicyEventResponse>, Status> {
        let (writer, _) = self.writer(&request, &request.get_ref().language_code);
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let sent = self.sent(request.into_inner(), &writer).map_err(|status| *status)?;
        let recorded =
            record_policy_event(&self.app, &principal, sent).await.map_err(|error| writer.app(&error))?;
        Ok(Response::new(proto::RecordPolicyEventResponse {
            policy_event_id: recorded.id.to_string(),
            recorded_time: Some(timestamp(recorded.recorded_time)),
        }))
    }

    async fn get_call_back_clearance(
        &self,
        request: Request<proto::GetCallBackClearanceRequest>,
    ) -> Result<Response<proto::GetCallBackClearanceResponse>, Status> {
        let (writer, language) = self.writer(&request, &request.get_ref().language_code);
        let principal = auth::principal(request.extensions()).map_err(|status| *status)?;
        let mut violations = Vec::new();
        let named = policy(request.into_inner().policy, &mut Fields::new("policy", &writer, &mut violations));
        let Some(named) = named else { return Err(writer.invalid(violations)) };
        let found =
            call_back_clearance(&self.app, &principal, named).await.map_err(|error| writer.app(&error))?;
        Ok(Response::new(self.answer(&found, language)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clue_has_a_point_in_every_language() {
        let words = Words::load().unwrap();
        for number in 1..=5 {
            let clue = proto::Clue::try_from(number).unwrap();
            assert!(Language::ALL.into_iter().all(|language| words.has(language, point(clue))), "{clue:?}");
        }
        assert!(proto::Clue::try_from(6).is_err(), "a new clue needs a point");
    }
}
