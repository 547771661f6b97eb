//! What the browser's tests find: lists of two days, cases in every state, contacts of a seller, other channels' customers.

use std::collections::BTreeMap;

use uuid::Uuid;
use zhenshi::{
    app::{
        RequestKey,
        case::{
            CaseCall, add_comment::add_comment, record_contact_attempt::record_contact_attempt,
            start_investigation::start_investigation, withdraw_case::withdraw_case,
        },
    },
    clock::Clock as _,
};
use zhenshi_domain::case::evidence::{ContactAttempt, ContactMeans, ContactResult};

use crate::support::cases::{AGENT, BANK, BROKER, DIRECT, OTHER_BRANCH, Office};

/// Numbers of the cases by the name of their applications.
pub type Cases = BTreeMap<&'static str, String>;

/// Sets the scene; the clock stands at 08:30 on Wednesday 2026-11-25 then, half an hour before sorting ends.
pub async fn set(office: &Office) -> Cases {
    office.share_phone("flow", 1, &[BANK, BANK]).await;
    office.share_phone("busy", 2, &[BANK, BANK, BANK]).await;
    office.share_phone("mixed", 3, &[AGENT, BANK]).await;
    office.share_phone("agents", 4, &[AGENT, AGENT]).await;
    office.share_phone("broker", 5, &[BROKER, BROKER]).await;
    office.share_phone("direct", 6, &[DIRECT, DIRECT]).await;
    office.share_phone("branch", 7, &[OTHER_BRANCH, OTHER_BRANCH]).await;
    office.share_phone("gone", 8, &[BANK, BANK]).await;
    office.share_phone("upload", 9, &[BANK, BANK]).await;
    office.share_phone("conflict", 10, &[BANK, BANK]).await;
    let others = ["m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"];
    for (phone, name) in (11..).zip(others) {
        office.share_phone(name, phone, &[BANK, BANK]).await;
    }
    office.sort_and_distribute("2026-11-24").await;
    office.at("2026-11-24 09:30");
    investigate(office, "busy").await;
    for case in ["upload", "conflict"] {
        take(office, case).await;
    }
    withdraw(office).await;
    office.at("2026-11-24 16:00");
    office.share_phone("fresh", 20, &[BANK, BANK]).await;
    office.share_phone("merge", 21, &[BANK, BANK]).await;
    office.share_phone("hold", 22, &[AGENT, AGENT]).await;
    office.share_phone("sort", 23, &[BANK, BANK]).await;
    office.sort("2026-11-25").await;
    office.at("2026-11-25 08:30");
    let mut cases = Cases::new();
    let names = [
        "m1", "m2", "m3", "flow", "busy", "mixed", "agents", "broker", "direct", "branch", "gone", "upload",
        "conflict", "fresh", "merge", "hold", "sort",
    ];
    for name in names {
        cases.insert(name, office.case_of(&format!("{name}-1")).await.case_no);
    }
    cases
}

/// The call of a change of `case_no`'s present version.
fn call(office: &Office, case_id: Uuid, version: i64) -> CaseCall {
    let request_id = office.request_id().parse().unwrap();
    CaseCall { case_id, etag: Some(version), request: RequestKey { request_id, digest: [3; 32] } }
}

/// Whoever has the case of `name` begins with it; who that is.
async fn take(office: &Office, name: &str) -> String {
    let case = office.case_of(&format!("{name}-1")).await;
    let clerk = case.assignee.clone().expect("it was distributed");
    let principal = office.principal(&clerk).await;
    start_investigation(office.app(), &principal, call(office, case.id, case.version)).await.unwrap();
    clerk
}

/// A case with much on its timeline.
async fn investigate(office: &Office, name: &str) {
    let clerk = take(office, name).await;
    let principal = office.principal(&clerk).await;
    for (means, result, note) in [
        (ContactMeans::Phone, ContactResult::NoAnswer, "响铃无人接听"),
        (ContactMeans::Message, ContactResult::Sent, ""),
    ] {
        let case = office.case_of(&format!("{name}-1")).await;
        let attempt = ContactAttempt { time: office.service.clock.now(), means, result };
        let call = call(office, case.id, case.version);
        record_contact_attempt(office.app(), &principal, call, attempt, note).await.unwrap();
    }
    let case = office.case_of(&format!("{name}-1")).await;
    let service = office.principal("CS1").await;
    let words = "请先核对客户的预留电话，再约时间上门。\n如客户不便，可改约周末。";
    add_comment(office.app(), &service, call(office, case.id, case.version), words).await.unwrap();
}

/// Two of customer service withdraw one.
async fn withdraw(office: &Office) {
    for code in ["CS1", "CS2"] {
        let case = office.case_of("gone-1").await;
        let principal = office.principal(code).await;
        let call = call(office, case.id, case.version);
        withdraw_case(office.app(), &principal, call, "客户已退保").await.unwrap();
    }
}

/// Plants `count` cases that A1 investigates, as if older lists had made them; some of them are equally urgent.
pub async fn plant(office: &Office, count: i32) {
    sqlx::query(
        "INSERT INTO case_file (id, case_no, source, state, version, priority, clues, customers_key, seller_codes, agency_codes,
             channel, branch_code, channel_received_time, assignee, due_time, urgent_time, created_by, created_time, changed_time)
         SELECT md5('planted' || n)::uuid, '20261120-' || lpad(n::text, 6, '0'), 1, 4, 1, n % 3 * 100, clues,
             md5('customers' || n)::uuid, seller_codes, agency_codes, channel, branch_code, created_time, 'A1',
             created_time + n % 7 * interval '1 day', created_time + n % 7 * interval '1 day', created_by, created_time, changed_time
         FROM case_file, generate_series(1, $2) AS n WHERE id = $1",
    )
    .bind(office.case_of("agents-1").await.id)
    .bind(count)
    .execute(&office.admin)
    .await
    .unwrap();
}
