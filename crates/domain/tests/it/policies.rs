//! Policy events: what stands after them, whatever the order in which they arrive.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use proptest::{prelude::*, sample::subsequence};
use zhenshi_domain::policy::{
    CallBack, CallBackFailure, CallBackOutcome, PolicyBook, PolicyCondition, PolicyEvent, PolicyEventKind,
    PolicyNames, PolicyStanding, standing,
};

use PolicyEventKind::{
    CallBackDone, CallBackFailed, CallBackScheduled, Cancelled, Declined, Issued, NotTakenUp, ReceiptSigned,
    Reinstated, Surrendered,
};

const APPLICATION: u128 = 1;

fn hour(n: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_000_000, 0).unwrap() + TimeDelta::hours(n)
}

fn day(n: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, n).unwrap()
}

/// Happened in hour `occurred`, known in hour `recorded`.
fn event(kind: PolicyEventKind, occurred: i64, recorded: i64) -> PolicyEvent {
    PolicyEvent {
        id: u128::try_from(occurred * 1_000 + recorded).unwrap(),
        application_id: Some(APPLICATION),
        policy_no: String::new(),
        kind,
        occurred_time: hour(occurred),
        recorded_time: hour(recorded),
    }
}

/// Each known when it happens.
fn in_order(kinds: &[PolicyEventKind]) -> Vec<PolicyEvent> {
    kinds.iter().zip(1..).map(|(kind, at)| event(*kind, at, at)).collect()
}

fn condition(kinds: &[PolicyEventKind]) -> PolicyCondition {
    standing(&in_order(kinds)).condition
}

#[test]
fn the_newest_event_decides_whether_a_policy_counts() {
    for (kinds, expected) in [
        (&[][..], PolicyCondition::UnderWay),
        (&[Issued], PolicyCondition::InForce),
        (&[Declined], PolicyCondition::Declined),
        (&[Declined, Issued], PolicyCondition::InForce),
        (&[Issued, NotTakenUp], PolicyCondition::NotTakenUp),
        (&[Issued, Surrendered], PolicyCondition::Surrendered),
        (&[Issued, Surrendered, Issued], PolicyCondition::Surrendered),
        (&[Issued, Cancelled, Issued], PolicyCondition::Cancelled),
        (&[Issued, Surrendered, Reinstated], PolicyCondition::InForce),
        (&[Issued, Surrendered, Reinstated, Cancelled], PolicyCondition::Cancelled),
        (&[Surrendered, CallBackDone], PolicyCondition::Surrendered),
        (&[CallBackDone], PolicyCondition::UnderWay),
    ] {
        assert_eq!(condition(kinds), expected, "{kinds:?}");
        let counts = matches!(expected, PolicyCondition::UnderWay | PolicyCondition::InForce);
        assert_eq!(expected.counts(), counts);
    }
}

#[test]
fn the_newest_receipt_and_call_back_hold() {
    let receipt = |receipt_date, cooling_off_end_date| ReceiptSigned { receipt_date, cooling_off_end_date };
    let stands = standing(&in_order(&[receipt(day(3), Some(day(18))), receipt(day(5), None)]));
    assert_eq!((stands.receipt_date, stands.cooling_off_end_date), (Some(day(5)), None));

    let scheduled = |n| CallBackScheduled { call_back_time: hour(n) };
    let reason = CallBackFailure::NoSuchNumber;
    let call_back = |kinds: &[PolicyEventKind]| standing(&in_order(kinds)).call_back;
    assert_eq!(call_back(&[]), CallBack::default());
    assert_eq!(call_back(&[scheduled(50)]).pending_time(), Some(hour(50)));
    let failed = call_back(&[scheduled(50), CallBackFailed { reason }]);
    let outcome = Some(CallBackOutcome::Failed { occurred_time: hour(2), reason });
    assert_eq!(failed, CallBack { scheduled_time: Some(hour(50)), outcome });
    assert_eq!(failed.pending_time(), None);
    let again = call_back(&[scheduled(50), CallBackFailed { reason }, scheduled(70)]);
    assert_eq!(again, CallBack { scheduled_time: Some(hour(70)), outcome: None });
    let done = call_back(&[CallBackDone]);
    let outcome = Some(CallBackOutcome::Done { occurred_time: hour(1) });
    assert_eq!(done, CallBack { scheduled_time: None, outcome });
}

#[test]
fn a_policy_is_news_again_when_it_is_known_to_count_again() {
    let time = |events: &[PolicyEvent]| standing(events).reinstated_time;
    assert_eq!(time(&in_order(&[Issued])), None);
    assert_eq!(time(&in_order(&[Issued, Surrendered])), None);
    assert_eq!(time(&in_order(&[Issued, Surrendered, Reinstated])), Some(hour(3)));
    assert_eq!(time(&in_order(&[Declined, Issued])), Some(hour(2)));
    // Out again: the last time that it came back still stands.
    assert_eq!(time(&in_order(&[Issued, Surrendered, Reinstated, Cancelled])), Some(hour(3)));
    assert_eq!(time(&in_order(&[Surrendered, Reinstated, Cancelled, Reinstated])), Some(hour(4)));
    // Said twice: it came back the first time.
    let twice = [event(Surrendered, 1, 1), event(Reinstated, 2, 2), event(Reinstated, 2, 9)];
    assert_eq!(time(&twice), Some(hour(2)));
    // The surrender became known after the reinstatement: the policy never ceased to count.
    assert_eq!(time(&[event(Surrendered, 1, 5), event(Reinstated, 2, 2)]), None);
    // Known at one time: no cut can lie between.
    assert_eq!(time(&[event(Surrendered, 1, 5), event(Reinstated, 2, 5)]), None);
}

fn names(application_ids: &[u128], policy_nos: &[&str]) -> PolicyNames {
    PolicyNames {
        application_ids: application_ids.to_vec(),
        policy_nos: policy_nos.iter().map(|&no| no.to_owned()).collect(),
    }
}

fn named(mut event: PolicyEvent, application_id: Option<u128>, policy_no: &str) -> PolicyEvent {
    event.application_id = application_id;
    policy_no.clone_into(&mut event.policy_no);
    event
}

#[test]
fn an_event_that_carries_both_names_ties_them() {
    let surrendered = named(event(Surrendered, 2, 2), None, "P-1");
    let book = |events: &[PolicyEvent]| PolicyBook::new(events.to_vec());
    let alone = book(std::slice::from_ref(&surrendered));
    assert_eq!(alone.standing(&names(&[1], &[])).condition, PolicyCondition::UnderWay);
    // The application itself carries the number.
    assert_eq!(alone.standing(&names(&[1], &["P-1"])).condition, PolicyCondition::Surrendered);
    let tied = book(&[named(event(Issued, 1, 3), Some(1), "P-1"), surrendered]);
    for names in [names(&[1], &[]), names(&[], &["P-1"]), names(&[7], &["P-1"])] {
        assert_eq!(tied.standing(&names).condition, PolicyCondition::Surrendered);
    }
    for other in [names(&[2], &["P-2"]), names(&[], &[""]), names(&[], &[])] {
        assert_eq!(tied.standing(&other), PolicyStanding::default());
    }
    // A servicing change reaches what was said of the application by way of the policy's number.
    let by_application =
        book(&[named(event(Issued, 1, 1), Some(1), "P-1"), named(event(Cancelled, 2, 2), Some(1), "")]);
    assert_eq!(by_application.standing(&names(&[9], &["P-1"])).condition, PolicyCondition::Cancelled);
}

#[test]
fn a_reinstatement_is_news_when_it_is_tied_to_the_application() {
    let events = [
        named(event(Surrendered, 1, 1), Some(1), ""),
        named(event(Reinstated, 2, 2), None, "P-1"),
        named(event(CallBackDone, 3, 8), Some(1), "P-1"),
    ];
    let book = PolicyBook::new(events.to_vec());
    assert_eq!(book.standing(&names(&[1], &[])).reinstated_time, Some(hour(8)));
    // An application that carries the number knew at once.
    assert_eq!(book.standing(&names(&[1], &["P-1"])).reinstated_time, Some(hour(2)));
}

fn any_kind() -> impl Strategy<Value = PolicyEventKind> {
    let failure = prop::sample::select(vec![CallBackFailure::NoAnswer, CallBackFailure::WrongNumber]);
    prop_oneof![
        Just(Issued),
        Just(Declined),
        Just(NotTakenUp),
        Just(Surrendered),
        Just(Cancelled),
        Just(Reinstated),
        Just(CallBackDone),
        failure.prop_map(|reason| CallBackFailed { reason }),
        (0i64..90).prop_map(|n| CallBackScheduled { call_back_time: hour(n) }),
        (1u32..28, prop::option::of(1u32..28)).prop_map(|(receipt, end)| ReceiptSigned {
            receipt_date: day(receipt),
            cooling_off_end_date: end.map(day),
        }),
    ]
}

/// A story in order, and the same story as it arrives: shuffled, some of it twice, under either name or both.
fn stories() -> impl Strategy<Value = (Vec<PolicyEvent>, Vec<PolicyEvent>)> {
    let kinds = prop::collection::vec((any_kind(), 0u8..3), 1..12);
    kinds
        .prop_flat_map(|kinds| {
            let count = kinds.len();
            let places: Vec<usize> = (0..count).collect();
            (Just(kinds), subsequence(places.clone(), 0..=count), Just(places))
        })
        .prop_flat_map(|(kinds, repeats, places)| {
            let arrival = [places, repeats].concat();
            (Just(kinds), Just(arrival).prop_shuffle())
        })
        .prop_map(|(kinds, arrival)| {
            let told = |place: usize, recorded: i64| {
                let (kind, naming) = kinds[place];
                let told = event(kind, i64::try_from(place).unwrap(), recorded);
                match naming {
                    0 => named(told, Some(APPLICATION), ""),
                    1 => named(told, None, "P-1"),
                    _ => named(told, Some(APPLICATION), "P-1"),
                }
            };
            let ordered = (0..kinds.len()).map(|place| told(place, 100)).collect();
            let arrived = arrival.iter().zip(100..).map(|(place, recorded)| told(*place, recorded)).collect();
            (ordered, arrived)
        })
}

/// What does not depend on when things became known.
fn timeless(stands: PolicyStanding) -> PolicyStanding {
    PolicyStanding { reinstated_time: None, ..stands }
}

proptest! {
    #[test]
    fn any_arrival_gives_the_same_standing((ordered, arrived) in stories()) {
        prop_assert_eq!(timeless(standing(&ordered)), timeless(standing(&arrived)));
        let both = names(&[APPLICATION], &["P-1"]);
        let in_book = |events: &[PolicyEvent]| PolicyBook::new(events.to_vec()).standing(&both);
        prop_assert_eq!(in_book(&arrived), standing(&arrived));
        let mut backwards = arrived.clone();
        backwards.reverse();
        prop_assert_eq!(in_book(&backwards), in_book(&arrived));
    }

    #[test]
    fn what_becomes_known_later_does_not_change_what_was_known((_, arrived) in stories(), cut in 100i64..124) {
        // A list asks for what was known before its cut, whenever it asks.
        let before: Vec<_> = arrived.iter().filter(|event| event.recorded_time < hour(cut)).cloned().collect();
        let at_cut = PolicyBook::new(before.clone()).standing(&names(&[APPLICATION], &["P-1"]));
        prop_assert_eq!(at_cut, standing(&before));
        prop_assert!(at_cut.reinstated_time.is_none_or(|time| time < hour(cut)));
        // What became news later, became news at the cut or after it.
        let at_last = standing(&arrived).reinstated_time;
        prop_assert!(at_last == at_cut.reinstated_time || at_last >= Some(hour(cut)));
    }
}
