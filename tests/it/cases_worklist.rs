//! The worklist: order, pages, filters, counts, and what each role sees; what changed since a token; how cases went. The cases
//! are planted by SQL, so that there are many and every kind; what is expected is computed here, from what was planted.

mod pages;
mod plans;
mod reading;
mod scopes;
mod watching;

use chrono::{DateTime, TimeDelta, Utc};
use tonic::Status;
use uuid::Uuid;
use zhenshi::clock::Clock as _;
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{
    cases::{Cases, Office},
    database::audit_keys,
};

/// What counts as "no clock runs".
const NEVER: &str = "9999-12-31T00:00:00Z";

/// A planted case.
#[derive(Debug, Clone)]
struct Planted {
    id: Uuid,
    case_no: String,
    state: i16,
    channel: i16,
    branch_code: &'static str,
    assignee: Option<&'static str>,
    participant: Option<&'static str>,
    /// Hours from now to the end of its clock; none never.
    due_in: Option<i64>,
    priority: i32,
    clue: i16,
    seller_code: &'static str,
    outcome: Option<i16>,
}

impl Planted {
    fn urgency(&self, now: DateTime<Utc>) -> (DateTime<Utc>, i32, Uuid) {
        let never: DateTime<Utc> = NEVER.parse().unwrap();
        (self.due_in.map_or(never, |hours| now + TimeDelta::hours(hours)), -self.priority, self.id)
    }

    fn waits(&self) -> bool {
        self.state == 2 && self.assignee.is_none()
    }
}

/// Cases of all kinds, so that every filter and every role meets some and misses some.
fn assortment(count: u32) -> Vec<Planted> {
    const CLERKS: [(Option<&str>, i16, &str); 7] = [
        (Some("B1"), 2, "4401"),
        (Some("B2"), 2, "4401"),
        (Some("B4"), 2, "4402"),
        (Some("A1"), 1, "4401"),
        (None, 2, "4401"),
        (None, 1, "4401"),
        (Some("M1"), 3, "4401"),
    ];
    const PARTICIPANTS: [Option<&str>; 5] = [None, Some("A1"), None, Some("B1"), Some("BL2")];
    (1..=count)
        .map(|n| {
            let pick = |of: u32| usize::try_from(n % of).unwrap();
            let (assignee, channel, branch_code) = CLERKS[pick(7)];
            let state = match (assignee, n % 11) {
                (_, 0) => 6,
                (_, 1) => 7,
                (None, 2) => 1,
                (None, _) => 2,
                (Some(_), rest) => i16::try_from(3 + rest % 3).unwrap(),
            };
            Planted {
                id: Uuid::from_u128(
                    0x0190_0000_0000_7000_8000_0000_0000_0000 + u128::from(n * 7919 % 100_003),
                ),
                case_no: format!("202611{:02}-{:06}", 10 + n % 3, n),
                state,
                channel,
                branch_code,
                assignee,
                participant: PARTICIPANTS[pick(5)],
                due_in: (state < 6 && !n.is_multiple_of(13)).then(|| i64::from(n % 9) - 4),
                priority: i32::try_from(n % 4 * 100).unwrap(),
                clue: i16::try_from(1 + n % 5).unwrap(),
                seller_code: if n.is_multiple_of(3) { "S-BANK" } else { "S-AGENT" },
                outcome: (state >= 5).then(|| i16::try_from(1 + n % 4).unwrap()),
            }
        })
        .collect()
}

/// Writes them.
async fn plant(office: &Office, planted: &[Planted]) {
    let now = office.service.clock.now();
    for one in planted {
        let (urgent, ..) = one.urgency(now);
        sqlx::query(
            "INSERT INTO case_file (id, case_no, source, state, version, priority, clues, customers_key, seller_codes,
                 agency_codes, channel, branch_code, assignee, due_time, urgent_time, outcome, closed_time, created_by,
                 created_time, changed_time)
             VALUES ($1, $2, 1, $3, 1, $4, $5, $1, $6, '{}', $7, $8, $9, $10, $10, $11, $12, 'test', $13, $13)",
        )
        .bind(one.id)
        .bind(&one.case_no)
        .bind(one.state)
        .bind(one.priority)
        .bind(vec![one.clue])
        .bind(vec![one.seller_code])
        .bind(one.channel)
        .bind(one.branch_code)
        .bind(one.assignee)
        .bind(urgent)
        .bind(one.outcome)
        .bind((one.state == 6).then_some(now))
        .bind(now)
        .execute(&office.admin)
        .await
        .unwrap();
        if let Some(staff_code) = one.participant {
            sqlx::query(
                "INSERT INTO case_participant (case_id, kind, channel, branch_code, staff_code, added_time)
                 VALUES ($1, 1, $2, $3, $4, $5)",
            )
            .bind(one.id)
            .bind(one.channel)
            .bind(one.branch_code)
            .bind(staff_code)
            .bind(now)
            .execute(&office.admin)
            .await
            .unwrap();
        }
    }
}

/// One page as `code` gets it.
async fn page(
    office: &Office,
    client: &mut Cases,
    code: &str,
    message: proto::ListCasesRequest,
) -> Result<proto::ListCasesResponse, Status> {
    client.list_cases(office.by(code, message)).await.map(tonic::Response::into_inner)
}

/// Every case that `code` gets with `filter`, page by page.
async fn all(
    office: &Office,
    client: &mut Cases,
    code: &str,
    filter: &proto::CaseFilter,
) -> Vec<proto::Case> {
    let mut cases = Vec::new();
    let mut token = String::new();
    loop {
        let message = proto::ListCasesRequest {
            page_size: 7,
            page_token: token,
            filter: Some(filter.clone()),
            ..proto::ListCasesRequest::default()
        };
        let answer = page(office, client, code, message).await.unwrap();
        assert!(answer.cases.len() <= 7 && (answer.next_page_token.is_empty() || answer.cases.len() == 7));
        cases.extend(answer.cases);
        token = answer.next_page_token;
        if token.is_empty() {
            return cases;
        }
    }
}

fn ids(cases: &[proto::Case]) -> Vec<String> {
    cases.iter().map(|case| case.case_id.clone()).collect()
}

/// Ids of those that `wanted` takes, in order of urgency.
fn expected(office: &Office, planted: &[Planted], wanted: impl Fn(&Planted) -> bool) -> Vec<String> {
    let now = office.service.clock.now();
    let mut found: Vec<&Planted> = planted.iter().filter(|one| wanted(one)).collect();
    found.sort_by_key(|one| one.urgency(now));
    found.into_iter().map(|one| one.id.to_string()).collect()
}

/// Gives positions to what was committed.
pub async fn relay(office: &Office) {
    office.app().store.relay(audit_keys()).await.unwrap();
}

/// A comment of customer service: one change of a case.
async fn touch(office: &Office, client: &mut Cases, case_id: Uuid) {
    let version: i64 = sqlx::query_scalar("SELECT version FROM case_file WHERE id = $1")
        .bind(case_id)
        .fetch_one(&office.admin)
        .await
        .unwrap();
    let message = proto::AddCommentRequest {
        request_id: office.request_id(),
        case_id: case_id.to_string(),
        etag: version.to_string(),
        comment: "示例备注".into(),
        ..proto::AddCommentRequest::default()
    };
    client.add_comment(office.by("CS1", message)).await.unwrap();
}
