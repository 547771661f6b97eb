//! The investigation: comments, attempts to reach the customer, call-backs, pauses, extensions.

use prost_types::Timestamp;
use sqlx::Row as _;
use tonic::{Code, Response, Status};
use zhenshi::clock::Clock as _;
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    calls::{fields, first_sentence, reason},
    desk::{Desk, in_clear, told},
};

/// Words that may stand nowhere in clear.
const CANARY: &str = "金丝雀藏身";

fn seconds(time: &Timestamp) -> i64 {
    time.seconds
}

/// A due time as Shanghai's clocks show it.
fn due(case: &proto::Case) -> String {
    let time = case.deadline.as_ref().unwrap().due_time.unwrap();
    let time = chrono::DateTime::from_timestamp(time.seconds, 0).unwrap() + chrono::TimeDelta::hours(8);
    time.format("%F %H:%M").to_string()
}

impl Desk {
    async fn comment(&self, staff: &str, comment: &str) -> Result<proto::Case, Status> {
        let message = proto::AddCommentRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            comment: comment.into(),
            language_code: "en".into(),
            ..proto::AddCommentRequest::default()
        };
        let answer = self.client.clone().add_comment(self.office.by(staff, message)).await;
        answer.map(|answer| answer.into_inner().case.unwrap())
    }

    /// An attempt `seconds` from now.
    async fn attempt(&self, staff: &str, seconds: i64) -> Result<proto::Case, Status> {
        let now = self.office.service.clock.now().timestamp();
        let message = proto::RecordContactAttemptRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            attempted_time: Some(Timestamp { seconds: now + seconds, nanos: 0 }),
            means: proto::ContactMeans::Phone.into(),
            result: proto::ContactResult::NoAnswer.into(),
            note: CANARY.into(),
            language_code: "en".into(),
            ..proto::RecordContactAttemptRequest::default()
        };
        let answer = self.client.clone().record_contact_attempt(self.office.by(staff, message)).await;
        answer.map(|answer| answer.into_inner().case.unwrap())
    }

    async fn pause(&self, staff: &str) -> Result<proto::Case, Status> {
        let message = proto::PauseCaseRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            etag: self.etag().await,
            reason: CANARY.into(),
            language_code: "en".into(),
        };
        let answer = self.client.clone().pause_case(self.office.by(staff, message)).await;
        answer.map(|answer| answer.into_inner().case.unwrap())
    }

    async fn resume(&self, staff: &str) -> Result<proto::Case, Status> {
        let message = proto::ResumeCaseRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            etag: self.etag().await,
            language_code: "en".into(),
        };
        let answer = self.client.clone().resume_case(self.office.by(staff, message)).await;
        answer.map(|answer| answer.into_inner().case.unwrap())
    }

    async fn extend(&self, staff: &str, working_days: i32) -> Result<proto::Case, Status> {
        let message = proto::ExtendCaseRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            etag: self.etag().await,
            working_days,
            reason: CANARY.into(),
            language_code: "en".into(),
        };
        let answer = self.client.clone().extend_case(self.office.by(staff, message)).await;
        answer.map(|answer| answer.into_inner().case.unwrap())
    }

    fn call_back_request(&self) -> proto::RequestCallBackRequest {
        proto::RequestCallBackRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            question: CANARY.into(),
            language_code: "en".into(),
            ..proto::RequestCallBackRequest::default()
        }
    }

    async fn answer(
        &self,
        staff: &str,
        id: &str,
        note: &str,
    ) -> Result<Response<proto::AnswerCallBackResponse>, Status> {
        let message = proto::AnswerCallBackRequest {
            request_id: self.office.request_id(),
            case_id: self.id(),
            call_back_request_id: id.into(),
            answer: proto::CallBackAnswer::ToldOtherwise.into(),
            note: note.into(),
            language_code: "en".into(),
            ..proto::AnswerCallBackRequest::default()
        };
        self.client.clone().answer_call_back(self.office.by(staff, message)).await
    }
}

#[tokio::test]
async fn a_comment_is_on_the_timeline_and_sealed_and_makes_no_handler_of_a_supervisor() {
    let desk = Desk::open().await;
    let before = desk.etag().await.parse::<i64>().unwrap();
    let case = desk.comment("BL", &format!("  {CANARY}\n第二行  ")).await.unwrap();
    assert_eq!(case.etag, (before + 1).to_string());
    assert_eq!(case.state(), proto::CaseState::Investigating);
    desk.comment("CO1", CANARY).await.unwrap();
    assert_eq!(desk.newest(2).await, [11, 11]);
    assert_eq!(desk.handlers().await, ["B1"], "who supervises has not handled it");
    desk.comment("B1", CANARY).await.unwrap();
    assert_eq!(desk.audited("COMMENT_CASE").await, 3);
    assert_eq!(in_clear(&desk.office.admin, &[CANARY]).await, [] as [String; 0]);
    // A clerk who has nothing to do with it, an empty one, and one that is too long.
    assert_ne!(desk.comment("A1", CANARY).await.unwrap_err().code(), Code::Ok);
    for wrong in [String::new(), " \n ".into(), "\u{7}".into(), "长".repeat(4_001)] {
        let status = desk.comment("B1", &wrong).await.unwrap_err();
        assert_eq!(fields(&status), ["comment"], "{}", wrong.len());
        assert!(!format!("{status:?}").contains("长"));
    }
    desk.comment("B1", &"长".repeat(4_000)).await.unwrap();
}

#[tokio::test]
async fn a_repeat_is_answered_from_the_record_and_other_content_is_not() {
    let desk = Desk::open().await;
    let mut message = proto::AddCommentRequest {
        request_id: desk.office.request_id(),
        case_id: desk.id(),
        etag: desk.etag().await,
        comment: "once".into(),
        language_code: "en".into(),
    };
    let mut client = desk.client.clone();
    let first = client.add_comment(desk.office.by("B1", message.clone())).await.unwrap().into_inner();
    message.language_code = "zh-Hans".into();
    let again = client.add_comment(desk.office.by("B1", message.clone())).await.unwrap().into_inner();
    assert_eq!(first, again, "though its etag is stale by now");
    assert_eq!(desk.count("SELECT count(*) FROM case_event WHERE case_id = $1 AND kind = 11").await, 1);
    message.comment = "twice".into();
    let status = client.add_comment(desk.office.by("B1", message.clone())).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::AlreadyExists, "REQUEST_ID_REUSED"));
    message.request_id = desk.office.request_id();
    let status = client.add_comment(desk.office.by("B1", message)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::Aborted, "ETAG_MISMATCH"));
}

#[tokio::test]
async fn an_attempt_lies_neither_in_the_future_nor_before_the_case() {
    let desk = Desk::open().await;
    // Made at 06:00, three hours ago.
    desk.attempt("B1", 0).await.unwrap();
    desk.attempt("CS1", -3 * 3_600).await.unwrap();
    let status = desk.attempt("B1", 1).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "INVALID_REQUEST"));
    assert_eq!(
        (fields(&status), first_sentence(&status).as_str()),
        (vec!["attempted_time".into()], "Lies in the future.")
    );
    let status = desk.attempt("B1", -3 * 3_600 - 1).await.unwrap_err();
    assert_eq!(
        (fields(&status), first_sentence(&status).as_str()),
        (vec!["attempted_time".into()], "Lies before the case.")
    );
    let sql = "SELECT attempted_by, means, result FROM case_contact_attempt ORDER BY attempted_time";
    let rows = sqlx::query(sql).fetch_all(&desk.office.admin).await.unwrap();
    let rows: Vec<(String, i16, i16)> = rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    assert_eq!(rows, [("CS1".into(), 1, 2), ("B1".into(), 1, 2)]);
    assert_eq!(desk.newest(2).await, [12, 12]);
    assert_eq!(desk.handlers().await, ["B1", "CS1"], "customer service has helped");
    assert_eq!(in_clear(&desk.office.admin, &[CANARY]).await, [] as [String; 0]);
    let empty = proto::RecordContactAttemptRequest {
        request_id: desk.office.request_id(),
        case_id: desk.id(),
        ..Default::default()
    };
    let status = desk.client.clone().record_contact_attempt(desk.office.by("B1", empty)).await.unwrap_err();
    assert_eq!(fields(&status), ["attempted_time", "means", "result"]);
    // A team leader is no assignee.
    assert!(desk.attempt("BL", 0).await.is_err());
}

#[tokio::test]
async fn customer_service_is_asked_to_call_and_its_answer_is_on_the_timeline() {
    let desk = Desk::open().await;
    let message = desk.call_back_request();
    let made = desk.client.clone().request_call_back(desk.office.by("B1", message.clone())).await.unwrap();
    let made = made.into_inner().call_back_request.unwrap();
    assert_eq!((made.requested_by.as_str(), made.answered_time), ("B1", None));
    assert_eq!(made.question, "", "what people wrote is shown in the masked view only");
    let again = desk.client.clone().request_call_back(desk.office.by("B1", message)).await.unwrap();
    assert_eq!(again.into_inner().call_back_request.unwrap(), made);
    let refused = desk.answer("B1", &made.call_back_request_id, CANARY).await.unwrap_err();
    assert_eq!(reason(&refused), "ACTION_NOT_PERMITTED");
    let unknown = uuid::Uuid::from_u128(7).to_string();
    assert_eq!(reason(&desk.answer("CS1", &unknown, "").await.unwrap_err()), "CASE_NOT_FOUND");
    desk.answer("CS1", &made.call_back_request_id, CANARY).await.unwrap();
    assert_eq!(desk.newest(2).await, [15, 16]);
    let stale = desk.answer("CS2", &made.call_back_request_id, "").await.unwrap_err();
    assert_eq!(reason(&stale), "ETAG_MISMATCH", "somebody has called already");
    assert_eq!(desk.handlers().await, ["B1", "CS1"]);
    let sql = "SELECT answered_by, answer FROM case_call_back_request";
    let row = sqlx::query(sql).fetch_one(&desk.office.admin).await.unwrap();
    assert_eq!((row.get::<String, _>(0).as_str(), row.get::<i16, _>(1)), ("CS1", 2));
    assert_eq!(in_clear(&desk.office.admin, &[CANARY]).await, [] as [String; 0]);
}

#[tokio::test]
async fn a_pause_gives_back_the_working_days_that_it_takes() {
    let desk = Desk::open().await;
    let status = desk.pause("B1").await.unwrap_err();
    assert_eq!(reason(&status), "ACTION_NOT_PERMITTED", "nobody stops the clock of a case that is his own");
    let case = desk.pause("CS1").await.unwrap();
    assert!(case.paused);
    let status = desk.pause("BL").await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::FailedPrecondition, "MOVE_NOT_ALLOWED"));
    let allowed = told(&status, "allowed_moves");
    assert!(allowed.contains("RESUME") && !allowed.contains("PAUSE"), "{allowed}");
    // Two working days later: Tuesday 24 to Thursday 26.
    desk.office.at("2026-11-26 10:00");
    let case = desk.resume("B1").await.unwrap();
    assert!(!case.paused);
    // Three working days from Tuesday would have ended with Friday 27; the ends of Tuesday and Wednesday do not count.
    assert_eq!(due(&case), "2026-12-01 00:00");
    let status = desk.resume("B1").await.unwrap_err();
    assert!(!told(&status, "allowed_moves").contains("RESUME"));
    let stops = "SELECT count(*) FROM case_stop WHERE case_id = $1 AND kind = 1 AND until_time = '2026-11-26 10:00+08'";
    assert_eq!(desk.count(stops).await, 1);
    // At the same instant again: the stop goes on.
    desk.pause("CO1").await.unwrap();
    desk.resume("BL").await.unwrap();
    assert_eq!(
        desk.count("SELECT count(*) FROM case_stop WHERE case_id = $1 AND until_time IS NULL").await,
        0
    );
    assert_eq!(in_clear(&desk.office.admin, &[CANARY]).await, [] as [String; 0]);
}

#[tokio::test]
async fn a_team_leader_does_not_pause_his_own_case_and_customer_service_does_not_extend_its_own() {
    let desk = Desk::open().await;
    desk.give("BL").await;
    let status = desk.pause("BL").await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::PermissionDenied, "SECOND_PERSON_REQUIRED"));
    desk.pause("BH").await.unwrap();
    desk.give("CS1").await;
    let status = desk.extend("CS1", 1).await.unwrap_err();
    assert_eq!(reason(&status), "SECOND_PERSON_REQUIRED");
    desk.extend("CS2", 1).await.unwrap();
}

#[tokio::test]
async fn extensions_add_up_to_a_cap_and_are_reported_apart() {
    let desk = Desk::open().await;
    for wrong in [0, 6, -1] {
        let status = desk.extend("CS1", wrong).await.unwrap_err();
        assert_eq!(fields(&status), ["working_days"]);
    }
    assert_eq!(reason(&desk.extend("BL", 1).await.unwrap_err()), "ACTION_NOT_PERMITTED");
    let case = desk.extend("CS1", 2).await.unwrap();
    // Friday 27 November, and two working days: Tuesday 1 December.
    assert_eq!(due(&case), "2026-12-02 00:00");
    let case = desk.extend("CO1", 5).await.unwrap();
    assert_eq!(due(&case), "2026-12-09 00:00");
    assert_eq!(
        case.deadline.as_ref().unwrap().extended_time.as_ref().map(seconds),
        case.deadline.as_ref().unwrap().due_time.as_ref().map(seconds)
    );
    let status = desk.extend("CS1", 4).await.unwrap_err();
    assert_eq!(fields(&status), ["working_days"]);
    assert_eq!(first_sentence(&status), "At most 3 more working days can be granted to this case.");
    desk.extend("CS1", 3).await.unwrap();
    let unextended =
        "SELECT count(*) FROM case_file WHERE id = $1 AND unextended_due_time = '2026-11-28 00:00+08'";
    assert_eq!(desk.count(unextended).await, 1, "on-time goes by what it would have been");
    assert_eq!(desk.newest(2).await, [21, 33]);
    assert_eq!(in_clear(&desk.office.admin, &[CANARY]).await, [] as [String; 0]);
}

#[tokio::test]
async fn what_was_granted_comes_after_what_a_pause_gave_back() {
    let desk = Desk::open().await;
    let case = desk.extend("CS1", 2).await.unwrap();
    assert_eq!(due(&case), "2026-12-02 00:00");
    desk.pause("CS1").await.unwrap();
    desk.office.at("2026-11-26 10:00");
    let case = desk.resume("CS1").await.unwrap();
    assert_eq!(due(&case), "2026-12-03 00:00", "Monday 30, and two working days");
}

#[tokio::test]
async fn an_extension_never_moves_the_call_back() {
    let desk = Desk::open().await;
    desk.office.schedule_call_back("P-1", "2026-11-26 15:00").await;
    let case = desk.extend("CS1", 5).await.unwrap();
    assert_eq!(due(&case), "2026-11-26 15:00");
    assert_eq!(case.deadline.unwrap().basis(), proto::DeadlineBasis::CallBack);
    let case = desk.pause("CS1").await.unwrap();
    assert_eq!(due(&case), "2026-11-26 15:00", "and neither does a pause");
}

#[tokio::test]
async fn who_is_urged_hears_of_the_working_days_that_escalations_count() {
    let desk = Desk::open().await;
    desk.office.schedule_call_back("P-1", "2026-11-26 10:00").await;
    assert_eq!(desk.urge("2026-11-26 09:59").await, ("before".into(), 0));
    assert_eq!(
        desk.urge("2026-11-26 15:00").await,
        ("overdue".into(), 0),
        "its own day is not a day of delay"
    );
    assert_eq!(desk.urge("2026-11-27 09:00").await, ("overdue".into(), 1));
    assert_eq!(
        desk.urge("2026-11-30 09:00").await,
        ("overdue".into(), 2),
        "nobody works on Saturday and Sunday"
    );
}

#[tokio::test]
async fn a_case_whose_clock_stands_still_is_not_called_overdue() {
    let desk = Desk::open().await;
    desk.pause("CS1").await.unwrap();
    assert_eq!(desk.urge("2026-12-10 09:00").await, ("before".into(), 0));
}

impl Desk {
    /// Urges at a time, after what the core told has moved what it moves; what is told by it of the delay.
    async fn urge(&self, time: &str) -> (String, i32) {
        self.office.at(time);
        zhenshi::app::case::recompute_deadlines::recompute_deadlines(self.office.app()).await.unwrap();
        let message = proto::UrgeCasesRequest {
            request_id: self.office.request_id(),
            case_ids: vec![self.id()],
            ..Default::default()
        };
        let urged =
            self.client.clone().urge_cases(self.office.by("CS1", message)).await.unwrap().into_inner();
        assert!(urged.results.iter().all(|each| each.error_reason.is_empty()), "{urged:?}");
        sqlx::query_as(
            "SELECT data ->> 'step', (data ->> 'overdue_days')::integer FROM outbox_pending
             WHERE kind = 'case.reminder' ORDER BY recorded_time DESC, case_version DESC LIMIT 1",
        )
        .fetch_one(&self.office.admin)
        .await
        .unwrap()
    }
}
