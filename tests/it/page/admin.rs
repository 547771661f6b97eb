//! Working days, directory and deliveries, for the roles that may.

use crate::support::{cases::Office, web::Browser};

#[tokio::test]
async fn the_calendar_counts_and_takes_a_notice_from_an_administrator() {
    let office = Office::open().await;
    let mut clerk = Browser::of(&office.service, "B1").await;
    let page = clerk.get("/calendar?year=2026&start=2026-02-13&days=3").await;
    assert!(page.status == 200 && page.text().contains("2026-02-14") && page.text().contains("调休上班"));
    assert!(
        page.text().contains("到期日 2026-02-2") && !page.text().contains("name=\"content\""),
        "{}",
        page.text()
    );
    assert!(clerk.get("/calendar?start=x&days=3").await.text().contains("起始日应为日期"));
    assert_eq!(clerk.get("/calendar?year=9999").await.status, 400);
    let request = ("request_id", "0190d8f2-0000-4000-8000-000000000001");
    let refused = clerk.submit("/calendar", "/calendar/import", &[request, ("content", "{}")]).await;
    assert_eq!(refused.status, 403);
    let mut administrator = Browser::of(&office.service, "AD").await;
    let wrong = administrator.submit("/calendar", "/calendar/import", &[request, ("content", "{<b>")]).await;
    assert!(wrong.status == 422 && wrong.text().contains("{&#60;b&#62;"), "{}", wrong.text());
}

#[tokio::test]
async fn the_directory_is_listed_within_the_role_and_names_stay_sealed() {
    let office = Office::open().await;
    let mut service = Browser::of(&office.service, "CS1").await;
    let sellers = service.get("/directory").await;
    assert!(
        sellers.status == 200 && sellers.text().contains("S-BANK2") && sellers.text().contains("S-AGENT")
    );
    let bank = service.get("/directory?kind=seller&channel=bancassurance&branch=4401").await;
    assert!(bank.text().contains("S-BANK") && !bank.text().contains("S-BANK2"));
    let staff = service.get("/directory?kind=staff").await;
    assert!(staff.text().contains("渠道内勤") && staff.text().contains("业务团队负责人"));
    let mut clerk = Browser::of(&office.service, "B1").await;
    assert!(!clerk.get("/directory").await.text().contains("S-AGENT"));
    assert_eq!(service.get("/directory?kind=moon").await.status, 400);
}

#[tokio::test]
async fn deliveries_are_for_administrators_and_auditors() {
    let office = Office::open().await;
    let mut administrator = Browser::of(&office.service, "AD").await;
    let page = administrator.get("/deliveries?endpoint=core&state=dead").await;
    assert!(
        page.status == 200 && page.text().contains("没有符合条件的投递") && page.text().contains("重新投递")
    );
    let request = ("request_id", "0190d8f2-0000-4000-8000-000000000002");
    let unknown = administrator
        .submit("/deliveries", "/deliveries/redeliver", &[request, ("endpoint", "nowhere")])
        .await;
    assert!(unknown.status == 404 && unknown.text().contains("没有该名称的事件接收端点"));
    let mut auditor = Browser::of(&office.service, "AU").await;
    assert!(!auditor.get("/deliveries?endpoint=core").await.text().contains("/deliveries/redeliver"));
    let mut service = Browser::of(&office.service, "CS1").await;
    assert_eq!(service.get("/deliveries").await.status, 403);
}
