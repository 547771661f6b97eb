//! The confirmation form for the customer's signature.

use tonic::Status;
use uuid::Uuid;
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{applications::man, calls::reason, desk::Desk};

impl Desk {
    async fn customers(&self) -> Vec<Uuid> {
        let sql = "SELECT DISTINCT customer_id FROM case_member WHERE case_id = $1 ORDER BY 1";
        sqlx::query_scalar(sql).bind(self.case_id).fetch_all(&self.office.admin).await.unwrap()
    }

    async fn form(
        &self,
        staff: &str,
        customer_id: Uuid,
        language_code: &str,
    ) -> Result<proto::GetConfirmationFormResponse, Status> {
        let message = proto::GetConfirmationFormRequest {
            case_id: self.id(),
            customer_id: customer_id.to_string(),
            language_code: language_code.into(),
        };
        let answer = self.client.clone().get_confirmation_form(self.office.by(staff, message)).await;
        answer.map(tonic::Response::into_inner)
    }
}

#[tokio::test]
async fn the_form_is_filled_in_masked_in_every_language_and_in_the_audit_log() {
    let desk = Desk::open().await;
    let customer = desk.customers().await[0];
    for (language, title) in [
        ("zh-Hans", "客户信息确认书"),
        ("zh-Hant", "客戶資訊確認書"),
        ("en", "Confirmation of customer information"),
    ] {
        let form = desk.form("B1", customer, language).await.unwrap();
        assert_eq!(form.file_name, "confirmation-form-20261124-000001.html");
        assert!(form.html.contains(title) && form.html.contains(&format!("lang=\"{language}\"")));
        assert!(form.html.contains("20261124-000001") && form.html.contains("staff:B1"));
        assert!(!form.html.contains("<script"));
        for n in [11, 12] {
            let person = man(n);
            for secret in
                [&person.certificate.unwrap().number, &person.phones[0], &man(10).phones[0], &person.name]
            {
                assert!(!form.html.contains(secret), "{secret}");
            }
        }
        insta::assert_snapshot!(format!("confirmation_form_{language}"), form.html);
    }
    assert_eq!(desk.audited("PRINT_CONFIRMATION_FORM").await, 3);
}

#[tokio::test]
async fn there_is_a_form_for_the_customers_of_the_case_only() {
    let desk = Desk::open().await;
    let customers = desk.customers().await;
    assert_eq!(customers.len(), 2);
    assert_eq!(reason(&desk.form("B1", Uuid::from_u128(4), "en").await.unwrap_err()), "CASE_NOT_FOUND");
    assert_eq!(reason(&desk.form("AU", customers[0], "en").await.unwrap_err()), "ACTION_NOT_PERMITTED");
    // A clerk of another channel, were the case within his reach, gets no form for customers of this one.
    desk.give("A1").await;
    assert_eq!(reason(&desk.form("A1", customers[0], "en").await.unwrap_err()), "CASE_NOT_FOUND");
    assert_eq!(desk.audited("PRINT_CONFIRMATION_FORM").await, 0, "nothing was looked at");
    desk.form("CS1", customers[1], "en").await.unwrap();
    // A customer whose data were destroyed: a form to be filled in by hand.
    sqlx::query("UPDATE sealed SET wrapped_key = NULL").execute(&desk.office.admin).await.unwrap();
    let form = desk.form("CS1", customers[1], "en").await.unwrap();
    assert_eq!(form.html.matches("(nothing on record)").count(), 10);
}
