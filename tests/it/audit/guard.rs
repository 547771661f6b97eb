//! The guard of the tests' databases itself: a write of the service without an audit entry does not commit.

use sqlx::{Executor as _, PgConnection};

use crate::support::{
    audited::{GUARDED, WITHOUT},
    database::TestDatabase,
};

const ENTRY: &str =
    "INSERT INTO audit_pending VALUES (gen_random_uuid(), '2026-01-01Z', 'a', 'TEST', 'k', '{}', '', '')";
const WRITE: &str = "INSERT INTO customer VALUES (gen_random_uuid(), false, '2026-01-01Z')";

/// Runs `statements` as the service does, in one transaction.
async fn as_the_service(database: &TestDatabase, statements: &[&'static str]) -> Result<(), sqlx::Error> {
    use sqlx::Connection as _;
    let mut connection = PgConnection::connect(&database.url).await.unwrap();
    connection.execute("SET ROLE zhenshi_app").await.unwrap();
    let mut tx = connection.begin().await.unwrap();
    for statement in statements {
        tx.execute(*statement).await?;
    }
    tx.commit().await
}

#[tokio::test]
async fn a_write_without_an_entry_is_refused_and_with_one_commits() {
    let database = TestDatabase::guarded().await;
    let refused = as_the_service(&database, &[WRITE]).await.unwrap_err().to_string();
    assert!(refused.contains("table customer was written without an audit entry"), "{refused}");
    as_the_service(&database, &[WRITE, ENTRY]).await.unwrap();
    as_the_service(&database, &[ENTRY, WRITE]).await.unwrap();
    // What one transaction left is not another's.
    as_the_service(&database, &[WRITE]).await.unwrap_err();
}

#[tokio::test]
async fn a_table_is_guarded_or_has_a_reason_why_not() {
    for (name, why) in WITHOUT {
        assert!(!GUARDED.contains(name) && !why.is_empty(), "{name}");
    }
    let database = TestDatabase::new().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind = 'r' AND NOT c.relispartition
             AND has_any_column_privilege('zhenshi_app', c.oid, 'INSERT, UPDATE') ORDER BY 1",
    )
    .fetch_all(&database.admin().await)
    .await
    .unwrap();
    let listed = |name: &str| GUARDED.contains(&name) || WITHOUT.iter().any(|(without, _)| *without == name);
    let missing: Vec<&String> = tables.iter().filter(|name| !listed(name)).collect();
    assert!(missing.is_empty(), "in neither list: {missing:?}");
    assert!(tables.len() > 60, "{}", tables.len());
}
