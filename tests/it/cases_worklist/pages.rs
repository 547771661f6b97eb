//! Order, pages, filters and counts.

use tonic::Code;
use zhenshi_proto::zhenshi::v1::{self as proto, CaseState};

use super::{Planted, all, assortment, expected, ids, page, plant};
use crate::support::{cases::Office, statuses::reason};

fn states(states: &[CaseState]) -> Vec<i32> {
    states.iter().map(|state| (*state).into()).collect()
}

#[tokio::test]
async fn pages_follow_urgency_priority_and_id_and_leave_nothing_out() {
    let office = Office::open().await;
    let planted = assortment(180);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    let found = all(&office, &mut client, "CS1", &proto::CaseFilter::default()).await;
    assert_eq!(ids(&found), expected(&office, &planted, |one| one.state < 6));
    let over = [CaseState::Closed, CaseState::Withdrawn, CaseState::Open];
    let filter = proto::CaseFilter { states: states(&over), ..proto::CaseFilter::default() };
    let found = all(&office, &mut client, "CS1", &filter).await;
    assert_eq!(ids(&found), expected(&office, &planted, |one| [2, 6, 7].contains(&one.state)));
}

/// Whatever changes between two pages: a case that did not move is met exactly once.
#[tokio::test]
async fn pages_are_stable_while_cases_move() {
    let office = Office::open().await;
    let planted = assortment(120);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    let order = expected(&office, &planted, |one| one.state < 6);
    let ask = |token: String| proto::ListCasesRequest {
        page_size: 10,
        page_token: token,
        ..proto::ListCasesRequest::default()
    };
    let first = page(&office, &mut client, "CS1", ask(String::new())).await.unwrap();
    // One that was seen, the last one seen, and one that is still to come are closed; and a most urgent one appears.
    for place in [3, 9, 25] {
        sqlx::query("UPDATE case_file SET state = 6, closed_time = created_time WHERE id = $1::uuid")
            .bind(&order[place])
            .execute(&office.admin)
            .await
            .unwrap();
    }
    let newcomer = Planted { due_in: Some(-100), state: 3, ..assortment(1_000)[999].clone() };
    plant(&office, &[newcomer]).await;
    let mut seen = ids(&first.cases);
    let mut token = first.next_page_token;
    while !token.is_empty() {
        let next = page(&office, &mut client, "CS1", ask(token)).await.unwrap();
        seen.extend(ids(&next.cases));
        token = next.next_page_token;
    }
    let left: Vec<String> =
        order.iter().enumerate().filter(|(place, _)| *place != 25).map(|(_, id)| id.clone()).collect();
    assert_eq!(seen, left);
}

/// Whether a planted case is to be found.
type Wanted = fn(&Planted) -> bool;

#[tokio::test]
async fn every_filter_narrows_to_what_it_says() {
    let office = Office::open().await;
    let planted = assortment(150);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    let now = prost_types::Timestamp {
        seconds: zhenshi::clock::Clock::now(&*office.service.clock).timestamp(),
        nanos: 0,
    };
    let none = proto::CaseFilter::default;
    let cases: Vec<(proto::CaseFilter, Wanted)> = vec![
        (proto::CaseFilter { assignee_code: "B2".into(), ..none() }, |one| one.assignee == Some("B2")),
        (proto::CaseFilter { channel: 2, ..none() }, |one| one.channel == 2),
        (proto::CaseFilter { channel: 2, branch_code: "4402".into(), ..none() }, |one| {
            one.branch_code == "4402"
        }),
        (proto::CaseFilter { seller_code: "S-BANK".into(), ..none() }, |one| one.seller_code == "S-BANK"),
        (proto::CaseFilter { clue: 4, ..none() }, |one| one.clue == 4),
        (proto::CaseFilter { due_before_time: Some(now), ..none() }, |one| {
            one.due_in.is_some_and(|hours| hours < 0)
        }),
        (proto::CaseFilter { overdue: true, ..none() }, |one| one.due_in.is_some_and(|hours| hours <= 0)),
        (proto::CaseFilter { case_no: "20261111-".into(), ..none() }, |one| {
            one.case_no.starts_with("20261111-")
        }),
        (proto::CaseFilter { case_no: "20261111-00001".into(), ..none() }, |one| {
            one.case_no.starts_with("20261111-00001")
        }),
        (proto::CaseFilter { unassigned: true, ..none() }, |one| one.assignee.is_none()),
        (proto::CaseFilter { outcome: 2, ..none() }, |one| one.outcome == Some(2)),
        (proto::CaseFilter { states: vec![5], outcome: 2, channel: 1, ..none() }, |one| {
            one.state == 5 && one.outcome == Some(2) && one.channel == 1
        }),
    ];
    for (filter, wanted) in cases {
        let found = all(&office, &mut client, "CO1", &filter).await;
        assert_eq!(
            ids(&found),
            expected(&office, &planted, |one| one.state < 6 && wanted(one)),
            "{filter:?}"
        );
        let every = if filter.states.is_empty() { (1..=7).collect() } else { filter.states.clone() };
        let filter = proto::CaseFilter { states: every, ..filter };
        let found = all(&office, &mut client, "CO1", &filter).await;
        let wanted =
            expected(&office, &planted, |one| filter.states.contains(&one.state.into()) && wanted(one));
        assert_eq!(ids(&found), wanted, "{filter:?}");
    }
    // No list was made: a list's day has none of them, whatever their numbers begin with.
    let day = zhenshi_proto::google::r#type::Date { year: 2026, month: 11, day: 11 };
    let found = all(&office, &mut client, "CO1", &proto::CaseFilter { list_date: Some(day), ..none() }).await;
    assert!(found.is_empty());
}

#[tokio::test]
async fn what_is_not_understood_is_refused_and_never_widens_a_filter() {
    let office = Office::open().await;
    let mut client = office.client().await;
    let none = proto::CaseFilter::default;
    for filter in [
        proto::CaseFilter { states: vec![1, 0], ..none() },
        proto::CaseFilter { states: vec![99], ..none() },
        proto::CaseFilter { channel: 99, ..none() },
        proto::CaseFilter { clue: -1, ..none() },
        proto::CaseFilter { outcome: 9, ..none() },
        proto::CaseFilter { case_no: "2026".into(), ..none() },
        proto::CaseFilter { case_no: "20261111%".into(), ..none() },
    ] {
        let message = proto::ListCasesRequest { filter: Some(filter), ..proto::ListCasesRequest::default() };
        let refused = page(&office, &mut client, "CS1", message).await.unwrap_err();
        assert_eq!(reason(&refused), (Code::InvalidArgument, "INVALID_REQUEST".into()));
    }
}

#[tokio::test]
async fn a_token_is_good_only_for_its_caller_and_its_filters() {
    let office = Office::open().await;
    plant(&office, &assortment(60)).await;
    let mut client = office.client().await;
    let small = proto::ListCasesRequest { page_size: 5, ..proto::ListCasesRequest::default() };
    let first = page(&office, &mut client, "CS1", small.clone()).await.unwrap();
    let with = |page_token: String, filter| proto::ListCasesRequest { page_token, filter, ..small.clone() };
    // The size may change, and a repeat gives the same page.
    let again = proto::ListCasesRequest { page_size: 9, ..with(first.next_page_token.clone(), None) };
    let once = page(&office, &mut client, "CS1", again.clone()).await.unwrap();
    assert_eq!(once, page(&office, &mut client, "CS1", again).await.unwrap());
    assert_eq!(once.cases.len(), 9);
    let narrowed = Some(proto::CaseFilter { overdue: true, ..proto::CaseFilter::default() });
    let wrong = proto::ListCasesRequest { updated_since: "AAAA".into(), ..small.clone() };
    for (code, message) in [
        ("CS1", with(first.next_page_token.clone(), narrowed)),
        ("CS2", with(first.next_page_token.clone(), None)),
        ("CS1", with("AAAA".into(), None)),
        ("CS1", with(first.update_token.clone(), None)),
        ("CS1", wrong),
        ("CS1", proto::ListCasesRequest { updated_since: first.next_page_token, ..small.clone() }),
    ] {
        let refused = page(&office, &mut client, code, message).await.unwrap_err();
        assert_eq!(reason(&refused), (Code::InvalidArgument, "PAGE_TOKEN_INVALID".into()));
    }
}

#[tokio::test]
async fn counts_are_of_every_state_under_the_filter() {
    let office = Office::open().await;
    let planted = assortment(200);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    for (code, filter, wanted) in [
        ("CS1", proto::CaseFilter::default(), (|_: &Planted| true) as fn(&Planted) -> bool),
        ("CS1", proto::CaseFilter { channel: 2, states: vec![3], ..proto::CaseFilter::default() }, |one| {
            one.channel == 2
        }),
        ("BH", proto::CaseFilter::default(), |one| one.channel == 2),
    ] {
        let message = proto::ListCasesRequest {
            page_size: 1,
            filter: Some(filter),
            counts: true,
            ..proto::ListCasesRequest::default()
        };
        let counted = page(&office, &mut client, code, message).await.unwrap().state_counts;
        let counted: Vec<(i32, i64, i64)> =
            counted.iter().map(|of| (of.state, of.count, of.overdue_count)).collect();
        let count = |state: i16, overdue: bool| {
            let of = |one: &&Planted| {
                one.state == state && wanted(one) && (!overdue || one.due_in.is_some_and(|hours| hours <= 0))
            };
            i64::try_from(planted.iter().filter(of).count()).unwrap()
        };
        let expected: Vec<(i32, i64, i64)> = (1..=7)
            .map(|state: i16| (state.into(), count(state, false), count(state, true)))
            .filter(|(_, count, _)| *count > 0)
            .collect();
        assert_eq!(counted, expected);
    }
}
