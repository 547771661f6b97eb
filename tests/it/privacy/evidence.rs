//! Evidence of a case with a classified file is read by a grant that names it; what is restricted is not read at all.

use tokio_stream::StreamExt as _;
use tonic::{Code, Status};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{NAME, Vault};
use crate::support::{
    calls::{fields, metadata, reason},
    evidence::pdf,
};

const EVIDENCE: i32 = proto::PersonField::Evidence as i32;

impl Vault {
    /// Reads a piece of evidence of the case by a grant, or by none.
    pub(super) async fn read(
        &self,
        staff: &str,
        evidence_id: &str,
        grant_id: &str,
    ) -> Result<Vec<u8>, Status> {
        let message = proto::GetEvidenceRequest {
            case_id: self.desk.id(),
            evidence_id: evidence_id.into(),
            purpose: "核对".into(),
            language_code: "en".into(),
            grant_id: grant_id.into(),
        };
        let mut client = self.desk.client.clone();
        let mut pieces = client.get_evidence(self.desk.office.by(staff, message)).await?.into_inner();
        let mut content = Vec::new();
        while let Some(piece) = pieces.next().await {
            content.extend(piece?.content);
        }
        Ok(content)
    }

    /// Why it may not be read.
    async fn kept(&self, staff: &str, evidence_id: &str, grant_id: &str) -> String {
        let status = self.read(staff, evidence_id, grant_id).await.unwrap_err();
        assert_eq!((status.code(), reason(&status)), (Code::PermissionDenied, "ACCESS_NOT_GRANTED".into()));
        metadata(&status, "why")
    }

    /// The customer in the case.
    fn member(&self) -> proto::AccessSubject {
        proto::AccessSubject { case_id: self.desk.id(), ..self.customer() }
    }

    pub(super) async fn attached(&self, content: &[u8]) -> String {
        let made = self.desk.attach(self.desk.header(), content).await.unwrap();
        made.evidence.unwrap().evidence_id
    }
}

#[tokio::test]
async fn of_a_classified_file_it_is_read_by_a_grant_that_names_it() {
    let vault = Vault::open().await;
    let sent = pdf(1_000);
    let id = vault.attached(&sent).await;
    assert_eq!(vault.read("B1", &id, "").await.unwrap(), sent, "of ordinary files without a grant");
    vault.classify("IS", proto::SecrecyClass::Confidential).await.unwrap();
    for staff in ["B1", "CS1", "IS"] {
        assert_eq!(vault.kept(staff, &id, "").await, "CLASSIFIED");
    }
    let asked =
        |subject, fields| proto::RequestAccessRequest { subject: Some(subject), fields, ..vault.request() };
    let grant = vault.granted(asked(vault.member(), vec![EVIDENCE])).await;
    assert_eq!(grant.fields, [EVIDENCE]);
    assert_eq!(vault.read("B1", &id, &grant.grant_id).await.unwrap(), sent);
    assert_eq!(vault.kept("CS1", &id, &grant.grant_id).await, "NO_GRANT", "somebody else's");
    let whole = vault.granted(asked(vault.case(), vec![EVIDENCE])).await;
    assert_eq!(vault.kept("B1", &id, &whole.grant_id).await, "CLASSIFIED", "names nobody");
    let other = vault.granted(asked(vault.member(), vec![NAME])).await;
    assert_eq!(vault.kept("B1", &id, &other.grant_id).await, "OTHER_FIELDS");
    vault.classify("IS", proto::SecrecyClass::TopSecret).await.unwrap();
    assert_eq!(vault.kept("B1", &id, &grant.grant_id).await, "CLASSIFIED", "given for a lower class");

    assert_eq!(vault.audited("READ_EVIDENCE").await, [String::new(), format!("by={}", grant.grant_id)]);
    assert_eq!(vault.audited("READ_EVIDENCE_REFUSED").await.len(), 7);
    vault.desk.office.at("2026-11-25 00:00");
    assert_eq!(vault.kept("B1", &id, &grant.grant_id).await, "EXPIRED");
}

#[tokio::test]
async fn it_is_no_part_of_a_person_and_of_somebody_restricted_not_shown() {
    let vault = Vault::open().await;
    let id = vault.attached(&pdf(1_000)).await;
    let of_a_customer = proto::RequestAccessRequest { fields: vec![NAME, EVIDENCE], ..vault.request() };
    assert_eq!(fields(&vault.ask("B1", of_a_customer).await.unwrap_err()), ["fields"]);
    let revealed = proto::RevealFieldsRequest { fields: vec![EVIDENCE], ..vault.reveal("") };
    assert_eq!(fields(&vault.show("B1", revealed).await.unwrap_err()), ["fields"]);

    let restrict = "UPDATE sealed SET restricted = true FROM case_member m
         WHERE sealed.submission_id = m.submission_id AND sealed.party_no = m.party_no AND m.customer_id = $1";
    sqlx::query(restrict).bind(vault.customer_id).execute(vault.admin()).await.unwrap();
    assert_eq!(vault.kept("CO1", &id, "").await, "RESTRICTED");
    assert_eq!(vault.audited("READ_EVIDENCE_REFUSED").await, ["why=RESTRICTED"]);
    assert!(vault.audited("READ_EVIDENCE").await.is_empty());
}
