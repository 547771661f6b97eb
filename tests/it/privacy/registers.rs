//! The registers are under the audit log: a grant, loan or reveal that somebody with SQL put in, changed or took out is found.

use sqlx::{AssertSqlSafe, Executor as _};
use uuid::Uuid;
use zhenshi::store::audit_verify::{Fault, FaultKind};
use zhenshi_proto::zhenshi::v1 as proto;

use super::Vault;

impl Vault {
    /// What is wrong, by the log that waits for the relay and by the chain alike.
    async fn faults(&self) -> Vec<Fault> {
        let app = self.desk.office.app();
        app.store.verify_audit(app.audit_keys.get(), Vec::new()).await.unwrap().faults
    }

    async fn chain(&self) {
        let app = self.desk.office.app();
        while app.store.relay(app.audit_keys.get()).await.unwrap().moved > 0 {}
    }
}

#[tokio::test]
async fn a_row_that_was_put_in_changed_or_taken_out_of_a_register_is_found() {
    let vault = Vault::open().await;
    let grant: Uuid = vault.granted(vault.request()).await.grant_id.parse().unwrap();
    let by_grant: Uuid =
        vault.show("B1", vault.reveal(&grant.to_string())).await.unwrap().reveal_id.parse().unwrap();
    let by_case: Uuid = vault.show("B1", vault.reveal("")).await.unwrap().reveal_id.parse().unwrap();
    let lent =
        proto::RequestAccessRequest { kind: proto::AccessKind::Loan.into(), copies: 2, ..vault.request() };
    let loan: Uuid = vault.granted(lent).await.grant_id.parse().unwrap();
    let waiting: Uuid = vault.ask("B1", vault.request()).await.unwrap().grant_id.parse().unwrap();
    assert_eq!(vault.faults().await, [], "waiting for the relay");
    vault.chain().await;
    assert_eq!(vault.faults().await, [], "chained");

    let forged = Uuid::from_u128(4711);
    let tampering = [
        (
            format!(
                "INSERT INTO access_grant SELECT (jsonb_populate_record(NULL::access_grant,
                     to_jsonb(g) || '{{\"id\": \"{forged}\"}}')).* FROM access_grant g WHERE id = '{grant}'"
            ),
            FaultKind::RowInserted,
            forged,
        ),
        (
            format!("UPDATE access_grant SET fields = fields || 6::smallint WHERE id = '{grant}'"),
            FaultKind::RowChanged,
            grant,
        ),
        (
            format!("UPDATE access_grant SET state = 2, head_code = 'BL' WHERE id = '{waiting}'"),
            FaultKind::RowChanged,
            waiting,
        ),
        (
            format!("UPDATE loan SET due_time = due_time - interval '1 hour' WHERE grant_id = '{loan}'"),
            FaultKind::RowChanged,
            loan,
        ),
        (
            format!("UPDATE reveal SET customer_ids = '{{}}' WHERE id = '{by_case}'"),
            FaultKind::RowChanged,
            by_case,
        ),
        (
            format!(
                "WITH gone AS (DELETE FROM reveal WHERE id = '{by_grant}' RETURNING id)
                 DELETE FROM privacy_text USING gone WHERE about_id = gone.id"
            ),
            FaultKind::RowRemoved,
            by_grant,
        ),
    ];
    for (done, (sql, kind, id)) in tampering.into_iter().enumerate() {
        vault.admin().execute(AssertSqlSafe(sql.clone())).await.unwrap();
        let faults = vault.faults().await;
        assert_eq!(faults.len(), done + 1, "{sql}: {faults:?}");
        let found = faults.iter().any(|fault| fault.kind == kind && fault.problem.contains(&id.to_string()));
        assert!(found, "{sql}: {faults:?}");
    }
}

#[tokio::test]
async fn what_the_head_wrote_stays_when_customer_service_agrees() {
    let vault = Vault::open().await;
    let asked = vault.ask("B1", vault.request()).await.unwrap();
    let decide = async |staff: &'static str, note: &'static str| {
        let message = proto::DecideAccessRequest {
            request_id: vault.desk.office.request_id(),
            grant_id: asked.grant_id.clone(),
            agree: true,
            note: note.into(),
            language_code: "en".into(),
        };
        vault.client.clone().decide_access(vault.desk.office.by(staff, message)).await.unwrap();
    };
    decide("BL", "仅限本案").await;
    decide("IS", "").await;
    let id: Uuid = asked.grant_id.parse().unwrap();
    let note: Option<Uuid> = sqlx::query_scalar("SELECT note_text_id FROM access_grant WHERE id = $1")
        .bind(id)
        .fetch_one(vault.admin())
        .await
        .unwrap();
    assert!(note.is_some());
}
