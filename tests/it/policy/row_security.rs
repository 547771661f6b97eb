//! The second wall: SQL without any filter, on the service's own connection, sees and changes what is within the scope of
//! its transaction and nothing else.

use std::fmt::Write as _;

use sqlx::{AssertSqlSafe, Executor as _, Row as _};
use zhenshi::{
    security::{
        policy::Action,
        principal::{Principal, Reach, StaffScope},
        role::Role,
        scope::Scope,
    },
    store::{Store, StoreError},
};
use zhenshi_domain::application::Channel;

use crate::support::database::TestDatabase;

/// Cases by channel, branch and assignee; the last one has ST-1 as a participant only.
const CASES: [(i16, &str, &str); 6] = [
    (2, "4401", "ST-1"),
    (2, "4401", "ST-2"),
    (2, "4403", "ST-3"),
    (4, "4401", "ST-4"),
    (4, "4403", "ST-5"),
    (1, "4405", "ST-6"),
];
/// Tables that hang on a case and have a row for each here.
const HANGING: [&str; 3] = ["case_event", "case_text", "case_member"];

fn id(kind: u8, n: usize) -> String {
    format!("{kind:08}-0000-0000-0000-{n:012}")
}

async fn with_cases() -> (TestDatabase, Store) {
    let database = TestDatabase::new().await;
    let store = database.store().await;
    let mut sql = String::new();
    for (n, (channel, branch, assignee)) in CASES.iter().enumerate() {
        let case = id(1, n);
        write!(
            sql,
            "INSERT INTO case_file (id, case_no, source, state, version, priority, clues, customers_key, seller_codes,
                 agency_codes, channel, branch_code, assignee, urgent_time, created_by, created_time, changed_time)
             VALUES ('{case}', '20261124-{n:06}', 1, 3, 1, 0, '{{}}', '{case}', '{{}}', '{{}}', {channel}, '{branch}',
                 '{assignee}', 'epoch', 'system', 'epoch', 'epoch');
             INSERT INTO case_event (case_id, version, ordinal, kind, actor, recorded_time, state_before, state_after, data)
             VALUES ('{case}', 1, 0, 1, 'system', 'epoch', 1, 1, '{{}}');
             INSERT INTO case_text (id, case_id, payload) VALUES ('{case}', '{case}', '');
             INSERT INTO case_member (case_id, customer_id, application_id, submission_id, party_no, role, channel,
                 branch_code, seller_code, agency_code, policy_no, added_time)
             VALUES ('{case}', '{case}', '{case}', '{case}', 0, 1, {channel}, '{branch}', '', '', '', 'epoch');
             INSERT INTO directory_entry (id, kind, code, name, duty, channel, branch_code, team_leader_code, agency_code,
                 active, revision, content_digest, epoch, changed_version, recorded_time, changed_time)
             VALUES ('{case}', 5, '{assignee}', '', 22, {channel}, '{branch}', '', '', true, 1,
                 decode(repeat('00', 32), 'hex'), 1, 1, 'epoch', 'epoch');\n"
        )
        .unwrap();
    }
    write!(
        sql,
        "INSERT INTO case_participant (case_id, kind, channel, branch_code, staff_code, added_time)
         VALUES ('{}', 2, 2, '4401', 'ST-1', 'epoch');",
        id(1, 5)
    )
    .unwrap();
    database.admin().await.execute(AssertSqlSafe(sql)).await.unwrap();
    (database, store)
}

fn member(role: Role, code: &str, channel: Option<Channel>, branch: &str) -> Principal {
    Principal::member(
        role,
        StaffScope {
            staff_code: code.into(),
            channel,
            branch_code: branch.into(),
            team_leader_code: String::new(),
        },
    )
}

/// What `sql` gives under `scope`: the numbers of its rows, or how many it changed.
async fn numbers(store: &Store, scope: Scope, sql: String) -> Vec<i64> {
    store
        .with_tx(scope, move |tx| {
            Box::pin(async move {
                let rows = tx.fetch_all(AssertSqlSafe(sql)).await.map_err(StoreError::from)?;
                Ok(rows.iter().map(|row| row.get(0)).collect())
            })
        })
        .await
        .unwrap()
}

/// Which cases are seen.
async fn seen(store: &Store, scope: &Scope) -> Vec<i64> {
    numbers(store, scope.clone(), "SELECT right(id::text, 12)::bigint FROM case_file ORDER BY 1".into()).await
}

#[tokio::test]
async fn each_extent_sees_its_cases_and_no_other() {
    let (_database, store) = with_cases().await;
    let bank = Some(Channel::Bancassurance);
    let clerk = member(Role::Clerk, "ST-1", bank, "4401");
    let leader = member(Role::TeamLeader, "ST-T", bank, "4401");
    let head = member(Role::ChannelHead, "ST-H", bank, "");
    let service = member(Role::CustomerService, "ST-C", None, "");
    let direct = Reach { sources: vec!["*".into()], channels: vec![Channel::Direct] };
    let system = Principal::system("call-back", direct);
    let scopes = [
        (clerk.permit(Action::ListCases).unwrap(), vec![0, 5]),
        (clerk.permit(Action::ClaimNextCase).unwrap(), vec![0, 1, 5]),
        (leader.permit(Action::AssignCase).unwrap(), vec![0, 1]),
        (head.permit(Action::ListCases).unwrap(), vec![0, 1, 2]),
        (service.permit(Action::StartInvestigation).unwrap(), vec![]),
        (service.permit(Action::ListCases).unwrap(), vec![0, 1, 2, 3, 4, 5]),
        (system.permit(Action::CreateCase).unwrap(), vec![3, 4]),
        (Scope::system(), vec![0, 1, 2, 3, 4, 5]),
    ];
    for (scope, wanted) in scopes {
        assert_eq!(seen(&store, &scope).await, wanted, "{scope:?}");
        for table in HANGING {
            let sql = format!("SELECT right(case_id::text, 12)::bigint FROM {table} ORDER BY 1");
            assert_eq!(numbers(&store, scope.clone(), sql).await, wanted, "{table} under {scope:?}");
        }
    }
}

#[tokio::test]
async fn a_clerk_changes_nothing_of_another_branch() {
    let (database, store) = with_cases().await;
    let clerk = member(Role::Clerk, "ST-1", Some(Channel::Bancassurance), "4401");
    let scope = clerk.permit(Action::ClaimNextCase).unwrap();
    let changed = "WITH c AS (UPDATE case_file SET priority = 9 RETURNING 1) SELECT count(*) FROM c";
    assert_eq!(
        numbers(&store, scope.clone(), changed.into()).await,
        [3],
        "his branch's two and the one he assists"
    );
    let removed = "WITH c AS (DELETE FROM case_participant RETURNING 1) SELECT count(*) FROM c";
    assert_eq!(numbers(&store, scope.clone(), removed.into()).await, [1]);
    let directory = "WITH c AS (UPDATE directory_entry SET capacity = 1 RETURNING 1) SELECT count(*) FROM c";
    assert_eq!(
        numbers(&store, scope.clone(), directory.into()).await,
        [0],
        "the directory is not his to change"
    );
    let tokens = "SELECT count(*) FROM caller_token";
    assert_eq!(numbers(&store, scope.clone(), tokens.into()).await, [0]);

    // He cannot write himself into a case, nor hang anything on one, nor move his own out of his sight.
    let other = id(1, 3);
    for sql in [
        format!(
            "INSERT INTO case_participant (case_id, kind, channel, branch_code, staff_code, added_time)
             VALUES ('{other}', 1, 2, '4401', 'ST-1', 'epoch') RETURNING 1::bigint"
        ),
        format!(
            "INSERT INTO case_text (id, case_id, payload) VALUES ('{}', '{other}', '') RETURNING 1::bigint",
            id(2, 1)
        ),
        format!("UPDATE case_file SET branch_code = '4403' WHERE id = '{}' RETURNING 1::bigint", id(1, 1)),
    ] {
        let refused = store.with_tx(scope.clone(), move |tx| {
            Box::pin(async move {
                Ok(tx.execute(AssertSqlSafe(sql)).await.map_err(StoreError::from)?.rows_affected())
            })
        });
        refused.await.unwrap_err();
    }
    let untouched = "SELECT count(*) FROM case_file WHERE priority = 9";
    assert_eq!(crate::support::database::count(&database.admin().await, untouched).await, 3);
}

#[tokio::test]
async fn the_directory_shows_its_own_branch() {
    let (_database, store) = with_cases().await;
    let clerk = member(Role::Clerk, "ST-1", Some(Channel::Bancassurance), "4401");
    let count = "SELECT count(*) FROM directory_entry";
    let scope = clerk.permit(Action::ListStaffMembers).unwrap();
    assert_eq!(numbers(&store, scope, count.into()).await, [2]);
    let head = member(Role::ChannelHead, "ST-H", Some(Channel::Bancassurance), "");
    let scope = head.permit(Action::ListStaffMembers).unwrap();
    assert_eq!(numbers(&store, scope, count.into()).await, [3]);
}

#[tokio::test]
async fn without_a_scope_there_is_nothing() {
    let (database, _store) = with_cases().await;
    let mut connection = database.admin().await.acquire().await.unwrap();
    connection.execute("SET ROLE zhenshi_app").await.unwrap();
    for table in
        ["case_file", "case_event", "case_participant", "directory_entry", "caller_token", "suspicion_list"]
    {
        let sql = format!("SELECT count(*) FROM {table}");
        let row = connection.fetch_one(AssertSqlSafe(sql)).await.unwrap();
        assert_eq!(row.get::<i64, _>(0), 0, "{table}");
    }
    // Nor for the owner: row security is forced.
    connection.execute("SET ROLE zhenshi_owner").await.unwrap();
    let row = connection.fetch_one("SELECT count(*) FROM case_file").await.unwrap();
    assert_eq!(row.get::<i64, _>(0), 0);
}
