//! Assists: what other channels are asked, by when, and who answers for a unit.

use tonic::Code;
use zhenshi::app::case::fire_timers::fire_timers;
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    cases::{AGENT, BANK, BROKER, DAY, DIRECT, DIRECT_UNIT, Office},
    database::count,
    directory::reason,
    hiring::staff_member,
};

#[tokio::test]
async fn an_assist_that_a_unit_holds_is_answered_by_its_head() {
    let mut office = Office::open().await;
    let head = ("DH", proto::StaffRole::ChannelHead, proto::Channel::Direct, "", "", 422);
    office.change_staff(staff_member(head)).await;
    office.give_token("DH").await;
    office.share_phone("P", 1, &[DIRECT, BANK]).await;
    office.sort_and_distribute(DAY).await;
    let case = office.case_of("P-1").await;
    let assist = (2, 4, format!("DH{DIRECT_UNIT}"), false);
    assert_eq!(office.participants(case.id).await[1], assist, "the unit has it, and its head answers for it");
    let message = proto::AnswerAssistRequest {
        request_id: office.request_id(),
        case_id: case.id.to_string(),
        channel: proto::Channel::Direct.into(),
        answer: "已核对".into(),
        ..Default::default()
    };
    let mut client = office.client().await;
    client.answer_assist(office.by("DH", message)).await.unwrap();
    let left = "SELECT count(*) FROM case_participant WHERE kind = 2 AND answered_time IS NULL";
    assert_eq!(count(&office.admin, left).await, 0);
    assert_eq!(count(&office.admin, "SELECT count(*) FROM case_participant WHERE overridden").await, 0);
}

#[tokio::test]
async fn another_channel_assists_with_a_due_time_of_its_own_and_answers() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BROKER, AGENT, BANK]).await;
    office.sort_and_distribute(DAY).await;
    let case = office.case_of("P-1").await;
    let assistant = office.participants(case.id).await[1].2.clone();
    let expected =
        [(1, 2, "BL".to_owned(), false), (2, 1, assistant.clone(), false), (2, 3, "M1".to_owned(), false)];
    assert_eq!(office.participants(case.id).await, expected);
    let due = "SELECT count(*) FROM case_participant WHERE kind = 2 AND due_time = '2026-11-27 00:00+08'";
    assert_eq!(count(&office.admin, due).await, 2, "two working days");
    assert_eq!(office.cases().await.len(), 1, "an assist is no case");

    let answer = |channel: proto::Channel, overrides| proto::AnswerAssistRequest {
        request_id: office.request_id(),
        case_id: case.id.to_string(),
        channel: channel.into(),
        answer: "已电话核对".into(),
        r#override: overrides,
        ..Default::default()
    };
    let mut client = office.client().await;
    let other = if assistant == "A1" { "A2" } else { "A1" };
    let unasked = client.answer_assist(office.by(other, answer(proto::Channel::Unspecified, false))).await;
    assert!(unasked.is_err(), "of whom nothing was asked");
    let done = client.answer_assist(office.by(&assistant, answer(proto::Channel::Unspecified, false))).await;
    assert_eq!(done.unwrap().into_inner().case.unwrap().state(), proto::CaseState::Assigned);
    let twice = client.answer_assist(office.by(&assistant, answer(proto::Channel::Unspecified, false))).await;
    assert_eq!(reason(&twice.unwrap_err()), "CASE_NOT_FOUND");
    let forbidden = client.answer_assist(office.by("M1", answer(proto::Channel::Intermediaries, true))).await;
    assert_eq!(reason(&forbidden.unwrap_err()), "MOVE_NOT_ALLOWED");
    let unnamed = client.answer_assist(office.by("CS1", answer(proto::Channel::Unspecified, true))).await;
    assert_eq!(unnamed.unwrap_err().code(), Code::InvalidArgument);
    client.answer_assist(office.by("CS1", answer(proto::Channel::Intermediaries, true))).await.unwrap();
    let left = "SELECT count(*) FROM case_participant WHERE kind = 2 AND answered_time IS NULL";
    assert_eq!(count(&office.admin, left).await, 0);
    assert_eq!(count(&office.admin, "SELECT count(*) FROM case_participant WHERE overridden").await, 1);
}

/// Events of the assists of the one case: kind, channel that is to answer, and whom it is for; in order of their channels.
async fn told_of_assists(office: &Office, kind: &str) -> Vec<(String, String, String)> {
    sqlx::query_as(
        "SELECT data ->> 'assist_channel', data ->> 'assist_due_time', COALESCE(data ->> 'recipient', '')
         FROM outbox_pending WHERE kind = $1 AND data ? 'assist_channel' ORDER BY recorded_time, 1",
    )
    .bind(kind)
    .fetch_all(&office.admin)
    .await
    .unwrap()
}

#[tokio::test]
async fn each_channel_that_assists_is_told_itself_when_asked_before_and_at_its_due_time() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BROKER, AGENT, BANK]).await;
    office.sort_and_distribute(DAY).await;
    let case = office.case_of("P-1").await;
    // Two working days after Tuesday: Thursday's end, 16:00 UTC.
    let due = "2026-11-26T16:00:00Z".to_owned();
    let of = |channel: &str, recipient: &str| (channel.to_owned(), due.clone(), recipient.to_owned());
    let asked = told_of_assists(&office, "case.assist_asked").await;
    assert_eq!(asked, [of("individual_agents", ""), of("intermediaries", "")]);
    let led = "SELECT count(*) FROM outbox_pending WHERE kind = 'case.assist_asked' AND data ->> 'channel' = 'bancassurance'";
    assert_eq!(count(&office.admin, led).await, 2, "and which channel leads is said beside it");
    let planned =
        "SELECT count(*) FROM case_timer WHERE clock = 3 AND state = 1 GROUP BY channel ORDER BY channel";
    let planned: Vec<i64> = sqlx::query_scalar(planned).fetch_all(&office.admin).await.unwrap();
    assert_eq!(planned, [5, 5], "both fall due at the same time, and neither takes the other's place");

    // The agents' channel answers: it hears nothing more, the other one does.
    let assistant = office.participants(case.id).await[1].2.clone();
    let message = proto::AnswerAssistRequest {
        request_id: office.request_id(),
        case_id: case.id.to_string(),
        answer: "已电话核对".into(),
        ..Default::default()
    };
    let mut client = office.client().await;
    client.answer_assist(office.by(&assistant, message)).await.unwrap();
    office.at("2026-11-25 09:00");
    while fire_timers(office.app()).await.unwrap().sent > 0 {}
    assert_eq!(told_of_assists(&office, "case.reminder").await, [of("intermediaries", "clerk")]);
    office.at("2026-11-27 09:00");
    while fire_timers(office.app()).await.unwrap().sent > 0 {}
    assert_eq!(told_of_assists(&office, "case.escalation").await, [of("intermediaries", "team_leader")]);
    let own = "SELECT count(*) FROM outbox_pending WHERE data ->> 'clock' = 'investigation' AND data ? 'assist_channel'";
    assert_eq!(count(&office.admin, own).await, 0);

    // Given to somebody else in the lead channel: nobody is asked a second time.
    let message = proto::AssignCaseRequest {
        request_id: office.request_id(),
        case_id: case.id.to_string(),
        etag: office.case_of("P-1").await.version.to_string(),
        reason: "调整".into(),
        ..Default::default()
    };
    client.assign_case(office.by("BL", message)).await.unwrap();
    assert_eq!(told_of_assists(&office, "case.assist_asked").await.len(), 2);
}
