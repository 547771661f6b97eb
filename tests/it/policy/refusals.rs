//! Refusals are counted, and stand in the audit log: once, however often somebody asks.

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
    service.stop().await;
}
