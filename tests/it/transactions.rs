//! Transactions: what breaks before they begin is nobody's loss, and what only reads cannot change.

use std::sync::Arc;

use sqlx::Executor as _;
use tokio::sync::Barrier;
use zhenshi::{
    security::scope::Scope,
    store::{Store, StoreError, StoreOptions},
};

use crate::support::database::TestDatabase;

/// Connections of the pool.
const CONNECTIONS: usize = 4;

/// One transaction on each connection of the pool, all of them at once.
async fn on_every_connection(store: &Store) {
    let all = Arc::new(Barrier::new(CONNECTIONS));
    let transactions = (0..CONNECTIONS).map(|_| {
        let (store, all) = (store.clone(), all.clone());
        tokio::spawn(async move {
            let work = store.with_tx(Scope::system(), move |tx| {
                Box::pin(async move {
                    all.wait().await;
                    tx.execute("SELECT 1").await?;
                    Ok(())
                })
            });
            work.await
        })
    });
    for transaction in transactions.collect::<Vec<_>>() {
        transaction.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn connections_that_broke_while_nobody_used_them_are_nobodys_error() {
    let database = TestDatabase::new().await;
    let options =
        StoreOptions { url: database.url.clone(), max_connections: u32::try_from(CONNECTIONS).unwrap() };
    let store = Store::connect(&options).await.unwrap();
    store.serve_callers();
    on_every_connection(&store).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
               AND pid <> pg_backend_pid()";
    let ended = database.admin().await.execute(end).await.unwrap();
    assert!(ended.rows_affected() >= CONNECTIONS as u64, "every connection of the pool was ended");
    on_every_connection(&store).await;
}

#[tokio::test]
async fn what_only_reads_cannot_change() {
    let database = TestDatabase::new().await;
    let store = database.store().await;
    let change = "UPDATE chain_head SET position = position + 1";
    let refused: Result<(), _> = store
        .with_read(Scope::system(), move |tx| {
            Box::pin(async move {
                tx.execute(change).await?;
                Ok(())
            })
        })
        .await;
    // 25006: read-only transaction.
    assert!(matches!(&refused, Err(StoreError::Unexpected(words)) if words.contains("25006")), "{refused:?}");
    let changed = store.with_tx(Scope::system(), move |tx| {
        Box::pin(async move { Ok(tx.execute(change).await?.rows_affected()) })
    });
    assert!(changed.await.unwrap() > 0);
}
