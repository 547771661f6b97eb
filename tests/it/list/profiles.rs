//! The clues as the rule profile sets them; a list that is begun by one profile is ended by it.

use std::fs;

use zhenshi::app::run_suspicion_list::advance;
use zhenshi_domain::application::Relation;

use super::world::{Party, World, application, holder, insured};
use crate::support::database::TestDatabase;

/// Three customers with a phone, three with an account, two of one name and birth date, and spouses with a phone.
async fn fill(world: &World) {
    for n in 1..=3 {
        let party = Party { accounts: vec![700], triple: Some(900 + n / 3), ..holder(n, &[100]) };
        world.apply(&format!("A-{n}"), &[party]).await;
    }
    world.apply("B-1", &[holder(11, &[300]), insured(12, Relation::Spouse, &[300])]).await;
    world.at("2026-11-24 06:00");
}

async fn listed(profile: &str) -> Vec<String> {
    let world = World::under(TestDatabase::new().await, profile).await;
    fill(&world).await;
    world.run("2026-11-24").await;
    world.list("2026-11-24").await
}

#[tokio::test]
async fn the_profile_switches_clues_off_raises_thresholds_and_lists_relatives() {
    let account = "SAME_BANK_ACCOUNT A-1/1+ A-2/2+ A-3/3+";
    let phone = "SAME_PHONE A-1/1+ A-2/2+ A-3/3+";
    let twice = "SAME_PERSON_TWICE A-1/1+ A-2/2+";
    assert_eq!(listed("").await, [account, twice, phone]);
    assert_eq!(listed("[clue.SAME_PHONE]\nenabled = false\n").await, [account, twice]);
    assert_eq!(listed("[clue.SAME_PHONE]\nthreshold = 3\n").await, [account, twice, phone]);
    let raised = "[clue.SAME_PHONE]\nthreshold = 4\n[clue.SAME_BANK_ACCOUNT]\nthreshold = 4\n";
    assert_eq!(listed(raised).await, [twice]);
    let family = "SAME_PHONE family B-1/b+ B-1/c+";
    assert_eq!(listed("[clue.SAME_PHONE]\nfamily = 'low_priority'\n").await, [account, twice, phone, family]);
}

#[tokio::test]
async fn a_list_is_ended_by_the_profile_that_it_was_begun_with() {
    let database = TestDatabase::new().await;
    let first = World::under(database.clone(), "[clue.SAME_PHONE]\nenabled = false\n").await;
    fill(&first).await;
    // Closed, and nothing more.
    advance(first.app(), "2026-11-24".parse().unwrap(), true).await.unwrap();
    let keyring = fs::read(first.folder().join("keyring.json")).unwrap();
    first.stop().await;

    let second = World::under(database, "").await;
    assert_eq!(fs::read(second.folder().join("keyring.json")).unwrap(), keyring, "the same keys");
    second.at("2026-11-24 06:00");
    second.run("2026-11-24").await;
    let listed = second.list("2026-11-24").await;
    assert_eq!(listed, ["SAME_BANK_ACCOUNT A-1/1+ A-2/2+ A-3/3+", "SAME_PERSON_TWICE A-1/1+ A-2/2+"]);
    // The next one goes by its own.
    second.record(application("A-4", 1_000, &[holder(4, &[100])])).await;
    second.at("2026-11-25 06:00");
    second.run("2026-11-25").await;
    assert_eq!(second.list("2026-11-25").await, ["SAME_PHONE A-1/1 A-2/2 A-3/3 A-4/4+"]);
}
