//! One case with what hangs on it, its timeline, and the statistics.

use tonic::Code;
use zhenshi_proto::{
    google::r#type::Date,
    zhenshi::v1::{self as proto, CaseMove, CaseView},
};

use super::{assortment, plant, touch};
use crate::support::{
    cases::{AGENT, BANK, DAY, Office},
    database::count,
    statuses::reason,
};

async fn get(office: &Office, code: &str, case_id: &str, view: CaseView) -> proto::Case {
    let message = proto::GetCaseRequest {
        case_id: case_id.into(),
        view: view.into(),
        language_code: "en".into(),
        ..proto::GetCaseRequest::default()
    };
    office.client().await.get_case(office.by(code, message)).await.unwrap().into_inner().case.unwrap()
}

/// An office with one case of an agent's and a bank's customer, led by the bank and in sorting.
async fn one_case() -> (Office, String) {
    let office = Office::open().await;
    office.share_phone("P", 1, &[AGENT, BANK]).await;
    office.sort(DAY).await;
    let case = office.case_of("P-2").await;
    // Both were recorded at one time of the office's clock: which of them leads is not what these tests are about.
    let lead = "UPDATE case_file SET channel = 2 WHERE id = $1";
    sqlx::query(lead).bind(case.id).execute(&office.admin).await.unwrap();
    (office, case.id.to_string())
}

#[tokio::test]
async fn details_show_members_of_other_channels_as_stubs() {
    let (office, case_id) = one_case().await;
    assert_eq!(get(&office, "BH", &case_id, CaseView::Basic).await.details, None);
    let details = get(&office, "BH", &case_id, CaseView::Full).await.details.unwrap();
    assert_eq!(details.suspicions.len(), 1);
    let (stubs, full): (Vec<_>, Vec<_>) = details.members.iter().partition(|member| member.stub);
    assert_eq!((stubs.len(), full.len()), (2, 2), "holder and insured of each application");
    for stub in stubs {
        let bare = proto::CaseMember {
            customer_id: stub.customer_id.clone(),
            stub: true,
            channel: proto::Channel::IndividualAgents.into(),
            ..proto::CaseMember::default()
        };
        assert_eq!(*stub, bare);
    }
    assert!(full.iter().all(|member| member.application_no == "P-2" && member.party.is_none()));
    let whole = get(&office, "CS1", &case_id, CaseView::Full).await.details.unwrap();
    assert!(whole.members.iter().all(|member| !member.stub));
    // The policyholder and the insured of one application are declared related by it only if it says so.
    assert_eq!(whole.awaited_departments, Vec::<i32>::new());
}

#[tokio::test]
async fn what_is_missing_and_what_is_possible_are_said() {
    let (office, case_id) = one_case().await;
    let details = get(&office, "CS1", &case_id, CaseView::Full).await.details.unwrap();
    let moves: Vec<CaseMove> = details.allowed_moves().collect();
    assert!(moves.contains(&CaseMove::Hold) && moves.contains(&CaseMove::Release), "{moves:?}");
    assert!(!moves.contains(&CaseMove::Start) && !moves.contains(&CaseMove::Verify), "{moves:?}");
    assert_eq!(details.missing.len(), 4);
    let unreachable =
        details.missing.iter().find(|of| of.outcome() == proto::CaseOutcome::Unreachable).unwrap();
    let said: Vec<(&str, &str)> =
        unreachable.items.iter().map(|item| (item.code.as_str(), item.message.as_str())).collect();
    assert!(
        said.contains(&("CONTACT_ATTEMPTS", "3 more attempts to reach the customer are needed.")),
        "{said:?}"
    );
    // Who only reads may do nothing.
    let read = get(&office, "AU", &case_id, CaseView::Full).await.details.unwrap();
    assert_eq!(read.allowed_moves, Vec::<i32>::new());
}

#[tokio::test]
async fn sealed_data_are_opened_only_after_the_audit_entry_and_masked() {
    let (office, case_id) = one_case().await;
    let looks = "SELECT count(*) FROM audit_pending WHERE action = 'VIEW_MASKED' AND subject_kind = 'case'";
    let plain = get(&office, "CS1", &case_id, CaseView::Full).await.details.unwrap();
    assert!(plain.members.iter().all(|member| member.party.is_none()));
    assert_eq!(count(&office.admin, looks).await, 0);
    let masked = get(&office, "BH", &case_id, CaseView::Masked).await.details.unwrap();
    assert_eq!(count(&office.admin, looks).await, 1);
    for member in &masked.members {
        assert_eq!(member.party.is_some(), !member.stub);
        if let Some(party) = &member.party {
            assert!(prost::Message::encode_to_vec(party).contains(&b'*'), "masked");
        }
    }
}

#[tokio::test]
async fn the_timeline_comes_in_order_and_with_words_and_notes_only_where_they_are_asked_for() {
    let (office, case_id) = one_case().await;
    let mut client = office.client().await;
    for _ in 0..3 {
        touch(&office, &mut client, case_id.parse().unwrap()).await;
    }
    let ask = |view: CaseView, language: &str, token: String| proto::ListCaseEventsRequest {
        page_size: 2,
        page_token: token,
        case_id: case_id.clone(),
        view: view.into(),
        language_code: language.into(),
    };
    let mut events = Vec::new();
    let mut token = String::new();
    loop {
        let message = office.by("CS1", ask(CaseView::Basic, "en", token));
        let answer = client.list_case_events(message).await.unwrap().into_inner();
        events.extend(answer.case_events);
        token = answer.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    let order: Vec<(i64, i32)> = events.iter().map(|event| (event.version, event.ordinal)).collect();
    assert!(order.is_sorted() && order.len() >= 4, "{order:?}");
    assert_eq!(events[0].message, "Case opened");
    assert!(events.iter().all(|event| event.note.is_empty()));
    let looks = "SELECT count(*) FROM audit_pending WHERE action = 'VIEW_MASKED'";
    assert_eq!(count(&office.admin, looks).await, 0);
    let mut all = proto::ListCaseEventsRequest { page_size: 0, ..ask(CaseView::Masked, "", String::new()) };
    let seen = client.list_case_events(office.by("CS1", all.clone())).await.unwrap().into_inner().case_events;
    assert_eq!(seen.last().map(|event| event.note.as_str()), Some("示例备注"));
    assert_eq!(seen.last().map(|event| event.message.as_str()), Some("备注"));
    assert_eq!(count(&office.admin, looks).await, 1);
    all.page_token = "AAAA".into();
    let refused = client.list_case_events(office.by("CS1", all)).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
}

const fn day(day: i32) -> Date {
    Date { year: 2026, month: 11, day }
}

#[tokio::test]
async fn statistics_count_what_was_planted_and_reconcile() {
    let office = Office::open().await;
    let planted = assortment(154);
    plant(&office, &planted).await;
    // Of those closed: half on time, some by an extension only, the rest late.
    for (sql, place) in [
        ("on_time = true, submitted_time = created_time, unextended_due_time = created_time", 0),
        (
            "on_time = true, submitted_time = created_time, unextended_due_time = created_time - interval '1 hour',
             due_time = created_time",
            1,
        ),
        ("on_time = false, submitted_time = created_time, returned_count = 1", 2),
    ] {
        let sql = format!(
            "UPDATE case_file SET {sql} WHERE state = 6 AND right(case_no, 6)::int / 11 % 3 = {place}"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&office.admin).await.unwrap();
    }
    let mut client = office.client().await;
    let ask = |dimension: proto::StatisticsDimension| proto::GetCaseStatisticsRequest {
        first_date: Some(day(23)),
        last_date: Some(day(23)),
        dimension: dimension.into(),
        ..proto::GetCaseStatisticsRequest::default()
    };
    let closed: Vec<_> = planted.iter().filter(|one| one.state == 6).collect();
    let of = |place: u32| {
        let of = closed.iter().filter(|one| one.case_no[9..].parse::<u32>().unwrap() / 11 % 3 == place);
        i64::try_from(of.count()).unwrap()
    };
    for (code, wanted) in [("CS1", None), ("BH", Some(2))] {
        let message = office.by(code, ask(proto::StatisticsDimension::Channel));
        let found = client.get_case_statistics(message).await.unwrap().into_inner();
        let total = found.total.unwrap();
        let of_role =
            planted.iter().filter(|one| wanted.is_none_or(|channel| one.channel == channel)).count();
        assert_eq!(total.created, i64::try_from(of_role).unwrap());
        assert_eq!(total.created, total.open + total.closed + total.withdrawn);
        assert_eq!(total.created, total.distributed + total.merged + total.sorting);
        let sum = |figure: fn(&proto::CaseStatistics) -> i64| found.rows.iter().map(figure).sum::<i64>();
        assert_eq!(sum(|row| row.created), total.created);
        assert_eq!(sum(|row| row.overdue), total.overdue);
        assert_eq!(total.outcomes.iter().map(|of| of.count).sum::<i64>(), total.closed);
        if wanted.is_none() {
            assert_eq!((total.on_time, total.extended, total.late), (of(0), of(1), of(2)));
            assert_eq!(total.returned, of(2));
            let rate =
                f64::from(i32::try_from(of(0)).unwrap()) / f64::from(u32::try_from(closed.len()).unwrap());
            assert!((total.on_time_rate - rate).abs() < 1e-9);
            let keys: Vec<&str> = found.rows.iter().map(|row| row.key.as_str()).collect();
            assert_eq!(
                keys,
                ["CHANNEL_INDIVIDUAL_AGENTS", "CHANNEL_BANCASSURANCE", "CHANNEL_INTERMEDIARIES"]
            );
        }
    }
    let sellers = client.get_case_statistics(office.by("CS1", ask(proto::StatisticsDimension::Seller))).await;
    let sellers = sellers.unwrap().into_inner();
    let bank = sellers.rows.iter().find(|row| row.key == "S-BANK").unwrap();
    let expected = planted.iter().filter(|one| one.seller_code == "S-BANK").count();
    assert_eq!(bank.created, i64::try_from(expected).unwrap());
    let mut long = ask(proto::StatisticsDimension::Unspecified);
    long.last_date = Some(Date { year: 2027, month: 11, day: 25 });
    let refused = client.get_case_statistics(office.by("CS1", long)).await.unwrap_err();
    assert_eq!(reason(&refused), (Code::InvalidArgument, "INVALID_REQUEST".into()));
}

/// A clue is right when its case ends corrected or confirmed false, and wrong when an appeal against it was accepted.
#[tokio::test]
async fn an_accepted_appeal_counts_against_the_precision_of_the_clue() {
    let office = Office::open().await;
    for n in 1..=3 {
        office.share_phone(&format!("P{n}"), n, &[BANK, BANK]).await;
    }
    office.sort(DAY).await;
    let now = "(SELECT max(created_time) FROM case_file)";
    for (number, change) in [(1, "state = 6, outcome = 1"), (2, "state = 6, outcome = 2"), (3, "state = 7")] {
        let closed = if change.contains('6') { now } else { "NULL" };
        let sql = format!(
            "UPDATE case_file SET {change}, closed_time = {closed} WHERE case_no LIKE '%-00000{number}'"
        );
        sqlx::query(sqlx::AssertSqlSafe(sql)).execute(&office.admin).await.unwrap();
    }
    let appeal = "INSERT INTO case_appeal (id, case_id, appealed_by, appealed_time, text_id, decided_by, decided_time, accepted)
        SELECT id, id, 'B1', created_time, id, 'CS1', created_time, true FROM case_file WHERE state = 7";
    sqlx::query(appeal).execute(&office.admin).await.unwrap();
    let message = proto::GetCaseStatisticsRequest {
        first_date: Some(day(24)),
        last_date: Some(day(24)),
        ..proto::GetCaseStatisticsRequest::default()
    };
    let found =
        office.client().await.get_case_statistics(office.by("CO1", message)).await.unwrap().into_inner();
    let of = found.clue_precisions.iter().find(|of| of.clue() == proto::Clue::SamePhone).unwrap();
    assert_eq!((of.closed, of.right, of.mistaken), (2, 1, 1));
    assert!((of.precision - 1.0 / 3.0).abs() < 1e-9);
}
