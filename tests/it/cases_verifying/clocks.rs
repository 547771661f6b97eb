//! Clocks at the end of cases: what was in time and by what, and where a pause ends.

use zhenshi_proto::{
    google::r#type::Date,
    zhenshi::v1::{self as proto, CaseState, PolicyEventKind},
};

use super::desk::{Desk, change};
use crate::support::{
    applications::man,
    cases::{AGENT, BANK, DAY, Office},
    database::count,
};

/// No pause of any case goes on, and no clock of an open case stands still.
const STOPPED: &str = "SELECT count(*) FROM case_file AS c WHERE c.paused_since IS NOT NULL OR c.state IN (3, 4) AND
    (c.urgent_time > '9999-01-01' OR EXISTS (SELECT FROM case_stop AS s WHERE s.case_id = c.id AND s.until_time IS NULL))";
/// Timers that are planned of the investigation.
const PLANNED: &str = "SELECT count(*) FROM case_timer WHERE state = 1 AND clock = 1";

impl Desk {
    async fn pause(&self) -> proto::Case {
        change!(self, "CS2", pause_case, PauseCaseRequest { reason: "客户出境".into() }).unwrap()
    }

    /// On time, by an extension, late: of all cases that were made on the first day.
    async fn figures(&self) -> (i64, i64, i64) {
        let day = Some(Date { year: 2026, month: 11, day: 24 });
        let message = proto::GetCaseStatisticsRequest {
            first_date: day,
            last_date: day,
            ..proto::GetCaseStatisticsRequest::default()
        };
        let answer = self.office.client().await.get_case_statistics(self.office.by("CS1", message)).await;
        let total = answer.unwrap().into_inner().total.unwrap();
        (total.on_time, total.extended, total.late)
    }

    async fn on_time(&self) -> Option<bool> {
        let sql = "SELECT on_time FROM case_file WHERE id = $1";
        sqlx::query_scalar(sql).bind(self.case_id).fetch_one(&self.office.admin).await.unwrap()
    }
}

fn seconds(case: &proto::Case) -> i64 {
    case.deadline.as_ref().unwrap().due_time.unwrap().seconds
}

/// A time in Shanghai.
fn at(time: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(&format!("{time}:00+08:00")).unwrap().timestamp()
}

#[tokio::test]
async fn what_was_in_time_by_an_extension_only_is_reported_apart() {
    // Three working days end with Friday, the 27th, and with two more on 1 December.
    for (submitted, figures, told) in [
        ("2026-11-27 23:59", (1, 0, 0), "true"),
        ("2026-11-30 10:00", (0, 1, 0), "false"),
        ("2026-12-02 09:00", (0, 0, 1), "false"),
    ] {
        let desk = Desk::investigating([BANK, BANK]).await;
        let extended = change!(
            desk,
            "CS2",
            extend_case,
            ExtendCaseRequest { working_days: 2, reason: "等待原件".into() }
        );
        assert_eq!(seconds(&extended.unwrap()), at("2026-12-02T00:00"));
        desk.office.at(submitted);
        desk.submit_cleared().await;
        assert_eq!(desk.figures().await, figures, "{submitted}");
        assert_eq!(desk.verify("CS1").await.unwrap().state(), CaseState::Closed);
        assert_eq!(desk.figures().await, figures, "{submitted}, closed");
        let closed: String =
            sqlx::query_scalar("SELECT data ->> 'on_time' FROM outbox_pending WHERE kind = 'case.closed'")
                .fetch_one(&desk.office.admin)
                .await
                .unwrap();
        assert_eq!(closed, told, "{submitted}: on time is without an extension");
    }
}

#[tokio::test]
async fn a_submission_ends_the_pause_and_is_judged_by_the_days_that_it_gave_back() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.office.at("2026-11-26 10:00");
    assert!(desk.pause().await.paused);
    // Three working days would have ended on Friday, the 27th.
    desk.office.at("2026-11-30 10:00");
    desk.submit_cleared().await;
    assert_eq!(desk.on_time().await, Some(true), "the clock stood still");
    assert_eq!(count(&desk.office.admin, STOPPED).await, 0);
    let due = "SELECT count(*) FROM case_file WHERE due_time = '2026-12-02 00:00+08'";
    assert_eq!(count(&desk.office.admin, due).await, 1, "Wednesday counted; Monday and Tuesday were left");
    // Nothing of it is left for whoever has the case after it was closed and taken up again.
    desk.verify("CS1").await.unwrap();
    change!(desk, "CS1", reopen_case, ReopenCaseRequest { reason: "资料有误".into() }).unwrap();
    desk.office.distribute().await;
    assert_eq!(desk.case().await.state, 3);
    assert_eq!(count(&desk.office.admin, STOPPED).await, 0);
    assert!(count(&desk.office.admin, PLANNED).await > 0);
}

#[tokio::test]
async fn a_returned_case_goes_on_with_its_clock_running() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.pause().await;
    desk.submit_cleared().await;
    let case = change!(desk, "CS1", return_case, ReturnCaseRequest { reason: "签名不清".into() }).unwrap();
    assert!(!case.paused);
    assert_eq!(seconds(&case), at("2026-11-28T00:00"));
    assert_eq!(count(&desk.office.admin, STOPPED).await, 0);
    assert!(count(&desk.office.admin, PLANNED).await > 0);
}

#[tokio::test]
async fn another_channel_receives_a_paused_case_with_its_clock_running() {
    let desk = Desk::investigating([AGENT, BANK]).await;
    desk.pause().await;
    desk.office.at("2026-11-25 10:00");
    // Within the channel nothing begins anew.
    let other = if desk.clerk == "B1" { "B2" } else { "B1" };
    let given = change!(
        desk,
        "BL",
        assign_case,
        AssignCaseRequest { staff_code: other.into(), reason: "请假".into() }
    );
    assert!(given.unwrap().paused);
    let sent = change!(
        desk,
        "CS1",
        assign_case,
        AssignCaseRequest {
            channel: proto::Channel::IndividualAgents.into(),
            branch_code: "4401".into(),
            reason: "个险出单".into(),
        }
    );
    let sent = sent.unwrap();
    assert!(!sent.paused);
    assert_eq!(seconds(&sent), at("2026-12-01T00:00"));
    assert_eq!(count(&desk.office.admin, STOPPED).await, 0);
    assert!(count(&desk.office.admin, PLANNED).await > 0);
}

#[tokio::test]
async fn compliance_receives_a_paused_case_with_its_clock_running() {
    let office = Office::open().await;
    // The telephone of a seller himself.
    let phones = man(431).phones;
    office
        .apply("S-1", 31, BANK, |application| {
            application.policyholder.as_mut().unwrap().phones.clone_from(&phones);
            application.insureds[0].person.as_mut().unwrap().phones.clone_from(&phones);
        })
        .await;
    office.sort_and_distribute(DAY).await;
    let case = office.case_of("S-1").await;
    let desk = Desk { case_id: case.id, clerk: case.assignee.unwrap_or_default(), office };
    assert!(desk.pause().await.paused);
    desk.policy_event("S-1", PolicyEventKind::Surrendered).await;
    assert!(desk.case().await.with_compliance);
    assert_eq!(count(&desk.office.admin, STOPPED).await, 0);
}

#[tokio::test]
async fn a_pause_does_not_hide_what_was_overdue_before_it() {
    let desk = Desk::investigating([BANK, BANK]).await;
    desk.office.at("2026-11-28 10:00");
    let case = desk.pause().await;
    assert!(case.paused && case.deadline.unwrap().overdue);
    // Whoever supervises may still hold the commission, and is still told.
    let held = change!(
        desk,
        "CO1",
        decide_commission,
        DecideCommissionRequest { hold: true, reason: "超期未办".into() }
    );
    assert!(held.unwrap().commission_held);
    assert!(count(&desk.office.admin, PLANNED).await > 0);
    desk.office.at("2026-12-10 10:00");
    desk.submit_cleared().await;
    assert_eq!(desk.on_time().await, Some(false));
    assert_eq!(desk.figures().await, (0, 0, 1));
}
