//! What comes from elsewhere: policies that end and begin again, contacts of sellers, the baseline.

use chrono::{NaiveDate, TimeDelta, TimeZone as _, Utc};
use uuid::Uuid;
use zhenshi::{
    clock::Clock as _,
    ids,
    store::{
        Scope,
        directory::contacts::{Owner, OwnerKind, OwnerPrints, PersonPrint, replace},
        policy_event::NewPolicyEvent,
        product::ProductRow,
        record::{Key, Tools},
    },
};
use zhenshi_domain::{
    application::{ApplicationKey, ApplicationKind, ProductClass, Relation, Term},
    clue::ClueKey,
    policy::PolicyEventKind,
};

use super::world::{Party, World, application, holder, insured};

impl World {
    pub async fn policy(&self, application_no: &str, kind: PolicyEventKind) {
        let key = ApplicationKey {
            source: "core".into(),
            kind: ApplicationKind::NewBusiness,
            application_no: application_no.into(),
        };
        let event = NewPolicyEvent {
            caller: "core".into(),
            request_id: Uuid::from_u128(self.request()),
            digest: [1; 32],
            application: Some(key),
            policy_no: String::new(),
            kind,
            occurred_time: self.clock.now(),
        };
        let app = self.app();
        app.store.record_policy_event(app.clock.clone(), app.entropy.clone(), event).await.unwrap();
    }

    async fn seller(
        &self,
        code: &str,
        contacts: &[(ClueKey, u128)],
        certificate: Option<u128>,
        name: Option<u128>,
    ) {
        let app = self.app();
        let tools = Tools {
            clock: app.clock.clone(),
            entropy: app.entropy.clone(),
            sealer: app.sealer.clone(),
            prints: app.fingerprints.clone(),
        };
        let key = |(clue, value): &(ClueKey, u128)| Key {
            epoch: 1,
            clue: clue.as_i16(),
            fingerprint: Uuid::from_u128(*value),
        };
        let person = PersonPrint {
            epoch: 1,
            certificate: certificate.map(Uuid::from_u128),
            name: name.map(Uuid::from_u128),
        };
        let prints = OwnerPrints {
            owner: Owner { kind: OwnerKind::Seller, code: code.into() },
            contacts: contacts.iter().map(key).collect(),
            person: (certificate.is_some() || name.is_some()).then_some(person),
        };
        app.store
            .with_tx(Scope::system(), move |tx| Box::pin(async move { replace(tx, &tools, &[prints]).await }))
            .await
            .unwrap();
    }

    /// Makes what was recorded for `application_no` a part of the baseline, as loading it does.
    async fn as_baseline(&self, application_no: &str) {
        for change in [
            "UPDATE contact_pending p SET baseline = true FROM contact_use u JOIN application a ON a.id = u.application_id
             WHERE a.application_no = $1 AND p.fingerprint = u.fingerprint AND p.clue = u.clue",
            "UPDATE contact_use u SET baseline = true FROM application a
             WHERE a.id = u.application_id AND a.application_no = $1",
        ] {
            sqlx::query(change).bind(application_no).execute(&self.admin).await.unwrap();
        }
    }
}

#[tokio::test]
async fn ended_policies_have_no_members_and_reinstated_ones_are_news() {
    let world = World::new().await;
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.apply("A-2", &[holder(2, &[100])]).await;
    world.policy("A-2", PolicyEventKind::NotTakenUp).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert_eq!(world.list("2026-11-24").await, [""; 0]);

    world.clock.advance(TimeDelta::hours(1));
    world.policy("A-2", PolicyEventKind::Reinstated).await;
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, ["SAME_PHONE A-1/1 A-2/2+"]);

    // Surrendered between the cut and the close: it was in force at the cut.
    world.clock.advance(TimeDelta::hours(1));
    world.apply("A-3", &[holder(3, &[100])]).await;
    world.at("2026-11-26 05:00");
    world.policy("A-1", PolicyEventKind::Surrendered).await;
    world.at("2026-11-26 06:00");
    world.run("2026-11-26").await;
    assert_eq!(world.list("2026-11-26").await, ["SAME_PHONE A-1/1 A-2/2 A-3/3+"]);
    world.clock.advance(TimeDelta::hours(1));
    world.apply("A-4", &[holder(4, &[100])]).await;
    world.at("2026-11-27 06:00");
    world.run("2026-11-27").await;
    assert_eq!(world.list("2026-11-27").await, ["SAME_PHONE A-2/2 A-3/3 A-4/4+"]);
}

#[tokio::test]
async fn a_call_back_that_is_near_makes_a_suspicion_urgent() {
    let world = World::new().await;
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.apply("A-2", &[holder(2, &[100])]).await;
    let call_back_time = Utc.with_ymd_and_hms(2026, 11, 26, 2, 0, 0).unwrap();
    world.policy("A-1", PolicyEventKind::CallBackScheduled { call_back_time }).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    let parts: (i32, i32) = sqlx::query_as("SELECT priority, priority_call_back FROM suspicion")
        .fetch_one(&world.admin)
        .await
        .unwrap();
    assert_eq!(parts, (52, 30), "two days left");
}

/// The points for the call-back of the one suspicion that a list of 4 December has, by the product and the events of A-1,
/// whose receipt was signed on 23 November.
async fn call_back_points(product: ProductRow, change: bool, events: &[PolicyEventKind]) -> i32 {
    let world = World::new().await;
    let mut item = application("A-1", world.request(), &[holder(1, &[100])]);
    item.product = product;
    world.record(item).await;
    let receipt_date = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    world.policy("A-1", PolicyEventKind::ReceiptSigned { receipt_date, cooling_off_end_date: None }).await;
    for event in events {
        world.clock.advance(TimeDelta::minutes(1));
        world.policy("A-1", *event).await;
    }
    world.at("2026-12-03 09:00");
    if change {
        // A servicing change of A-1 by another customer's phone: the contract's product counts, not the change's.
        let mut item = application("C-1", world.request(), &[holder(2, &[100])]);
        item.key.kind = ApplicationKind::ServicingChange;
        item.application_id = ids::application_id(&item.key);
        item.original_application_no = "A-1".into();
        world.record(item).await;
    } else {
        world.apply("A-2", &[holder(2, &[100])]).await;
    }
    world.at("2026-12-04 06:00");
    world.run("2026-12-04").await;
    sqlx::query_scalar("SELECT priority_call_back FROM suspicion").fetch_one(&world.admin).await.unwrap()
}

#[tokio::test]
async fn a_call_back_is_due_by_the_end_of_cooling_off_of_the_product() {
    let row = |class, term| ProductRow { class: Some(class), term: Some(term) };
    let life = row(ProductClass::OrdinaryLife, Term::WholeLife);
    let health = row(ProductClass::Health, Term::Years(20));
    // Ten days: until 3 December, which is past. Fifteen: until the 8th, four days left.
    assert_eq!(call_back_points(life, false, &[]).await, 40);
    assert_eq!(call_back_points(ProductRow::default(), false, &[]).await, 40);
    assert_eq!(call_back_points(row(ProductClass::Health, Term::Years(1)), false, &[]).await, 40);
    assert_eq!(call_back_points(health, false, &[]).await, 20);
    assert_eq!(call_back_points(health, true, &[]).await, 20);

    let call_back_time = Utc.with_ymd_and_hms(2026, 12, 6, 2, 0, 0).unwrap();
    let scheduled = PolicyEventKind::CallBackScheduled { call_back_time };
    assert_eq!(call_back_points(health, false, &[scheduled]).await, 30, "whichever is first");
    assert_eq!(call_back_points(health, false, &[scheduled, PolicyEventKind::CallBackDone]).await, 0);
}

#[tokio::test]
async fn a_sellers_contact_on_a_customer_is_listed_and_on_himself_is_not() {
    let world = World::new().await;
    let with_address = |customer, address| Party { address: Some(address), ..holder(customer, &[]) };
    let minor = Party { minor: true, ..insured(8, Relation::Child, &[100]) };
    world.seller("S-1", &[(ClueKey::Phone, 100), (ClueKey::Address, 500)], Some(7), None).await;
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.apply("A-2", &[with_address(2, 500)]).await;
    // He insures himself and his child.
    world.apply("A-3", &[holder(7, &[100]), minor]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    let listed = world.list("2026-11-24").await;
    assert_eq!(
        listed,
        ["SAME_PHONE A-1/1+ A-3/7+ A-3/8+", "SELLER_CONTACT S-1 A-1/1+", "SELLER_CONTACT S-1 A-2/2+"]
    );

    // A contact that the directory gets later is looked for among the customers of years ago; by name while the seller's
    // certificate is not known.
    world.apply("B-1", &[holder(11, &[900])]).await;
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, [""; 0]);
    world.seller("S-2", &[(ClueKey::Phone, 900)], None, Some(12)).await;
    world.seller("S-3", &[(ClueKey::Phone, 900)], None, Some(11)).await;
    world.at("2026-11-26 06:00");
    world.run("2026-11-26").await;
    assert_eq!(world.list("2026-11-26").await, ["SELLER_CONTACT S-2 B-1/b"]);
    world.at("2026-11-27 06:00");
    world.run("2026-11-27").await;
    assert_eq!(world.list("2026-11-27").await, [""; 0]);
}

#[tokio::test]
async fn pairs_of_the_baseline_go_to_a_list_of_their_own() {
    let world = World::new().await;
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.apply("A-2", &[holder(2, &[100])]).await;
    world.apply("A-3", &[holder(3, &[300])]).await;
    for no in ["A-1", "A-2", "A-3"] {
        world.as_baseline(no).await;
    }
    world.apply("B-1", &[holder(9, &[300])]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert_eq!(world.self_inspection("2026-11-24").await, ["SAME_PHONE A-1/1+ A-2/2+"]);
    assert_eq!(world.list("2026-11-24").await, ["SAME_PHONE A-3/3 B-1/9+"], "a new use takes old ones along");
    // Afterwards they are old: nothing waits, and no second self-inspection is made.
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, [""; 0]);
    let lists: Vec<(i16, i64)> =
        sqlx::query_as("SELECT kind, count(*) FROM suspicion_list GROUP BY kind ORDER BY kind")
            .fetch_all(&world.admin)
            .await
            .unwrap();
    assert_eq!(lists, [(1, 2), (2, 1)]);
}

#[tokio::test]
async fn what_happens_while_a_list_is_written_changes_nothing_of_it() {
    use zhenshi::{
        app::run_suspicion_list::{Step, advance},
        store::list::CHUNK_KEYS,
    };
    const { assert!(CHUNK_KEYS > 4, "all keys of this test are one chunk a clue") };
    let story = async |world: &World, disturbed: bool| {
        // Just before, at and just after the cut.
        world.at("2026-11-23 23:59");
        world.apply("A-1", &[holder(1, &[100])]).await;
        world.apply("A-2", &[holder(2, &[100])]).await;
        world.apply("A-3", &[holder(3, &[200])]).await;
        world.apply("A-4", &[holder(4, &[200])]).await;
        world.at("2026-11-24 00:00");
        world.apply("A-1", &[holder(1, &[101])]).await;
        world.policy("A-3", PolicyEventKind::Surrendered).await;
        world.at("2026-11-24 06:00");
        let day = "2026-11-24".parse().unwrap();
        let mut n = 0u128;
        while advance(world.app(), day, true).await.unwrap() != Step::Done {
            // After every single step of the list: closing, planning, each chunk, sealing.
            if disturbed {
                n += 1;
                world.apply("A-2", &[holder(2, &[100 + n])]).await;
                world.apply(&format!("B-{n}"), &[holder(20 + n, &[100, 200])]).await;
                world.policy("A-4", PolicyEventKind::Surrendered).await;
                world.clear(100, (1, 2), world.clock.now()).await;
                sqlx::query("UPDATE cleared_relation SET ended_time = cleared_time")
                    .execute(&world.admin)
                    .await
                    .unwrap();
            }
        }
    };
    let (calm, disturbed) = (World::new().await, World::new().await);
    story(&calm, false).await;
    story(&disturbed, true).await;
    let listed = ["SAME_PHONE A-1/1+ A-2/2+", "SAME_PHONE A-3/3+ A-4/4+"];
    assert_eq!(calm.list("2026-11-24").await, listed);
    assert_eq!(disturbed.list("2026-11-24").await, listed);
}
