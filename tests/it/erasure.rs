//! Retention and erasure of persons: nothing before its time, two persons, nothing left of the one, everything of the other.

mod after_a_restore;
mod holds;
mod inspection;
mod kills;
mod ledger;
mod load;
mod scrubbing;
mod service;
mod time;
mod world;

use sqlx::Row as _;
use uuid::Uuid;
use zhenshi::{
    app::{
        RequestKey,
        erasure::{
            ErasureError,
            certificate::Certificate,
            decide::decide_erasure,
            hold::{lift_hold, place_hold},
            list::{get_erasure, show_subject},
            request::request_erasure,
            shred::shred_approved,
        },
        get_submission::get_submission,
        privacy::{
            AccessKind, SubjectIds,
            classes::{classify_customer, wrap_classified},
            request_access::{Asked, request_access},
        },
    },
    store::retention::{HoldGround, SubjectName},
};
use zhenshi_domain::{
    access::{Field, Purpose, SecrecyClass},
    erasure::{Refusal, State},
};

use crate::support::database::count;

use self::world::{World, asked, date};

#[tokio::test]
async fn a_person_is_destroyed_by_two_and_the_other_party_stays() {
    let world = World::open().await;
    let (submission, holder, insured) = world.two_parties("A-1").await;
    world.decline("A-1").await;
    let (app, name) = (world.app(), SubjectName::Customer(holder));

    // Early: the day is told, to whoever asks.
    let early = request_erasure(app, &world.service_member, asked(1, name)).await.unwrap_err();
    assert!(
        matches!(early, ErasureError::Refused(Refusal::TooEarly { from }) if from == date(2029, 11, 24)),
        "{early:?}"
    );
    world.pass_years(3).await;
    let (erasure, row) = request_erasure(app, &world.service_member, asked(2, name)).await.unwrap();
    assert_eq!(row.subject.state, State::Due);
    // The same call again is the same request.
    let again = request_erasure(app, &world.service_member, asked(2, name)).await.unwrap().0;
    assert_eq!(again.id, erasure.id);
    let second = request_erasure(app, &world.manager, asked(3, name)).await.unwrap_err();
    assert!(matches!(second, ErasureError::Refused(Refusal::AlreadyRequested)));

    // Nobody decides on his own request; nobody's who may not decide at all.
    let own =
        request_erasure(app, &world.supervisor, asked(4, SubjectName::Customer(insured))).await.unwrap().0;
    let same = decide_erasure(app, &world.supervisor, own.id, true).await.unwrap_err();
    assert!(matches!(same, ErasureError::Refused(Refusal::SamePerson)));
    assert!(decide_erasure(app, &world.service_member, own.id, true).await.is_err());
    decide_erasure(app, &world.manager, own.id, false).await.unwrap();
    assert_eq!(shred_approved(app).await.unwrap(), 0);

    decide_erasure(app, &world.supervisor, erasure.id, true).await.unwrap();
    let before = world.traces(holder).await;
    assert!(before.iter().all(|(_, rows)| *rows > 0), "{before:?}");
    assert_eq!(shred_approved(app).await.unwrap(), 1);
    assert_eq!(shred_approved(app).await.unwrap(), 0);

    // Nothing is left of the one, everything of the other.
    let after = world.traces(holder).await;
    assert!(after.iter().all(|(_, rows)| *rows == 0), "{after:?}");
    assert!(world.traces(insured).await.iter().all(|(_, rows)| *rows > 0));
    assert!(world.keys_are_exactly_the_contacts().await);
    let shown = get_submission(app, &world.auditor, submission, true).await.unwrap();
    assert_eq!(shown.parties.len(), 0, "the other's data are restricted: his application was declined");
    assert_eq!(world.open_sealed(submission).await, [1], "with the keys at hand only the other's open");

    // It is certified, written outside the database, and the chain is whole.
    let done = get_erasure(app, &world.auditor, erasure.id).await.unwrap();
    let certificate = Certificate::verify(&done.certificate.unwrap(), &app.witness.key).unwrap();
    assert_eq!((&*certificate.requested_by, &*certificate.decided_by), ("staff:ST-CS", "staff:ST-IS"));
    assert!(certificate.destroyed.sealed_keys == 1 && certificate.destroyed.contacts > 0);
    assert_eq!(app.ledger().read().unwrap().len(), 1);
    assert_eq!(world.verify_audit().await, []);
    let gone = show_subject(app, &world.auditor, name).await.unwrap();
    assert_eq!(gone.subject.state, State::Shredded);
}

#[tokio::test]
async fn a_hold_stops_every_step_and_what_was_decided_is_asked_again() {
    let world = World::open().await;
    let (_, holder, _) = world.two_parties("A-1").await;
    world.decline("A-1").await;
    world.pass_years(3).await;
    let (app, name) = (world.app(), SubjectName::Customer(holder));
    let (erasure, _) = request_erasure(app, &world.service_member, asked(1, name)).await.unwrap();
    decide_erasure(app, &world.supervisor, erasure.id, true).await.unwrap();
    let words = place_hold(app, &world.compliance, name, HoldGround::Litigation, "张三 诉".into()).await;
    assert!(matches!(words, Err(ErasureError::Reference)));
    let hold =
        place_hold(app, &world.compliance, name, HoldGround::Litigation, "LIT-7".into()).await.unwrap();
    assert_eq!(shred_approved(app).await.unwrap(), 0);
    for number in 2..4 {
        let refused = request_erasure(app, &world.service_member, asked(number, name)).await.unwrap_err();
        assert!(matches!(refused, ErasureError::Refused(Refusal::OnHold)), "{refused:?}");
    }
    assert!(decide_erasure(app, &world.manager, erasure.id, true).await.is_err());
    assert!(world.traces(holder).await.iter().all(|(_, rows)| *rows > 0));
    lift_hold(app, &world.compliance, hold.id).await.unwrap();
    assert!(matches!(lift_hold(app, &world.compliance, hold.id).await, Err(ErasureError::NotFound)));
    assert_eq!(shred_approved(app).await.unwrap(), 0, "decided without knowing of the hold");
    let (erasure, _) = request_erasure(app, &world.service_member, asked(5, name)).await.unwrap();
    decide_erasure(app, &world.supervisor, erasure.id, true).await.unwrap();
    assert_eq!(shred_approved(app).await.unwrap(), 1);
}

#[tokio::test]
async fn a_destruction_is_decided_once_and_a_later_one_is_left_alone() {
    let world = World::open().await;
    let (_, holder, _) = world.two_parties("A-1").await;
    world.decline("A-1").await;
    world.pass_years(3).await;
    let (app, name) = (world.app(), SubjectName::Customer(holder));
    let (first, _) = request_erasure(app, &world.service_member, asked(1, name)).await.unwrap();
    decide_erasure(app, &world.supervisor, first.id, false).await.unwrap();
    let (second, _) = request_erasure(app, &world.service_member, asked(2, name)).await.unwrap();
    // Another person, or the same one otherwise: the first is decided, and the second is not decided with it.
    for (by, approve) in [(&world.manager, false), (&world.manager, true), (&world.supervisor, true)] {
        let refused = decide_erasure(app, by, first.id, approve).await.unwrap_err();
        let wanted = Refusal::WrongState(State::Due);
        assert!(matches!(&refused, ErasureError::Refused(why) if *why == wanted), "{refused:?}");
    }
    decide_erasure(app, &world.supervisor, first.id, false).await.unwrap();
    let kept = get_erasure(app, &world.auditor, first.id).await.unwrap();
    assert_eq!((kept.decided_by.as_deref(), kept.approved), (Some("staff:ST-IS"), Some(false)));
    let refusals = "SELECT count(*) FROM audit_pending WHERE action = 'REFUSE_ERASURE_DECISION'";
    assert_eq!(crate::support::database::count(&world.admin, refusals).await, 3);
    // The second goes its own way to the end.
    let third = request_erasure(app, &world.service_member, asked(3, name)).await.unwrap_err();
    assert!(matches!(third, ErasureError::Refused(Refusal::AlreadyRequested)), "{third:?}");
    decide_erasure(app, &world.manager, second.id, true).await.unwrap();
    let late = decide_erasure(app, &world.supervisor, second.id, false).await.unwrap_err();
    assert!(matches!(late, ErasureError::Refused(Refusal::WrongState(State::Approved))), "{late:?}");
    assert_eq!(shred_approved(app).await.unwrap(), 1);
}

#[tokio::test]
async fn what_is_in_use_is_never_due_and_a_policy_that_ended_is_after_ten_years() {
    let world = World::open().await;
    let (_, holder, _) = world.two_parties("A-1").await;
    let (app, name) = (world.app(), SubjectName::Customer(holder));
    world.pass_years(30).await;
    let open = request_erasure(app, &world.service_member, asked(1, name)).await.unwrap_err();
    assert!(matches!(open, ErasureError::Refused(Refusal::InUse)), "{open:?}");
    world.surrender("A-1").await;
    let early = request_erasure(app, &world.service_member, asked(2, name)).await.unwrap_err();
    assert!(matches!(early, ErasureError::Refused(Refusal::TooEarly { from }) if from > date(2066, 1, 1)));
    let shown = show_subject(app, &world.auditor, name).await.unwrap();
    assert_eq!(shown.subject.state, State::Restricted);
    // A new application: his data are worked with again.
    world.two_parties("A-2").await;
    let shown = show_subject(app, &world.auditor, name).await.unwrap();
    assert_eq!(shown.subject.state, State::Active);
    let flagged = count(&world.admin, "SELECT count(*) FROM sealed WHERE restricted").await;
    assert_eq!(flagged, 0);
}

#[tokio::test]
async fn a_classified_persons_key_is_destroyed_like_everybodys_and_nothing_brings_it_back() {
    let world = World::open().await;
    let (submission, holder, _) = world.two_parties("A-1").await;
    let classify = async |number: u128, class| {
        let key = RequestKey { request_id: Uuid::from_u128(number), digest: [1; 32] };
        classify_customer(world.app(), &world.supervisor, key, (holder, class), "sensitive").await.unwrap();
    };
    classify(1, SecrecyClass::TopSecret).await;
    let apart = "SELECT count(*) FROM sealed WHERE get_byte(wrapped_key, 0) = 2";
    assert_eq!(count(&world.admin, apart).await, 1);
    world.destroy("A-1", holder).await;
    classify(2, SecrecyClass::Ordinary).await;
    classify(3, SecrecyClass::Confidential).await;
    assert_eq!(wrap_classified(world.app()).await.unwrap(), 0);
    assert_eq!(count(&world.admin, apart).await, 0);
    let after = world.traces(holder).await;
    assert!(after.iter().all(|(_, rows)| *rows == 0), "{after:?}");
    assert_eq!(world.open_sealed(submission).await, [1], "the other's stays");
}

#[tokio::test]
async fn what_was_written_about_access_to_his_data_goes_with_him() {
    let world = World::open().await;
    let (submission, holder, insured) = world.two_parties("A-1").await;
    let key = |number: u128| RequestKey { request_id: Uuid::from_u128(number), digest: [1; 32] };
    for (number, customer) in [(1, holder), (2, insured)] {
        let what = (customer, SecrecyClass::Ordinary);
        classify_customer(world.app(), &world.supervisor, key(number), what, "was named in the press")
            .await
            .unwrap();
    }
    let party = |party_no| SubjectIds::Party(submission, party_no);
    let subjects = [SubjectIds::Customer(holder), party(0), SubjectIds::Customer(insured), party(1)];
    for (number, subject) in (3..).zip(subjects) {
        let asked = Asked {
            kind: AccessKind::View,
            subject,
            fields: vec![Field::Name],
            purpose: Purpose::Compliance,
            days: 1,
            copies: 1,
            reason: "complained of a call".into(),
            outsider: None,
        };
        request_access(world.app(), &world.service_member, key(number), asked).await.unwrap();
    }
    let open = "SELECT count(*) FROM privacy_text WHERE wrapped_key IS NOT NULL";
    assert_eq!(count(&world.admin, open).await, 6);
    let erasure = world.destroy("A-1", holder).await;
    assert_eq!(count(&world.admin, open).await, 3, "the other's stay");
    let done = get_erasure(world.app(), &world.auditor, erasure).await.unwrap();
    let certificate = Certificate::verify(&done.certificate.unwrap(), &world.app().witness.key).unwrap();
    assert_eq!(certificate.destroyed.texts, 3);
}

#[tokio::test]
async fn every_step_is_in_the_audit_log_and_holds_no_words() {
    let world = World::open().await;
    let (_, holder, _) = world.two_parties("A-1").await;
    world.destroy("A-1", holder).await;
    let rows = sqlx::query(
        "SELECT action, actor, reason FROM audit_pending WHERE subject_kind = 'erasure' ORDER BY id",
    )
    .fetch_all(&world.admin)
    .await
    .unwrap();
    let actions: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    for wanted in ["RESTRICT_DATA", "REQUEST_ERASURE", "APPROVE_ERASURE", "BEGIN_SHREDDING", "SHRED"] {
        assert!(actions.iter().any(|action| action == wanted), "{wanted}: {actions:?}");
    }
    assert!(rows.iter().all(|row| row.get::<String, _>(2).is_ascii()));
}
