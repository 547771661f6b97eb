//! What goes into a batch, without a database.

use std::sync::Arc;

use tokio::sync::oneshot;
use zhenshi_domain::{
    application::{ApplicationKey, ApplicationKind, Channel},
    verdict::Verdict,
};

use super::*;
use crate::store::{
    product::ProductRow,
    record::{Contacts, Item},
    submission::Decision,
};

fn pending(application: u128, request: u128, content: u8) -> Pending {
    let item = Item {
        caller: "test".into(),
        request_id: Uuid::from_u128(request),
        digest: [content; 32],
        application_id: Uuid::from_u128(application),
        key: ApplicationKey {
            source: "core".into(),
            kind: ApplicationKind::NewBusiness,
            application_no: application.to_string(),
        },
        source_revision: None,
        channel: Channel::Direct,
        branch_code: String::new(),
        seller_code: String::new(),
        agency_code: String::new(),
        baseline: false,
        is_group: false,
        policy_no: String::new(),
        original_application_no: String::new(),
        product: ProductRow::default(),
        decision: Decision {
            verdict: Verdict::Accepted,
            findings: Vec::new(),
            rule_set_version: String::new(),
            calendar_version: String::new(),
            directory_version: String::new(),
            decided_time: chrono::DateTime::UNIX_EPOCH,
        },
        parts: Vec::new(),
        contacts: Contacts::default(),
    };
    let (reply, answer) = oneshot::channel();
    // Somebody waits for it as long as the test runs.
    std::mem::forget(answer);
    Pending::new(Arc::new(item), reply)
}

/// The requests of a batch: leaders with the number of their followers.
fn requests(batch: &Batch) -> Vec<(u128, usize)> {
    batch.groups.iter().map(|group| (group.leader.item.request_id.as_u128(), group.followers.len())).collect()
}

#[test]
fn one_item_per_application_and_the_next_only_when_it_is_done() {
    let mut plan = Plan::default();
    plan.add([pending(1, 10, 0), pending(2, 20, 0), pending(1, 11, 0), pending(1, 12, 0)]);
    let first = plan.next_batch().unwrap();
    assert_eq!(requests(&first), [(10, 0), (20, 0)]);
    assert!(plan.next_batch().is_none(), "application 1 is in flight");
    plan.release(&first);
    let second = plan.next_batch().unwrap();
    assert_eq!(requests(&second), [(11, 0)]);
    plan.add([pending(3, 30, 0)]);
    assert_eq!(requests(&plan.next_batch().unwrap()), [(30, 0)], "others do not wait for it");
    plan.release(&second);
    assert_eq!(requests(&plan.next_batch().unwrap()), [(12, 0)]);
    assert!(plan.is_empty());
}

#[test]
fn equal_requests_share_an_answer_and_other_content_waits() {
    let mut plan = Plan::default();
    plan.add([pending(1, 10, 0), pending(1, 10, 0), pending(9, 10, 7), pending(1, 10, 0)]);
    let first = plan.next_batch().unwrap();
    assert_eq!(requests(&first), [(10, 2)]);
    plan.release(&first);
    assert_eq!(requests(&plan.next_batch().unwrap()), [(10, 0)]);
}

#[test]
fn a_few_wait_beside_a_large_batch_and_leave_alone_when_nothing_is_in_flight() {
    let mut plan = Plan::default();
    plan.add((0..10).map(|number| pending(number, number, 0)));
    let large = plan.next_batch().unwrap();
    plan.add([pending(100, 100, 0)]);
    assert!(!plan.is_worth_a_batch());
    plan.add((101..105).map(|number| pending(number, number, 0)));
    assert!(plan.is_worth_a_batch());
    plan.next_batch().unwrap();
    plan.release_all();
    plan.add([pending(200, 200, 0)]);
    assert!(plan.is_worth_a_batch());
    drop(large);
}

#[test]
fn what_nobody_waits_for_any_more_is_left_out() {
    let mut plan = Plan::default();
    let gone = Pending { reply: oneshot::channel().0, ..pending(2, 20, 0) };
    plan.add([pending(1, 10, 0), gone, pending(3, 30, 0)]);
    assert_eq!(requests(&plan.next_batch().unwrap()), [(10, 0), (30, 0)]);
    plan.add([Pending { reply: oneshot::channel().0, ..pending(4, 40, 0) }]);
    assert!(plan.next_batch().is_none() && plan.is_empty());
}

#[test]
fn a_batch_is_bounded_and_what_waits_has_its_limit() {
    let mut plan = Plan::default();
    plan.add((0..300).map(|number| pending(number, number, 0)));
    assert_eq!(plan.next_batch().unwrap().groups.len(), MAX_BATCH);
    assert_eq!(plan.next_batch().unwrap().groups.len(), 300 - MAX_BATCH);
    plan.add((0..MAX_WAITING as u128).map(|number| pending(1_000 + number, number, 0)));
    assert!(!plan.has_room());
}
