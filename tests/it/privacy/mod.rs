//! Guarding the data, through the service: access by purpose, and what follows from it.

mod access;
mod classes;
mod corrections;
mod evidence;
mod exports;
mod incidents;
mod loans;
mod quotas;
mod registers;
mod reveal;

use sqlx::PgPool;
use tonic::{Status, transport::Channel};
use uuid::Uuid;
use zhenshi::config::Config;
use zhenshi_proto::zhenshi::v1::{self as proto, privacy_service_client::PrivacyServiceClient};

use crate::support::{calls::connect, database::TestDatabase, desk::Desk};

/// A customer, a case on B1's desk, and a client.
pub struct Vault {
    pub desk: Desk,
    pub client: PrivacyServiceClient<Channel>,
    pub customer_id: Uuid,
}

pub const NAME: i32 = proto::PersonField::Name as i32;
pub const PHONES: i32 = proto::PersonField::Phones as i32;
pub const CERTIFICATE: i32 = proto::PersonField::Certificate as i32;

impl Vault {
    pub async fn open() -> Self {
        Self::open_with(|_| ()).await
    }

    /// On a guarded database: whatever the service writes in these tests has an audit entry, or is refused.
    pub async fn open_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::of(Desk::open_on(TestDatabase::guarded().await, change).await).await
    }

    pub async fn of(desk: Desk) -> Self {
        let client = PrivacyServiceClient::new(connect(&desk.office.service).await);
        let sql = "SELECT customer_id FROM case_member WHERE case_id = $1 ORDER BY submission_id LIMIT 1";
        let customer_id =
            sqlx::query_scalar(sql).bind(desk.case_id).fetch_one(&desk.office.admin).await.unwrap();
        Self { desk, client, customer_id }
    }

    pub fn admin(&self) -> &PgPool {
        &self.desk.office.admin
    }

    /// The customer.
    pub fn customer(&self) -> proto::AccessSubject {
        proto::AccessSubject { customer_id: self.customer_id.to_string(), ..Default::default() }
    }

    /// The whole case.
    pub fn case(&self) -> proto::AccessSubject {
        proto::AccessSubject { case_id: self.desk.id(), ..Default::default() }
    }

    /// A request for the customer's certificate, to investigate.
    pub fn request(&self) -> proto::RequestAccessRequest {
        proto::RequestAccessRequest {
            request_id: self.desk.office.request_id(),
            subject: Some(self.customer()),
            fields: vec![NAME, CERTIFICATE],
            purpose: proto::AccessPurpose::Investigation.into(),
            reason: "核对证件".into(),
            language_code: "en".into(),
            ..Default::default()
        }
    }

    pub async fn ask(
        &self,
        staff: &str,
        message: proto::RequestAccessRequest,
    ) -> Result<proto::AccessGrant, Status> {
        let answer = self.client.clone().request_access(self.desk.office.by(staff, message)).await?;
        Ok(answer.into_inner().grant.unwrap())
    }

    pub async fn decide(
        &self,
        staff: &str,
        grant_id: &str,
        agree: bool,
    ) -> Result<proto::AccessGrant, Status> {
        let message = proto::DecideAccessRequest {
            request_id: self.desk.office.request_id(),
            grant_id: grant_id.into(),
            agree,
            note: if agree { String::new() } else { "理由不充分".into() },
            language_code: "en".into(),
        };
        let answer = self.client.clone().decide_access(self.desk.office.by(staff, message)).await?;
        Ok(answer.into_inner().grant.unwrap())
    }

    /// A grant of B1's, agreed to by his leader and the information supervisor.
    pub async fn granted(&self, message: proto::RequestAccessRequest) -> proto::AccessGrant {
        let asked = self.ask("B1", message).await.unwrap();
        self.decide("BL", &asked.grant_id, true).await.unwrap();
        self.decide("IS", &asked.grant_id, true).await.unwrap()
    }

    /// A reveal by the grant `grant_id` of what [`Self::request`] asks for; by assignment if it is empty.
    pub fn reveal(&self, grant_id: &str) -> proto::RevealFieldsRequest {
        let by_grant = !grant_id.is_empty();
        proto::RevealFieldsRequest {
            subject: Some(if by_grant { self.customer() } else { self.case() }),
            fields: if by_grant { vec![NAME, CERTIFICATE] } else { vec![NAME, PHONES] },
            purpose: proto::AccessPurpose::Investigation.into(),
            reason: "核对".into(),
            grant_id: grant_id.into(),
            language_code: "en".into(),
            ..Default::default()
        }
    }

    pub async fn show(
        &self,
        staff: &str,
        message: proto::RevealFieldsRequest,
    ) -> Result<proto::RevealFieldsResponse, Status> {
        let answer = self.client.clone().reveal_fields(self.desk.office.by(staff, message)).await?;
        Ok(answer.into_inner())
    }

    /// Reasons of the audit entries of an action, in order.
    pub async fn audited(&self, action: &str) -> Vec<String> {
        let sql = "SELECT reason FROM audit_pending WHERE action = $1 ORDER BY id";
        sqlx::query_scalar(sql).bind(action).fetch_all(self.admin()).await.unwrap()
    }
}
