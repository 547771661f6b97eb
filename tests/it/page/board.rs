//! The board by role: what is to be done next, figures that add up, the verification queue and its batch return.

use zhenshi::app::{
    RequestKey,
    case::{CaseCall, start_investigation::start_investigation},
};

use crate::support::{
    cases::{AGENT, BANK, Office},
    web::Browser,
};

/// An office whose list of a day was distributed in part: two of the bank's cases, and one of the agents' that is held.
async fn office() -> Office {
    let office = Office::open().await;
    office.share_phone("a", 1, &[BANK, BANK]).await;
    office.share_phone("b", 2, &[BANK, BANK]).await;
    office.share_phone("c", 3, &[AGENT, AGENT]).await;
    office.sort_and_distribute("2026-11-24").await;
    office.at("2026-11-24 09:30");
    office
}

#[tokio::test]
async fn a_clerk_reads_what_to_do_next() {
    let office = office().await;
    let case = office.case_of("a-1").await;
    let clerk = case.assignee.clone().unwrap();
    let mut browser = Browser::of(&office.service, &clerk).await;
    let board = browser.get("/").await;
    assert!(board.status == 200 && board.text().contains("开始排查 20261124-"), "{}", board.text());
    let principal = office.principal(&clerk).await;
    let request_id = office.request_id().parse().unwrap();
    let request = RequestKey { request_id, digest: [1; 32] };
    let call = CaseCall { case_id: case.id, etag: Some(case.version), request };
    start_investigation(office.app(), &principal, call).await.unwrap();
    office.at("2026-11-30 09:30");
    let mut browser = Browser::of(&office.service, &clerk).await;
    assert!(browser.get("/").await.text().contains("先办理已超期的"));
    let mut nobody = Browser::of(&office.service, "B4").await;
    assert!(nobody.get("/").await.text().contains("没有待办的问题件"));
}

#[tokio::test]
async fn a_team_leader_sees_his_sellers_and_urges_all_who_are_late() {
    let office = office().await;
    office.at("2026-11-30 09:30");
    let mut browser = Browser::of(&office.service, "BL").await;
    let board = browser.get("/").await;
    assert!(board.text().contains("团队有 2 件已超期"), "{}", board.text());
    assert!(board.text().contains("href=\"/cases?seller=S-BANK\"") && board.text().contains("按销售人员"));
    let (_, rest) = board.text().split_once("name=\"request_id\" value=\"").unwrap();
    let request_id = rest.split('"').next().unwrap().to_owned();
    let csrf = board.csrf();
    let fields = [
        ("csrf", csrf.as_str()),
        ("request_id", &request_id),
        ("query", "overdue=1"),
        ("all", "2"),
        ("act", "urge"),
    ];
    assert!(browser.post("/cases/act", &fields).await.text().contains("已完成 2 件"));
}

#[tokio::test]
async fn customer_service_reads_figures_that_add_up_and_compliance_its_own() {
    let office = office().await;
    let mut service = Browser::of(&office.service, "CS1").await;
    let board = service.get("/").await;
    assert!(board.text().contains("列入 <strong>3</strong>"), "{}", board.text());
    assert!(board.text().contains("已分发 <strong>3</strong>") && board.text().contains("数目相符"));
    assert!(board.text().contains("没有待复核的问题件"));
    let plots = service.get("/board/plots").await;
    assert_eq!(plots.status, 200, "{}", plots.text());
    assert!(plots.text().contains("近 30 日新增问题件") && plots.text().contains("data-value=\"3\""));
    assert!(plots.text().contains("近 7 日核验未通过率"));
    let mut compliance = Browser::of(&office.service, "CO1").await;
    let board = compliance.get("/").await;
    assert!(board.status == 200 && board.text().contains("确认不实（待复核）"), "{}", board.text());
    for code in ["IS", "AU", "CM", "BH", "AD"] {
        let Some(_) = office.app().store.find_staff(code.into()).await.unwrap() else { continue };
        assert_eq!(Browser::of(&office.service, code).await.get("/").await.status, 200, "{code}");
    }
}

#[tokio::test]
async fn submissions_are_returned_together_with_a_reason() {
    let office = office().await;
    for name in ["a", "b"] {
        sqlx::query(
            "UPDATE case_file SET state = 5, outcome = 2, cleared_kind = 1, submitted_time = changed_time, round = 1, version = version + 1,
                 verification_due_time = changed_time + interval '1 day'
             WHERE id = $1",
        )
        .bind(office.case_of(&format!("{name}-1")).await.id)
        .execute(&office.admin)
        .await
        .unwrap();
    }
    let mut service = Browser::of(&office.service, "CS1").await;
    let board = service.get("/").await;
    assert_eq!(board.text().matches("排除可疑").count(), 2, "{}", board.text());
    let (_, rest) = board.text().split_once("name=\"request_id\" value=\"").unwrap();
    let request_id = rest.split('"').next().unwrap().to_owned();
    let csrf = board.csrf();
    let mut keys = Vec::new();
    for name in ["a", "b"] {
        let case = office.case_of(&format!("{name}-1")).await;
        keys.push(format!("{}.{}", case.id, case.version));
    }
    let none = [("csrf", csrf.as_str()), ("request_id", &request_id), ("case", &keys[0]), ("reason", " ")];
    assert!(service.post("/board/return", &none).await.text().contains("请填写原因"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("request_id", &request_id),
        ("case", &keys[0]),
        ("case", &keys[1]),
        ("reason", "缺少关系证明"),
    ];
    let done = service.post("/board/return", &fields).await;
    assert!(done.text().contains("已完成 2 件"), "{}", done.text());
    let case = office.case_of("a-1").await;
    assert_eq!(case.state, 4);
    let mut clerk = Browser::of(&office.service, case.assignee.as_deref().unwrap()).await;
    let board = clerk.get("/").await;
    assert!(
        board.text().contains("先补正被退回的") && board.text().contains("退回原因：缺少关系证明"),
        "{}",
        board.text()
    );
}
