//! The lending register: three days at most, its end confirmed by somebody else, told once when it is overdue.

use tonic::Status;
use zhenshi::app::privacy::watch::tell_overdue;
use zhenshi_proto::zhenshi::v1 as proto;

use super::Vault;
use crate::support::{
    calls::{metadata, reason},
    database::count,
};

impl Vault {
    async fn lent(&self) -> proto::AccessGrant {
        let kind = proto::AccessKind::Loan.into();
        self.granted(proto::RequestAccessRequest { kind, copies: 2, days: 3, ..self.request() }).await
    }

    async fn loans(&self, staff: &str, overdue_only: bool) -> Vec<proto::Loan> {
        let message = proto::ListLoansRequest { overdue_only, ..Default::default() };
        let by = self.desk.office.by(staff, message);
        self.client.clone().list_loans(by).await.unwrap().into_inner().loans
    }

    async fn back(&self, staff: &str, grant_id: &str) -> Result<proto::Loan, Status> {
        let message = proto::ConfirmLoanEndRequest {
            request_id: self.desk.office.request_id(),
            grant_id: grant_id.into(),
            end: proto::LoanEnd::Destroyed.into(),
            language_code: "en".into(),
        };
        let answer = self.client.clone().confirm_loan_end(self.desk.office.by(staff, message)).await?;
        Ok(answer.into_inner().loan.unwrap())
    }
}

#[tokio::test]
async fn a_loan_is_registered_and_its_end_confirmed_by_somebody_else() {
    let vault = Vault::open().await;
    let granted = vault.lent().await;
    let loan = vault.loans("CS1", false).await.pop().unwrap();
    assert_eq!((loan.borrower_code.as_str(), loan.copies, loan.overdue), ("B1", 2, false));
    let lasts = loan.due_time.unwrap().seconds - loan.lent_time.unwrap().seconds;
    assert!(lasts > 0 && lasts <= 72 * 3_600);
    assert_eq!(vault.loans("B1", false).await.len(), 1, "his own");
    assert_eq!(vault.loans("A1", false).await.len(), 0);
    // What was lent can be read, as a grant.
    vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap();
    let ended = vault.back("CS1", &granted.grant_id).await.unwrap();
    assert_eq!((ended.end(), ended.confirmed_by.as_str()), (proto::LoanEnd::Destroyed, "CS1"));
    let twice = vault.back("CS1", &granted.grant_id).await.unwrap_err();
    assert_eq!(
        (reason(&twice), metadata(&twice, "why")),
        ("ACCESS_STATE_MISMATCH".into(), "LOAN_ENDED".into())
    );
    let denied = vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap_err();
    assert_eq!(metadata(&denied, "why"), "NOT_IN_FORCE");
    let viewed = vault.granted(vault.request()).await;
    assert_eq!(reason(&vault.back("CS1", &viewed.grant_id).await.unwrap_err()), "ACCESS_REQUEST_NOT_FOUND");
    for action in ["LEND", "CONFIRM_LOAN_END"] {
        assert_eq!(vault.audited(action).await.len(), 1, "{action}");
    }
}

#[tokio::test]
async fn the_borrower_does_not_confirm_his_own_return_and_the_database_holds_three_days() {
    let vault = Vault::open().await;
    let kind = proto::AccessKind::Loan.into();
    let asked = vault.ask("CS1", proto::RequestAccessRequest { kind, ..vault.request() }).await.unwrap();
    vault.decide("CSM", &asked.grant_id, true).await.unwrap();
    vault.decide("IS", &asked.grant_id, true).await.unwrap();
    assert_eq!(reason(&vault.back("CS1", &asked.grant_id).await.unwrap_err()), "SECOND_PERSON_REQUIRED");
    let sql = "UPDATE loan SET due_time = lent_time + interval '72 hours 1 second'";
    let refused = sqlx::query(sql).execute(vault.admin()).await.unwrap_err();
    let constraint = refused.as_database_error().and_then(|error| error.constraint());
    assert_eq!(constraint, Some("loan_at_most_three_days"));
    vault.back("CS2", &asked.grant_id).await.unwrap();
}

#[tokio::test]
async fn what_is_overdue_is_shown_and_told_once() {
    let vault = Vault::open().await;
    vault.lent().await;
    let office = &vault.desk.office;
    office.at("2026-11-26 23:59");
    assert_eq!(tell_overdue(office.app()).await.unwrap(), 0);
    assert_eq!(vault.loans("IS", true).await.len(), 0);
    office.at("2026-11-27 00:00");
    assert!(vault.loans("IS", true).await[0].overdue);
    assert_eq!(tell_overdue(office.app()).await.unwrap(), 1);
    assert_eq!(tell_overdue(office.app()).await.unwrap(), 0);
    let told = "SELECT count(*) FROM outbox_pending WHERE kind = 'loan.overdue'";
    assert_eq!(count(vault.admin(), told).await, 1);
}
