//! Distribution to people: whose turn it is, who may not have a case, who is copied; cases given by hand.

use tonic::{Code, Status};
use zhenshi::app::case::recompute_deadlines::recompute_deadlines;
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    applications::date,
    cases::{AGENT, BANK, CaseSeen, DAY, DIRECT, DIRECT_UNIT, OTHER_BRANCH, Office, STAFF, Sale},
    database::count,
    directory::reason,
    hiring::staff_member,
};

fn member(code: &str) -> proto::StaffMember {
    staff_member(*STAFF.iter().find(|(known, ..)| *known == code).unwrap())
}

fn assign(office: &Office, case: &CaseSeen) -> proto::AssignCaseRequest {
    proto::AssignCaseRequest {
        request_id: office.request_id(),
        case_id: case.id.to_string(),
        etag: case.version.to_string(),
        ..Default::default()
    }
}

async fn send(office: &Office, by: &str, message: proto::AssignCaseRequest) -> Result<proto::Case, Status> {
    let answer = office.client().await.assign_case(office.by(by, message)).await?;
    Ok(answer.into_inner().case.unwrap())
}

fn why(status: &Status) -> (String, String) {
    use tonic_types::StatusExt as _;
    let info = status.get_details_error_info().unwrap();
    (info.reason.clone(), info.metadata.get("why").cloned().unwrap_or_default())
}

#[tokio::test]
async fn cases_go_in_turn_to_the_clerks_of_the_newest_applications_channel_and_branch() {
    let office = Office::open().await;
    for n in 1..=6 {
        office.share_phone(&format!("P{n}"), n, &[BANK, BANK]).await;
    }
    office.share_phone("Q", 7, &[BANK, OTHER_BRANCH]).await;
    office.sort_and_distribute(DAY).await;
    let mut assignees: Vec<String> = Vec::new();
    for n in 1..=6 {
        let case = office.case_of(&format!("P{n}-1")).await;
        assert_eq!((case.state, case.nobody_free), (3, false));
        assert_eq!(
            office.participants(case.id).await,
            [(1, 2, "BL".to_owned(), false)],
            "the team leader is copied"
        );
        assignees.extend(case.assignee);
    }
    assignees.sort_unstable();
    assert_eq!(assignees, ["B1", "B1", "B2", "B2", "B3", "B3"]);
    assert_eq!(office.case_of("Q-1").await.assignee.as_deref(), Some("B4"));
    let received = "SELECT count(*) FROM case_file
         WHERE channel_received_time = '2026-11-24 09:00+08' AND due_time = '2026-11-28 00:00+08'";
    assert_eq!(count(&office.admin, received).await, 7, "three working days after the first assignment");
    let told = "SELECT count(*) FROM outbox_pending WHERE kind = 'case.assigned'";
    assert_eq!(count(&office.admin, told).await, 7);
}

#[tokio::test]
async fn leave_and_capacity_are_respected_and_the_team_leader_has_what_nobody_can_take() {
    let office = Office::open().await;
    let leave =
        proto::LeavePeriod { first_day: Some(date(2026, 11, 24)), last_day: Some(date(2026, 11, 24)) };
    office.change_staff(proto::StaffMember { leaves: vec![leave], etag: "1".into(), ..member("B1") }).await;
    office.change_staff(proto::StaffMember { capacity: Some(1), etag: "1".into(), ..member("B2") }).await;
    office.change_staff(proto::StaffMember { capacity: Some(1), etag: "1".into(), ..member("B3") }).await;
    for n in 1..=3 {
        office.share_phone(&format!("P{n}"), n, &[BANK, BANK]).await;
    }
    office.sort_and_distribute(DAY).await;
    let mut cases = office.cases().await;
    cases.sort_by(|one, other| one.assignee.cmp(&other.assignee));
    let seen: Vec<_> =
        cases.iter().map(|case| (case.assignee.as_deref().unwrap(), case.nobody_free)).collect();
    assert_eq!(seen, [("B2", false), ("B3", false), ("BL", true)]);
}

#[tokio::test]
async fn a_channel_without_clerks_names_its_unit() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[DIRECT, DIRECT]).await;
    office.sort_and_distribute(DAY).await;
    let case = office.case_of("P-1").await;
    assert_eq!((case.state, case.assignee, case.unit_code.as_str()), (3, None, DIRECT_UNIT));
    assert_eq!(
        office.participants(case.id).await,
        [(1, 4, "CO1".to_owned(), false)],
        "no team leader to copy"
    );
}

#[tokio::test]
async fn nobody_whose_own_contact_or_sale_is_the_clue_has_the_case_or_a_copy() {
    let office = Office::open().await;
    // Sold by who is a clerk as well, by who is a team leader as well.
    office.share_phone("P", 1, &[BANK, Sale { seller_code: "B1", ..BANK }]).await;
    office.share_phone("Q", 2, &[BANK, Sale { seller_code: "BL", ..BANK }]).await;
    // A clerk's own phone on a customer, and a clerk who is himself the customer.
    let phones = member("B2").phones;
    office
        .apply("R-1", 31, BANK, |application| {
            application.policyholder.as_mut().unwrap().phones.clone_from(&phones);
        })
        .await;
    let own = crate::support::applications::man(403).certificate;
    office
        .apply("S-1", 41, BANK, |application| {
            let phones = crate::support::applications::man(40).phones;
            let holder = application.policyholder.as_mut().unwrap();
            holder.certificate.clone_from(&own);
            holder.phones.clone_from(&phones);
            application.insureds[0].person = application.policyholder.clone();
        })
        .await;
    office
        .apply("S-2", 42, BANK, |application| {
            let phones = crate::support::applications::man(40).phones;
            application.policyholder.as_mut().unwrap().phones.clone_from(&phones);
        })
        .await;
    office.sort_and_distribute(DAY).await;
    for (no, concerned) in [("P-1", "B1"), ("R-1", "B2"), ("S-1", "B3")] {
        let case = office.case_of(no).await;
        assert_ne!(case.assignee.as_deref(), Some(concerned), "{no}");
        let message = proto::AssignCaseRequest {
            staff_code: concerned.into(),
            reason: "换人".into(),
            ..assign(&office, &case)
        };
        let refused = send(&office, "CS1", message).await.unwrap_err();
        assert_eq!(why(&refused), ("STAFF_NOT_ELIGIBLE".into(), "CONCERNED".into()), "{no}");
    }
    let copied = office.participants(office.case_of("Q-1").await.id).await;
    assert_eq!(copied, [(1, 2, "CO1".to_owned(), false)], "compliance in the place of the team leader");
}

#[tokio::test]
async fn a_team_leader_gives_a_case_to_another_with_a_reason() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[BANK, BANK]).await;
    office.sort_and_distribute(DAY).await;
    let case = office.case_of("P-1").await;
    let (had, other) = (
        case.assignee.clone().unwrap(),
        ["B1", "B2"].into_iter().find(|code| case.assignee.as_deref() != Some(code)).unwrap(),
    );
    let to = |code: &str, reason: &str| proto::AssignCaseRequest {
        staff_code: code.into(),
        reason: reason.into(),
        ..assign(&office, &case)
    };
    let unexplained = send(&office, "BL", to(other, "")).await.unwrap_err();
    assert_eq!(unexplained.code(), Code::InvalidArgument);
    assert_eq!(send(&office, &had, to(other, "转办")).await.unwrap_err().code(), Code::PermissionDenied);
    for (code, expected) in [
        ("nobody", "UNKNOWN"),
        ("A1", "OTHER_CHANNEL"),
        ("B4", "OTHER_BRANCH"),
        ("CO1", "NO_CLERK"),
        ("BH", "NO_CLERK"),
    ] {
        let refused = send(&office, "BL", to(code, "转办")).await.unwrap_err();
        assert_eq!(why(&refused), ("STAFF_NOT_ELIGIBLE".into(), expected.into()), "{code}");
    }
    let leave =
        proto::LeavePeriod { first_day: Some(date(2026, 11, 20)), last_day: Some(date(2026, 11, 30)) };
    for (change, expected) in [
        (proto::StaffMember { leaves: vec![leave], etag: "1".into(), ..member(other) }, "ON_LEAVE"),
        (proto::StaffMember { capacity: Some(0), etag: "2".into(), ..member(other) }, "AT_CAPACITY"),
        (proto::StaffMember { inactive: true, etag: "3".into(), ..member(other) }, "INACTIVE"),
    ] {
        office.change_staff(change).await;
        let refused = send(&office, "BL", to(other, "转办")).await.unwrap_err();
        assert_eq!(why(&refused), ("STAFF_NOT_ELIGIBLE".into(), expected.into()));
    }
    office.change_staff(proto::StaffMember { etag: "4".into(), ..member(other) }).await;
    assert_eq!(office.case_of("P-1").await, case, "a refusal leaves nothing");
    office.at("2026-11-25 10:00");
    let given = send(&office, "BL", to(other, "转办")).await.unwrap();
    assert_eq!((given.assignee_code.as_str(), given.state()), (other, proto::CaseState::Assigned));
    let received = given.deadline.unwrap().channel_received_time.unwrap().seconds;
    assert_eq!(received, 1_795_482_000, "nothing in the channel restarts its clock: 2026-11-24 09:00");
    // To whose turn it is, and never to who has it.
    let again =
        proto::AssignCaseRequest { reason: "再转".into(), ..assign(&office, &office.case_of("P-1").await) };
    let again = send(&office, "BH", again).await.unwrap();
    assert_ne!(again.assignee_code, other);
}

#[tokio::test]
async fn customer_service_sends_a_case_to_another_channel_whose_clock_begins_anew() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[AGENT, BANK]).await;
    office.sort_and_distribute(DAY).await;
    let case = office.case_of("P-1").await;
    let to = |reason: &str| proto::AssignCaseRequest {
        channel: proto::Channel::IndividualAgents.into(),
        branch_code: "4401".into(),
        reason: reason.into(),
        ..assign(&office, &case)
    };
    office.at("2026-11-25 10:00");
    assert_eq!(reason(&send(&office, "BH", to("不是我们的")).await.unwrap_err()), "MOVE_NOT_ALLOWED");
    let sent = send(&office, "CS1", to("个险出单")).await.unwrap();
    assert_eq!(sent.channel(), proto::Channel::IndividualAgents);
    assert!(sent.assignee_code.starts_with('A') && sent.state() == proto::CaseState::Assigned);
    let deadline = sent.deadline.unwrap();
    assert_eq!(deadline.channel_received_time.unwrap().seconds, 1_795_572_000, "2026-11-25 10:00");
    let people = office.participants(case.id).await;
    let parts: Vec<_> = people.iter().map(|(kind, channel, who, _)| (*kind, *channel, &who[..1])).collect();
    assert_eq!(
        parts,
        [(1, 1, "A"), (2, 2, "B")],
        "the other leader is copied, and the channel that had it assists"
    );
}

#[tokio::test]
async fn a_case_in_sorting_is_redirected_and_waits_for_its_release_there() {
    let office = Office::open().await;
    office.share_phone("P", 1, &[AGENT, BANK]).await;
    office.sort(DAY).await;
    let case = office.case_of("P-1").await;
    let early = proto::AssignCaseRequest { staff_code: "B1".into(), ..assign(&office, &case) };
    assert_eq!(reason(&send(&office, "CS1", early).await.unwrap_err()), "MOVE_NOT_ALLOWED");
    let message = proto::AssignCaseRequest {
        channel: proto::Channel::IndividualAgents.into(),
        branch_code: "4401".into(),
        ..assign(&office, &case)
    };
    let sent = send(&office, "CS1", message).await.unwrap();
    assert_eq!((sent.state(), sent.channel()), (proto::CaseState::Sorting, proto::Channel::IndividualAgents));
    office.at("2026-11-24 09:00");
    office.distribute().await;
    assert!(office.case_of("P-1").await.assignee.unwrap().starts_with('A'));
}

#[tokio::test]
async fn a_clerk_claims_the_most_urgent_case_of_his_branch() {
    let office = Office::open().await;
    for n in 1..=2 {
        office.share_phone(&format!("P{n}"), n, &[BANK, BANK]).await;
    }
    // Three customers weigh more than two.
    office.share_phone("U", 3, &[BANK, BANK, BANK]).await;
    office.share_phone("Q", 4, &[OTHER_BRANCH, OTHER_BRANCH]).await;
    office.sort(DAY).await;
    let message = proto::ReleaseCasesRequest {
        request_id: office.request_id(),
        case_ids: office.cases().await.iter().map(|case| case.id.to_string()).collect(),
        ..Default::default()
    };
    let mut client = office.client().await;
    client.release_cases(office.by("CS1", message)).await.unwrap();
    office.change_staff(proto::StaffMember { capacity: Some(2), etag: "1".into(), ..member("B1") }).await;
    let claim =
        || proto::ClaimNextCaseRequest { request_id: office.request_id(), language_code: String::new() };
    let first = claim();
    let got =
        client.claim_next_case(office.by("B1", first.clone())).await.unwrap().into_inner().case.unwrap();
    assert_eq!(got.case_id, office.case_of("U-1").await.id.to_string());
    assert_eq!((got.assignee_code.as_str(), got.state()), ("B1", proto::CaseState::Assigned));
    let again = client.claim_next_case(office.by("B1", first)).await.unwrap().into_inner().case.unwrap();
    assert_eq!(again.case_id, got.case_id, "a repeat takes no second one");
    client.claim_next_case(office.by("B1", claim())).await.unwrap();
    let full = client.claim_next_case(office.by("B1", claim())).await.unwrap_err();
    assert_eq!(why(&full), ("STAFF_NOT_ELIGIBLE".into(), "AT_CAPACITY".into()));
    client.claim_next_case(office.by("B2", claim())).await.unwrap().into_inner().case.unwrap();
    let none = client.claim_next_case(office.by("B2", claim())).await.unwrap().into_inner();
    assert_eq!(none.case, None, "the other branch's is not his");
    let leader = client.claim_next_case(office.by("BL", claim())).await.unwrap_err();
    assert_eq!(leader.code(), Code::PermissionDenied);
}

#[tokio::test]
async fn whose_customer_is_called_first_comes_first_of_what_nobody_has() {
    let office = Office::open().await;
    for n in 1..=2 {
        office.share_phone(&format!("P{n}"), n, &[BANK, BANK]).await;
    }
    // Three customers weigh more than two, and are called when the others have been.
    office.share_phone("U", 3, &[BANK, BANK, BANK]).await;
    office.sort(DAY).await;
    office.schedule_call_back("U-1", "2026-12-04 10:00").await;
    office.schedule_call_back("P1-1", "2026-11-25 10:00").await;
    let message = proto::ReleaseCasesRequest {
        request_id: office.request_id(),
        case_ids: office.cases().await.iter().map(|case| case.id.to_string()).collect(),
        ..Default::default()
    };
    let mut client = office.client().await;
    client.release_cases(office.by("CS1", message)).await.unwrap();
    // Told while they wait, of a call that was to be made already.
    office.schedule_call_back("P2-1", "2026-11-24 05:00").await;
    recompute_deadlines(office.app()).await.unwrap();
    // What no channel has has no deadline, so nothing is overdue.
    let asked = proto::ListCasesRequest {
        filter: Some(proto::CaseFilter { overdue: true, ..Default::default() }),
        counts: true,
        ..Default::default()
    };
    let overdue = client.list_cases(office.by("CS1", asked)).await.unwrap().into_inner();
    assert_eq!(overdue.cases.len(), 0);
    assert!(overdue.state_counts.iter().all(|of| of.overdue_count == 0), "{:?}", overdue.state_counts);
    let mut claimed = Vec::new();
    for _ in 0..3 {
        let claim =
            proto::ClaimNextCaseRequest { request_id: office.request_id(), language_code: String::new() };
        let got = client.claim_next_case(office.by("B1", claim)).await.unwrap().into_inner().case.unwrap();
        claimed.push((got.case_id.clone(), got.deadline.unwrap().opened_overdue));
    }
    let mut expected = Vec::new();
    for (application_no, overdue) in [("P2-1", true), ("P1-1", false), ("U-1", false)] {
        expected.push((office.case_of(application_no).await.id.to_string(), overdue));
    }
    assert_eq!(claimed, expected);
}

#[tokio::test]
async fn cases_are_assigned_and_urged_many_at_once_each_answered_for() {
    let office = Office::open().await;
    for n in 1..=4 {
        office.share_phone(&format!("P{n}"), n, &[BANK, BANK]).await;
    }
    office.sort_and_distribute(DAY).await;
    let cases = office.cases().await;
    let ids: Vec<String> = cases.iter().map(|case| case.id.to_string()).collect();
    office.change_staff(proto::StaffMember { capacity: Some(3), etag: "1".into(), ..member("B3") }).await;
    let message = proto::BatchAssignCasesRequest {
        request_id: office.request_id(),
        case_ids: ids.iter().cloned().chain([uuid::Uuid::from_u128(5).to_string()]).collect(),
        staff_code: "B3".into(),
        reason: "集中处理".into(),
        ..Default::default()
    };
    let mut client = office.client().await;
    let done = client.batch_assign_cases(office.by("BL", message)).await.unwrap().into_inner().results;
    let reasons: Vec<&str> = done.iter().map(|each| each.error_reason.as_str()).collect();
    assert_eq!(done.iter().filter(|each| each.case.is_some()).count() + 2, reasons.len(), "{reasons:?}");
    assert!(reasons.contains(&"STAFF_NOT_ELIGIBLE") && reasons[4] == "CASE_NOT_FOUND", "{reasons:?}");
    assert_eq!(count(&office.admin, "SELECT count(*) FROM case_file WHERE assignee = 'B3'").await, 3);

    let unexplained = proto::BatchAssignCasesRequest {
        request_id: office.request_id(),
        case_ids: ids.clone(),
        ..Default::default()
    };
    let refused = client.batch_assign_cases(office.by("BL", unexplained)).await.unwrap().into_inner().results;
    assert!(refused.iter().all(|each| each.error_reason == "INVALID_REQUEST"));

    let urge =
        proto::UrgeCasesRequest { request_id: office.request_id(), case_ids: ids, ..Default::default() };
    let urged = client.urge_cases(office.by("CS1", urge)).await.unwrap().into_inner().results;
    assert!(urged.iter().all(|each| each.error_reason.is_empty()));
    let told = "SELECT count(*) FROM outbox_pending WHERE kind = 'case.reminder'";
    assert_eq!(count(&office.admin, told).await, 4);
    // By filter: those of B3, whom the leader sends home.
    let matching = proto::BatchAssignCasesRequest {
        request_id: office.request_id(),
        filter: Some(proto::CaseFilter { assignee_code: "B3".into(), ..Default::default() }),
        reason: "休假".into(),
        ..Default::default()
    };
    let both = proto::BatchAssignCasesRequest {
        request_id: office.request_id(),
        case_ids: vec![cases[0].id.to_string()],
        ..matching.clone()
    };
    let both = client.batch_assign_cases(office.by("BL", both)).await.unwrap_err();
    assert_eq!(both.code(), Code::InvalidArgument);
    let moved = client.batch_assign_cases(office.by("BL", matching)).await.unwrap().into_inner().results;
    assert_eq!(moved.len(), 3);
    assert!(moved.iter().all(|each| each.case.as_ref().is_some_and(|case| case.assignee_code != "B3")));
    let many = proto::UrgeCasesRequest {
        request_id: office.request_id(),
        case_ids: (0..1_001_u128).map(|n| uuid::Uuid::from_u128(n).to_string()).collect(),
        ..Default::default()
    };
    assert_eq!(reason(&client.urge_cases(office.by("CS1", many)).await.unwrap_err()), "TOO_MANY_CASES");
}
