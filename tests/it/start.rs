//! When the service refuses to start, and says why.

use sqlx::Executor as _;
use zhenshi::{
    entropy::SeededEntropy,
    security::keyring::Keyring,
    store::{
        Store, StoreOptions,
        migrate::{migrate, progress},
    },
};
use zhenshi_domain::NORMALISER_VERSION;

use crate::support::database::{TestDatabase, start_time};

#[tokio::test]
async fn start_is_refused_when_the_role_owns_a_table() {
    let database = TestDatabase::new().await;
    let admin = database.admin().await;
    admin.execute("CREATE TABLE stray (); GRANT CREATE ON SCHEMA public TO zhenshi_app; ALTER TABLE stray OWNER TO zhenshi_app").await.unwrap();
    let options = StoreOptions { url: database.url.clone(), max_connections: 2 };
    let error = Store::connect(&options).await.unwrap_err().to_string();
    assert!(error.contains("zhenshi_app owns tables"), "{error}");
}

#[tokio::test]
async fn a_keyring_of_another_installation_is_refused_by_name() {
    let database = TestDatabase::new().await;
    let store = database.store().await;
    let own = Keyring::generate(&SeededEntropy::new(1)).unwrap();
    store.open_epoch(&own).await.unwrap();
    store.open_epoch(&own).await.unwrap();

    let other = Keyring::generate(&SeededEntropy::new(2)).unwrap();
    let error = store.open_epoch(&other).await.unwrap_err().to_string();
    assert!(error.contains("key_encryption key of version 1"), "{error}");

    let mut without = own.clone();
    without.fingerprint = other.fingerprint;
    let error = store.open_epoch(&without).await.unwrap_err().to_string();
    assert!(error.contains("fingerprint epoch 1"), "{error}");
}

#[tokio::test]
async fn an_epoch_of_a_newer_normaliser_is_refused_by_name() {
    let database = TestDatabase::new().await;
    let store = database.store().await;
    let keyring = Keyring::generate(&SeededEntropy::new(1)).unwrap();
    store.open_epoch(&keyring).await.unwrap();
    let admin = database.admin().await;
    admin
        .execute(
            "INSERT INTO fingerprint_epoch
             SELECT 2, key_version, normaliser_version + 1, key_check FROM fingerprint_epoch",
        )
        .await
        .unwrap();
    let error = store.open_epoch(&keyring).await.unwrap_err().to_string();
    let newer = format!("normaliser version {}", NORMALISER_VERSION + 1);
    assert!(error.contains("fingerprint epoch 2") && error.contains(&newer), "{error}");
}

#[tokio::test]
async fn a_new_key_in_the_keyring_opens_no_epoch_by_itself() {
    let database = TestDatabase::new().await;
    let store = database.store().await;
    let mut keyring = Keyring::generate(&SeededEntropy::new(1)).unwrap();
    assert_eq!(store.open_epoch(&keyring).await.unwrap().epoch(), 1);
    let mut newer = Keyring::generate(&SeededEntropy::new(2)).unwrap().fingerprint.remove(0);
    newer.version = 2;
    keyring.fingerprint.push(newer);
    assert_eq!(store.open_epoch(&keyring).await.unwrap().epoch(), 1, "what is recorded is found as before");
}

#[tokio::test]
async fn migrating_twice_and_at_once_changes_nothing() {
    let database = TestDatabase::empty().await;
    let url = database.url;
    let (first, second) = tokio::join!(migrate(&url, start_time()), migrate(&url, start_time()));
    first.unwrap();
    second.unwrap();
    let progress = progress(&url).await.unwrap();
    assert_eq!(progress.applied, progress.known);
    let admin = sqlx::PgPool::connect(&url).await.unwrap();
    let told: Vec<String> = sqlx::query_scalar("SELECT reason FROM audit_pending WHERE action = 'MIGRATE'")
        .fetch_all(&admin)
        .await
        .unwrap();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with(&format!("migrations 1 to {}", progress.known)), "{told:?}");
}
