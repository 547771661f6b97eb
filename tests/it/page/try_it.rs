//! Trying an application asks the directory: it is a look, counted and written down without what was typed.

use crate::support::{database::TestDatabase, service::TestService, staff::one_of_each, web::Browser};

#[tokio::test]
async fn what_is_tried_is_counted_and_written_without_what_was_typed() {
    let service =
        TestService::start_with(TestDatabase::new().await, |config| config.privacy.look_ups_a_minute = 2)
            .await;
    service.enter(&one_of_each()[1]).await;
    let mut clerk = Browser::of(&service, "ST-CL").await;
    let fields = [("channel", "bancassurance"), ("name", "测试己"), ("phone", "13800000001")];
    for _ in 0..2 {
        let page = clerk.submit("/try", "/try", &fields).await;
        assert!(page.status == 200 && page.text().contains("13800000001"), "{}", page.text());
    }
    assert_eq!(clerk.submit("/try", "/try", &fields).await.status, 429);
    let admin = service.database.admin().await;
    let sql = "SELECT actor, reason FROM (SELECT actor, action, reason FROM audit_pending
             UNION ALL SELECT actor, action, reason FROM audit_entry) a WHERE action = 'TRY_APPLICATION'";
    let written: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&admin).await.unwrap();
    assert_eq!(written.len(), 2);
    for (actor, reason) in written {
        assert_eq!(actor, "staff:ST-CL");
        let plain = |one: char| one.is_ascii_uppercase() || one == '_' || one == ' ';
        assert!(!reason.is_empty() && reason.chars().all(plain), "{reason}");
    }
    service.stop().await;
}
