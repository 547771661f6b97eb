//! Reading the lists through real gRPC: who sees what, pages, and the exported files as other programs open them.

#[path = "suspicion_lists/command.rs"]
mod command;
#[path = "suspicion_lists/others.rs"]
mod others;
#[path = "suspicion_lists/run.rs"]
mod run;

use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use sqlx::{AssertSqlSafe, Executor as _};
use tokio_stream::StreamExt as _;
use tonic::{Code, Request, transport::Channel};
use zhenshi::{config::Role, security::policy::Action};
use zhenshi_domain::application::Channel as SalesChannel;
use zhenshi_proto::zhenshi::v1::{self as proto, suspicion_service_client::SuspicionServiceClient};

use crate::support::{
    applications::{application, date, request},
    database::{TestDatabase, count},
    service::{CHANNELS, TestService},
    staff::{Member, one_of_each},
};

const LIST: &str = "00000000-0000-0000-0000-0000000000aa";
/// Suspicions of the list, each with the same two members: one of bancassurance, one sold directly.
const SUSPICIONS: i64 = 5;

async fn with_a_list() -> TestService {
    with_members("true").await
}

/// The list, with those of the members that the condition `wanted` over the suspicion `s` and the application `a` lets in.
/// Every other suspicion is of a bank account.
async fn with_members(wanted: &str) -> TestService {
    // Who only answers calls writes no list.
    let service = TestService::start_with(TestDatabase::new().await, |config| config.role = Role::Api).await;
    let client = service.client("core").await;
    client.validate(request(1, application("A-1", 1))).await.unwrap();
    let mut direct = application("A-2", 2);
    direct.channel = proto::Channel::Direct.into();
    direct.branch_code = "4402".into();
    direct.seller_code = "S002".into();
    client.validate(request(2, direct)).await.unwrap();
    let sql = format!(
        "INSERT INTO suspicion_list (id, kind, list_date, cut_time, previous_cut_time, state, rule_set_version,
             calendar_version, provisional, closed_time)
         VALUES ('{LIST}', 1, '2026-11-24', '2026-11-23T16:00Z', '2026-11-22T16:00Z', 1, 'r', 'c', false, '2026-11-23T22:00Z');
         INSERT INTO clue_value SELECT ('10000000-0000-0000-0000-00000000000' || n)::uuid, 1, 1,
             ('20000000-0000-0000-0000-00000000000' || n)::uuid FROM generate_series(1, {SUSPICIONS}) n;
         INSERT INTO suspicion SELECT ('30000000-0000-0000-0000-00000000000' || n)::uuid, '{LIST}', 1 + n % 2,
             ('10000000-0000-0000-0000-00000000000' || n)::uuid, NULL, '', 2, 2, false, false, 2, '4401', n / 2, n / 2, 0, 0, 0, 0
             FROM generate_series(1, {SUSPICIONS}) n;
         INSERT INTO suspicion_member SELECT s.id, (a.channel = 4)::integer, p.customer_id, a.id, p.submission_id, p.party_no,
             p.role, 0, true, false, a.channel, a.branch_code, a.seller_code, a.agency_code
             FROM suspicion s, application a JOIN application_party p ON p.application_id = a.id WHERE p.party_no = 0 AND ({wanted});
         UPDATE suspicion_list SET state = 2, sealed_time = '2026-11-23T22:05Z', digest = decode(repeat('ab', 32), 'hex'),
             suspicion_count = {SUSPICIONS}, member_count = 2 * {SUSPICIONS};"
    );
    service.database.admin().await.execute(AssertSqlSafe(sql)).await.unwrap();
    service
}

async fn client(service: &TestService) -> SuspicionServiceClient<Channel> {
    SuspicionServiceClient::new(Channel::from_shared(service.url()).unwrap().connect().await.unwrap())
}

fn by<M>(token: &str, message: M) -> Request<M> {
    let mut call = Request::new(message);
    call.metadata_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    call
}

fn page(page_size: i32) -> proto::ListSuspicionsRequest {
    proto::ListSuspicionsRequest { page_size, list_date: Some(date(2026, 11, 24)), ..Default::default() }
}

#[tokio::test]
async fn suspicions_come_in_pages_and_members_beyond_reach_as_stubs() {
    let service = with_a_list().await;
    let mut client = client(&service).await;
    assert_eq!(client.list_suspicions(page(2)).await.unwrap_err().code(), Code::Unauthenticated);
    let bank = service.token("bank", &["*"], &[SalesChannel::Bancassurance]).await;
    let mut asked = page(2);
    asked.view = proto::SuspicionView::Masked.into();
    let mut seen = Vec::new();
    loop {
        let answer = client.list_suspicions(by(&bank, asked.clone())).await.unwrap().into_inner();
        seen.extend(answer.suspicions);
        if answer.next_page_token.is_empty() {
            break;
        }
        asked.page_token = answer.next_page_token;
    }
    let order: Vec<char> = seen.iter().map(|one| one.suspicion_id.chars().last().unwrap()).collect();
    assert_eq!(order, ['4', '5', '2', '3', '1'], "by priority, then by id");
    for one in &seen {
        let (own, other) = (&one.members[0], &one.members[1]);
        assert_eq!(own.application_no, "A-1");
        assert!(own.party.as_ref().unwrap().name.contains('*'));
        let stub = proto::SuspicionMember {
            customer_id: other.customer_id.clone(),
            channel: proto::Channel::Direct.into(),
            ..Default::default()
        };
        assert_eq!(other, &stub);
    }
    let admin = service.database.admin().await;
    let views = "SELECT (SELECT count(*) FROM audit_pending WHERE action = 'VIEW_MASKED')
                      + (SELECT count(*) FROM audit_entry WHERE action = 'VIEW_MASKED')";
    assert_eq!(count(&admin, views).await, 3, "one entry a page");

    let none = service.token("agents", &["*"], &[SalesChannel::IndividualAgents]).await;
    assert!(client.list_suspicions(by(&none, page(0))).await.unwrap().into_inner().suspicions.is_empty());
    let mut other = page(0);
    other.channel = proto::Channel::Direct.into();
    assert!(client.list_suspicions(by(&bank, other)).await.unwrap().into_inner().suspicions.is_empty());
    let mut missing = page(0);
    missing.list_date = Some(date(2026, 11, 25));
    assert_eq!(client.list_suspicions(by(&bank, missing)).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test]
async fn a_clerk_sees_his_branch_and_another_clerk_nothing() {
    let service = with_a_list().await;
    let mut client = client(&service).await;
    let clerk = one_of_each()[1].clone();
    let own = service.staff(&clerk).await;
    let shown = client.list_suspicions(by(&own, page(0))).await.unwrap().into_inner().suspicions;
    assert_eq!(shown.len(), 5);
    for one in &shown {
        let numbers: Vec<&str> = one.members.iter().map(|member| member.application_no.as_str()).collect();
        assert_eq!(numbers, ["A-1", ""], "his branch's member, and a stub");
    }
    let other = service.staff(&Member { code: "ST-9", branch: "9999", ..clerk }).await;
    assert!(client.list_suspicions(by(&other, page(0))).await.unwrap().into_inner().suspicions.is_empty());

    // The same of SQL that asks for everything: row security.
    for (code, suspicions, members) in [("ST-CL", 5, 5), ("ST-9", 0, 0)] {
        let store = &service.running().app().store;
        let scope =
            store.find_staff(code.into()).await.unwrap().unwrap().permit(Action::ListSuspicions).unwrap();
        let counted = store.with_tx(scope, |tx| {
            Box::pin(async move {
                let sql = "SELECT (SELECT count(*) FROM suspicion), (SELECT count(*) FROM suspicion_member),
                               (SELECT count(*) FROM suspicion_stubs(ARRAY(SELECT id FROM suspicion)))";
                Ok(sqlx::query_as::<_, (i64, i64, i64)>(sql).fetch_one(tx).await?)
            })
        });
        assert_eq!(counted.await.unwrap(), (suspicions, members, 2 * suspicions), "{code}");
    }
}

#[tokio::test]
async fn a_list_is_exported_as_a_workbook_and_as_csv_masked_and_audited() {
    let service = with_a_list().await;
    let mut client = client(&service).await;
    let all = service.token("all", &["*"], &CHANNELS).await;
    let mut files = Vec::new();
    for format in [proto::ExportFormat::Xlsx, proto::ExportFormat::Csv] {
        let asked = proto::ExportSuspicionListRequest {
            list_date: Some(date(2026, 11, 24)),
            format: format.into(),
            ..Default::default()
        };
        let mut pieces = client.export_suspicion_list(by(&all, asked)).await.unwrap().into_inner();
        let mut file = Vec::new();
        while let Some(piece) = pieces.next().await {
            let piece = piece.unwrap();
            assert_eq!(file.is_empty(), !piece.file_name.is_empty(), "the name comes with the first piece");
            file.extend(piece.content);
        }
        files.push(file);
    }
    let csv_text = String::from_utf8(files.pop().unwrap()).unwrap();
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(files.pop().unwrap())).unwrap();
    assert_eq!(book.sheet_names(), ["问题件清单", "清单信息"]);
    let members = book.worksheet_range("问题件清单").unwrap();
    let facts = book.worksheet_range("清单信息").unwrap();
    assert!(facts.rows().any(|row| row[1] == Data::String("ab".repeat(32))));

    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(csv_text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = rows.records().map(Result::unwrap).collect();
    assert!(csv_text.starts_with('\u{feff}') && csv_text.ends_with("\r\n"));
    assert_eq!(rows.len(), 1 + 2 * usize::try_from(SUSPICIONS).unwrap());
    assert_eq!(rows[1].get(1), Some("同一电话"));
    for (row, cells) in rows.iter().zip(members.rows()) {
        let texts: Vec<String> = cells.iter().map(ToString::to_string).collect();
        assert_eq!(row.iter().collect::<Vec<_>>(), texts);
        assert!(cells.iter().all(|cell| matches!(cell, Data::String(_) | Data::Empty)), "texts only");
    }
    let number = application("A-1", 1).policyholder.unwrap().certificate.unwrap().number;
    assert!(!csv_text.contains(&number) && !csv_text.contains("测试"));
    let admin = service.database.admin().await;
    let exports = "SELECT (SELECT count(*) FROM audit_pending WHERE action = 'EXPORT_SUSPICION_LIST')
                        + (SELECT count(*) FROM audit_entry WHERE action = 'EXPORT_SUSPICION_LIST')";
    assert_eq!(count(&admin, exports).await, 2);
}
