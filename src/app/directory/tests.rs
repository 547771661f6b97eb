//! The snapshot: who is himself, who holds which contact.

use proptest::prelude::*;

use super::*;

const DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(2026, 11, 23);

fn key(value: u128) -> Key {
    Key { epoch: 1, clue: 1, fingerprint: Uuid::from_u128(value) }
}

fn known(kind: OwnerKind, code: &str, contacts: &[u128]) -> Known {
    Known {
        kind,
        code: code.into(),
        active: true,
        qualified_from: DAY,
        qualified_until: None,
        persons: Vec::new(),
        contacts: contacts.iter().map(|value| key(*value)).collect(),
    }
}

fn print(certificate: Option<u128>, name: Option<u128>) -> PersonPrint {
    PersonPrint { epoch: 1, certificate: certificate.map(Uuid::from_u128), name: name.map(Uuid::from_u128) }
}

fn customer(certificate: Option<u128>, name: Option<u128>) -> Customer {
    Customer { certificate: certificate.map(Uuid::from_u128), name: name.map(Uuid::from_u128) }
}

#[test]
fn an_empty_directory_says_nothing_and_one_kind_says_nothing_of_another() {
    let mut snapshot = Snapshot::default();
    let day = DAY.unwrap();
    assert_eq!((snapshot.seller("S1", day), snapshot.version_name()), (None, NO_DIRECTORY.to_owned()));
    snapshot.put(known(OwnerKind::Staff, "S1", &[]));
    assert_eq!((snapshot.seller("S1", day), snapshot.agency("S1", day)), (None, None));
    snapshot.put(known(OwnerKind::Seller, "S1", &[]));
    assert_eq!(snapshot.seller("S1", day), Some(Standing::Qualified));
    assert_eq!(snapshot.seller("S2", day), Some(Standing::Unknown));
    assert_eq!(snapshot.agency("S1", day), None);
}

#[test]
fn a_snapshot_that_is_built_beside_knows_the_same_and_leaves_the_first_as_it_is() {
    let changes = |version, code: &str, contact| Changes {
        version,
        owners: vec![known(OwnerKind::Seller, code, &[contact])],
    };
    let mut first = Snapshot::default();
    first.take_in(changes(1, "S1", 10));
    let second = first.with(changes(2, "S1", 20)).with(changes(3, "S2", 10));
    let owner = |snapshot: &Snapshot, contact| snapshot.owner_other_than(key(contact), &[]).is_some();
    assert_eq!((owner(&first, 10), owner(&first, 20), first.version_name().as_str()), (true, false, "1"));
    assert_eq!((owner(&second, 10), owner(&second, 20), second.version_name().as_str()), (true, true, "3"));
    let mut in_place = first.clone();
    in_place.take_in(changes(2, "S1", 20));
    assert!(!owner(&in_place, 10), "the seller has another phone now");
}

#[test]
fn a_person_is_himself_by_certificate_and_else_by_name() {
    let cases = [
        (print(Some(1), Some(2)), customer(Some(1), Some(9)), true),
        (print(Some(1), Some(2)), customer(Some(3), Some(2)), false),
        (print(Some(1), Some(2)), customer(None, Some(2)), true),
        (print(None, Some(2)), customer(Some(3), Some(2)), true),
        (print(None, Some(2)), customer(Some(3), None), false),
        (print(Some(1), None), customer(None, None), false),
    ];
    for (person, other, same) in cases {
        assert_eq!(is_same(&[person], 1, other), same, "{person:?} {other:?}");
        assert!(!is_same(&[person], 2, other), "another epoch compares with nothing");
        assert!(!is_same(&[], 1, other));
    }
}

#[test]
fn a_shared_contact_is_anothers_even_where_it_is_also_his_own() {
    let mut snapshot = Snapshot::default();
    let himself = customer(Some(1), None);
    snapshot.put(Known { persons: vec![print(Some(1), None)], ..known(OwnerKind::Seller, "S1", &[7]) });
    assert_eq!(snapshot.owner_other_than(key(7), &[himself]), None);
    assert_eq!(snapshot.owner_other_than(key(7), &[customer(Some(2), None)]), Some(ContactOwner::Seller));
    snapshot.put(known(OwnerKind::Agency, "A1", &[7]));
    assert_eq!(snapshot.owner_other_than(key(7), &[himself]), Some(ContactOwner::Agency));
    assert_eq!(snapshot.owner_other_than(key(8), &[himself]), None);
}

proptest! {
    /// Whatever changes in whatever order: a contact is somebody's exactly while an entry has it.
    #[test]
    fn the_holders_are_those_who_hold(changes in proptest::collection::vec((0..5_u8, proptest::collection::vec(0..6_u128, 0..4)), 1..40)) {
        let mut snapshot = Snapshot::default();
        let mut model: HashMap<u8, Vec<u128>> = HashMap::new();
        for (seller, contacts) in changes {
            snapshot.put(known(OwnerKind::Seller, &format!("S{seller}"), &contacts));
            model.insert(seller, contacts);
            for value in 0..6 {
                let held = model.values().any(|contacts| contacts.contains(&value));
                prop_assert_eq!(snapshot.owner_other_than(key(value), &[]).is_some(), held);
                prop_assert_eq!(snapshot.holders.contains_key(&key(value)), held);
            }
        }
        prop_assert_eq!(snapshot.entries.len(), model.len());
    }
}
