//! Access to data in clear: what people write about it holds planted values, and each refusal of it is reached.

use prost::Message;
use sqlx::{Connection as _, PgConnection};
use tonic::Status;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Scene,
    cases::{Caller, id},
};

impl Caller<'_> {
    /// Calls a method of the service that guards the data.
    async fn privacy<A: Message + Default>(
        &self,
        method: &str,
        message: impl Message,
    ) -> Result<A, Box<Status>> {
        let path = format!("/zhenshi.v1.PrivacyService/{method}");
        let answers = self.driver.call(&path, Some(&self.token), vec![message.encode_to_vec()]).await?;
        Ok(A::decode(answers[0].as_slice()).unwrap())
    }
}

impl Scene {
    /// Asked for, refused, agreed to by one, and revealed too early.
    pub(super) async fn access(&self, [clerk, leader, compliance]: [&Caller<'_>; 3], text: &str) {
        let mut admin = PgConnection::connect(&self.place.database_url()).await.unwrap();
        let customer: uuid::Uuid = sqlx::query_scalar("SELECT customer_id FROM case_member LIMIT 1")
            .fetch_one(&mut admin)
            .await
            .unwrap();
        let request = |n, customer: String| proto::RequestAccessRequest {
            request_id: id(n),
            subject: Some(proto::AccessSubject { customer_id: customer, ..Default::default() }),
            fields: vec![1, 4],
            purpose: 1,
            reason: text.to_owned(),
            outsider: Some(proto::Outsider {
                name: text.to_owned(),
                organisation: text.to_owned(),
                document: 1,
                document_no: text.to_owned(),
            }),
            ..Default::default()
        };
        let nobody = request(7_000, id(7_001));
        clerk.privacy::<proto::RequestAccessResponse>("RequestAccess", nobody).await.unwrap_err();
        let asked = request(7_002, customer.to_string());
        let asked: proto::RequestAccessResponse = clerk.privacy("RequestAccess", asked).await.unwrap();
        let grant_id = asked.grant.unwrap().grant_id;
        let decide = |n, grant_id: &str, agree| proto::DecideAccessRequest {
            request_id: id(n),
            grant_id: grant_id.to_owned(),
            agree,
            note: text.to_owned(),
            ..Default::default()
        };
        let nothing = decide(7_003, &id(7_004), true);
        leader.privacy::<proto::DecideAccessResponse>("DecideAccess", nothing).await.unwrap_err();
        leader
            .privacy::<proto::DecideAccessResponse>("DecideAccess", decide(7_005, &grant_id, true))
            .await
            .unwrap();
        // Not hers to decide, and not his to use yet.
        compliance
            .privacy::<proto::DecideAccessResponse>("DecideAccess", decide(7_006, &grant_id, true))
            .await
            .unwrap_err();
        let reveal = proto::RevealFieldsRequest {
            subject: Some(proto::AccessSubject { customer_id: customer.to_string(), ..Default::default() }),
            fields: vec![1, 4],
            purpose: 1,
            reason: text.to_owned(),
            grant_id,
            ..Default::default()
        };
        clerk.privacy::<proto::RevealFieldsResponse>("RevealFields", reveal).await.unwrap_err();
        // By assignment it is shown: what is shown stays out of every log.
        let case: uuid::Uuid = sqlx::query_scalar("SELECT case_id FROM case_member LIMIT 1")
            .fetch_one(&mut admin)
            .await
            .unwrap();
        let reveal = proto::RevealFieldsRequest {
            subject: Some(proto::AccessSubject { case_id: case.to_string(), ..Default::default() }),
            fields: vec![1, 5],
            purpose: 1,
            reason: text.to_owned(),
            ..Default::default()
        };
        let shown: proto::RevealFieldsResponse = clerk.privacy("RevealFields", reveal).await.unwrap();
        assert!(shown.parties.iter().any(|party| !party.phones.is_empty()));
        self.erasure(compliance, customer, text).await;
        self.leaks_and_quotas(clerk, leader, text).await;
    }

    /// Destructions of nobody, of somebody whose data are in use, and of somebody rejected only lately.
    async fn erasure(&self, compliance: &Caller<'_>, customer: uuid::Uuid, text: &str) {
        let mut admin = PgConnection::connect(&self.place.database_url()).await.unwrap();
        let rejected: uuid::Uuid = sqlx::query_scalar(
            "SELECT s.id FROM submission s JOIN sealed z ON z.submission_id = s.id
             WHERE s.verdict = 2 AND z.party_no = 0 AND z.subject_fingerprint IS NOT NULL AND NOT EXISTS (
                 SELECT FROM customer_key k WHERE k.epoch = z.epoch AND k.fingerprint = z.subject_fingerprint) LIMIT 1",
        )
        .fetch_one(&mut admin)
        .await
        .unwrap();
        let of = |customer_id: String| proto::ErasureSubject { customer_id, ..Default::default() };
        let party =
            proto::ErasureSubject { submission_id: rejected.to_string(), ..proto::ErasureSubject::default() };
        for (n, subject) in (7_030..).zip([of(id(7_020)), of(customer.to_string()), party.clone()]) {
            let asked = proto::RequestErasureRequest {
                request_id: id(n),
                subject: Some(subject),
                ground: 1,
                ..Default::default()
            };
            compliance.privacy::<proto::RequestErasureResponse>("RequestErasure", asked).await.unwrap_err();
        }
        // Words are no number of a matter.
        let hold = proto::PlaceErasureHoldRequest {
            subject: Some(party),
            ground: 1,
            reference: text.to_owned(),
            ..Default::default()
        };
        compliance.privacy::<proto::PlaceErasureHoldResponse>("PlaceErasureHold", hold).await.unwrap_err();
    }

    /// A leak that is reported and closed too early, and somebody who looks up too much.
    async fn leaks_and_quotas(&self, clerk: &Caller<'_>, leader: &Caller<'_>, text: &str) {
        let report = proto::ReportLeakRequest {
            request_id: id(7_010),
            description: text.to_owned(),
            ..Default::default()
        };
        let reported: proto::ReportLeakResponse = clerk.privacy("ReportLeak", report).await.unwrap();
        let manager = Caller { driver: clerk.driver, token: self.staff_tokens[0].clone() };
        for (n, incident_id) in [(7_011, id(7_012)), (7_013, reported.incident.unwrap().incident_id)] {
            let close = proto::CloseIncidentRequest { request_id: id(n), incident_id, ..Default::default() };
            manager.privacy::<proto::CloseIncidentResponse>("CloseIncident", close).await.unwrap_err();
        }
        self.exports(&manager, text).await;
        let explain =
            proto::ExplainCertificateRequest { kind: 1, number: text.to_owned(), ..Default::default() };
        let path = "/zhenshi.v1.ValidationService/ExplainCertificate";
        let mut refused = false;
        // At most two minutes' worth: the minute may change on the way.
        for _ in 0..=2 * zhenshi_domain::access::quota::LOOK_UPS_A_MINUTE {
            let asked = leader.driver.call(path, Some(&leader.token), vec![explain.encode_to_vec()]).await;
            refused |= asked.is_err_and(|status| status.code() == tonic::Code::ResourceExhausted);
        }
        assert!(refused, "whoever asks so much is stopped");
    }

    /// An export that is asked for and fetched too early, and one that is not there.
    async fn exports(&self, manager: &Caller<'_>, text: &str) {
        let mut admin = PgConnection::connect(&self.place.database_url()).await.unwrap();
        let case: uuid::Uuid = sqlx::query_scalar("SELECT case_id FROM case_member LIMIT 1")
            .fetch_one(&mut admin)
            .await
            .unwrap();
        let request = proto::RequestUnmaskedExportRequest {
            request_id: id(7_020),
            case_ids: vec![case.to_string()],
            fields: vec![1, 4],
            purpose: 7,
            reason: text.to_owned(),
            receiver: Some(proto::ExportReceiver {
                name: text.to_owned(),
                organisation: text.to_owned(),
                contract_reference: text.to_owned(),
            }),
            recipient: age::x25519::Identity::generate().to_public().to_string(),
            ..Default::default()
        };
        let asked: proto::RequestUnmaskedExportResponse =
            manager.privacy("RequestUnmaskedExport", request).await.unwrap();
        let export_id = asked.export.unwrap().export_id;
        let download = proto::DownloadUnmaskedExportRequest { export_id, ..Default::default() };
        let early =
            manager.privacy::<proto::DownloadUnmaskedExportResponse>("DownloadUnmaskedExport", download);
        early.await.unwrap_err();
        let nowhere = proto::DecideUnmaskedExportRequest {
            request_id: id(7_021),
            export_id: id(7_022),
            agree: true,
            general_manager: Some(proto::GeneralManagerApproval {
                name: text.into(),
                reference: text.into(),
            }),
            note: text.into(),
            ..Default::default()
        };
        manager
            .privacy::<proto::DecideUnmaskedExportResponse>("DecideUnmaskedExport", nowhere)
            .await
            .unwrap_err();
    }
}
