//! Appeals, and sanction and rectification opinions.

use sqlx::Row as _;
use tonic::{Code, Status};
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    applications::date,
    calls::{fields, reason},
    desk::{Desk, INVESTIGATING, in_clear, told},
};

/// Words that may stand nowhere in clear.
const CANARY: &str = "金丝雀藏身";
/// WITHDRAWN, as it is stored.
const WITHDRAWN: i16 = 7;

impl Desk {
    async fn appeal(&self, staff: &str) -> Result<proto::AppealCaseResponse, Status> {
        let message = proto::AppealCaseRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            etag: self.etag().await,
            reason: CANARY.into(),
            language_code: "en".into(),
        };
        let answer = self.client.clone().appeal_case(self.office.by(staff, message)).await;
        answer.map(tonic::Response::into_inner)
    }

    async fn decide(&self, staff: &str, case_appeal_id: &str, accept: bool) -> Result<proto::Case, Status> {
        let message = proto::DecideAppealRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            etag: self.etag().await,
            case_appeal_id: case_appeal_id.into(),
            accept,
            reason: CANARY.into(),
            language_code: "en".into(),
        };
        let answer = self.client.clone().decide_appeal(self.office.by(staff, message)).await;
        answer.map(|answer| answer.into_inner().case.unwrap())
    }

    fn opinion(&self, kind: proto::CaseOpinionKind, owner: &str) -> proto::RecordOpinionRequest {
        proto::RecordOpinionRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            kind: kind.into(),
            owner_code: owner.into(),
            due_date: Some(date(2026, 11, 24)),
            opinion: CANARY.into(),
            language_code: "en".into(),
            ..proto::RecordOpinionRequest::default()
        }
    }

    async fn record(
        &self,
        staff: &str,
        message: proto::RecordOpinionRequest,
    ) -> Result<proto::CaseOpinion, Status> {
        let answer = self.client.clone().record_opinion(self.office.by(staff, message)).await;
        answer.map(|answer| answer.into_inner().case_opinion.unwrap())
    }

    async fn reply(&self, staff: &str, case_opinion_id: &str) -> Result<proto::Case, Status> {
        let message = proto::ReplyToOpinionRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            case_opinion_id: case_opinion_id.into(),
            reply: CANARY.into(),
            language_code: "en".into(),
            ..proto::ReplyToOpinionRequest::default()
        };
        let answer = self.client.clone().reply_to_opinion(self.office.by(staff, message)).await;
        answer.map(|answer| answer.into_inner().case.unwrap())
    }
}

#[tokio::test]
async fn an_accepted_appeal_withdraws_the_case_and_counts_against_its_clues() {
    let desk = Desk::open().await;
    let made = desk.appeal("B1").await.unwrap().case_appeal.unwrap();
    assert_eq!((made.appealed_by.as_str(), made.decided_time, made.reason.as_str()), ("B1", None, ""));
    let again = desk.appeal("BL").await.unwrap_err();
    assert_eq!((again.code(), reason(&again).as_str()), (Code::FailedPrecondition, "MOVE_NOT_ALLOWED"));
    assert!(!told(&again, "allowed_moves").split(',').any(|allowed| allowed == "APPEAL"));
    assert_eq!(
        reason(&desk.decide("BL", &made.case_appeal_id, true).await.unwrap_err()),
        "ACTION_NOT_PERMITTED"
    );
    let unknown = uuid::Uuid::from_u128(3).to_string();
    assert_eq!(reason(&desk.decide("CS1", &unknown, true).await.unwrap_err()), "CASE_NOT_FOUND");
    let case = desk.decide("CS1", &made.case_appeal_id, true).await.unwrap();
    assert_eq!(case.state(), proto::CaseState::Withdrawn);
    assert!(!case.deadline.unwrap().overdue);
    assert_eq!(desk.newest(3).await, [29, 30, 28]);
    assert_eq!(desk.count("SELECT count(*) FROM case_value WHERE case_id = $1 AND open").await, 0);
    assert_eq!(desk.count("SELECT count(*) FROM case_timer WHERE case_id = $1 AND state = 1").await, 0);
    let never = "SELECT count(*) FROM case_file WHERE id = $1 AND urgent_time > '9999-01-01'";
    assert_eq!(desk.count(never).await, 1, "no clock runs");
    // What the precision of each clue counts.
    let mistaken = "SELECT count(*) FROM case_appeal a JOIN case_suspicion s USING (case_id)
                    WHERE case_id = $1 AND a.accepted AND s.clue = 1";
    assert_eq!(desk.count(mistaken).await, 1);
    assert_eq!(in_clear(&desk.office.admin, &[CANARY]).await, [] as [String; 0]);
    // Over: nothing is left to decide.
    let over = desk.decide("CS2", &made.case_appeal_id, false).await.unwrap_err();
    assert_eq!(reason(&over), "ETAG_MISMATCH", "it was decided already");
}

#[tokio::test]
async fn a_refused_appeal_leaves_the_case_where_it_is_and_another_may_follow() {
    let desk = Desk::open().await;
    let made = desk.appeal("BL").await.unwrap().case_appeal.unwrap();
    let case = desk.decide("CO1", &made.case_appeal_id, false).await.unwrap();
    assert_eq!(case.state(), proto::CaseState::Investigating);
    assert_eq!(desk.state().await, INVESTIGATING);
    let stale = desk.decide("CS1", &made.case_appeal_id, true).await.unwrap_err();
    assert_eq!(reason(&stale), "ETAG_MISMATCH", "it was decided already");
    assert_eq!(desk.count("SELECT count(*) FROM case_appeal WHERE case_id = $1 AND accepted").await, 0);
    desk.appeal("B1").await.unwrap();
    assert!(desk.appeal("B2").await.is_err(), "it is not his");
}

#[tokio::test]
async fn nobody_decides_his_own_appeal() {
    let desk = Desk::open().await;
    // Customer service has taken it over.
    desk.give("CS1").await;
    let made = desk.appeal("CS1").await.unwrap().case_appeal.unwrap();
    let status = desk.decide("CS1", &made.case_appeal_id, true).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "SECOND_PERSON_REQUIRED"));
    let case = desk.decide("CS2", &made.case_appeal_id, true).await.unwrap();
    assert_eq!(case.state(), proto::CaseState::Withdrawn);
    assert_eq!(desk.state().await, WITHDRAWN);
}

#[tokio::test]
async fn a_commission_that_was_held_for_a_mistaken_case_is_released() {
    let desk = Desk::open().await;
    sqlx::query("UPDATE case_file SET commission_held = true").execute(&desk.office.admin).await.unwrap();
    let made = desk.appeal("B1").await.unwrap().case_appeal.unwrap();
    let case = desk.decide("CS1", &made.case_appeal_id, true).await.unwrap();
    assert!(!case.commission_held);
    assert_eq!(desk.newest(3).await, [30, 28, 37]);
    let kinds = "SELECT kind FROM outbox_pending WHERE case_id = $1 AND kind LIKE 'commission.%'";
    let kinds: Vec<String> =
        sqlx::query_scalar(kinds).bind(desk.case_id).fetch_all(&desk.office.admin).await.unwrap();
    assert_eq!(kinds, ["commission.release"]);
}

#[tokio::test]
async fn an_opinion_has_an_owner_a_day_and_a_reply() {
    use proto::CaseOpinionKind::{Rectification, Sanction};
    let desk = Desk::open().await;
    let message = desk.opinion(Rectification, "BH");
    let made = desk.record("CO1", message.clone()).await.unwrap();
    assert_eq!(
        (made.kind(), made.owner_code.as_str(), made.recorded_by.as_str()),
        (Rectification, "BH", "CO1")
    );
    assert_eq!((made.due_date, made.opinion.as_str(), made.overdue), (Some(date(2026, 11, 24)), "", false));
    assert_eq!(desk.record("CO1", message).await.unwrap(), made, "a repeat");
    assert_eq!(desk.newest(2).await, [8, 31], "its owner sees the case from now on");
    let sanction = desk.record("BH", desk.opinion(Sanction, "B1")).await.unwrap();

    assert_eq!(reason(&desk.reply("B1", &made.case_opinion_id).await.unwrap_err()), "CASE_NOT_FOUND");
    let unknown = uuid::Uuid::from_u128(3).to_string();
    assert_eq!(reason(&desk.reply("BH", &unknown).await.unwrap_err()), "CASE_NOT_FOUND");
    desk.reply("BH", &made.case_opinion_id).await.unwrap();
    assert_eq!(reason(&desk.reply("BH", &made.case_opinion_id).await.unwrap_err()), "ETAG_MISMATCH");
    // A day late: the head of the channel replies in his stead.
    desk.office.at("2026-11-25 09:00");
    desk.reply("BH", &sanction.case_opinion_id).await.unwrap();
    let late = "SELECT data ->> 'late' FROM case_event WHERE case_id = $1 AND kind = 32 ORDER BY version";
    let late: Vec<String> =
        sqlx::query_scalar(late).bind(desk.case_id).fetch_all(&desk.office.admin).await.unwrap();
    assert_eq!(late, ["0", "1"]);
    let replies = "SELECT replied_by FROM case_opinion ORDER BY recorded_time, id";
    let replies = sqlx::query(replies).fetch_all(&desk.office.admin).await.unwrap();
    assert!(replies.iter().all(|row| row.get::<String, _>(0) == "BH"));
    assert_eq!(in_clear(&desk.office.admin, &[CANARY]).await, [] as [String; 0]);
}

#[tokio::test]
async fn whoever_owns_an_opinion_sees_the_case_whoever_has_it() {
    use proto::CaseOpinionKind::{Rectification, Sanction};
    let desk = Desk::open().await;
    let sanction = desk.record("CO1", desk.opinion(Sanction, "B2")).await.unwrap();
    // The team leader is copied anyway; then the case goes where another one is.
    let rectification = desk.record("CO1", desk.opinion(Rectification, "BL")).await.unwrap();
    let assign = async |to: &str, branch: &str| {
        let redirected = !branch.is_empty();
        let message = proto::AssignCaseRequest {
            request_id: desk.office.request_id(),
            case_id: desk.id(),
            etag: desk.etag().await,
            staff_code: to.into(),
            channel: if redirected { proto::Channel::Bancassurance.into() } else { 0 },
            branch_code: branch.into(),
            reason: "调整".into(),
            ..proto::AssignCaseRequest::default()
        };
        desk.client.clone().assign_case(desk.office.by("CS1", message)).await.unwrap();
    };
    assign("B3", "").await;
    assign("B4", "4402").await;
    let copied = desk.office.participants(desk.case_id).await;
    let copied: Vec<&str> = copied.iter().map(|(_, _, code, _)| code.as_str()).collect();
    assert!(copied.contains(&"B2") && copied.contains(&"BL"), "{copied:?}");
    desk.reply("B2", &sanction.case_opinion_id).await.unwrap();
    desk.reply("BL", &rectification.case_opinion_id).await.unwrap();
}

#[tokio::test]
async fn opinions_are_checked_and_recorded_in_every_state() {
    use proto::CaseOpinionKind::{Rectification, Sanction};
    let desk = Desk::open().await;
    let past =
        proto::RecordOpinionRequest { due_date: Some(date(2026, 11, 23)), ..desk.opinion(Sanction, "B1") };
    assert_eq!(fields(&desk.record("CO1", past).await.unwrap_err()), ["due_date"]);
    let empty = proto::RecordOpinionRequest {
        request_id: desk.office.request_id(),
        case_id: desk.id(),
        ..proto::RecordOpinionRequest::default()
    };
    let wanted = ["kind", "owner_code", "due_date", "opinion"];
    assert_eq!(fields(&desk.record("CO1", empty).await.unwrap_err()), wanted);
    let status = desk.record("CO1", desk.opinion(Rectification, "NOBODY")).await.unwrap_err();
    assert_eq!((reason(&status).as_str(), told(&status, "why").as_str()), ("STAFF_NOT_ELIGIBLE", "UNKNOWN"));
    let status = desk.record("BH", desk.opinion(Rectification, "B1")).await.unwrap_err();
    assert_eq!(reason(&status), "ACTION_NOT_PERMITTED", "rectification is compliance's to ask for");
    assert_eq!(
        reason(&desk.record("CS1", desk.opinion(Sanction, "B1")).await.unwrap_err()),
        "ACTION_NOT_PERMITTED"
    );
    assert_eq!(desk.count("SELECT count(*) FROM case_opinion WHERE case_id = $1").await, 0);
    assert_eq!(
        desk.count("SELECT count(*) FROM case_participant WHERE case_id = $1 AND staff_code = 'B1'").await,
        0
    );
    let appeal = desk.appeal("B1").await.unwrap().case_appeal.unwrap();
    desk.decide("CS1", &appeal.case_appeal_id, true).await.unwrap();
    desk.record("CO1", desk.opinion(Rectification, "CS1")).await.unwrap();
    assert_eq!(desk.state().await, WITHDRAWN);
}
