//! Cases out of the lists, and what customer service does with them before they are distributed.

use tonic::{Code, Status, transport::Channel};
use uuid::Uuid;
use zhenshi_proto::zhenshi::v1::{self as proto, suspicion_service_client::SuspicionServiceClient};

use crate::support::{
    applications::date,
    cases::{AGENT, BANK, CaseSeen, DAY, Office, call},
    database::count,
    directory::reason,
};

/// Suspicions of the lists so far: listed, distributed, merged, held.
async fn figures(office: &Office) -> (i64, i64, i64, i64) {
    let url = office.service.url();
    let connection = Channel::from_shared(url).unwrap().connect().await.unwrap();
    let mut client = SuspicionServiceClient::new(connection);
    let mut sum = (0, 0, 0, 0);
    for day in [24, 25] {
        let asked = proto::GetSuspicionListRequest {
            list_date: Some(date(2026, 11, day)),
            ..proto::GetSuspicionListRequest::default()
        };
        let Ok(answer) = client.get_suspicion_list(office.by("CS1", asked)).await else { continue };
        let cases = answer.into_inner().cases.unwrap();
        assert_eq!(cases.listed, cases.distributed + cases.merged + cases.held, "nothing waits");
        sum.0 += cases.listed;
        sum.1 += cases.distributed;
        sum.2 += cases.merged;
        sum.3 += cases.held;
    }
    sum
}

async fn hold(office: &Office, by: &str, case: &CaseSeen, hold: bool) -> Result<proto::Case, Status> {
    let message = proto::HoldCaseRequest {
        request_id: office.request_id(),
        case_id: case.id.to_string(),
        etag: case.version.to_string(),
        hold,
        reason: "先核对".into(),
        ..Default::default()
    };
    let answer = office.client().await.hold_case(office.by(by, message)).await?;
    Ok(answer.into_inner().case.unwrap())
}

async fn merge(office: &Office, taker: &CaseSeen, merged: &[Uuid]) -> Result<proto::Case, Status> {
    let message = proto::MergeCasesRequest {
        request_id: office.request_id(),
        case_id: taker.id.to_string(),
        etag: taker.version.to_string(),
        merged_case_ids: merged.iter().map(ToString::to_string).collect(),
        reason: "同一家庭".into(),
        ..Default::default()
    };
    let answer = office.client().await.merge_cases(office.by("CS1", message)).await?;
    Ok(answer.into_inner().case.unwrap())
}

#[tokio::test]
async fn each_suspicion_of_a_sealed_list_opens_a_case_in_sorting_until_nine_o_clock() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BANK, BANK]).await;
    office.share_phone("Q", 2, &[AGENT, BANK]).await;
    office.list(DAY).await;
    assert!(office.cases().await.is_empty());
    office.make_cases().await;
    let cases = office.cases().await;
    let numbers: Vec<&str> = cases.iter().map(|case| case.case_no.as_str()).collect();
    assert_eq!(numbers, ["20261124-000001", "20261124-000002"]);
    assert!(cases.iter().all(|case| (case.state, case.version, case.channel) == (1, 1, 2)));
    assert!(cases[0].priority >= cases[1].priority, "the more urgent one comes first");
    let waiting = "SELECT count(*) FROM case_file WHERE release_time = '2026-11-24 09:00+08' AND urgent_time > '9999-01-01'";
    assert_eq!(count(&office.admin, waiting).await, 2);
    assert_eq!(office.timeline(cases[0].id).await, [1, 2]);
    assert_eq!(
        count(&office.admin, "SELECT count(*) FROM case_member").await,
        8,
        "holder and insured of two applications each"
    );
    let done = "SELECT count(*) FROM suspicion_list WHERE cases_made_time IS NOT NULL";
    assert_eq!(count(&office.admin, done).await, 1);
    // Made once: nothing is left to do.
    office.make_cases().await;
    assert_eq!(office.cases().await, cases);
    // Before the hour nothing goes out by itself.
    office.at("2026-11-24 08:59");
    office.distribute().await;
    assert!(office.cases().await.iter().all(|case| case.state == 1));
    assert_eq!(figures(&office).await, (2, 0, 0, 2));
    office.at("2026-11-24 09:00");
    office.distribute().await;
    assert!(office.cases().await.iter().all(|case| case.state == 3));
    assert_eq!(figures(&office).await, (2, 2, 0, 0));
    let in_whose_name = "SELECT count(*) FROM case_event
         WHERE kind = 5 AND actor = 'system' AND data ->> 'on_behalf_of' = 'customer_service'";
    assert_eq!(count(&office.admin, in_whose_name).await, 2);
}

#[tokio::test]
async fn a_suspicion_joins_the_open_case_of_its_value_whatever_has_become_of_it() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BANK, BANK]).await;
    office.sort_and_distribute(DAY).await;
    let before = office.case_of("P-1").await;
    let phones = crate::support::applications::man(10).phones;
    office
        .apply("P-3", 13, BANK, |application| {
            application.policyholder.as_mut().unwrap().phones.clone_from(&phones);
        })
        .await;
    office.sort("2026-11-25").await;
    let after = office.case_of("P-3").await;
    assert_eq!((after.id, after.version), (before.id, before.version + 1));
    assert_eq!((after.state, &after.assignee), (3, &before.assignee), "who has it keeps it");
    assert_eq!(office.cases().await.len(), 1);
    assert_eq!(figures(&office).await, (2, 1, 1, 0));
    assert_eq!(office.timeline(before.id).await.iter().filter(|kind| **kind == 2).count(), 2);
}

#[tokio::test]
async fn suspicions_of_the_same_customers_and_channel_share_a_case_and_keep_outcomes_of_their_own() {
    let office = Office::open().await;
    let account = crate::support::applications::application("X", 11).accounts[0].number.clone();
    for (no, man) in [("P-1", 11), ("P-2", 12)] {
        let phones = crate::support::applications::man(10).phones;
        office
            .apply(no, man, BANK, |application| {
                application.policyholder.as_mut().unwrap().phones.clone_from(&phones);
                application.insureds[0].person.as_mut().unwrap().phones.clone_from(&phones);
                application.accounts[0].number.clone_from(&account);
            })
            .await;
    }
    office.sort(DAY).await;
    let cases = office.cases().await;
    assert_eq!(cases.len(), 1);
    let clues: Vec<i16> =
        sqlx::query_scalar("SELECT clues FROM case_file").fetch_one(&office.admin).await.unwrap();
    assert_eq!(clues, [1, 2]);
    assert_eq!(count(&office.admin, "SELECT count(*) FROM case_suspicion WHERE outcome IS NULL").await, 2);
    assert_eq!(count(&office.admin, "SELECT count(*) FROM case_value WHERE open").await, 2);
    assert_eq!(figures(&office).await, (2, 0, 1, 1));
}

#[tokio::test]
async fn one_person_under_two_certificates_goes_to_customer_service_and_to_no_channel() {
    let office = Office::open().await;
    for (no, man) in [("P-1", 11), ("P-2", 12)] {
        office.apply(no, man, BANK, |application| call(application, "测重名")).await;
    }
    office.sort_and_distribute(DAY).await;
    let case = office.case_of("P-1").await;
    assert_eq!((case.state, case.assignee.as_deref()), (3, Some("CS1")));
    let own = "SELECT count(*) FROM case_file WHERE taken_over AND clues = ARRAY[5]::smallint[]";
    assert_eq!(count(&office.admin, own).await, 1, "compliance verifies it");
    assert_eq!(office.participants(case.id).await, [(1, 2, "CO1".to_owned(), false)]);
}

#[tokio::test]
async fn customer_service_holds_a_case_beyond_its_hour_and_lets_it_go_on() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BANK, BANK]).await;
    office.sort(DAY).await;
    let case = office.case_of("P-1").await;
    let refused = hold(&office, "B1", &case, true).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let held = hold(&office, "CS1", &case, true).await.unwrap();
    assert!(held.held && held.etag == "2");
    let stale = hold(&office, "CS1", &case, false).await.unwrap_err();
    assert_eq!(reason(&stale), "ETAG_MISMATCH");
    office.at("2026-11-24 12:00");
    office.distribute().await;
    assert_eq!(office.case_of("P-1").await.state, 1);
    assert_eq!(figures(&office).await, (1, 0, 0, 1));
    hold(&office, "CSM", &office.case_of("P-1").await, false).await.unwrap();
    office.distribute().await;
    let released = office.case_of("P-1").await;
    assert_eq!(released.state, 3);
    let late = hold(&office, "CS1", &released, true).await.unwrap_err();
    assert_eq!((late.code(), reason(&late).as_str()), (Code::FailedPrecondition, "MOVE_NOT_ALLOWED"));
    let words: Vec<u8> =
        sqlx::query_scalar("SELECT payload FROM case_text LIMIT 1").fetch_one(&office.admin).await.unwrap();
    assert!(!words.windows(3).any(|three| three == "先".as_bytes()), "reasons are sealed");
}

#[tokio::test]
async fn merged_cases_end_and_their_suspicions_go_on_in_the_other() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BANK, BANK]).await;
    office.share_phone("Q", 2, &[BANK, BANK]).await;
    office.sort(DAY).await;
    let (taker, other) = (office.case_of("P-1").await, office.case_of("Q-1").await);
    let missing = merge(&office, &taker, &[Uuid::from_u128(7)]).await.unwrap_err();
    assert_eq!(reason(&missing), "CASE_NOT_FOUND");
    let into_itself = merge(&office, &taker, &[taker.id]).await.unwrap_err();
    assert_eq!(into_itself.code(), Code::InvalidArgument);
    merge(&office, &taker, &[other.id]).await.unwrap();
    let gone: (i16, Option<Uuid>) = sqlx::query_as("SELECT state, merged_into FROM case_file WHERE id = $1")
        .bind(other.id)
        .fetch_one(&office.admin)
        .await
        .unwrap();
    assert_eq!(gone, (7, Some(taker.id)));
    assert_eq!(office.case_of("Q-2").await.id, taker.id, "its members are the taker's too");
    let values = "SELECT count(*) FROM case_value WHERE open";
    assert_eq!(count(&office.admin, values).await, 2, "one open case a value");
    assert_eq!(figures(&office).await, (2, 0, 1, 1));
    let again = merge(&office, &office.case_of("P-1").await, &[other.id]).await.unwrap_err();
    assert_eq!(reason(&again), "MOVE_NOT_ALLOWED");
    office.at("2026-11-24 09:00");
    office.distribute().await;
    assert_eq!(figures(&office).await, (2, 1, 1, 0));
}

#[tokio::test]
async fn customer_service_releases_before_the_hour_and_each_case_is_answered_for() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BANK, BANK]).await;
    office.share_phone("Q", 2, &[BANK, BANK]).await;
    office.sort(DAY).await;
    let (one, other) = (office.case_of("P-1").await, office.case_of("Q-1").await);
    hold(&office, "CS1", &one, true).await.unwrap();
    let unknown = Uuid::from_u128(9);
    let message = proto::ReleaseCasesRequest {
        request_id: office.request_id(),
        case_ids: [one.id, unknown, one.id].iter().map(ToString::to_string).collect(),
        language_code: "en".into(),
    };
    let mut client = office.client().await;
    let done = client.release_cases(office.by("CS1", message.clone())).await.unwrap().into_inner().results;
    let reasons: Vec<&str> = done.iter().map(|each| each.error_reason.as_str()).collect();
    assert_eq!(reasons, ["", "CASE_NOT_FOUND"], "each once, in the order asked for");
    assert_eq!(done[0].case.as_ref().unwrap().state(), proto::CaseState::Open);
    assert!(!done[0].case.as_ref().unwrap().held && !done[1].error_message.is_empty());
    // A repeat changes nothing and names what was changed.
    let again = client.release_cases(office.by("CS1", message.clone())).await.unwrap().into_inner().results;
    assert_eq!((again.len(), again[0].case_id.as_str()), (1, one.id.to_string().as_str()));
    let reused = proto::ReleaseCasesRequest { case_ids: vec![other.id.to_string()], ..message };
    let reused = client.release_cases(office.by("CS1", reused)).await.unwrap_err();
    assert_eq!(reason(&reused), "REQUEST_ID_REUSED");
    assert_eq!(office.case_of("Q-1").await.state, 1);
}

#[tokio::test]
async fn a_doubt_about_a_customer_becomes_a_case_of_his_application() {
    let office = Office::open().await;
    let submission = office.apply("P-1", 11, AGENT, |_| ()).await;
    let doubt = |source: proto::CaseSource, doubt: proto::CallBackDoubt| proto::CreateCaseRequest {
        request_id: office.request_id(),
        source: source.into(),
        doubt: doubt.into(),
        submission_id: submission.to_string(),
        party_no: 0,
        reason: "电话为空号".into(),
        language_code: String::new(),
    };
    let mut client = office.client().await;
    for wrong in [
        doubt(proto::CaseSource::Suspicion, proto::CallBackDoubt::Unspecified),
        doubt(proto::CaseSource::CallBack, proto::CallBackDoubt::Unspecified),
        doubt(proto::CaseSource::Claim, proto::CallBackDoubt::WrongNumber),
    ] {
        let refused = client.create_case(office.by("CS1", wrong)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
    let right = doubt(proto::CaseSource::CallBack, proto::CallBackDoubt::NoSuchNumber);
    let refused = client.create_case(office.by("B1", right.clone())).await.unwrap_err();
    assert_eq!(refused.code(), Code::PermissionDenied);
    let elsewhere = proto::CreateCaseRequest { party_no: 9, ..right.clone() };
    let elsewhere = client.create_case(office.by("CS1", elsewhere)).await.unwrap_err();
    assert_eq!(reason(&elsewhere), "SUBMISSION_NOT_FOUND");
    let made = client.create_case(office.by("CS1", right.clone())).await.unwrap().into_inner().case.unwrap();
    assert_eq!((made.case_no.as_str(), made.state()), ("20261123-000001", proto::CaseState::Sorting));
    assert_eq!(
        (made.channel(), made.doubt()),
        (proto::Channel::IndividualAgents, proto::CallBackDoubt::NoSuchNumber)
    );
    assert_eq!((made.list_date, made.seller_codes), (None, vec!["S-AGENT".to_owned()]));
    let again = client.create_case(office.by("CS1", right)).await.unwrap().into_inner().case.unwrap();
    assert_eq!(again.case_id, made.case_id);
    // Reported on Monday at ten: its hour is the next working day's.
    office.at("2026-11-24 08:59");
    office.distribute().await;
    assert_eq!(office.case_of("P-1").await.state, 1);
    office.at("2026-11-24 09:00");
    office.distribute().await;
    assert_eq!(office.case_of("P-1").await.assignee.as_deref(), Some("A1"));
}
