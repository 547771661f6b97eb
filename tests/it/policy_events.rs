//! Policy events in the store: once per request, seen as of a cut, found under either name, and back on the list.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use uuid::Uuid;
use zhenshi::{
    app::recorder::Recorder,
    clock::FixedClock,
    entropy::SeededEntropy,
    store::{
        Store,
        policy_event::{NewPolicyEvent, PolicyEventOutcome, policy_names},
        record::Item,
    },
};
use zhenshi_domain::{
    application::{ApplicationKey, ApplicationKind},
    policy::{CallBackFailure, PolicyBook, PolicyCondition, PolicyEvent, PolicyEventKind},
};

use crate::support::{
    database::{TestDatabase, audit_keys, count, start_time},
    recorder::{item, tools},
};

struct World {
    store: Store,
    recorder: Recorder,
    admin: sqlx::PgPool,
    clock: Arc<FixedClock>,
    entropy: Arc<SeededEntropy>,
}

impl World {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let store = database.store().await;
        let (recorder, _task) = Recorder::start(store.clone(), tools(1));
        Self {
            store,
            recorder,
            admin: database.admin().await,
            clock: Arc::new(FixedClock::new(start_time())),
            entropy: Arc::new(SeededEntropy::new(7)),
        }
    }

    /// Records `new` a minute after whatever came before.
    async fn tell(&self, new: NewPolicyEvent) -> PolicyEventOutcome {
        self.clock.advance(Duration::minutes(1));
        self.store.record_policy_event(self.clock.clone(), self.entropy.clone(), new).await.unwrap()
    }

    /// As [`Self::tell`], for an event that is recorded.
    async fn recorded(&self, new: NewPolicyEvent) -> (Uuid, DateTime<Utc>) {
        match self.tell(new).await {
            PolicyEventOutcome::Recorded { id, recorded_time } => (id, recorded_time),
            PolicyEventOutcome::Reused => panic!("the request id is used"),
        }
    }

    async fn kinds(&self, ids: &[Uuid], policy_nos: &[&str], cut: DateTime<Utc>) -> Vec<PolicyEventKind> {
        let nos = policy_nos.iter().map(|&no| no.to_owned()).collect();
        let rows = self.store.policy_events(ids.to_vec(), nos, cut).await.unwrap();
        rows.into_iter().map(|row| row.kind).collect()
    }

    /// Fingerprints that wait for the next list, which is emptied.
    async fn take_pending(&self) -> Vec<(u128, DateTime<Utc>)> {
        let rows: Vec<(Uuid, DateTime<Utc>)> =
            sqlx::query_as("DELETE FROM contact_pending RETURNING fingerprint, opened_time")
                .fetch_all(&self.admin)
                .await
                .unwrap();
        let mut rows: Vec<_> = rows.into_iter().map(|(print, opened)| (print.as_u128(), opened)).collect();
        rows.sort_unstable();
        rows
    }

    async fn apply(&self, item: Item) {
        self.recorder.record(Arc::new(item)).await.unwrap();
    }
}

fn key(application_no: &str) -> ApplicationKey {
    ApplicationKey {
        source: "core".into(),
        kind: ApplicationKind::NewBusiness,
        application_no: application_no.into(),
    }
}

fn id(application_no: &str) -> Uuid {
    zhenshi::ids::application_id(&key(application_no))
}

/// Request `request`, which is also the minute in which it happened.
fn event(request: u8, application_no: &str, policy_no: &str, kind: PolicyEventKind) -> NewPolicyEvent {
    NewPolicyEvent {
        caller: "core".into(),
        request_id: Uuid::from_u128(request.into()),
        digest: [request; 32],
        application: (!application_no.is_empty()).then(|| key(application_no)),
        policy_no: policy_no.into(),
        kind,
        occurred_time: start_time() + Duration::minutes(request.into()),
    }
}

#[tokio::test]
async fn a_repeat_is_answered_from_the_record_and_other_content_is_refused() {
    let world = World::new().await;
    let first = world.recorded(event(1, "A-1", "P-1", PolicyEventKind::Issued)).await;
    let again = world.recorded(event(1, "A-1", "P-1", PolicyEventKind::Issued)).await;
    assert_eq!(again, first);
    let mut other = event(1, "A-1", "P-1", PolicyEventKind::Cancelled);
    other.digest = [9; 32];
    assert_eq!(world.tell(other).await, PolicyEventOutcome::Reused);
    // Another caller has request ids of his own.
    let mut bank = event(1, "A-1", "P-1", PolicyEventKind::Issued);
    bank.caller = "bank".into();
    assert_ne!(world.recorded(bank).await.0, first.0);
    assert_eq!(count(&world.admin, "SELECT count(*) FROM policy_event").await, 2);
    let traces = "SELECT (SELECT count(*) FROM audit_pending WHERE action = 'RECORD_POLICY_EVENT' AND actor IN ('core', 'bank'))
         + (SELECT count(*) FROM outbox_pending WHERE kind = 'policy.recorded')";
    assert_eq!(count(&world.admin, traces).await, 4, "one entry and one event each, none for a repeat");
}

#[tokio::test]
async fn every_kind_is_read_as_it_was_written_up_to_a_cut() {
    let world = World::new().await;
    let time = start_time() + Duration::hours(50);
    let date = time.date_naive();
    let kinds = [
        PolicyEventKind::Issued,
        PolicyEventKind::Declined,
        PolicyEventKind::NotTakenUp,
        PolicyEventKind::ReceiptSigned { receipt_date: date, cooling_off_end_date: None },
        PolicyEventKind::ReceiptSigned { receipt_date: date, cooling_off_end_date: Some(date) },
        PolicyEventKind::CallBackScheduled { call_back_time: time },
        PolicyEventKind::CallBackDone,
        PolicyEventKind::CallBackFailed { reason: CallBackFailure::NoSuchNumber },
        PolicyEventKind::CallBackFailed { reason: CallBackFailure::Other },
        PolicyEventKind::Surrendered,
        PolicyEventKind::Cancelled,
        PolicyEventKind::Reinstated,
    ];
    let mut times = Vec::new();
    for (kind, request) in kinds.iter().zip(1..) {
        times.push(world.recorded(event(request, "A-1", "", *kind)).await.1);
    }
    assert_eq!(world.kinds(&[id("A-1")], &[], time).await, kinds);
    // What is recorded at the cut is not before it.
    assert_eq!(world.kinds(&[id("A-1")], &[], times[3]).await, kinds[..3]);
    assert_eq!(world.kinds(&[id("A-2")], &[], time).await, []);
    assert_eq!(world.kinds(&[], &[""], time).await, []);
}

#[tokio::test]
async fn an_event_is_found_by_the_names_that_others_tie_to_it() {
    use PolicyEventKind::{CallBackDone, Cancelled, Issued, Surrendered};
    let world = World::new().await;
    let late = start_time() + Duration::hours(50);
    world.recorded(event(1, "", "P-1", Surrendered)).await;
    assert_eq!(world.kinds(&[id("A-1")], &[], late).await, []);
    let tied = world.recorded(event(2, "A-1", "P-1", Issued)).await.1;
    world.recorded(event(3, "A-1", "", CallBackDone)).await;
    world.recorded(event(4, "A-2", "P-2", Cancelled)).await;
    let all = [Surrendered, Issued, CallBackDone];
    assert_eq!(world.kinds(&[id("A-1")], &[], late).await, all);
    assert_eq!(world.kinds(&[], &["P-1"], late).await, all);
    assert_eq!(world.kinds(&[id("A-1")], &["P-2"], late).await, [&all[..], &[Cancelled]].concat());
    // Before the tie was known there was none.
    assert_eq!(world.kinds(&[id("A-1")], &[], tied).await, []);
}

/// Application `application_no` with phone `phone`, naming a policy and another application as given.
fn application(application_no: &str, phone: u128, policy_no: &str, original_application_no: &str) -> Item {
    let mut item = item(application_no, phone);
    item.policy_no = policy_no.into();
    item.original_application_no = original_application_no.into();
    if !original_application_no.is_empty() {
        item.key.kind = ApplicationKind::ServicingChange;
        item.application_id = zhenshi::ids::application_id(&item.key);
    }
    item
}

#[tokio::test]
async fn the_contacts_of_a_policy_that_counts_again_wait_for_the_next_list() {
    use PolicyEventKind::{Declined, Issued, Reinstated, Surrendered};
    let world = World::new().await;
    world.apply(application("A-1", 100, "", "")).await;
    world.apply(application("C-1", 101, "P-1", "")).await;
    world.apply(application("C-2", 102, "", "A-1")).await;
    world.apply(application("A-2", 103, "P-2", "")).await;
    assert_eq!(world.take_pending().await.len(), 4);

    world.recorded(event(1, "A-1", "P-1", Issued)).await;
    world.recorded(event(2, "A-2", "", Surrendered)).await;
    world.recorded(event(3, "", "P-1", Surrendered)).await;
    assert_eq!(world.take_pending().await, [], "nothing comes back by going away");

    let (_, time) = world.recorded(event(4, "A-1", "", Reinstated)).await;
    assert_eq!(world.take_pending().await, [(100, time), (101, time), (102, time)]);
    world.recorded(event(5, "A-1", "", Reinstated)).await;
    assert_eq!(world.take_pending().await, [], "it counts already");

    // The list asks the same question and gets the same answer.
    let rows = world.store.policy_events(vec![id("A-1")], vec![], time + Duration::hours(1)).await.unwrap();
    let book = PolicyBook::new(rows.into_iter().map(PolicyEvent::from).collect());
    let stands = book.standing(&policy_names(id("C-2"), "core", "A-1", ""));
    assert_eq!((stands.condition, stands.reinstated_time), (PolicyCondition::InForce, Some(time)));

    // A decline that is turned brings a contract back too.
    world.recorded(event(6, "A-3", "", Declined)).await;
    world.apply(application("A-3", 104, "", "")).await;
    world.take_pending().await;
    let (_, time) = world.recorded(event(7, "A-3", "", Issued)).await;
    assert_eq!(world.take_pending().await, [(104, time)]);
}

#[tokio::test]
async fn a_reinstatement_by_number_brings_the_contacts_back_when_it_is_tied_to_the_application() {
    use PolicyEventKind::{CallBackDone, Reinstated, Surrendered};
    let world = World::new().await;
    world.apply(application("A-1", 100, "", "")).await;
    world.take_pending().await;
    world.recorded(event(1, "A-1", "", Surrendered)).await;
    world.recorded(event(2, "", "P-1", Reinstated)).await;
    assert_eq!(world.take_pending().await, [], "nobody knows whose policy that is");
    let (_, time) = world.recorded(event(3, "A-1", "P-1", CallBackDone)).await;
    assert_eq!(world.take_pending().await, [(100, time)]);
}

#[tokio::test]
async fn an_event_is_never_stamped_before_a_closed_list() {
    let world = World::new().await;
    let closed = start_time() + Duration::hours(9);
    sqlx::query("UPDATE list_gate SET closed_until = $1").bind(closed).execute(&world.admin).await.unwrap();
    let (_, time) = world.recorded(event(1, "A-1", "", PolicyEventKind::Surrendered)).await;
    assert_eq!(time, closed);
}

/// Faults of the audit log after `change` was made by hand.
async fn faults_after(world: &World, change: &'static str) -> Vec<String> {
    let mut tx = world.admin.begin().await.unwrap();
    sqlx::query(change).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    let keys = audit_keys();
    world.store.relay(keys.clone()).await.unwrap();
    let report = world.store.verify_audit(keys, Vec::new()).await.unwrap();
    report.faults.into_iter().map(|fault| fault.problem).collect()
}

#[tokio::test]
async fn an_event_that_is_changed_removed_or_put_in_by_hand_is_found() {
    let world = World::new().await;
    let (id, _) = world.recorded(event(1, "A-1", "P-1", PolicyEventKind::Issued)).await;
    assert_eq!(faults_after(&world, "SELECT 1").await, [""; 0]);
    let later = "UPDATE policy_event SET occurred_time = occurred_time + interval '1 hour'";
    assert_eq!(faults_after(&world, later).await, [format!("policy event {id} was changed")]);
    let inserted = "INSERT INTO policy_event (id, caller, request_id, request_digest, policy_no, kind, occurred_time,
            recorded_time)
        SELECT '00000000-0000-4000-8000-000000000001', caller, gen_random_uuid(), request_digest, policy_no, 9,
            occurred_time, recorded_time FROM policy_event";
    let stranger = "policy event 00000000-0000-4000-8000-000000000001 stands in no entry: it was inserted";
    assert!(faults_after(&world, inserted).await.contains(&stranger.to_owned()));
    let removed = format!("policy event {id} was removed");
    assert_eq!(faults_after(&world, "DELETE FROM policy_event").await, [removed]);
}
