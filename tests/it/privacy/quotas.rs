//! Insiders: quotas of reveals and looks, alerts to others once a window, and browsing among many customers.

use chrono::TimeDelta;
use tonic::Code;
use tonic_types::StatusExt as _;
use zhenshi::config::{Config, RoleLimits};
use zhenshi_proto::zhenshi::v1::{
    self as proto, suspicion_service_client::SuspicionServiceClient,
    validation_service_client::ValidationServiceClient,
};

use super::Vault;
use crate::support::{
    calls::{connect, metadata, reason},
    database::count,
};

async fn vault(change: impl FnOnce(&mut Config)) -> Vault {
    Vault::open_with(change).await
}

impl Vault {
    async fn alerts(&self) -> Vec<proto::AccessAlert> {
        let by = self.desk.office.by("IS", proto::ListAccessAlertsRequest::default());
        self.client.clone().list_access_alerts(by).await.unwrap().into_inner().alerts
    }
}

#[tokio::test]
async fn who_reveals_more_than_he_may_is_stopped_and_told_of_once() {
    // Each reveal of the case shows four parties.
    let vault = vault(|config| {
        config.privacy.reveals_a_minute = 8;
        config.privacy.reveals_a_day = 13;
    })
    .await;
    let clock = &vault.desk.office.service.clock;
    for _ in 0..2 {
        vault.show("B1", vault.reveal("")).await.unwrap();
    }
    let opened = vault.desk.office.app().sealer.opened();
    for _ in 0..3 {
        // Newest first: by time. Of the same millisecond no order is promised.
        clock.advance(TimeDelta::seconds(1));
        let status = vault.show("B1", vault.reveal("")).await.unwrap_err();
        assert_eq!((status.code(), reason(&status)), (Code::ResourceExhausted, "QUOTA_EXCEEDED".into()));
    }
    assert_eq!(vault.desk.office.app().sealer.opened(), opened);
    let alerts = vault.alerts().await;
    assert_eq!(alerts.len(), 2, "of the minute and, going on, of the day");
    assert_eq!((alerts[1].kind(), alerts[1].actor.as_str()), (proto::AccessAlertKind::Minute, "staff:B1"));
    assert_eq!((alerts[0].kind(), alerts[0].allowed), (proto::AccessAlertKind::Day, 13));
    // Another minute does not help, another day does.
    clock.advance(TimeDelta::minutes(1));
    let status = vault.show("B1", vault.reveal("")).await.unwrap_err();
    assert_eq!(metadata(&status, "allowed"), "13");
    let wait = status.get_details_retry_info().and_then(|info| info.retry_delay).unwrap();
    assert!(wait > std::time::Duration::from_hours(14), "until midnight in Shanghai: {wait:?}");
    clock.advance(TimeDelta::days(1));
    vault.show("B1", vault.reveal("")).await.unwrap();
    assert_eq!(vault.audited("ACCESS_ALERT").await.len(), 2);
    let told = "SELECT count(*) FROM outbox_pending WHERE kind = 'access.alert'";
    assert_eq!(count(vault.admin(), told).await, 2);
}

#[tokio::test]
async fn what_no_minute_has_room_for_is_refused_uncharged_and_single_customers_are_shown() {
    let vault = vault(|config| config.privacy.reveals_a_minute = 3).await;
    let used = "SELECT count(*) FROM access_usage WHERE kind = 1";
    for _ in 0..3 {
        let status = vault.show("B1", vault.reveal("")).await.unwrap_err();
        assert_eq!((status.code(), reason(&status)), (Code::InvalidArgument, "TOO_MANY_PARTIES".into()));
        assert_eq!((metadata(&status, "limit"), metadata(&status, "actual")), ("3".into(), "4".into()));
    }
    assert_eq!((count(vault.admin(), used).await, vault.alerts().await.len()), (0, 0));
    let refused = vault.audited("REVEAL_REFUSED").await;
    assert!(
        refused.len() == 3 && refused.iter().all(|why| why.ends_with("why=TOO_MANY_PARTIES")),
        "{refused:?}"
    );
    let one = proto::RevealFieldsRequest {
        subject: Some(proto::AccessSubject { case_id: vault.desk.id(), ..vault.customer() }),
        ..vault.reveal("")
    };
    assert_eq!(vault.show("B1", one).await.unwrap().parties.len(), 2);
}

#[tokio::test]
async fn more_parties_than_one_reveal_shows_are_told_and_not_cut() {
    let vault = vault(|config| {
        config.privacy.reveals_a_minute = 500;
        config.privacy.reveals_a_day = 500;
    })
    .await;
    let more = async |most: i32| {
        let sql = "INSERT INTO case_member SELECT DISTINCT ON (n) case_id, customer_id, application_id, submission_id,
                       (100 + n)::smallint, role, channel, branch_code, seller_code, agency_code, policy_no, added_time
                   FROM case_member, generate_series(1, $2::int) AS n WHERE case_id = $1 AND party_no < 100
                   ON CONFLICT DO NOTHING";
        sqlx::query(sql).bind(vault.desk.case_id).bind(most).execute(vault.admin()).await.unwrap();
    };
    more(46).await;
    assert_eq!(vault.show("B1", vault.reveal("")).await.unwrap().parties.len(), 50);
    more(47).await;
    let status = vault.show("B1", vault.reveal("")).await.unwrap_err();
    assert_eq!((reason(&status), metadata(&status, "limit")), ("TOO_MANY_PARTIES".into(), "50".into()));
}

#[tokio::test]
async fn a_piece_of_evidence_counts_as_a_reveal_and_its_case_as_seen() {
    let vault = vault(|config| {
        config.privacy.reveals_a_minute = 3;
        config.privacy.customers_told = 2;
    })
    .await;
    let id = vault.attached(&crate::support::evidence::pdf(1_000)).await;
    vault.read("B1", &id, "").await.unwrap();
    let told: Vec<_> = vault.alerts().await.iter().map(proto::AccessAlert::kind).collect();
    assert_eq!(told, [proto::AccessAlertKind::ManyCustomers], "whom a piece shows only its reader knows");
    vault.read("B1", &id, "").await.unwrap();
    // With what he reveals it is one number: two pieces and two parties are more than three.
    let one = proto::RevealFieldsRequest {
        subject: Some(proto::AccessSubject { case_id: vault.desk.id(), ..vault.customer() }),
        ..vault.reveal("")
    };
    let status = vault.show("B1", one).await.unwrap_err();
    assert_eq!((reason(&status), metadata(&status, "allowed")), ("QUOTA_EXCEEDED".into(), "3".into()));
    assert_eq!(reason(&vault.read("B1", &id, "").await.unwrap_err()), "QUOTA_EXCEEDED");
    assert_eq!(vault.audited("READ_EVIDENCE").await.len(), 2);
    vault.desk.office.service.clock.advance(TimeDelta::minutes(1));
    vault.read("B1", &id, "").await.unwrap();
}

#[tokio::test]
async fn looking_at_many_customers_is_told_of() {
    let vault = vault(|config| config.privacy.customers_told = 2).await;
    vault.show("B1", vault.reveal("")).await.unwrap();
    vault.show("B1", vault.reveal("")).await.unwrap();
    let alerts = vault.alerts().await;
    assert_eq!(alerts.len(), 1, "once");
    assert_eq!(alerts[0].kind(), proto::AccessAlertKind::ManyCustomers);
}

#[tokio::test]
async fn a_look_counts_whom_it_shows_in_the_day_and_is_not_cut_short() {
    let vault = vault(|config| config.privacy.look_ups_a_day = 3).await;
    let lists = SuspicionServiceClient::new(connect(&vault.desk.office.service).await);
    let list_date = Some(crate::support::applications::date(2026, 11, 24));
    let look = async |staff: &str| {
        let view = proto::SuspicionView::Masked.into();
        let message = proto::ListSuspicionsRequest { list_date, view, ..Default::default() };
        let page = lists.clone().list_suspicions(vault.desk.office.by(staff, message)).await;
        page.map(|page| page.into_inner().suspicions[0].members.len()).map_err(|status| reason(&status))
    };
    let file = async |staff: &str| {
        let message = proto::ExportSuspicionListRequest { list_date, ..Default::default() };
        let by = vault.desk.office.by(staff, message);
        let mut pieces =
            lists.clone().export_suspicion_list(by).await.map_err(|status| reason(&status))?.into_inner();
        while pieces.message().await.unwrap().is_some() {}
        Ok::<_, String>(())
    };
    // Two customers a look: the second passes the limit, shows them all the same, and is told of; the third is refused.
    assert_eq!(look("CS1").await.unwrap(), look("CS1").await.unwrap());
    assert_eq!(look("CS1").await.unwrap_err(), "QUOTA_EXCEEDED");
    assert_eq!(file("CS1").await.unwrap_err(), "QUOTA_EXCEEDED");
    let told = vault.alerts().await;
    assert_eq!((told.len(), told[0].kind(), told[0].allowed), (1, proto::AccessAlertKind::Day, 3));
    file("CS2").await.unwrap();
    file("CS2").await.unwrap();
    assert_eq!(file("CS2").await.unwrap_err(), "QUOTA_EXCEEDED");
    assert_eq!(vault.alerts().await.len(), 2);
}

#[tokio::test]
async fn looks_at_masked_data_and_explanations_count_by_role_before_anything_is_looked_up() {
    let vault = vault(|config| {
        config.privacy.look_ups_a_minute = 2;
        config.privacy.role.push(RoleLimits {
            name: "compliance".into(),
            reveals_a_minute: None,
            reveals_a_day: None,
            look_ups_a_minute: Some(5),
            look_ups_a_day: None,
        });
    })
    .await;
    let validation = ValidationServiceClient::new(connect(&vault.desk.office.service).await);
    let look = async |staff: &str| {
        // There is no such submission: the answer is the same, and it counts.
        let message = proto::GetSubmissionRequest {
            submission_id: uuid::Uuid::from_u128(7).to_string(),
            view: proto::SubmissionView::Masked.into(),
            ..Default::default()
        };
        let status =
            validation.clone().get_submission(vault.desk.office.by(staff, message)).await.unwrap_err();
        reason(&status)
    };
    let explain = async |staff: &str| {
        let message = proto::ExplainCertificateRequest {
            kind: proto::CertificateKind::ResidentId.into(),
            number: "11010119850315089X".into(),
            ..Default::default()
        };
        validation
            .clone()
            .explain_certificate(vault.desk.office.by(staff, message))
            .await
            .map_err(|status| reason(&status))
    };
    assert_eq!(look("B1").await, "SUBMISSION_NOT_FOUND");
    explain("B1").await.unwrap();
    assert_eq!(look("B1").await, "QUOTA_EXCEEDED");
    assert_eq!(explain("B1").await.unwrap_err(), "QUOTA_EXCEEDED");
    // Somebody else's are his own, and his role's are more.
    for _ in 0..5 {
        assert_eq!(look("CO1").await, "SUBMISSION_NOT_FOUND");
    }
    assert_eq!(look("CO1").await, "QUOTA_EXCEEDED");
    vault.desk.office.service.clock.advance(TimeDelta::minutes(1));
    assert_eq!(look("B1").await, "SUBMISSION_NOT_FOUND");
    assert_eq!(vault.alerts().await.len(), 2);
}
