//! Contacts of the directory as a list sees them: what holds at a cut, what ends, and what waits for the next list.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use zhenshi::store::{
    Scope, Store,
    directory::contacts::{
        DirectoryContactRow, Owner, OwnerKind, OwnerPrints, PersonPrint, directory_contacts_before,
        directory_persons, replace,
    },
    record::Key,
};

use crate::support::{
    database::{TestDatabase, count, start_time},
    recorder::tools,
};

const PHONE: i16 = 1;

struct World {
    store: Store,
    admin: sqlx::PgPool,
}

fn key(clue: i16, value: u128) -> Key {
    Key { epoch: 1, clue, fingerprint: Uuid::from_u128(value) }
}

fn owner(code: &str) -> Owner {
    Owner { kind: OwnerKind::Seller, code: code.into() }
}

fn prints(code: &str, phones: &[u128], certificate: Option<u128>) -> OwnerPrints {
    let person = certificate.map(|value| PersonPrint {
        epoch: 1,
        certificate: Some(Uuid::from_u128(value)),
        name: Some(Uuid::from_u128(9)),
    });
    OwnerPrints {
        owner: owner(code),
        contacts: phones.iter().map(|value| key(PHONE, *value)).collect(),
        person,
    }
}

impl World {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        Self { store: database.store().await, admin: database.admin().await }
    }

    async fn replace(&self, wanted: OwnerPrints) -> DateTime<Utc> {
        let tools = tools(1);
        self.store
            .with_tx(Scope::system(), move |tx| Box::pin(async move { replace(tx, &tools, &[wanted]).await }))
            .await
            .unwrap()
    }

    /// Moves the end of the newest closed list: what is recorded from then on is stamped with it at the earliest.
    async fn close_lists_until(&self, time: DateTime<Utc>) {
        sqlx::query("UPDATE list_gate SET closed_until = $1").bind(time).execute(&self.admin).await.unwrap();
    }

    async fn held(&self, keys: &[Key], cut: DateTime<Utc>) -> Vec<DirectoryContactRow> {
        let keys = keys.to_vec();
        self.store
            .with_tx(Scope::system(), move |tx| {
                Box::pin(async move { directory_contacts_before(tx, &keys, cut).await })
            })
            .await
            .unwrap()
    }

    async fn persons(&self, cut: DateTime<Utc>) -> HashMap<Owner, PersonPrint> {
        let owners = [owner("S1"), owner("S2")];
        self.store
            .with_tx(Scope::system(), move |tx| {
                Box::pin(async move { directory_persons(tx, &owners, 1, cut).await })
            })
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn a_cut_sees_what_was_recorded_before_it_and_not_ended_before_it() {
    let world = World::new().await;
    let first = world.replace(prints("S1", &[1, 2], Some(70))).await;
    let later = first + TimeDelta::hours(20);
    world.close_lists_until(later).await;
    let second = world.replace(prints("S1", &[2, 3], Some(71))).await;
    assert_eq!((first, second), (start_time(), later));

    let all = [key(PHONE, 1), key(PHONE, 2), key(PHONE, 3), key(5, 1)];
    let seen = async |cut| -> Vec<u128> {
        world.held(&all, cut).await.iter().map(|row| row.key.fingerprint.as_u128()).collect()
    };
    let tick = TimeDelta::microseconds(1);
    assert_eq!(seen(first).await, [0_u128; 0], "recorded at the cut is after it");
    assert_eq!(seen(first + tick).await, [1, 2]);
    assert_eq!(seen(second).await, [1, 2], "ended at the cut holds at it");
    assert_eq!(seen(second + tick).await, [2, 3]);
    let kept = world.held(&[key(PHONE, 2)], second + tick).await;
    assert_eq!(kept[0].recorded_time, first, "what holds already stays as it is");

    let certificate = async |cut| world.persons(cut).await.get(&owner("S1")).and_then(|who| who.certificate);
    assert_eq!(certificate(second).await, Some(Uuid::from_u128(70)));
    assert_eq!(certificate(second + tick).await, Some(Uuid::from_u128(71)));
    assert!(!world.persons(second).await.contains_key(&owner("S2")));
}

#[tokio::test]
async fn only_new_keys_wait_for_the_next_list_under_their_own_time() {
    let world = World::new().await;
    let first = world.replace(prints("S1", &[1, 2], None)).await;
    let later = first + TimeDelta::days(1);
    world.close_lists_until(later).await;
    world.replace(prints("S1", &[2, 3], None)).await;
    world.replace(prints("S1", &[2, 3], None)).await;
    let pending: Vec<(Uuid, DateTime<Utc>)> =
        sqlx::query_as("SELECT fingerprint, opened_time FROM contact_pending ORDER BY fingerprint")
            .fetch_all(&world.admin)
            .await
            .unwrap();
    let expected = [(1, first), (2, first), (3, later)].map(|(value, time)| (Uuid::from_u128(value), time));
    assert_eq!(pending, expected);
    assert_eq!(count(&world.admin, "SELECT count(*) FROM directory_contact").await, 3, "nothing is deleted");
}

#[tokio::test]
async fn a_contact_that_comes_back_at_the_same_instant_was_never_away() {
    let world = World::new().await;
    let time = world.replace(prints("S1", &[1], Some(70))).await;
    world.replace(prints("S1", &[2], Some(71))).await;
    world.replace(prints("S1", &[1], None)).await;
    let held = world.held(&[key(PHONE, 1), key(PHONE, 2)], time + TimeDelta::microseconds(1)).await;
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].key, key(PHONE, 1));
    assert!(world.persons(time + TimeDelta::microseconds(1)).await.is_empty());
}

#[tokio::test]
async fn owners_share_a_contact_and_end_it_each_for_himself() {
    let world = World::new().await;
    world.replace(prints("S1", &[1], None)).await;
    let time = world.replace(prints("S2", &[1], None)).await;
    let later = time + TimeDelta::days(1);
    world.close_lists_until(later).await;
    world.replace(prints("S1", &[], None)).await;
    let held = world.held(&[key(PHONE, 1)], later + TimeDelta::microseconds(1)).await;
    let codes: Vec<&str> = held.iter().map(|row| row.owner_code.as_str()).collect();
    assert_eq!(codes, ["S2"]);
}
