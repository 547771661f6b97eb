//! How PostgreSQL finds a page: by walking indexes in order, whoever asks, and never by reading all cases.

use zhenshi::{
    clock::Clock as _,
    security::policy::Action,
    store::case::{CaseFilter, filter::Urgency, list::ListQuestion},
};

use crate::support::cases::Office;

/// Enough that reading all of them would cost more than any index.
const CASES: &str = "20000";

/// The plan of a page of the member of staff `code`.
async fn plan(office: &Office, code: &str, after: Option<Urgency>) -> String {
    let principal = office.principal(code).await;
    let scope = principal.permit(Action::ListCases).unwrap();
    let now = office.service.clock.now();
    let asked = ListQuestion { filter: CaseFilter::default(), after, limit: 51, counts: false, now };
    office.app().store.plan_of_cases(scope, asked).await.unwrap().join("\n")
}

#[tokio::test]
async fn every_page_walks_its_indexes() {
    let office = Office::open().await;
    let planted = include_str!("../../../benches/worklist/plant.sql").replace("{cases}", CASES);
    // The bench's clerk of branch B01 is the office's B1.
    let rename = "UPDATE case_file SET assignee = 'B1' WHERE assignee = 'C0001';
        UPDATE case_participant SET staff_code = 'B1' WHERE staff_code = 'C0001';
        UPDATE case_file SET branch_code = '4401' WHERE branch_code = 'B01'";
    for sql in [planted.as_str(), rename, "ANALYZE case_file, case_participant"] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&office.admin).await.unwrap();
    }
    let middle =
        Urgency { time: office.service.clock.now(), rank: -300, id: uuid::Uuid::from_u128(1 << 100) };
    for after in [None, Some(middle)] {
        for code in ["CS1", "BH", "BL", "B1"] {
            let plan = plan(&office, code, after).await;
            assert!(!plan.contains("Seq Scan on case_file"), "{code}\n{plan}");
        }
        let whole = plan(&office, "CS1", after).await;
        assert!(whole.contains("Index Scan using case_file_urgent"), "{whole}");
        assert!(!whole.contains("Sort"), "in order already\n{whole}");
        let head = plan(&office, "BH", after).await;
        assert!(head.contains("Index Scan using case_file_channel"), "{head}");
        let clerk = plan(&office, "B1", after).await;
        for index in ["case_file_assignee", "case_file_waiting", "case_participant_staff"] {
            assert!(clerk.contains(index), "{index}\n{clerk}");
        }
        assert!(clerk.contains("Merge Append"), "merged, not sorted\n{clerk}");
    }
}
