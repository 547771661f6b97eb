//! A correction of a report takes one approval less than any other export, so it is nothing but that: whatever else is called one is
//! refused, written down, and leaves nothing.

use tonic::Status;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{CERTIFICATE, NAME, PHONES, Vault, exports::decrypt};
use crate::support::{
    applications::date,
    calls::{metadata, reason},
    cases::name,
    database::count,
};

impl Vault {
    fn report(&self, key: &age::x25519::Identity) -> proto::RequestUnmaskedExportRequest {
        proto::RequestUnmaskedExportRequest {
            kind: proto::UnmaskedExportKind::Report.into(),
            format: proto::ExportFormat::Csv.into(),
            ..self.export(key)
        }
    }

    async fn correct(
        &self,
        id: &str,
        message: proto::RequestUnmaskedExportRequest,
    ) -> Result<proto::UnmaskedExport, Status> {
        let message = proto::RequestUnmaskedExportRequest { corrects_export_id: id.into(), ..message };
        self.ask_export("CS1", message).await
    }

    /// A report that both named roles and the general manager have agreed to.
    async fn given_out(&self, message: proto::RequestUnmaskedExportRequest) -> String {
        let id = self.ask_export("CS1", message).await.unwrap().export_id;
        self.agree("IS", &id, None).await.unwrap();
        self.filed(&id).await;
        id
    }

    /// The manager's approval, with the general manager's: the file is there.
    async fn filed(&self, id: &str) -> proto::UnmaskedExport {
        let approval =
            proto::GeneralManagerApproval { name: "总经理丙".into(), reference: "批示7号".into() };
        let ready = self.agree("CSM", id, Some(approval)).await.unwrap();
        assert_eq!(ready.state(), proto::UnmaskedExportState::Ready);
        ready
    }
}

#[tokio::test]
async fn what_is_more_than_a_correction_is_refused_and_written_down() {
    let vault = Vault::open().await;
    let (key, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
    let id = vault.given_out(vault.report(&key)).await;
    let (recipient, kind) = (other.to_public().to_string(), proto::UnmaskedExportKind::Exchange.into());
    let receiver = proto::ExportReceiver {
        name: "接收人丁".into(),
        organisation: "示例事务所".into(),
        contract_reference: "合同01".into(),
    };
    let report = || vault.report(&key);
    let wrong = [
        ("NOT_A_REPORT", proto::RequestUnmaskedExportRequest { kind, ..report() }),
        (
            "OTHER_SUBJECT",
            proto::RequestUnmaskedExportRequest {
                list_date: Some(date(2026, 11, 24)),
                case_ids: Vec::new(),
                ..report()
            },
        ),
        (
            "OTHER_FIELDS",
            proto::RequestUnmaskedExportRequest { fields: vec![NAME, CERTIFICATE, PHONES], ..report() },
        ),
        (
            "OTHER_PURPOSE",
            proto::RequestUnmaskedExportRequest {
                purpose: proto::AccessPurpose::Investigation.into(),
                ..report()
            },
        ),
        ("OTHER_RECEIVER", proto::RequestUnmaskedExportRequest { recipient, ..report() }),
        ("OTHER_RECEIVER", proto::RequestUnmaskedExportRequest { receiver: Some(receiver), ..report() }),
    ];
    let mut told: Vec<&str> = wrong.iter().map(|(why, _)| *why).collect();
    told.sort_unstable();
    for (why, message) in wrong {
        let refused = vault.correct(&id, message).await.unwrap_err();
        assert_eq!(
            (reason(&refused), metadata(&refused, "why")),
            ("EXPORT_STATE_MISMATCH".into(), why.into())
        );
    }
    let mut written = vault.audited("REQUEST_EXPORT_REFUSED").await;
    written.sort_unstable();
    assert_eq!(written, told);
    assert_eq!(count(vault.admin(), "SELECT count(*) FROM unmasked_export").await, 1);

    // Whatever it is of: what was refused, what waits, what was no report.
    let refused = vault.ask_export("CS1", report()).await.unwrap().export_id;
    vault.refuse("IS", &refused, "名单有误").await.unwrap();
    let waiting = vault.ask_export("CS1", report()).await.unwrap().export_id;
    let exchange = vault.ask_export("CS1", vault.export(&key)).await.unwrap().export_id;
    for (why, id) in [("REFUSED", refused), ("NOT_READY", waiting), ("NOT_A_REPORT", exchange)] {
        assert_eq!(metadata(&vault.correct(&id, report()).await.unwrap_err(), "why"), why);
    }
    let nobodys = uuid::Uuid::from_u128(3).to_string();
    let missing = vault.correct(&nobodys, report()).await.unwrap_err();
    assert_eq!(reason(&missing), "UNMASKED_EXPORT_NOT_FOUND");
}

#[tokio::test]
async fn the_newest_version_is_corrected_once_with_fewer_fields_and_nobody_new() {
    let vault = Vault::open().await;
    let key = age::x25519::Identity::generate();
    let first = vault.given_out(vault.report(&key)).await;
    // One has joined the case since: his data were never agreed to.
    let sql = "UPDATE case_member SET customer_id = $1 WHERE case_id = $2 AND customer_id <> $3";
    let newcomer = uuid::Uuid::from_u128(77);
    let (case, old) = (vault.desk.case_id, vault.customer_id);
    let moved = sqlx::query(sql).bind(newcomer).bind(case).bind(old).execute(vault.admin()).await.unwrap();
    assert!(moved.rows_affected() > 0);
    let fewer = proto::RequestUnmaskedExportRequest { fields: vec![NAME], ..vault.report(&key) };
    let second = vault.correct(&first, fewer.clone()).await.unwrap();
    assert_eq!(second.version, 2);
    let again =
        proto::RequestUnmaskedExportRequest { request_id: vault.desk.office.request_id(), ..fewer.clone() };
    let twice = vault.correct(&first, again.clone()).await.unwrap_err();
    assert_eq!(metadata(&twice, "why"), "CORRECTED");
    let ready = vault.filed(&second.export_id).await;
    let sql = "SELECT count(*) FROM case_member WHERE customer_id = $1";
    let kept: i64 = sqlx::query_scalar(sql).bind(old).fetch_one(vault.admin()).await.unwrap();
    assert_eq!((i64::from(ready.row_count), ready.withheld_count), (kept, 0));
    let file = vault.download("CS1", &second.export_id).await.unwrap();
    let text = String::from_utf8(decrypt(&key, &file)).unwrap();
    assert!(text.contains(&name(11)) && !text.contains(&name(12)), "{text}");

    // A refused correction may be asked for again; the fields that were left out do not come back.
    let wider = vault.correct(&second.export_id, vault.report(&key)).await.unwrap_err();
    assert_eq!(metadata(&wider, "why"), "OTHER_FIELDS");
    let third = vault.correct(&second.export_id, again.clone()).await.unwrap();
    vault.refuse("CSM", &third.export_id, "无须更正").await.unwrap();
    let message = proto::RequestUnmaskedExportRequest { request_id: vault.desk.office.request_id(), ..again };
    assert_eq!(vault.correct(&second.export_id, message).await.unwrap().version, 3);

    // The database holds it too.
    for sql in [
        "UPDATE unmasked_export SET kind = 1 WHERE corrects_id IS NOT NULL",
        "UPDATE unmasked_export SET state = 1 WHERE state = 4",
    ] {
        let refused = sqlx::query(sql).execute(vault.admin()).await.unwrap_err();
        let constraint = refused.as_database_error().and_then(|error| error.constraint()).map(str::to_owned);
        let known = ["unmasked_export_correction", "unmasked_export_corrected_once"];
        assert!(constraint.is_some_and(|name| known.contains(&&*name)), "{sql}");
    }
}
