//! Refusals are counted, and stand in the audit log: an entry once, however often somebody asks, and the number of all others.

use tonic::Code;
use zhenshi::telemetry::metrics::METRICS;
use zhenshi_proto::zhenshi::v1::{self as proto, suspicion_service_client::SuspicionServiceClient};

use crate::support::{
    database::count,
    directory::with,
    service::{CHANNELS, TestService},
    staff::one_of_each,
};

#[tokio::test]
async fn a_refusal_is_counted_each_time_and_written_once() {
    let service = TestService::start().await;
    let clerk = service.staff(&one_of_each()[1]).await;
    let narrow = service.token("bank", &["bank"], &CHANNELS[..1]).await;
    let mut client = SuspicionServiceClient::new(service.channel().await);
    for token in [&clerk, &clerk, &clerk, &narrow] {
        let request = with(token, proto::RunSuspicionListRequest::default());
        assert_eq!(client.run_suspicion_list(request).await.unwrap_err().code(), Code::PermissionDenied);
    }
    let admin = service.database.admin().await;
    let written = "SELECT count(*) FROM (SELECT actor, action, subject_kind, reason FROM audit_pending
             UNION ALL SELECT actor, action, subject_kind, reason FROM audit_entry) a
         WHERE action = 'REFUSED'";
    assert_eq!(count(&admin, written).await, 2, "the clerk's and the system's");
    let whose = "SELECT count(*) FROM (SELECT actor, action, subject_kind, reason FROM audit_pending
             UNION ALL SELECT actor, action, subject_kind, reason FROM audit_entry) a
         WHERE action = 'REFUSED' AND actor = 'staff:ST-CL' AND subject_kind = 'RunSuspicionList'
             AND reason = 'clerk: the policy does not allow it'";
    assert_eq!(count(&admin, whose).await, 1);
    let text = METRICS.text();
    for role in ["clerk", "system"] {
        let line = format!("zhenshi_refused_total{{action=\"RunSuspicionList\",role=\"{role}\"}}");
        assert!(text.contains(&line), "{line}");
    }
    // The others are counted, for their caller and each of them once; what is refused while the service ends, too.
    let again = async || {
        let sql = "SELECT reason FROM (SELECT actor, action, reason FROM audit_pending
                 UNION ALL SELECT actor, action, reason FROM audit_entry) a
             WHERE action = 'REFUSED_AGAIN' AND actor = 'staff:ST-CL'";
        let written: Vec<String> = sqlx::query_scalar(sql).fetch_all(&admin).await.unwrap();
        let counts = written.iter().map(|reason| reason.strip_prefix("RunSuspicionList=").unwrap());
        counts.map(|count| count.parse::<u64>().unwrap()).sum::<u64>()
    };
    let app = service.running().app();
    app.write_held_refusals().await.unwrap();
    app.write_held_refusals().await.unwrap();
    assert_eq!(again().await, 2);
    let request = with(&clerk, proto::RunSuspicionListRequest::default());
    client.run_suspicion_list(request).await.unwrap_err();
    service.stop().await;
    assert_eq!(again().await, 3);
}

#[tokio::test]
async fn what_the_page_refuses_is_written_as_well() {
    let service = TestService::start().await;
    service.enter(&one_of_each()[1]).await;
    let mut browser = crate::support::web::Browser::of(&service, "ST-CL").await;
    for _ in 0..2 {
        assert_eq!(browser.get("/audit").await.status, 403);
    }
    service.running().app().write_held_refusals().await.unwrap();
    let admin = service.database.admin().await;
    let sql = "SELECT action, subject_kind, reason FROM (SELECT action, subject_kind, reason, actor FROM audit_pending
             UNION ALL SELECT action, subject_kind, reason, actor FROM audit_entry) a
         WHERE action LIKE 'REFUSED%' AND actor = 'staff:ST-CL' ORDER BY action";
    let written: Vec<(String, String, String)> = sqlx::query_as(sql).fetch_all(&admin).await.unwrap();
    let wanted = [
        ("REFUSED", "ListAuditEntries", "clerk: the policy does not allow it"),
        ("REFUSED_AGAIN", "refused_attempts", "ListAuditEntries=1"),
    ];
    assert_eq!(
        written,
        wanted.map(|(action, kind, why)| (action.to_owned(), kind.to_owned(), why.to_owned()))
    );
    service.stop().await;
}
