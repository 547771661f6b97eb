//! A case on a clerk's desk, and what people do with it until its end.

use prost_types::Timestamp;
use tonic::Status;
use uuid::Uuid;
use zhenshi::app::case::recompute_deadlines;
use zhenshi_proto::zhenshi::v1::{
    self as proto, CaseOutcome, EvidenceKind, PolicyEventKind, attach_evidence_request::Part,
    policy_event_service_client::PolicyEventServiceClient,
};

use crate::support::{
    applications::date,
    calls::connect,
    cases::{CaseSeen, DAY, Office, Sale},
    service::CHANNELS,
};

/// An office with one case that is being investigated by its clerk.
pub struct Desk {
    pub office: Office,
    pub case_id: Uuid,
    /// Applications are `<name>-1` and `<name>-2`.
    pub clerk: String,
}

/// `change!(desk, who, method, Request { fields })`: a call on the case, with its present etag.
macro_rules! change {
    ($desk:expr, $who:expr, $method:ident, $request:ident { $($field:ident : $value:expr),* $(,)? }) => {{
        let case = $desk.case().await;
        let message = zhenshi_proto::zhenshi::v1::$request {
            request_id: $desk.office.request_id(),
            case_id: case.id.to_string(),
            etag: case.version.to_string(),
            $($field: $value,)*
            ..Default::default()
        };
        let answer = $desk.office.client().await.$method($desk.office.by($who, message)).await;
        answer.map(|answer| answer.into_inner().case.unwrap())
    }};
}
pub(super) use change;

impl Desk {
    /// A case of two men who share a phone, sold by `sales`, under investigation on the first day.
    pub async fn investigating(sales: [Sale; 2]) -> Self {
        let desk = Self::assigned(sales).await;
        change!(desk, &desk.clerk, start_investigation, StartInvestigationRequest {}).unwrap();
        desk
    }

    /// The same, before the clerk has begun.
    pub async fn assigned(sales: [Sale; 2]) -> Self {
        let office = Office::open().await;
        office.share_phone("P", 1, &sales).await;
        office.sort_and_distribute(DAY).await;
        let case = office.case_of("P-1").await;
        let clerk = case.assignee.clone().expect("a clerk has it");
        Self { office, case_id: case.id, clerk }
    }

    pub async fn case(&self) -> CaseSeen {
        let cases = self.office.cases().await;
        cases.into_iter().find(|case| case.id == self.case_id).unwrap()
    }

    /// Attaches a small document as evidence, signed today by whom it is of.
    pub async fn attach(&self, kind: EvidenceKind) {
        let header = proto::AttachEvidenceHeader {
            request_id: self.office.request_id(),
            case_id: self.case_id.to_string(),
            kind: kind.into(),
            file_name: "proof.pdf".into(),
            signer_is_policyholder: !matches!(
                kind,
                EvidenceKind::InvestigationReport | EvidenceKind::SellerStatement
            ),
            signed_on: Some(date(2026, 11, 24)),
            original_seen: true,
            size_bytes: 21,
            ..Default::default()
        };
        let parts = [Part::Header(header), Part::Content(b"%PDF-1.7\nproof\n%%EOF\n".to_vec())];
        let messages = parts.map(|part| proto::AttachEvidenceRequest { part: Some(part) });
        let stream = self.office.by(&self.clerk, tokio_stream::iter(messages));
        self.office.client().await.attach_evidence(stream).await.unwrap();
    }

    /// What `CLEARED` needs.
    pub async fn prove_relation(&self) {
        self.attach(EvidenceKind::RelationProof).await;
        self.attach(EvidenceKind::ConfirmationForm).await;
    }

    /// What `CONFIRMED_FALSE` needs.
    pub async fn prove_falsehood(&self) {
        self.attach(EvidenceKind::InvestigationReport).await;
        self.attach(EvidenceKind::SellerStatement).await;
    }

    pub async fn submit(&self, outcome: CaseOutcome) -> Result<proto::Case, Status> {
        let cleared = outcome == CaseOutcome::Cleared;
        let kind = if cleared { proto::ClearedRelationKind::Family.into() } else { 0 };
        let servicing_no = if outcome == CaseOutcome::Corrected { "S-1" } else { "" };
        change!(
            self,
            &self.clerk,
            submit_case,
            SubmitCaseRequest {
                outcome: outcome.into(),
                cleared_kind: kind,
                servicing_no: servicing_no.into(),
                summary: "查明".into(),
            }
        )
    }

    /// Submits as cleared, with everything that it needs.
    pub async fn submit_cleared(&self) {
        self.prove_relation().await;
        self.submit(CaseOutcome::Cleared).await.unwrap();
    }

    pub async fn verify(&self, who: &str) -> Result<proto::Case, Status> {
        change!(self, who, verify_case, VerifyCaseRequest { note: "属实".into() })
    }

    /// Tells that something happened to the policy of an application, and lets the service follow.
    pub async fn policy_event(&self, application_no: &str, kind: PolicyEventKind) {
        let token = self.office.service.token("core", &["*"], &CHANNELS).await;
        let now = zhenshi::clock::Clock::now(&*self.office.service.clock);
        let message = proto::RecordPolicyEventRequest {
            request_id: self.office.request_id(),
            policy_event: Some(proto::PolicyEvent {
                policy: Some(proto::PolicyName {
                    source: "core".into(),
                    application_kind: proto::ApplicationKind::NewBusiness.into(),
                    application_no: application_no.into(),
                    ..Default::default()
                }),
                kind: kind.into(),
                occurred_time: Some(Timestamp { seconds: now.timestamp(), nanos: 0 }),
                ..Default::default()
            }),
            ..Default::default()
        };
        let mut client = PolicyEventServiceClient::new(connect(&self.office.service).await);
        let request = crate::support::calls::with_token(&token, message);
        client.record_policy_event(request).await.unwrap();
        recompute_deadlines::recompute_deadlines(self.office.app()).await.unwrap();
    }

    /// Kinds of the events that other systems are told of the case, but that it changed.
    pub async fn told(&self) -> Vec<String> {
        let sql =
            "SELECT kind FROM outbox_pending WHERE case_id = $1 AND kind <> 'case.changed' ORDER BY seq";
        sqlx::query_scalar(sql).bind(self.case_id).fetch_all(&self.office.admin).await.unwrap()
    }
}
