//! The suspicion list: what stands in it, day by day. Applications are made of surrogates, as the list sees them.

#[path = "list/clearing.rs"]
mod clearing;
#[path = "list/cut.rs"]
mod cut;
#[path = "list/guarantees.rs"]
mod guarantees;
#[path = "list/others.rs"]
mod others;
#[path = "list/profiles.rs"]
mod profiles;
#[path = "list/world.rs"]
mod world;

use zhenshi_domain::{
    application::{Channel, Relation},
    party::Role,
    verdict::Verdict,
};

use self::world::{Party, World, application, approved, holder, insured, rejected, sold};
use crate::support::database::count;

#[tokio::test]
async fn two_customers_with_one_phone_are_listed_on_the_next_working_day() {
    let world = World::new().await;
    world.at("2026-11-20 17:00");
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.at("2026-11-21 11:00");
    world.apply("A-2", &[holder(2, &[100])]).await;
    world.apply("A-3", &[holder(3, &[300])]).await;
    // Friday evening, Saturday and Sunday fall into Monday's list.
    world.run("2026-11-22").await;
    assert_eq!(count(&world.admin, "SELECT count(*) FROM suspicion_list").await, 0);
    world.at("2026-11-23 06:00");
    world.run("2026-11-23").await;
    assert_eq!(world.list("2026-11-23").await, ["SAME_PHONE A-1/1+ A-2/2+"]);

    // The next day the sharing is known: a new customer brings the old ones along, nothing new brings nothing.
    world.apply("A-4", &[holder(4, &[100])]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert_eq!(world.list("2026-11-24").await, ["SAME_PHONE A-1/1 A-2/2 A-4/4+"]);
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, [""; 0]);
}

#[tokio::test]
async fn what_is_recorded_between_the_cut_and_the_close_waits_for_the_next_list() {
    let world = World::new().await;
    world.at("2026-11-23 23:59");
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.at("2026-11-24 00:00");
    world.apply("A-2", &[holder(2, &[100])]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert_eq!(world.list("2026-11-24").await, [""; 0], "A-2 was recorded at the cut");
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, ["SAME_PHONE A-1/1 A-2/2+"]);
}

#[tokio::test]
async fn excused_pairs_are_not_listed() {
    let world = World::new().await;
    let minor =
        |customer, phones: &[u128]| Party { minor: true, ..insured(customer, Relation::Child, phones) };
    // One customer twice; a minor and his policyholder; relatives declared in another application; brothers and sisters.
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.apply("A-2", &[holder(1, &[100])]).await;
    world.apply("B-1", &[holder(2, &[200]), minor(3, &[200]), minor(4, &[200])]).await;
    world
        .apply("C-1", &[holder(5, &[]), insured(6, Relation::Spouse, &[]), insured(7, Relation::Child, &[])])
        .await;
    world.apply("C-2", &[holder(5, &[300])]).await;
    world.apply("C-3", &[holder(6, &[300])]).await;
    world.apply("C-4", &[holder(7, &[300])]).await;
    // Not excused: a relation of another kind.
    world.apply("D-1", &[holder(8, &[400]), insured(9, Relation::Other, &[400])]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert_eq!(world.list("2026-11-24").await, ["SAME_PHONE D-1/8+ D-1/9+"]);

    // The declaration ends with its application's revision, and the sharing is news again with a new use.
    world.apply("C-1", &[holder(5, &[])]).await;
    world.apply("C-5", &[holder(6, &[300])]).await;
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, ["SAME_PHONE C-2/5 C-4/7 C-5/6+"]);
}

#[tokio::test]
async fn accounts_of_approved_payers_are_excused_within_their_policies() {
    let world = World::new().await;
    let payer = |customer, name| Party {
        role: Role::Payer,
        weak: true,
        name: Some(name),
        accounts: vec![700],
        ..holder(customer, &[])
    };
    let pays = |no: &str, who, payer: Party| {
        let item = application(no, world.request(), &[holder(who, &[]), payer]);
        approved(item, 700, "2026-12-31")
    };
    world.record(pays("A-1", 1, payer(11, 50))).await;
    world.record(pays("A-2", 2, payer(12, 50))).await;
    world.apply("A-3", &[Party { accounts: vec![700], name: Some(50), ..holder(3, &[]) }]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert_eq!(world.list("2026-11-24").await, [""; 0]);

    // A fourth without approval, and approvals that have run out, excuse nothing.
    world.apply("A-4", &[Party { accounts: vec![700], ..holder(4, &[]) }]).await;
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, ["SAME_BANK_ACCOUNT A-1/b A-2/c A-3/3 A-4/4+"]);
}

#[tokio::test]
async fn a_cleared_pair_is_excused_for_its_value_only() {
    let world = World::new().await;
    world.apply("A-1", &[holder(1, &[100, 101])]).await;
    world.apply("A-2", &[holder(2, &[100, 101])]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert_eq!(world.list("2026-11-24").await, ["SAME_PHONE A-1/1+ A-2/2+"; 2]);
    world.clear(100, (1, 2), world.app().clock.now()).await;
    world.apply("A-3", &[holder(2, &[100, 101])]).await;
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, ["SAME_PHONE A-1/1 A-3/2+"]);
}

#[tokio::test]
async fn conflicts_of_identity_and_people_with_two_certificates_are_listed() {
    let world = World::new().await;
    let with = |customer, certificate, name, triple| Party {
        certificate: Some(certificate),
        triple: Some(triple),
        name: Some(name),
        ..holder(customer, &[])
    };
    world.apply("A-1", &[with(1, 1, 50, 900)]).await;
    world.apply("A-2", &[with(1, 1, 51, 901)]).await;
    world.apply("B-1", &[with(2, 2, 60, 910)]).await;
    world.apply("B-2", &[with(3, 3, 60, 910)]).await;
    // Known by other data only: no second certificate.
    world.apply("C-1", &[Party { certificate: None, weak: true, ..with(4, 0, 70, 920) }]).await;
    world.apply("C-2", &[with(5, 5, 70, 920)]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    let listed = world.list("2026-11-24").await;
    assert_eq!(listed, ["IDENTITY_CONFLICT A-1/1+ A-2/1+", "SAME_PERSON_TWICE B-1/2+ B-2/3+"]);
}

#[tokio::test]
async fn only_what_is_in_force_at_the_cut_is_listed() {
    let world = World::new().await;
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.apply("A-2", &[holder(2, &[100])]).await;
    // A revision takes the phone away before the cut; a rejected application leaves no contact.
    world.apply("A-2", &[holder(2, &[200])]).await;
    world.record(rejected(application("A-3", world.request(), &[holder(3, &[100])]))).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    assert_eq!(world.list("2026-11-24").await, [""; 0]);
    assert_eq!(count(&world.admin, "SELECT count(*) FROM contact_pending").await, 0);

    // Ended after the cut, it still counts; put right again later, the list stays as it was.
    world.apply("A-4", &[holder(4, &[100])]).await;
    world.at("2026-11-25 05:00");
    world.apply("A-4", &[holder(4, &[])]).await;
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    assert_eq!(world.list("2026-11-25").await, ["SAME_PHONE A-1/1 A-4/4+"]);
    let mut ended = application("A-1", world.request(), &[holder(1, &[100])]);
    ended.decision.verdict = Verdict::NotApplicable;
    world.record(ended).await;
    world.apply("A-5", &[holder(5, &[100])]).await;
    world.at("2026-11-26 06:00");
    world.run("2026-11-26").await;
    assert_eq!(world.list("2026-11-26").await, [""; 0]);
    assert_eq!(world.list("2026-11-25").await, ["SAME_PHONE A-1/1 A-4/4+"]);
}

#[tokio::test]
async fn missed_days_are_caught_up_and_say_what_they_would_have_said_on_time() {
    let story = async |world: &World, daily: bool| {
        let days = ["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"];
        for (n, day) in (1u128..).zip(days) {
            world.at(&format!("{day} 06:00"));
            if daily {
                world.run(day).await;
            }
            world.at(&format!("{day} 10:00"));
            world.apply(&format!("A-{n}"), &[holder(n, &[100, 200 + n / 2])]).await;
            world.apply("B-1", &[holder(90, &[100 + n])]).await;
        }
        world.at("2026-11-27 07:00");
        world.run("2026-11-27").await;
    };
    let on_time = World::new().await;
    story(&on_time, true).await;
    let late = World::new().await;
    late.at("2026-11-23 06:00");
    late.run("2026-11-23").await;
    story(&late, false).await;
    assert_eq!(on_time.digests().await.len(), 5);
    for day in ["2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"] {
        assert_eq!(late.list(day).await, on_time.list(day).await, "{day}");
    }
    assert_eq!(on_time.list("2026-11-25").await, ["SAME_PHONE A-1/1 A-2/2+"]);
    assert!(on_time.list("2026-11-26").await.contains(&"SAME_PHONE A-2/2 A-3/3+".to_owned()));
    assert_eq!(count(&late.admin, "SELECT count(*) FROM contact_pending").await, 0);
}

#[tokio::test]
async fn a_sealed_list_never_changes() {
    let world = World::new().await;
    world.apply("A-1", &[holder(1, &[100])]).await;
    world.apply("A-2", &[holder(2, &[100])]).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    let digests = world.digests().await;
    world.run("2026-11-24").await;
    assert_eq!(world.digests().await, digests, "run again: the same list");
    for change in [
        "UPDATE suspicion_list SET member_count = 0",
        "INSERT INTO suspicion SELECT gen_random_uuid(), list_id, clue, clue_value_id, owner_kind, 'x', customer_count,
             use_count, capped, declared_family, lead_channel, lead_branch_code, priority, priority_call_back,
             priority_customers, priority_clue, priority_channel, priority_seller FROM suspicion",
        "INSERT INTO suspicion_member SELECT suspicion_id, member_no + 10, customer_id, application_id, submission_id,
             party_no, role, purpose, is_new, baseline, channel, branch_code, seller_code, agency_code
         FROM suspicion_member",
    ] {
        let refused = sqlx::query(change).execute(&world.admin).await.unwrap_err().to_string();
        assert!(refused.contains("sealed"), "{refused}");
    }
    for change in
        ["UPDATE suspicion SET priority = 0", "DELETE FROM suspicion_member", "DELETE FROM suspicion_list"]
    {
        let mut connection = world.admin.acquire().await.unwrap();
        sqlx::query("SET ROLE zhenshi_app").execute(&mut *connection).await.unwrap();
        let refused = sqlx::query(change).execute(&mut *connection).await.unwrap_err().to_string();
        assert!(refused.contains("permission denied"), "{refused}");
        sqlx::query("RESET ROLE").execute(&mut *connection).await.unwrap();
    }
}

#[tokio::test]
async fn a_value_in_very_many_hands_is_listed_once_with_a_count() {
    let world = World::new().await;
    let parties: Vec<Party> = (1..=601).map(|n| insured(n, Relation::Other, &[100])).collect();
    let mut parties = parties;
    parties[0].role = Role::Policyholder;
    world.apply("A-1", &parties).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    let row: (i64, i32, i32, bool, i64) = sqlx::query_as(
        "SELECT count(*) OVER (), customer_count, use_count, capped,
                (SELECT count(*) FROM suspicion_member)
         FROM suspicion",
    )
    .fetch_one(&world.admin)
    .await
    .unwrap();
    assert_eq!(row, (1, 601, 601, true, 500));
}

#[tokio::test]
async fn the_priority_counts_channel_customers_and_the_sellers_history() {
    let world = World::new().await;
    let sale = |no: &str, customer, phone, seller: &str| {
        sold(application(no, world.request(), &[holder(customer, &[phone])]), Channel::Bancassurance, seller)
    };
    world.record(sale("A-1", 1, 100, "S-1")).await;
    world.record(sale("A-2", 2, 100, "S-1")).await;
    world.at("2026-11-24 06:00");
    world.run("2026-11-24").await;
    world.record(sale("A-3", 3, 300, "S-1")).await;
    world.record(sale("A-4", 4, 300, "S-2")).await;
    world.at("2026-11-25 06:00");
    world.run("2026-11-25").await;
    let parts: Vec<(i32, i32, i32, i32, i32, i32, i16)> = sqlx::query_as(
        "SELECT priority, priority_call_back, priority_customers, priority_clue, priority_channel, priority_seller,
                lead_channel
         FROM suspicion JOIN suspicion_list l ON l.id = list_id ORDER BY l.list_date",
    )
    .fetch_all(&world.admin)
    .await
    .unwrap();
    assert_eq!(parts, [(33, 0, 5, 15, 13, 0, 2), (35, 0, 5, 15, 13, 2, 2)]);
}
