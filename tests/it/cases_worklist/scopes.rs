//! What each role sees: the same in SQL, in row security and in memory; and that permission comes before existence.

use std::collections::BTreeSet;

use tonic::Code;
use uuid::Uuid;
use zhenshi_proto::zhenshi::v1::{self as proto, case_service_client::CaseServiceClient};

use super::{Planted, all, assortment, expected, ids, page, plant};
use crate::support::{
    cases::{Office, STAFF},
    statuses::reason,
};

/// Whether `code` sees a case, in plain words.
fn sees(code: &str, one: &Planted) -> bool {
    let own = one.assignee == Some(code) || one.participant == Some(code);
    let bank = one.channel == 2;
    own || match code {
        "CS1" | "CS2" | "CSM" | "CO1" | "CO2" | "IS" | "AU" => true,
        "B1" | "B2" | "B3" => bank && one.branch_code == "4401" && one.waits(),
        "B4" => bank && one.branch_code == "4402" && one.waits(),
        "A1" | "A2" => one.channel == 1 && one.branch_code == "4401" && one.waits(),
        "M1" => one.channel == 3 && one.branch_code == "4401" && one.waits(),
        "BL" => bank && one.branch_code == "4401",
        "BL2" => bank && one.branch_code == "4402",
        "AL" => one.channel == 1 && one.branch_code == "4401",
        "ML" => one.channel == 3 && one.branch_code == "4401",
        "BH" => bank,
        "AH" => one.channel == 1,
        _ => false,
    }
}

#[tokio::test]
async fn each_role_lists_what_the_policy_gives_it() {
    let office = Office::open().await;
    let planted = assortment(140);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    let every = proto::CaseFilter { states: (1..=7).collect(), ..proto::CaseFilter::default() };
    for (code, ..) in STAFF.into_iter().filter(|(code, ..)| *code != "AD") {
        let found = all(&office, &mut client, code, &every).await;
        assert_eq!(ids(&found), expected(&office, &planted, |one| sees(code, one)), "{code}");
    }
}

#[tokio::test]
async fn one_case_is_found_by_id_and_number_where_the_list_shows_it_and_nowhere_else() {
    let office = Office::open().await;
    let planted = assortment(60);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    let mut met = BTreeSet::new();
    for (code, ..) in STAFF.into_iter().filter(|(code, ..)| *code != "AD") {
        for one in planted.iter().step_by(3) {
            let by_id =
                proto::GetCaseRequest { case_id: one.id.to_string(), ..proto::GetCaseRequest::default() };
            let by_no =
                proto::GetCaseRequest { case_no: one.case_no.clone(), ..proto::GetCaseRequest::default() };
            for message in [by_id, by_no] {
                let answer = client.get_case(office.by(code, message)).await;
                met.insert(answer.is_ok());
                match answer {
                    Ok(answer) => {
                        assert!(sees(code, one), "{code} {one:?}");
                        assert_eq!(answer.into_inner().case.unwrap().case_id, one.id.to_string());
                    }
                    Err(status) => {
                        assert!(!sees(code, one), "{code} {one:?} {status:?}");
                        assert_eq!(reason(&status), (Code::NotFound, "CASE_NOT_FOUND".into()));
                    }
                }
            }
            let events = proto::ListCaseEventsRequest { case_id: one.id.to_string(), ..Default::default() };
            assert_eq!(client.list_case_events(office.by(code, events)).await.is_ok(), sees(code, one));
        }
    }
    assert_eq!(met.len(), 2);
}

/// Whoever may not read cases learns nothing about which there are.
#[tokio::test]
async fn permission_is_asked_before_existence() {
    let office = Office::open().await;
    let planted = assortment(3);
    plant(&office, &planted).await;
    let mut client: CaseServiceClient<_> = office.client().await;
    let mut answers = BTreeSet::new();
    for case_id in [planted[0].id, Uuid::from_u128(1)] {
        let case_id = case_id.to_string();
        let get = proto::GetCaseRequest { case_id: case_id.clone(), ..Default::default() };
        let events = proto::ListCaseEventsRequest { case_id, ..Default::default() };
        for status in [
            client.get_case(office.by("AD", get)).await.unwrap_err(),
            client.list_case_events(office.by("AD", events)).await.unwrap_err(),
            page(&office, &mut client, "AD", proto::ListCasesRequest::default()).await.unwrap_err(),
            client.watch_cases(office.by("AD", proto::WatchCasesRequest::default())).await.unwrap_err(),
        ] {
            answers.insert(format!("{:?}", reason(&status)));
        }
    }
    assert_eq!(answers.len(), 1);
    assert!(answers.first().unwrap().contains("PermissionDenied"));
}
