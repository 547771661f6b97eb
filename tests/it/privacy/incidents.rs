//! Leaks: reported by whoever notices, told to both roles, against a clock, closed by both; and who has seen the data.

use chrono::TimeDelta;
use tonic::Status;
use zhenshi::app::privacy::watch::tell_overdue;
use zhenshi_proto::zhenshi::v1::{self as proto, suspicion_service_client::SuspicionServiceClient};

use super::Vault;
use crate::support::{
    calls::{metadata, reason},
    database::count,
    desk::in_clear,
};

impl Vault {
    async fn leak(&self, staff: &str) -> proto::Incident {
        self.leak_of(staff, self.customer()).await
    }

    async fn leak_of(&self, staff: &str, subject: proto::AccessSubject) -> proto::Incident {
        let message = proto::ReportLeakRequest {
            request_id: self.desk.office.request_id(),
            subject: Some(subject),
            description: "名单外泄".into(),
            language_code: "en".into(),
        };
        let answer = self.client.clone().report_leak(self.desk.office.by(staff, message)).await.unwrap();
        answer.into_inner().incident.unwrap()
    }

    async fn measure(&self, staff: &str, id: &str, measure: &str) -> Result<proto::Incident, Status> {
        let message = proto::RecordIncidentMeasureRequest {
            request_id: self.desk.office.request_id(),
            incident_id: id.into(),
            measure: measure.into(),
            language_code: "en".into(),
        };
        let answer = self.client.clone().record_incident_measure(self.desk.office.by(staff, message)).await?;
        Ok(answer.into_inner().incident.unwrap())
    }

    async fn close(&self, staff: &str, id: &str) -> Result<proto::Incident, Status> {
        let message = proto::CloseIncidentRequest {
            request_id: self.desk.office.request_id(),
            incident_id: id.into(),
            language_code: "en".into(),
        };
        let answer = self.client.clone().close_incident(self.desk.office.by(staff, message)).await?;
        Ok(answer.into_inner().incident.unwrap())
    }
}

#[tokio::test]
async fn a_leak_is_dealt_with_by_both_named_roles() {
    let vault = Vault::open().await;
    let granted = vault.granted(vault.request()).await;
    vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap();
    // Newest first: of the same millisecond no order is promised.
    vault.desk.office.service.clock.advance(TimeDelta::seconds(1));
    vault.show("B1", vault.reveal("")).await.unwrap();
    // An agent's clerk who cannot see the customer may report all the same.
    let incident = vault.leak("A1").await;
    assert_eq!(
        (incident.state(), incident.reported_by.as_str()),
        (proto::IncidentState::Reported, "staff:A1")
    );
    let reported = incident.reported_time.unwrap().seconds;
    assert_eq!(incident.acknowledge_by_time.unwrap().seconds - reported, 3_600);
    assert_eq!(incident.act_by_time.unwrap().seconds - reported, 4 * 3_600);
    let id = incident.incident_id;
    assert_eq!(vault.measure("B1", &id, "x").await.unwrap_err().code(), tonic::Code::PermissionDenied);

    let taken = vault.measure("CSM", &id, "").await.unwrap();
    assert_eq!((taken.state(), taken.acknowledged_by.as_str()), (proto::IncidentState::Acknowledged, "CSM"));
    let early = vault.close("IS", &id).await.unwrap_err();
    assert_eq!(
        (reason(&early), metadata(&early, "why")),
        ("INCIDENT_STATE_MISMATCH".into(), "NO_MEASURE".into())
    );
    vault.measure("IS", &id, "已停用账号").await.unwrap();
    let one = vault.close("IS", &id).await.unwrap();
    assert_eq!(one.state(), proto::IncidentState::Contained, "one of two");
    vault.close("IS", &id).await.unwrap();
    let both = vault.close("CSM", &id).await.unwrap();
    assert_eq!(both.state(), proto::IncidentState::Closed);
    assert_eq!((both.supervisor_closed_by.as_str(), both.manager_closed_by.as_str()), ("IS", "CSM"));
    let late = vault.measure("IS", &id, "y").await.unwrap_err();
    assert_eq!(metadata(&late, "why"), "CLOSED");

    let get = proto::GetIncidentRequest { incident_id: id, language_code: "en".into(), ..Default::default() };
    let by = vault.desk.office.by("CO1", get);
    let file = vault.client.clone().get_incident(by).await.unwrap().into_inner();
    let shown = file.incident.unwrap();
    assert_eq!(shown.description, "名单外泄");
    assert_eq!(shown.measures.iter().map(|one| one.measure.as_str()).collect::<Vec<_>>(), ["已停用账号"]);
    let accesses: Vec<_> =
        file.accesses.iter().map(|one| (one.action.as_str(), one.actor.as_str())).collect();
    assert_eq!(accesses, [("REVEAL_FIELDS", "staff:B1"); 2], "by grant, and by the case");
    assert!(file.accesses[0].facts.ends_with("by=assignment") && !file.more_accesses);
    assert_eq!(in_clear(vault.admin(), &["名单外泄", "已停用账号"]).await, [] as [String; 0]);
    let told = "SELECT count(*) FROM outbox_pending WHERE kind = 'leak.reported'";
    assert_eq!(count(vault.admin(), told).await, 1);
}

#[tokio::test]
async fn each_time_that_passes_is_told_once() {
    let vault = Vault::open().await;
    let id = vault.leak("B1").await.incident_id;
    let office = &vault.desk.office;
    let tell = async || tell_overdue(office.app()).await.unwrap();
    assert_eq!(tell().await, 0);
    office.service.clock.advance(TimeDelta::hours(1));
    assert_eq!((tell().await, tell().await), (1, 0));
    office.service.clock.advance(TimeDelta::hours(3));
    assert_eq!((tell().await, tell().await), (1, 0));
    let list = proto::ListIncidentsRequest { open_only: true, ..Default::default() };
    let listed = vault.client.clone().list_incidents(office.by("CSM", list)).await.unwrap().into_inner();
    assert!(listed.incidents[0].overdue && listed.incidents[0].description.is_empty());
    assert_eq!(listed.incidents[0].incident_id, id);
    assert_eq!(vault.audited("INCIDENT_OVERDUE").await, ["step=1", "step=2"]);
    // What was done in time is never told of.
    let second = vault.leak("B1").await.incident_id;
    vault.measure("IS", &second, "已处理").await.unwrap();
    office.service.clock.advance(TimeDelta::hours(5));
    assert_eq!(tell().await, 0);
}

#[tokio::test]
async fn of_a_case_and_of_a_customer_every_look_is_found_a_page_at_a_time() {
    let vault = Vault::open().await;
    let office = &vault.desk.office;
    // By a grant for the customer, which does not name the case; by the case; masked, under the suspicion; in the file of the list.
    let granted = vault.granted(vault.request()).await;
    let next = || office.service.clock.advance(TimeDelta::seconds(1));
    vault.show("B1", vault.reveal(&granted.grant_id)).await.unwrap();
    next();
    vault.show("B1", vault.reveal("")).await.unwrap();
    next();
    let channel = crate::support::calls::connect(&office.service).await;
    let mut lists = SuspicionServiceClient::new(channel);
    let list_date = Some(crate::support::applications::date(2026, 11, 24));
    let message = proto::ListSuspicionsRequest {
        list_date,
        view: proto::SuspicionView::Masked.into(),
        ..Default::default()
    };
    lists.list_suspicions(office.by("CS1", message)).await.unwrap();
    next();
    let message = proto::ExportSuspicionListRequest { list_date, ..Default::default() };
    let mut file = lists.export_suspicion_list(office.by("CS2", message)).await.unwrap().into_inner();
    while file.message().await.unwrap().is_some() {}
    next();
    let wanted = [
        ("EXPORT_SUSPICION_LIST", "staff:CS2"),
        ("VIEW_MASKED", "staff:CS1"),
        ("REVEAL_FIELDS", "staff:B1"),
        ("REVEAL_FIELDS", "staff:B1"),
    ];
    for subject in [vault.customer(), vault.case()] {
        let id = vault.leak_of("CS1", subject).await.incident_id;
        let (mut token, mut found) = (String::new(), Vec::new());
        for left in [2, 0] {
            let message = proto::GetIncidentRequest {
                incident_id: id.clone(),
                access_page_size: 2,
                access_page_token: token,
                ..Default::default()
            };
            let page =
                vault.client.clone().get_incident(office.by("CO1", message)).await.unwrap().into_inner();
            assert_eq!((page.accesses.len(), page.more_accesses), (2, left > 0));
            found.extend(page.accesses.into_iter().map(|one| (one.action, one.actor)));
            token = page.next_access_page_token;
        }
        assert!(token.is_empty());
        let found: Vec<_> = found.iter().map(|(action, actor)| (action.as_str(), actor.as_str())).collect();
        assert_eq!(found, wanted);
    }
    let message = proto::GetIncidentRequest {
        incident_id: uuid::Uuid::from_u128(3).to_string(),
        access_page_size: -1,
        ..Default::default()
    };
    let wrong = vault.client.clone().get_incident(office.by("CO1", message)).await.unwrap_err();
    assert_eq!(crate::support::calls::fields(&wrong), ["access_page_size"]);
}
