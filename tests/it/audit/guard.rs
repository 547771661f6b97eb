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

#[test]
fn a_table_is_guarded_or_has_a_reason_why_not() {
    for (name, why) in WITHOUT {
        assert!(!GUARDED.contains(name) && !why.is_empty(), "{name}");
    }
    assert!(GUARDED.len() > 30);
}
