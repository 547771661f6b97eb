//! Codes that name other entries must name entries that there are; and a large change is followed as a small one is.

use std::fmt::Write as _;

use tonic::Code;
use tonic_types::StatusExt as _;
use zhenshi::app::directory::{
    Directory, EntryKind,
    import::{ImportRequest, Imported, import},
    tools::DirectoryTools,
};
use zhenshi::security::principal::{Principal, Reach};
use zhenshi_domain::directory::Standing::{Ended, Qualified, Unknown};
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    calls::{fields, first_sentence},
    database::count,
    directory::{client, reason, request_id, seller, upsert, with},
    service::{CHANNELS, TestService},
};

struct World {
    service: TestService,
    tools: DirectoryTools,
}

impl World {
    async fn new() -> Self {
        let service = TestService::start().await;
        let tools = DirectoryTools::of(service.running().app());
        Self { service, tools }
    }

    async fn import(&self, kind: EntryKind, text: &str, partial: bool) -> Imported {
        let reach = Reach { sources: vec!["*".into()], channels: CHANNELS.to_vec() };
        let principal = Principal::system("test", reach);
        let request = ImportRequest { kind, bytes: text.into(), partial, dry_run: false };
        import(&self.tools, &principal, request).await.unwrap()
    }
}

/// Rows that are wrong, each with the fields that are.
fn wrong(imported: &Imported) -> Vec<String> {
    let of_row = |row: &zhenshi::app::directory::import::RowProblems| {
        let problems = row.problems.iter().map(|problem| format!("{:?} {:?}", problem.field, problem.flaw));
        format!("{}: {}", row.row, problems.collect::<Vec<_>>().join(", "))
    };
    imported.problems.iter().map(of_row).collect()
}

#[tokio::test]
async fn an_entry_names_only_entries_that_there_are() {
    let service = TestService::start().await;
    let client = client(&service).await;
    let token = service.token("core", &["*"], &CHANNELS).await;
    let lost = proto::Seller {
        branch_code: "4401".into(),
        team_leader_code: "P001".into(),
        agency_code: "A001".into(),
        ..seller("S001", 1)
    };
    let status = upsert(&client, &token, 1, lost.clone()).await.unwrap_err();
    assert_eq!((status.code(), reason(&status)), (Code::InvalidArgument, "INVALID_REQUEST".into()));
    assert_eq!(fields(&status), ["seller.branch_code", "seller.team_leader_code", "seller.agency_code"]);
    assert!(
        first_sentence(&status).contains("names no entry of the directory"),
        "{}",
        first_sentence(&status)
    );
    let said = status.get_details_bad_request().unwrap().field_violations;
    assert!(said.iter().all(|violation| !violation.description.contains("4401")), "no value is quoted");

    // A seller is no team leader: that is a member of staff.
    upsert(&client, &token, 2, seller("P001", 2)).await.unwrap();
    let branch = proto::Branch { code: "4401".into(), name: "示例分公司".into(), ..Default::default() };
    let message = proto::UpsertBranchRequest {
        request_id: request_id(3),
        branch: Some(branch),
        language_code: String::new(),
    };
    client.clone().upsert_branch(with(&token, message)).await.unwrap();
    let status = upsert(&client, &token, 1, lost.clone()).await.unwrap_err();
    assert_eq!(fields(&status), ["seller.team_leader_code", "seller.agency_code"]);
    let found = proto::Seller { team_leader_code: String::new(), agency_code: String::new(), ..lost };
    assert_eq!(upsert(&client, &token, 1, found).await.unwrap().branch_code, "4401");
}

const STAFF: &str = "code,name,role,team_leader_code\n\
    P001,测试甲,clerk,P003\n\
    P002,测试乙,clerk,P009\n\
    P003,测试丙,team_leader,\n\
    P004,测试丁,clerk,P005\n\
    P005,测试戊,clerk,P002\n";

#[tokio::test]
async fn rows_of_a_file_may_name_each_other_in_any_order() {
    let world = World::new().await;
    // All or none: what the file has is there, whatever else is wrong with it.
    let imported = world.import(EntryKind::Staff, STAFF, false).await;
    assert_eq!(wrong(&imported), ["3: TeamLeader UnknownCode"]);
    assert!(!imported.written);
    // In part: without the second row the fifth names nothing, and without the fifth the fourth.
    let imported = world.import(EntryKind::Staff, STAFF, true).await;
    let expected = ["3", "5", "6"].map(|row| format!("{row}: TeamLeader UnknownCode"));
    assert_eq!(wrong(&imported), expected);
    assert_eq!((imported.written, imported.counts.created), (true, 2));
    let admin = world.service.database.admin().await;
    let held = "SELECT count(*) FROM directory_entry WHERE code IN ('P001', 'P003')";
    assert_eq!(count(&admin, held).await, 2);

    // Once he is there, nothing is wrong.
    let missing = "code,name,role\nP009,测试己,team_leader\n";
    assert_eq!(wrong(&world.import(EntryKind::Staff, missing, false).await), [""; 0]);
    let imported = world.import(EntryKind::Staff, STAFF, false).await;
    assert_eq!(wrong(&imported), [""; 0]);
    assert_eq!((imported.counts.created, imported.counts.unchanged), (3, 2));

    // Another kind's code is none, and a row that is wrong anyway says that only.
    let sellers = "code,name,kind,channel,qualified_from,branch_code,phone\n\
        S001,测试甲,agent,direct,2020-01-01,P001,13827359461\n\
        S002,测试乙,agent,direct,2020-01-01,P001,138\n";
    let imported = world.import(EntryKind::Seller, sellers, false).await;
    assert_eq!(wrong(&imported), ["2: Branch UnknownCode", "3: Phones NotPhone"]);
}

#[tokio::test]
async fn a_change_of_very_many_entries_is_followed_like_one_of_few() {
    let world = World::new().await;
    let file = |from: u32, active: &str| {
        let mut text = "code,name,kind,channel,qualified_from,phone,active\n".to_owned();
        for n in from..1_200 {
            writeln!(text, "S{n},测试甲,agent,direct,2020-01-01,138273{n:05},{active}").unwrap();
        }
        text
    };
    let directory = Directory::new(world.tools.store.clone());
    let day = "2026-11-23".parse().unwrap();
    let standings = || {
        let snapshot = directory.snapshot();
        ["S0", "S600", "S1199", "S1200"].map(|code| snapshot.seller(code, day))
    };
    directory.refresh().await.unwrap();
    assert_eq!(standings(), [None; 4]);
    for (from, active, expected) in [
        (0, "yes", [Qualified, Qualified, Qualified, Unknown]),
        // Few of them, in place; many, beside.
        (1_199, "no", [Qualified, Qualified, Ended, Unknown]),
        (600, "no", [Qualified, Ended, Ended, Unknown]),
        (0, "yes", [Qualified, Qualified, Qualified, Unknown]),
    ] {
        let imported = world.import(EntryKind::Seller, &file(from, active), false).await;
        assert!(imported.written, "{:?}", wrong(&imported).first());
        directory.refresh().await.unwrap();
        assert_eq!(standings(), expected.map(Some));
        let version = world.tools.store.directory_version().await.unwrap();
        assert_eq!(directory.snapshot().version_name(), version.to_string());
    }
}
