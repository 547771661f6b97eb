//! Filters, pages of the lists themselves, cleared pairs, a list that is not sealed, and the exported text as it is.

use regex::Regex;
use sqlx::{AssertSqlSafe, Executor as _};
use tokio_stream::StreamExt as _;
use tonic::Code;
use zhenshi_domain::application::Channel as SalesChannel;
use zhenshi_proto::zhenshi::v1::{
    self as proto,
    SuspicionListKind::{Daily, SelfInspection, Unspecified},
};

use super::{LIST, by, client, page, with_a_list, with_members};
use crate::support::{applications::date, calls::reason, service::CHANNELS};

/// Last digits of the suspicions, in their order.
fn digits(suspicions: &[proto::Suspicion]) -> String {
    suspicions.iter().map(|one| one.suspicion_id.chars().last().unwrap()).collect()
}

#[tokio::test]
async fn suspicions_are_filtered_by_clue_channel_branch_and_seller_of_one_member() {
    // The fifth has the member of bancassurance only, the fourth the direct one only.
    let service = with_members(
        "(s.id::text NOT LIKE '%5' OR a.channel = 2) AND (s.id::text NOT LIKE '%4' OR a.channel = 4)",
    )
    .await;
    let mut client = client(&service).await;
    let token = service.token("all", &["*"], &CHANNELS).await;
    let mut asked = async |request| {
        digits(&client.list_suspicions(by(&token, request)).await.unwrap().into_inner().suspicions)
    };
    assert_eq!(asked(page(0)).await, "45231");
    let clue = |clue: proto::Clue| proto::ListSuspicionsRequest { clue: clue.into(), ..page(0) };
    assert_eq!(asked(clue(proto::Clue::SamePhone)).await, "42");
    assert_eq!(asked(clue(proto::Clue::SameBankAccount)).await, "531");
    assert_eq!(asked(clue(proto::Clue::IdentityConflict)).await, "");
    let channel = |channel: proto::Channel| channel.into();
    let branch = |code: &str| proto::ListSuspicionsRequest { branch_code: code.into(), ..page(0) };
    let seller = |code: &str| proto::ListSuspicionsRequest { seller_code: code.into(), ..page(0) };
    assert_eq!(asked(branch("4401")).await, "5231");
    assert_eq!(asked(branch("4402")).await, "4231");
    assert_eq!(asked(branch("44")).await, "", "a whole code");
    assert_eq!(asked(seller("S001")).await, "5231");
    assert_eq!(asked(seller("S002")).await, "4231");
    let direct = proto::ListSuspicionsRequest { channel: channel(proto::Channel::Direct), ..page(0) };
    assert_eq!(asked(direct.clone()).await, "4231");
    // All of them hold for one and the same member.
    let both = proto::ListSuspicionsRequest { branch_code: "4401".into(), ..direct };
    assert_eq!(asked(both).await, "");
    let all = proto::ListSuspicionsRequest {
        branch_code: "4401".into(),
        seller_code: "S001".into(),
        channel: channel(proto::Channel::Bancassurance),
        clue: proto::Clue::SameBankAccount.into(),
        ..page(0)
    };
    assert_eq!(asked(all).await, "531");
}

#[tokio::test]
async fn a_filter_holds_from_page_to_page_and_its_token_for_no_other() {
    let service = with_a_list().await;
    let mut client = client(&service).await;
    let token = service.token("all", &["*"], &CHANNELS).await;
    let accounts = proto::ListSuspicionsRequest { clue: proto::Clue::SameBankAccount.into(), ..page(2) };
    let first = client.list_suspicions(by(&token, accounts.clone())).await.unwrap().into_inner();
    assert_eq!(digits(&first.suspicions), "53");
    let next = proto::ListSuspicionsRequest { page_token: first.next_page_token, ..accounts };
    let second = client.list_suspicions(by(&token, next.clone())).await.unwrap().into_inner();
    assert_eq!((digits(&second.suspicions).as_str(), second.next_page_token.as_str()), ("1", ""));
    let phones = proto::ListSuspicionsRequest { clue: proto::Clue::SamePhone.into(), ..next.clone() };
    let status = client.list_suspicions(by(&token, phones)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::InvalidArgument, "PAGE_TOKEN_INVALID"));
    let other = service.token("other", &["*"], &CHANNELS).await;
    assert!(client.list_suspicions(by(&other, next)).await.is_err(), "nor for another caller");
}

#[tokio::test]
async fn the_lists_come_newest_first_a_page_at_a_time() {
    let service = with_a_list().await;
    let lists = [(1, 24, 2), (2, 23, 1), (3, 20, 1)].map(|(id, day, kind)| {
        format!(
            "INSERT INTO suspicion_list (id, kind, list_date, cut_time, previous_cut_time, state, rule_set_version,
                 calendar_version, provisional, closed_time)
             VALUES ('40000000-0000-0000-0000-00000000000{id}', {kind}, '2026-11-{day}', '2026-11-{day}', 'epoch', 1, 'r',
                 'c', false, '2026-11-{day}')"
        )
    });
    service.database.admin().await.execute(AssertSqlSafe(lists.join(";"))).await.unwrap();
    let mut client = client(&service).await;
    let token = service.token("any", &["*"], &[SalesChannel::Direct]).await;
    let mut pages = async |kind: proto::SuspicionListKind| {
        let mut asked =
            proto::ListSuspicionListsRequest { page_size: 2, kind: kind.into(), ..Default::default() };
        let mut pages = Vec::new();
        loop {
            let answer = client.list_suspicion_lists(by(&token, asked.clone())).await.unwrap().into_inner();
            let seen = answer.suspicion_lists.iter();
            pages.push(seen.map(|list| (list.list_date.unwrap().day, list.kind)).collect::<Vec<_>>());
            if answer.next_page_token.is_empty() {
                return pages;
            }
            asked.page_token = answer.next_page_token;
        }
    };
    let (daily, own) = (i32::from(Daily), i32::from(SelfInspection));
    assert_eq!(pages(Unspecified).await, [vec![(24, own), (24, daily)], vec![(23, daily), (20, daily)]]);
    assert_eq!(pages(Daily).await, [vec![(24, daily), (23, daily)], vec![(20, daily)]]);
    assert_eq!(pages(SelfInspection).await, [vec![(24, own)]]);

    let forged = proto::ListSuspicionListsRequest { page_token: "x".into(), ..Default::default() };
    let status = client.list_suspicion_lists(by(&token, forged)).await.unwrap_err();
    assert_eq!(reason(&status), "PAGE_TOKEN_INVALID");
    let negative = proto::ListSuspicionListsRequest { page_size: -1, ..Default::default() };
    let status = client.list_suspicion_lists(by(&token, negative)).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_list_that_is_not_sealed_is_neither_read_nor_exported() {
    let service = with_a_list().await;
    let admin = service.database.admin().await;
    let open = "INSERT INTO suspicion_list (id, kind, list_date, cut_time, previous_cut_time, state, rule_set_version,
                    calendar_version, provisional, closed_time)
                VALUES (gen_random_uuid(), 1, '2026-11-25', '2026-11-25', 'epoch', 1, 'r', 'c', false, '2026-11-25')";
    admin.execute(open).await.unwrap();
    let mut client = client(&service).await;
    let token = service.token("all", &["*"], &CHANNELS).await;
    let day = Some(date(2026, 11, 25));
    let list = proto::ListSuspicionsRequest { list_date: day, ..page(0) };
    let export = proto::ExportSuspicionListRequest { list_date: day, ..Default::default() };
    let refused = [
        client.list_suspicions(by(&token, list)).await.unwrap_err(),
        client.export_suspicion_list(by(&token, export)).await.unwrap_err(),
    ];
    for status in refused {
        let said = (status.code(), reason(&status));
        assert_eq!(said, (Code::FailedPrecondition, "SUSPICION_LIST_NOT_SEALED".to_owned()));
    }
    // Its facts are there to be asked for, and nothing was exported.
    let facts = proto::GetSuspicionListRequest { list_date: day, kind: 0 };
    let list = client.get_suspicion_list(by(&token, facts)).await.unwrap().into_inner().suspicion_list;
    assert_eq!(list.unwrap().state(), proto::SuspicionListState::Closed);
    let exports = "SELECT count(*) FROM audit_pending WHERE action = 'EXPORT_SUSPICION_LIST'";
    assert_eq!(crate::support::database::count(&admin, exports).await, 0);
    let missing =
        proto::ExportSuspicionListRequest { list_date: Some(date(2026, 11, 26)), ..Default::default() };
    let status = client.export_suspicion_list(by(&token, missing)).await.unwrap_err();
    assert_eq!((status.code(), reason(&status).as_str()), (Code::NotFound, "SUSPICION_LIST_NOT_FOUND"));
}

#[tokio::test]
async fn cleared_pairs_come_newest_first_within_reach() {
    let service = with_a_list().await;
    // A-1's customer with A-2's for three values, and A-1's with himself, which has ended.
    let sql = "
        CREATE TEMPORARY TABLE known AS
        SELECT (array_agg(p.customer_id ORDER BY a.application_no))[1] AS one,
               (array_agg(p.customer_id ORDER BY a.application_no))[2] AS other
        FROM application a JOIN application_party p ON p.application_id = a.id WHERE p.party_no = 0;
        INSERT INTO cleared_relation
        SELECT ('50000000-0000-0000-0000-00000000000' || n)::uuid, ('10000000-0000-0000-0000-00000000000' || n)::uuid,
            LEAST(one, other), GREATEST(one, other), n, 'test', timestamptz '2026-11-24' + n * interval '1 hour', NULL
        FROM known, generate_series(1, 3) AS n;
        INSERT INTO cleared_relation
        SELECT '50000000-0000-0000-0000-000000000004', '10000000-0000-0000-0000-000000000004', one, one, 4, 'test',
            '2026-11-25', '2026-11-26' FROM known";
    let admin = service.database.admin().await;
    admin.execute(sql).await.unwrap();
    let customer = async |application_no: &str| -> String {
        let sql = "SELECT p.customer_id::text FROM application a JOIN application_party p ON p.application_id = a.id
                   WHERE a.application_no = $1 AND p.party_no = 0";
        sqlx::query_scalar(sql).bind(application_no).fetch_one(&admin).await.unwrap()
    };
    let (one, other) = (customer("A-1").await, customer("A-2").await);
    let mut client = client(&service).await;
    let mut pages = async |token: &str, customer_id: &str| {
        let mut asked = proto::ListClearedRelationsRequest {
            page_size: 2,
            customer_id: customer_id.into(),
            ..Default::default()
        };
        let mut pages = Vec::new();
        loop {
            let answer = client.list_cleared_relations(by(token, asked.clone())).await.unwrap().into_inner();
            pages.push(answer.cleared_relations);
            if answer.next_page_token.is_empty() {
                return pages;
            }
            asked.page_token = answer.next_page_token;
        }
    };
    let numbers = |pages: &[Vec<proto::ClearedRelation>]| -> Vec<String> {
        let number = |pair: &proto::ClearedRelation| pair.cleared_relation_id.chars().last().unwrap();
        pages.iter().map(|page| page.iter().map(number).collect()).collect()
    };
    let all = service.token("all", &["*"], &CHANNELS).await;
    let seen = pages(&all, "").await;
    assert_eq!(numbers(&seen), ["43", "21"]);
    let (ended, third) = (&seen[0][0], &seen[0][1]);
    assert_eq!(ended.customer_ids, [one.clone(), one.clone()]);
    assert_eq!((ended.kind(), ended.ended_time.is_some()), (proto::ClearedRelationKind::Other, true));
    assert_eq!((third.kind(), third.ended_time), (proto::ClearedRelationKind::PrivacyNumber, None));
    let mut pair = [one.clone(), other.clone()];
    pair.sort_unstable();
    assert_eq!(third.customer_ids, pair);
    assert_eq!(third.clue_value_id, "10000000-0000-0000-0000-000000000003");
    assert_eq!(numbers(&pages(&all, &other).await), ["32", "1"]);
    assert_eq!(numbers(&pages(&all, &one).await), ["43", "21"]);
    assert_eq!(numbers(&pages(&all, LIST).await), [""]);

    // Who reaches one of the two customers sees the pair.
    let direct = service.token("direct", &["*"], &[SalesChannel::Direct]).await;
    assert_eq!(numbers(&pages(&direct, "").await), ["32", "1"]);
    let agents = service.token("agents", &["*"], &[SalesChannel::IndividualAgents]).await;
    assert_eq!(numbers(&pages(&agents, "").await), [""]);
    let elsewhere = service.token("elsewhere", &["other"], &CHANNELS).await;
    assert_eq!(numbers(&pages(&elsewhere, "").await), [""]);
    let wrong = proto::ListClearedRelationsRequest { customer_id: "one".into(), ..Default::default() };
    let status = client.list_cleared_relations(by(&all, wrong)).await.unwrap_err();
    assert_eq!(crate::support::calls::fields(&status), ["customer_id"]);
}

#[tokio::test]
async fn the_exported_text_is_as_it_was() {
    let service = with_a_list().await;
    let mut client = client(&service).await;
    let bank = service.token("bank", &["*"], &[SalesChannel::Bancassurance]).await;
    let mut files = String::new();
    for language_code in ["zh-Hans", "zh-Hant", "en"] {
        let asked = proto::ExportSuspicionListRequest {
            list_date: Some(date(2026, 11, 24)),
            format: proto::ExportFormat::Csv.into(),
            language_code: language_code.into(),
            ..Default::default()
        };
        let mut pieces = client.export_suspicion_list(by(&bank, asked)).await.unwrap().into_inner();
        let mut file = Vec::new();
        while let Some(piece) = pieces.next().await {
            file.extend(piece.unwrap().content);
        }
        let text = String::from_utf8(file).unwrap();
        // The headings and the first suspicion: both members, of whom one is beyond reach.
        files.extend(text.trim_start_matches('\u{feff}').split_inclusive("\r\n").take(3));
    }
    // Ids are drawn, and the background draws beside the test.
    let drawn = Regex::new("01[0-9a-f]{6}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}").unwrap();
    insta::assert_snapshot!(drawn.replace_all(&files, "[drawn]").replace("\r\n", "↵\n"));
}
