//! Secrecy classes: kept apart under a key of their own, revealed by a grant that names them, flagged, left out of exports.

use std::{process::Stdio, time::Duration};

use tokio_stream::StreamExt as _;
use tonic::Status;
use zhenshi::app::privacy::classes::wrap_classified;
use zhenshi_proto::zhenshi::v1::{
    self as proto, suspicion_service_client::SuspicionServiceClient,
    validation_service_client::ValidationServiceClient,
};

use super::Vault;
use crate::keys::epochs;
use crate::support::{
    applications::{date, rejected, request},
    calls::{connect, metadata, reason},
    cases::{BANK, name},
    database::count,
    program::command,
};

impl Vault {
    pub(crate) async fn classify(&self, staff: &str, class: proto::SecrecyClass) -> Result<(), Status> {
        let message = proto::ClassifyCustomerRequest {
            request_id: self.desk.office.request_id(),
            customer_id: self.customer_id.to_string(),
            secrecy_class: class.into(),
            reason: "敏感人士".into(),
            language_code: "en".into(),
        };
        self.client.clone().classify_customer(self.desk.office.by(staff, message)).await.map(|_| ())
    }

    /// How many sealed parties of everybody are wrapped by the key for classified files.
    async fn apart(&self) -> i64 {
        count(self.admin(), "SELECT count(*) FROM sealed WHERE get_byte(wrapped_key, 0) = 2").await
    }
}

#[tokio::test]
async fn a_classified_file_has_its_part_in_a_new_fingerprint_key() {
    let vault = Vault::open().await;
    vault.classify("IS", proto::SecrecyClass::Confidential).await.unwrap();
    let opened =
        "SELECT count(*) FROM customer_key WHERE customer_id = (SELECT customer_id FROM customer_class)";
    assert_eq!(count(vault.admin(), opened).await, 1);
    let service = &vault.desk.office.service;
    epochs::add_key(service).await;
    let said = epochs::rotate(service.folder.path(), &service.database.url).await;
    assert!(said.contains("\"epoch\":2,"), "{said}");
    epochs::nothing_is_left(vault.admin()).await;
    assert_eq!(count(vault.admin(), opened).await, 1, "he is found by the new key");
    assert_eq!(vault.apart().await, 2, "and is kept apart as before");
}

#[tokio::test]
async fn a_classified_file_is_kept_apart_and_comes_back() {
    let vault = Vault::open().await;
    let before = vault.granted(vault.request()).await;
    let payloads = "SELECT count(DISTINCT payload) FROM sealed";
    let sealed = count(vault.admin(), payloads).await;
    assert_eq!(
        reason(&vault.classify("CS1", proto::SecrecyClass::Confidential).await.unwrap_err()),
        "ACTION_NOT_PERMITTED"
    );
    vault.classify("IS", proto::SecrecyClass::Confidential).await.unwrap();
    assert_eq!(vault.apart().await, 2, "policyholder and insured");
    assert_eq!(count(vault.admin(), payloads).await, sealed, "no payload has changed");

    // The grant from before was given without the class; the assignment never reaches it.
    let denied = vault.show("B1", vault.reveal(&before.grant_id)).await.unwrap_err();
    assert_eq!(metadata(&denied, "why"), "CLASSIFIED");
    let shown = vault.show("B1", vault.reveal("")).await.unwrap();
    for party in &shown.parties {
        let hidden = party.customer_id == vault.customer_id.to_string();
        assert_eq!((party.withheld, party.name.is_empty()), (hidden, hidden));
        assert_eq!(party.secrecy_class() == proto::SecrecyClass::Confidential, hidden);
    }
    // A grant that names it, decided by its custodian.
    let asked = vault.ask("B1", vault.request()).await.unwrap();
    assert_eq!(asked.secrecy_class(), proto::SecrecyClass::Confidential);
    vault.decide("BL", &asked.grant_id, true).await.unwrap();
    let not_hers = vault.decide("CSM", &asked.grant_id, true).await.unwrap_err();
    assert_eq!(metadata(&not_hers, "why"), "AWAITS_INFORMATION_SUPERVISOR");
    vault.decide("IS", &asked.grant_id, true).await.unwrap();
    let shown = vault.show("B1", vault.reveal(&asked.grant_id)).await.unwrap();
    assert_eq!(shown.parties[0].name, name(11));
    vault.classify("IS", proto::SecrecyClass::TopSecret).await.unwrap();
    let denied = vault.show("B1", vault.reveal(&asked.grant_id)).await.unwrap_err();
    assert_eq!(metadata(&denied, "why"), "CLASSIFIED", "given for a lower class");

    vault.classify("CSM", proto::SecrecyClass::Ordinary).await.unwrap();
    assert_eq!(vault.apart().await, 0);
    vault.show("B1", vault.reveal(&before.grant_id)).await.unwrap();
    assert_eq!(vault.audited("CLASSIFY_CUSTOMER").await.len(), 3);
}

/// Runs `zhenshi keys` beside the vault's service; what it says.
async fn keys(vault: &Vault, args: &'static [&'static str]) -> String {
    let service = &vault.desk.office.service;
    let (folder, url) = (service.folder.path().to_owned(), service.database.url.clone());
    let run = move || {
        let mut program = command(&folder, Some(&url));
        program.args(["--json", "keys"]).args(args).stdin(Stdio::null()).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_rotation_of_everybodys_key_passes_classified_files_over() {
    let vault = Vault::open().await;
    vault.classify("IS", proto::SecrecyClass::Confidential).await.unwrap();
    let classified = async || -> Vec<Vec<u8>> {
        let sql = "SELECT wrapped_key FROM sealed WHERE get_byte(wrapped_key, 0) = 2 ORDER BY submission_id, party_no";
        sqlx::query_scalar(sql).fetch_all(vault.admin()).await.unwrap()
    };
    let before = classified().await;
    assert_eq!(before.len(), 2);
    keys(&vault, &["rotate", "--kind", "key-encryption"]).await;
    // Both kinds began with version 1: the classified one is not taken for the old one, which can go.
    keys(&vault, &["retire", "--version", "1"]).await;
    assert_eq!(classified().await, before, "under their own key, untouched");
    let others = "SELECT count(*) FROM sealed
         WHERE get_byte(wrapped_key, 0) = 1 AND get_byte(wrapped_key, 1) * 256 + get_byte(wrapped_key, 2) <> 2";
    assert_eq!(count(vault.admin(), others).await, 0);
    let status: serde_json::Value = serde_json::from_str(&keys(&vault, &["status"]).await).unwrap();
    let held = status["keys"].as_array().unwrap();
    let own: Vec<_> = held.iter().filter(|key| key["purpose"] == "classified").collect();
    assert_eq!(own.len(), 1);
    assert!(own[0]["version"] == 1 && own[0]["in_force"] == true && own[0]["in_keyring"] == true, "{status}");

    // The running service takes up the new keyring, in which version 1 is the classified one's only, and reveals.
    while vault.desk.office.app().sealer.version() != 2 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let grant = vault.granted(vault.request()).await;
    let shown = vault.show("B1", vault.reveal(&grant.grant_id)).await.unwrap();
    assert_eq!(shown.parties[0].name, name(11));
    vault.classify("CSM", proto::SecrecyClass::Ordinary).await.unwrap();
    assert_eq!(vault.apart().await, 0);
    assert_eq!(count(vault.admin(), others).await, 0, "back under the version in force");
    let grant = vault.granted(vault.request()).await;
    vault.show("B1", vault.reveal(&grant.grant_id)).await.unwrap();
}

#[tokio::test]
async fn masked_views_leave_it_out_and_say_so() {
    let vault = Vault::open().await;
    vault.classify("IS", proto::SecrecyClass::TopSecret).await.unwrap();
    let office = &vault.desk.office;
    let get = proto::GetCaseRequest {
        case_id: vault.desk.id(),
        view: proto::CaseView::Masked.into(),
        ..Default::default()
    };
    let case =
        vault.desk.client.clone().get_case(office.by("B1", get)).await.unwrap().into_inner().case.unwrap();
    let members = case.details.unwrap().members;
    assert_eq!(members.len(), 4);
    for member in members {
        let secret = member.customer_id == vault.customer_id.to_string();
        assert_eq!(member.secrecy_class() == proto::SecrecyClass::TopSecret, secret);
        assert_eq!(member.party.is_none(), secret);
    }
    let submission: uuid::Uuid =
        sqlx::query_scalar("SELECT submission_id FROM case_member WHERE customer_id = $1 LIMIT 1")
            .bind(vault.customer_id)
            .fetch_one(vault.admin())
            .await
            .unwrap();
    let mut validation = ValidationServiceClient::new(connect(&office.service).await);
    let message = proto::GetSubmissionRequest {
        submission_id: submission.to_string(),
        view: proto::SubmissionView::Masked.into(),
        ..Default::default()
    };
    let shown = validation.get_submission(office.by("CS1", message)).await.unwrap().into_inner();
    assert!(shown.submission.unwrap().parties.is_empty());
    let list = proto::ListClassifiedCustomersRequest::default();
    let listed =
        vault.client.clone().list_classified_customers(office.by("CO1", list)).await.unwrap().into_inner();
    assert_eq!(listed.classified_customers[0].customer_id, vault.customer_id.to_string());
}

#[tokio::test]
async fn an_exported_list_remarks_the_class_and_shows_nothing_of_the_file() {
    let vault = Vault::open().await;
    vault.classify("IS", proto::SecrecyClass::TopSecret).await.unwrap();
    let mut client = SuspicionServiceClient::new(connect(&vault.desk.office.service).await);
    let message = proto::ExportSuspicionListRequest {
        list_date: Some(date(2026, 11, 24)),
        format: proto::ExportFormat::Csv.into(),
        language_code: "en".into(),
        ..Default::default()
    };
    let export = client.export_suspicion_list(vault.desk.office.by("CS1", message)).await.unwrap();
    let (mut pieces, mut content) = (export.into_inner(), Vec::new());
    while let Some(piece) = pieces.next().await {
        content.extend(piece.unwrap().content);
    }
    let text = String::from_utf8(content).unwrap();
    let (heading, rows) = text.split_once("\r\n").unwrap();
    assert!(heading.ends_with(",Remarks"), "{heading}");
    let customer = vault.customer_id.to_string();
    let (his, others): (Vec<&str>, Vec<&str>) = rows.lines().partition(|row| row.contains(&customer));
    assert_eq!((his.len(), others.len()), (2, 2));
    for row in his {
        assert!(row.ends_with(",top secret file") && !row.contains('*'), "{row}");
    }
    for row in others {
        assert!(row.ends_with(',') && row.contains('*'), "{row}");
    }
}

#[tokio::test]
async fn what_arrives_later_is_kept_apart_by_the_job() {
    let vault = Vault::open().await;
    vault.classify("IS", proto::SecrecyClass::Confidential).await.unwrap();
    let office = &vault.desk.office;
    office.apply("LATER-1", 11, BANK, |_| ()).await;
    assert_eq!(vault.apart().await, 2);
    assert_eq!(wrap_classified(office.app()).await.unwrap(), 2);
    assert_eq!(wrap_classified(office.app()).await.unwrap(), 0);
    assert_eq!(vault.apart().await, 4);
    assert_eq!(vault.audited("WRAP_CLASSIFIED").await, ["keys=2"]);

    // What was not accepted has no party of an application: his certificate finds it.
    let core = office.service.client("gateway").await;
    let answer = core.validate(request(77_000, rejected("LATER-2", 11))).await.unwrap();
    assert_eq!(answer.verdict(), proto::Verdict::Rejected);
    let other = core.validate(request(77_001, rejected("LATER-3", 99))).await.unwrap();
    assert_eq!(other.verdict(), proto::Verdict::Rejected);
    assert_eq!(wrap_classified(office.app()).await.unwrap(), 2);
    assert_eq!(wrap_classified(office.app()).await.unwrap(), 0);
    assert_eq!(vault.apart().await, 6);
    let mut validation = ValidationServiceClient::new(connect(&office.service).await);
    let get = |submission_id: String| proto::GetSubmissionRequest {
        submission_id,
        view: proto::SubmissionView::Masked.into(),
        ..Default::default()
    };
    for (submission_id, shown) in [(answer.submission_id, 0), (other.submission_id, 2)] {
        let read =
            validation.get_submission(office.by("CS1", get(submission_id))).await.unwrap().into_inner();
        assert_eq!(read.submission.unwrap().parties.len(), shown);
    }
    // Taken back, everything comes back.
    vault.classify("CSM", proto::SecrecyClass::Ordinary).await.unwrap();
    assert_eq!(vault.apart().await, 0);
}
