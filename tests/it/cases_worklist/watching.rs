//! What changed since a token, and watching: every change, in order of positions, even when a transaction commits late.

use std::time::Duration;

use tonic::{Code, Streaming};
use uuid::Uuid;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{assortment, ids, page, plant, relay, touch};
use crate::support::{
    cases::{Cases, Office},
    statuses::reason,
};

/// Nothing that is waited for takes this long; a test that waits so long has failed.
const LONGEST: Duration = Duration::from_secs(30);

async fn watch(
    office: &Office,
    client: &mut Cases,
    code: &str,
    update_token: &str,
    filter: Option<proto::CaseFilter>,
) -> Streaming<proto::WatchCasesResponse> {
    let message = proto::WatchCasesRequest {
        update_token: update_token.into(),
        filter,
        ..proto::WatchCasesRequest::default()
    };
    client.watch_cases(office.by(code, message)).await.unwrap().into_inner()
}

/// The next message of a stream.
async fn message(stream: &mut Streaming<proto::WatchCasesResponse>) -> proto::WatchCasesResponse {
    tokio::time::timeout(LONGEST, stream.message()).await.expect("a message").unwrap().expect("not the end")
}

/// The next case that is told of.
async fn told(stream: &mut Streaming<proto::WatchCasesResponse>) -> (Uuid, String, String) {
    loop {
        let next = message(stream).await;
        if let Some(case) = next.case {
            return (case.case_id.parse().unwrap(), case.etag, next.update_token);
        }
    }
}

async fn since(
    office: &Office,
    client: &mut Cases,
    code: &str,
    token: &str,
    size: i32,
) -> proto::ListCasesResponse {
    let message = proto::ListCasesRequest {
        page_size: size,
        updated_since: token.into(),
        ..proto::ListCasesRequest::default()
    };
    page(office, client, code, message).await.unwrap()
}

#[tokio::test]
async fn updated_since_gives_each_changed_case_once_in_order_of_its_newest_change() {
    let office = Office::open().await;
    let planted = assortment(20);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    let listed = page(&office, &mut client, "CS1", proto::ListCasesRequest::default()).await.unwrap();
    let (a, b, c) = (planted[0].id, planted[1].id, planted[4].id);
    for id in [a, b, a, c] {
        touch(&office, &mut client, id).await;
    }
    // Without a position yet, nothing is told; nothing is lost either.
    let early = since(&office, &mut client, "CS1", &listed.update_token, 50).await;
    assert!(early.cases.is_empty());
    relay(&office).await;
    for token in [&listed.update_token, &early.update_token] {
        let changed = since(&office, &mut client, "CS1", token, 50).await;
        assert_eq!(ids(&changed.cases), [b, a, c].map(|id| id.to_string()));
        assert_eq!(changed.next_page_token, "");
        assert!(since(&office, &mut client, "CS1", &changed.update_token, 50).await.cases.is_empty());
    }
    // One at a time, by pages and by tokens alike.
    let first = since(&office, &mut client, "CS1", &listed.update_token, 1).await;
    assert_eq!(ids(&first.cases), [b.to_string()]);
    let rest = since(&office, &mut client, "CS1", &first.update_token, 50).await;
    assert_eq!(ids(&rest.cases), [a, c].map(|id| id.to_string()));
    let next = proto::ListCasesRequest {
        page_size: 1,
        page_token: first.next_page_token,
        updated_since: listed.update_token.clone(),
        ..proto::ListCasesRequest::default()
    };
    let next = page(&office, &mut client, "CS1", next).await.unwrap();
    assert_eq!(ids(&next.cases), [a.to_string()]);
    // Only what is within the caller's reach.
    let seen = since(&office, &mut client, "BH", &listed.update_token, 50).await;
    let bank: Vec<String> = [b, a, c]
        .iter()
        .filter(|id| planted.iter().any(|one| one.id == **id && one.channel == 2))
        .map(Uuid::to_string)
        .collect();
    assert_eq!(ids(&seen.cases), bank);
}

#[tokio::test]
async fn a_watcher_is_told_every_change_in_order_even_of_a_late_commit() {
    let office = Office::open().await;
    let planted = assortment(20);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    let mut stream = watch(&office, &mut client, "CS1", "", None).await;
    // The first message comes at once and says from where it begins.
    let begun = message(&mut stream).await;
    assert!(begun.case.is_none() && !begun.update_token.is_empty());
    let (late, soon) = (planted[2].id, planted[3].id);
    // A transaction that took its place in the outbox early and commits late.
    let mut slow = office.admin.begin().await.unwrap();
    sqlx::query(
        "INSERT INTO outbox_pending (id, recorded_time, kind, subject_ids, case_id, case_version, data)
         SELECT $1, created_time, 'case.changed', '{}', id, 2, '{}' FROM case_file WHERE id = $1",
    )
    .bind(late)
    .execute(&mut *slow)
    .await
    .unwrap();
    touch(&office, &mut client, soon).await;
    relay(&office).await;
    let (first, etag, after_first) = told(&mut stream).await;
    assert_eq!((first, etag.as_str()), (soon, "2"));
    slow.commit().await.unwrap();
    relay(&office).await;
    let (second, _, after_second) = told(&mut stream).await;
    assert_eq!(second, late);
    // The same again from each token: what came after it, and nothing else.
    for (token, expected) in [(&begun.update_token, vec![soon, late]), (&after_first, vec![late])] {
        let mut again = watch(&office, &mut client, "CS1", token, None).await;
        for id in expected {
            assert_eq!(told(&mut again).await.0, id);
        }
    }
    touch(&office, &mut client, soon).await;
    relay(&office).await;
    let mut last = watch(&office, &mut client, "CS1", &after_second, None).await;
    assert_eq!(told(&mut last).await.0, soon);
    assert_eq!(told(&mut stream).await.0, soon);
}

#[tokio::test]
async fn many_changes_reach_every_watcher_in_the_same_order() {
    let office = Office::open().await;
    let planted = assortment(15);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    let mut streams = Vec::new();
    for _ in 0..8 {
        let mut stream = watch(&office, &mut client, "CO1", "", None).await;
        message(&mut stream).await;
        streams.push(stream);
    }
    let going: Vec<Uuid> = planted.iter().map(|one| one.id).collect();
    let mut expected = Vec::new();
    for round in 0..6 {
        for id in going.iter().skip(round % 3).step_by(2) {
            touch(&office, &mut client, *id).await;
            expected.push(*id);
        }
        relay(&office).await;
    }
    for stream in &mut streams {
        for id in &expected {
            assert_eq!(told(stream).await.0, *id);
        }
    }
}

#[tokio::test]
async fn a_watcher_is_told_of_what_it_may_see_and_asked_for() {
    let office = Office::open().await;
    let planted = assortment(40);
    plant(&office, &planted).await;
    let mut client = office.client().await;
    let of = |wanted: fn(&super::Planted) -> bool| planted.iter().find(|one| wanted(one)).unwrap().id;
    let bank = of(|one| one.channel == 2 && one.assignee == Some("B2") && one.participant.is_none());
    let agents = of(|one| one.channel == 1 && one.participant.is_none());
    let own = of(|one| one.assignee == Some("B1"));
    let mut head = watch(&office, &mut client, "BH", "", None).await;
    let mut clerk = watch(&office, &mut client, "B1", "", None).await;
    let only = proto::CaseFilter { channel: 1, ..proto::CaseFilter::default() };
    let mut filtered = watch(&office, &mut client, "CS1", "", Some(only)).await;
    for stream in [&mut head, &mut clerk, &mut filtered] {
        message(stream).await;
    }
    for id in [bank, agents, own, bank, agents] {
        touch(&office, &mut client, id).await;
    }
    relay(&office).await;
    for id in [bank, own, bank] {
        assert_eq!(told(&mut head).await.0, id);
    }
    assert_eq!(told(&mut clerk).await.0, own);
    // What does not match is told of once, for it may have matched before.
    for id in [bank, agents, own, agents] {
        assert_eq!(told(&mut filtered).await.0, id);
    }
}

#[tokio::test]
async fn a_watch_ends_in_order_when_the_service_stops() {
    let office = Office::open().await;
    plant(&office, &assortment(3)).await;
    let mut client = office.client().await;
    let mut stream = watch(&office, &mut client, "CS1", "", None).await;
    message(&mut stream).await;
    let stopping = tokio::spawn(office.service.stop());
    let end = loop {
        match tokio::time::timeout(LONGEST, stream.message()).await.expect("an end") {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ends with a status that says why"),
            Err(status) => break status,
        }
    };
    assert_eq!(reason(&end), (Code::Unavailable, "SHUTTING_DOWN".into()));
    stopping.await.unwrap();
}
