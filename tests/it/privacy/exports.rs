//! Exports of unmasked data: both named roles, encrypted to the receiver, watermarked, registered, destroyed when their time is over.

use std::io::{Cursor, Read as _};

use age::secrecy::ExposeSecret as _;
use calamine::{Data, Reader as _, Xlsx};
use chrono::TimeDelta;
use tonic::Status;
use zhenshi::app::privacy::exports::make::tend_exports;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{CERTIFICATE, NAME, Vault};
use crate::support::{
    applications::{date, man},
    calls::{fields, metadata, reason},
    cases::name,
    database::count,
    desk::in_clear,
};

impl Vault {
    pub(super) fn export(&self, recipient: &age::x25519::Identity) -> proto::RequestUnmaskedExportRequest {
        proto::RequestUnmaskedExportRequest {
            request_id: self.desk.office.request_id(),
            case_ids: vec![self.desk.id()],
            fields: vec![NAME, CERTIFICATE],
            purpose: proto::AccessPurpose::Compliance.into(),
            reason: "合作核查".into(),
            receiver: Some(proto::ExportReceiver {
                name: "接收人乙".into(),
                organisation: "示例事务所".into(),
                contract_reference: "合同01".into(),
            }),
            recipient: recipient.to_public().to_string(),
            language_code: "zh-Hans".into(),
            ..Default::default()
        }
    }

    pub(super) async fn ask_export(
        &self,
        staff: &str,
        message: proto::RequestUnmaskedExportRequest,
    ) -> Result<proto::UnmaskedExport, Status> {
        let by = self.desk.office.by(staff, message);
        Ok(self.client.clone().request_unmasked_export(by).await?.into_inner().export.unwrap())
    }

    pub(super) async fn agree(
        &self,
        staff: &str,
        id: &str,
        general_manager: Option<proto::GeneralManagerApproval>,
    ) -> Result<proto::UnmaskedExport, Status> {
        let agreed =
            proto::DecideUnmaskedExportRequest { agree: true, general_manager, ..Default::default() };
        self.decide_export(staff, id, agreed).await
    }

    pub(super) async fn refuse(
        &self,
        staff: &str,
        id: &str,
        note: &str,
    ) -> Result<proto::UnmaskedExport, Status> {
        let refused = proto::DecideUnmaskedExportRequest { note: note.into(), ..Default::default() };
        self.decide_export(staff, id, refused).await
    }

    async fn decide_export(
        &self,
        staff: &str,
        id: &str,
        decision: proto::DecideUnmaskedExportRequest,
    ) -> Result<proto::UnmaskedExport, Status> {
        let message = proto::DecideUnmaskedExportRequest {
            request_id: self.desk.office.request_id(),
            export_id: id.into(),
            language_code: "en".into(),
            ..decision
        };
        let by = self.desk.office.by(staff, message);
        Ok(self.client.clone().decide_unmasked_export(by).await?.into_inner().export.unwrap())
    }

    pub(super) async fn download(&self, staff: &str, id: &str) -> Result<Vec<u8>, Status> {
        let message =
            proto::DownloadUnmaskedExportRequest { export_id: id.into(), language_code: "en".into() };
        let by = self.desk.office.by(staff, message);
        let mut stream = self.client.clone().download_unmasked_export(by).await?.into_inner();
        let mut file = Vec::new();
        while let Some(piece) = stream.message().await? {
            file.extend(piece.content);
        }
        Ok(file)
    }
}

pub(super) fn decrypt(identity: &age::x25519::Identity, file: &[u8]) -> Vec<u8> {
    let decryptor = age::Decryptor::new(file).unwrap();
    let mut plain = Vec::new();
    decryptor
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    plain
}

#[tokio::test]
async fn an_export_needs_both_named_roles_and_only_its_receiver_can_read_it() {
    let vault = Vault::open().await;
    let receiver = age::x25519::Identity::generate();
    assert!(receiver.to_string().expose_secret().starts_with("AGE-SECRET-KEY-"));
    let asked = vault.ask_export("CS1", vault.export(&receiver)).await.unwrap();
    assert_eq!(
        (asked.export_no.as_str(), asked.state()),
        ("EX-20261124-0001", proto::UnmaskedExportState::Awaiting)
    );
    let id = asked.export_id;
    assert_eq!(metadata(&vault.download("CS1", &id).await.unwrap_err(), "why"), "NOT_READY");
    let opened = vault.desk.office.app().sealer.opened();
    let one = vault.agree("IS", &id, None).await.unwrap();
    assert_eq!(one.state(), proto::UnmaskedExportState::Awaiting, "one of two");
    assert_eq!(reason(&vault.agree("IS", &id, None).await.unwrap_err()), "SECOND_PERSON_REQUIRED");
    assert_eq!(vault.desk.office.app().sealer.opened(), opened);
    let ready = vault.agree("CSM", &id, None).await.unwrap();
    assert_eq!(
        (ready.state(), ready.row_count, ready.withheld_count),
        (proto::UnmaskedExportState::Ready, 4, 0)
    );

    assert_eq!(metadata(&vault.download("IS", &id).await.unwrap_err(), "why"), "");
    let file = vault.download("CS1", &id).await.unwrap();
    assert_eq!(i64::try_from(file.len()).unwrap(), ready.size_bytes);
    assert!(file.starts_with(b"age-encryption.org/v1"));
    let other = age::x25519::Identity::generate();
    assert!(
        age::Decryptor::new(&file[..])
            .unwrap()
            .decrypt(std::iter::once(&other as &dyn age::Identity))
            .is_err()
    );
    let plain = decrypt(&receiver, &file);
    let mut book = Xlsx::new(Cursor::new(plain.clone())).unwrap();
    let sheet = book.worksheet_range("明细").unwrap();
    let text = |row: usize, column: usize| sheet.get((row, column)).map(Data::to_string).unwrap_or_default();
    assert_eq!([text(0, 0), text(0, 2), text(0, 3)], ["投保单号", "姓名", "证件号码"]);
    assert_eq!(sheet.height(), 5);
    assert_eq!((text(1, 2), text(1, 3)), (name(11), man(11).certificate.unwrap().number));
    let facts = book.worksheet_range("导出信息").unwrap();
    assert_eq!(facts.get((0, 1)).unwrap().to_string(), "EX-20261124-0001");
    // On every page.
    let mut archive = zip::ZipArchive::new(Cursor::new(plain)).unwrap();
    let mut page = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut page).unwrap();
    assert!(page.contains("EX-20261124-0001 · CS1 · 2026-11-24 09:00"), "header and footer");

    for (action, count) in
        [("EXPORT", 1), ("EXPORT_PRODUCED", 1), ("DOWNLOAD_EXPORT", 1), ("AGREE_TO_EXPORT", 2)]
    {
        assert_eq!(vault.audited(action).await.len(), count, "{action}");
    }
    assert_eq!(in_clear(vault.admin(), &["接收人乙", "合作核查", "合同01"]).await, [] as [String; 0]);
}

#[tokio::test]
async fn the_file_is_destroyed_when_its_time_is_over() {
    let vault = Vault::open().await;
    let receiver = age::x25519::Identity::generate();
    let message = proto::RequestUnmaskedExportRequest {
        format: proto::ExportFormat::Csv.into(),
        language_code: "en".into(),
        ..vault.export(&receiver)
    };
    let id = vault.ask_export("CO1", message).await.unwrap().export_id;
    vault.agree("CSM", &id, None).await.unwrap();
    vault.agree("IS", &id, None).await.unwrap();
    let text = String::from_utf8(decrypt(&receiver, &vault.download("CO1", &id).await.unwrap())).unwrap();
    assert!(text.contains("Export no.,EX-20261124-0001\r\n") && text.contains(&name(11)), "{text}");
    assert!(text.trim_end().ends_with("EX-20261124-0001 · CO1 · 2026-11-24 09:00"), "the watermark");
    let office = &vault.desk.office;
    let words = std::sync::Arc::new(zhenshi::words::Words::load().unwrap());
    let pieces = "SELECT count(*) FROM unmasked_export_piece";
    office.service.clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
    assert_eq!(tend_exports(office.app(), &words).await.unwrap(), 0);
    office.service.clock.advance(TimeDelta::seconds(1));
    assert_eq!(metadata(&vault.download("CO1", &id).await.unwrap_err(), "why"), "EXPIRED", "before the job");
    assert!(count(vault.admin(), pieces).await > 0);
    assert_eq!(tend_exports(office.app(), &words).await.unwrap(), 1);
    assert_eq!(count(vault.admin(), pieces).await, 0);
    assert_eq!(vault.audited("EXPORT_DESTROYED").await.len(), 1);
    assert_eq!(vault.audited("DOWNLOAD_EXPORT").await.len(), 1);
}

#[tokio::test]
async fn a_report_needs_the_general_manager_and_its_correction_him_alone() {
    let vault = Vault::open().await;
    let receiver = age::x25519::Identity::generate();
    let kind = proto::UnmaskedExportKind::Report.into();
    let report = || proto::RequestUnmaskedExportRequest {
        kind,
        list_date: Some(date(2026, 11, 24)),
        case_ids: Vec::new(),
        request_id: vault.desk.office.request_id(),
        ..vault.export(&receiver)
    };
    let id = vault.ask_export("CS1", report()).await.unwrap().export_id;
    vault.agree("IS", &id, None).await.unwrap();
    let bare = vault.agree("CSM", &id, None).await.unwrap_err();
    assert_eq!(metadata(&bare, "why"), "GENERAL_MANAGER");
    let approval =
        proto::GeneralManagerApproval { name: "总经理丙".into(), reference: "批示7号".into() };
    let ready = vault.agree("CSM", &id, Some(approval.clone())).await.unwrap();
    assert_eq!((ready.state(), ready.version), (proto::UnmaskedExportState::Ready, 1));
    assert!(ready.general_manager_recorded);

    let message = proto::RequestUnmaskedExportRequest { corrects_export_id: id.clone(), ..report() };
    let correction = vault.ask_export("CS1", message).await.unwrap();
    assert_eq!((correction.version, correction.corrects_export_id.as_str()), (2, id.as_str()));
    let ready = vault.agree("CSM", &correction.export_id, Some(approval.clone())).await.unwrap();
    assert_eq!(ready.state(), proto::UnmaskedExportState::Ready, "filed, without further approvals");
    let get = proto::GetUnmaskedExportRequest { export_id: id, language_code: "en".into() };
    let read = vault.client.clone().get_unmasked_export(vault.desk.office.by("AU", get)).await.unwrap();
    let read = read.into_inner().export.unwrap();
    assert_eq!((read.general_manager, read.receiver.unwrap().name.as_str()), (Some(approval), "接收人乙"));
    assert_eq!(in_clear(vault.admin(), &["总经理丙", "批示7号"]).await, [] as [String; 0]);
    // The database holds it too.
    let sql = "UPDATE unmasked_export SET general_manager_text_id = NULL WHERE kind = 2";
    let refused = sqlx::query(sql).execute(vault.admin()).await.unwrap_err();
    let constraint = refused.as_database_error().and_then(|error| error.constraint());
    assert_eq!(constraint, Some("unmasked_export_approved"));
}

#[tokio::test]
async fn what_cannot_be_exported_is_refused_at_the_door() {
    let vault = Vault::open().await;
    let receiver = age::x25519::Identity::generate();
    let wrong = proto::RequestUnmaskedExportRequest {
        case_ids: Vec::new(),
        recipient: "ssh-ed25519 AAAA".into(),
        receiver: None,
        ..vault.export(&receiver)
    };
    assert_eq!(
        fields(&vault.ask_export("CS1", wrong).await.unwrap_err()),
        ["recipient", "case_ids", "receiver.name", "receiver.organisation"]
    );
    let nowhere = proto::RequestUnmaskedExportRequest {
        case_ids: vec![uuid::Uuid::from_u128(3).to_string()],
        ..vault.export(&receiver)
    };
    assert_eq!(reason(&vault.ask_export("CS1", nowhere).await.unwrap_err()), "ACCESS_SUBJECT_NOT_FOUND");
    let own = vault.ask_export("CSM", vault.export(&receiver)).await.unwrap();
    assert_eq!(
        reason(&vault.agree("CSM", &own.export_id, None).await.unwrap_err()),
        "SECOND_PERSON_REQUIRED"
    );
    assert_eq!(
        reason(&vault.ask_export("B1", vault.export(&receiver)).await.unwrap_err()),
        "ACTION_NOT_PERMITTED"
    );
    // Who asked reads why it was refused, though another has written it.
    let id = vault.ask_export("CS1", vault.export(&receiver)).await.unwrap().export_id;
    assert_eq!(fields(&vault.refuse("IS", &id, "").await.unwrap_err()), ["note"]);
    let refused = vault.refuse("IS", &id, "接收单位有误").await.unwrap();
    assert_eq!((refused.state(), refused.refused_by.as_str()), (proto::UnmaskedExportState::Refused, "IS"));
    let get = proto::GetUnmaskedExportRequest { export_id: id.clone(), language_code: "en".into() };
    let read = vault.client.clone().get_unmasked_export(vault.desk.office.by("CS1", get)).await.unwrap();
    assert_eq!(read.into_inner().export.unwrap().note, "接收单位有误");
    assert_eq!(metadata(&vault.download("CS1", &id).await.unwrap_err(), "why"), "REFUSED");
    assert_eq!(in_clear(vault.admin(), &["接收单位有误"]).await, [] as [String; 0]);
}
