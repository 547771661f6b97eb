//! A chain that is tampered with in every way: each is found, and where.

#![expect(
    clippy::cast_possible_wrap,
    clippy::ptr_arg,
    reason = "small numbers; one type for every way to tamper"
)]

use aws_lc_rs::digest::{SHA256, digest};
use chrono::DateTime;
use uuid::Uuid;

use super::*;
use crate::{
    entropy::SeededEntropy,
    security::keyring::{Keyring, SecretKey, VersionedKey},
    store::audit_verify::fault::Fault,
};

/// Entries of the chain of these tests.
const LENGTH: usize = 400;
/// Where its second key begins.
const ROTATED: usize = 250;
/// Places at which it is tampered with, for each way of doing it.
const PLACES: u64 = 10_000;

fn keys() -> AuditKeys {
    let mut ring = Keyring::generate(&SeededEntropy::new(7)).unwrap();
    ring.audit.push(VersionedKey { version: 2, key: SecretKey::new([5; 32]) });
    AuditKeys::new(&ring).unwrap()
}

fn entry(number: usize) -> Entry {
    Entry {
        id: Uuid::from_u128(number as u128),
        recorded_time: DateTime::from_timestamp_micros(1_800_000_000_000_000 + number as i64).unwrap(),
        actor: format!("staff:ST-{}", number % 7),
        action: ["VIEW_MASKED", "ASSIGN_CASE", "RECORD_SUBMISSIONS"][number % 3].into(),
        subject_kind: "case".into(),
        subject_ids: (0..number % 4).map(|id| Uuid::from_u128(id as u128)).collect(),
        reason: String::new(),
        digest: digest(&SHA256, &number.to_be_bytes()).as_ref().to_vec(),
    }
}

fn chain(keys: &AuditKeys) -> Vec<Chained> {
    let mut rows: Vec<Chained> = Vec::new();
    for number in 1..=LENGTH {
        let (position, key_version) = (number as i64, if number < ROTATED { 1 } else { 2 });
        let before = rows.last().map_or([0; MAC_BYTES], |row| row.mac);
        let entry = entry(number);
        let mac = entry.chain(keys.chain(key_version).unwrap(), position, &before);
        rows.push(Chained { position, key_version: key_version.cast_signed(), entry, mac });
    }
    rows
}

fn end(rows: &[Chained]) -> Link {
    rows.last().map_or(Link { position: 0, mac: [0; MAC_BYTES] }, |row| Link {
        position: row.position,
        mac: row.mac,
    })
}

fn verify(keys: &AuditKeys, rows: &[Chained], head: &Link, checkpoints: &[Checkpoint]) -> Vec<Fault> {
    let mut faults = Faults::default();
    let mut check = ChainCheck::new(keys, checkpoints);
    for row in rows {
        check.take(row, &mut faults);
    }
    assert_eq!(check.entries(), rows.len() as i64);
    check.finish(head, &mut faults);
    faults.into_vec()
}

fn checkpoint(rows: &[Chained], position: usize) -> Checkpoint {
    Checkpoint { position: position as i64, mac: rows[position - 1].mac }
}

/// Luck of the tests: the same each time, and different for each place.
fn luck(seed: u64, round: u64, below: usize) -> usize {
    let hash = digest(&SHA256, &[seed.to_be_bytes(), round.to_be_bytes()].concat());
    let number = u64::from_be_bytes(hash.as_ref()[..8].try_into().unwrap());
    usize::try_from(number % below as u64).unwrap()
}

/// Gives the rows the positions 1, 2, 3 … as they stand.
fn renumber(rows: &mut [Chained]) {
    for (row, position) in rows.iter_mut().zip(1..) {
        row.position = position;
    }
}

#[test]
fn an_untouched_chain_is_right_with_all_its_checkpoints() {
    let keys = keys();
    let rows = chain(&keys);
    let checkpoints: Vec<Checkpoint> = (1..=LENGTH).map(|place| checkpoint(&rows, place)).collect();
    assert_eq!(verify(&keys, &rows, &end(&rows), &checkpoints), []);
    assert_eq!(verify(&keys, &[], &end(&[]), &[]), []);
}

/// One way to tamper: changes the rows at the place (from 0), and says at which positions it must be told as which kind.
type Tampering = fn(&mut Vec<Chained>, usize, u64) -> (i64, i64, FaultKind);

/// Any field of an entry.
fn change(rows: &mut Vec<Chained>, at: usize, round: u64) -> (i64, i64, FaultKind) {
    let row = &mut rows[at];
    match luck(1, round, 9) {
        0 => row.entry.actor.push('x'),
        1 => row.entry.action = "GET_CASE".into(),
        2 => row.entry.subject_kind.clear(),
        3 => row.entry.subject_ids.push(Uuid::from_u128(9)),
        4 => row.entry.reason = "because".into(),
        5 => row.entry.digest[0] ^= 1,
        6 => row.entry.id = Uuid::from_u128(u128::MAX),
        7 => row.entry.recorded_time += chrono::TimeDelta::microseconds(1),
        _ => row.mac[luck(2, round, MAC_BYTES)] ^= 1 << luck(3, round, 8),
    }
    (row.position, row.position, FaultKind::EntryChanged)
}

/// An entry, or up to five, left out; the others keep their positions.
fn remove(rows: &mut Vec<Chained>, at: usize, round: u64) -> (i64, i64, FaultKind) {
    let last = (at + 1 + luck(1, round, 5)).min(rows.len() - 1);
    let position = rows[at].position;
    rows.drain(at..last);
    (position, position, FaultKind::EntryMissing)
}

/// An entry left out, and the others moved up.
fn close_up(rows: &mut Vec<Chained>, at: usize, _: u64) -> (i64, i64, FaultKind) {
    rows.remove(at);
    renumber(rows);
    (at as i64 + 1, at as i64 + 1, FaultKind::EntryMoved)
}

/// A forged entry put in, and the others moved down.
fn insert(rows: &mut Vec<Chained>, at: usize, round: u64) -> (i64, i64, FaultKind) {
    let mut forged = rows[at].clone();
    forged.entry.id = Uuid::from_u128(u128::from(round));
    if round.is_multiple_of(2) {
        forged.mac = [7; MAC_BYTES];
    }
    rows.insert(at, forged);
    renumber(rows);
    (at as i64 + 1, at as i64 + 1, FaultKind::EntryInserted)
}

/// Two entries in each other's places.
fn swap(rows: &mut Vec<Chained>, at: usize, round: u64) -> (i64, i64, FaultKind) {
    let other = (at + 1 + luck(1, round, 5)).min(rows.len() - 2);
    rows.swap(at, other);
    renumber(rows);
    let position = at as i64 + 1;
    // Beside each other, or right before the end, there is nothing to be told wrong but the first.
    (position, position, FaultKind::EntryMoved)
}

/// The end cut off; the head still says where it was.
fn cut(rows: &mut Vec<Chained>, at: usize, _: u64) -> (i64, i64, FaultKind) {
    rows.truncate(at + 1);
    (at as i64 + 2, at as i64 + 2, FaultKind::TailCut)
}

#[test]
fn every_tampering_is_found_and_located_wherever_it_is_done() {
    let keys = keys();
    let whole = chain(&keys);
    let tamperings: [(&str, Tampering); 6] = [
        ("change", change),
        ("remove", remove),
        ("close up", close_up),
        ("insert", insert),
        ("swap", swap),
        ("cut", cut),
    ];
    for (name, tamper) in tamperings {
        for round in 0..=PLACES / tamperings.len() as u64 {
            // Not the last two: what follows an entry tells what became of it.
            let at = luck(4, round, LENGTH - 3);
            let mut rows = whole.clone();
            let (first, last, kind) = tamper(&mut rows, at, round);
            if rows == whole {
                continue;
            }
            let head = if name == "cut" { end(&whole) } else { end(&rows) };
            let faults = verify(&keys, &rows, &head, &[]);
            let here = |fault: &&Fault| fault.position.is_some_and(|place| (first..=last).contains(&place));
            let Some(found) = faults.iter().find(here) else {
                panic!("{name} at {at}, round {round}: {faults:?}")
            };
            let exact = found.kind == kind || (name == "swap" && found.kind == FaultKind::EntryInserted);
            assert!(exact, "{name} at {at}, round {round}: {faults:?}");
            let before = faults.iter().any(|fault| fault.position.is_some_and(|place| place < first));
            assert!(!before, "{name} at {at}, round {round}: {faults:?}");
        }
    }
}

#[test]
fn a_tail_that_was_cut_head_and_all_is_found_against_any_checkpoint_after_it() {
    let keys = keys();
    let whole = chain(&keys);
    for at in 1..LENGTH {
        let rows = &whole[..at];
        assert_eq!(verify(&keys, rows, &end(rows), &[]), [], "the chain alone cannot tell");
        assert_eq!(verify(&keys, rows, &end(rows), &[checkpoint(&whole, at)]), []);
        let faults = verify(&keys, rows, &end(rows), &[checkpoint(&whole, 1), checkpoint(&whole, LENGTH)]);
        assert_eq!(faults.len(), 1);
        assert_eq!((faults[0].kind, faults[0].position), (FaultKind::TailCut, Some(at as i64 + 1)));
    }
}

#[test]
fn a_chain_that_was_cut_back_and_grew_again_is_another_one() {
    let keys = keys();
    let whole = chain(&keys);
    let mut rows = whole[..300].to_vec();
    for position in 301..=LENGTH as i64 {
        let entry = entry(9_999);
        let mac = entry.chain(keys.chain(2).unwrap(), position, &rows.last().unwrap().mac);
        rows.push(Chained { position, key_version: 2, entry, mac });
    }
    assert_eq!(verify(&keys, &rows, &end(&rows), &[]), [], "the chain alone cannot tell");
    let kept = [checkpoint(&whole, 280), checkpoint(&whole, 300), checkpoint(&whole, 350)];
    let faults = verify(&keys, &rows, &end(&rows), &kept);
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].kind, faults[0].position), (FaultKind::OtherChain, Some(350)));
    assert!(faults[0].problem.contains("agreed at 300"), "{faults:?}");
}

#[test]
fn a_key_that_was_replaced_chains_nothing_any_more() {
    let keys = keys();
    let mut rows = chain(&keys)[..300].to_vec();
    let entry = entry(301);
    // As somebody would who has stolen the old key.
    let mac = entry.chain(keys.chain(1).unwrap(), 301, &rows.last().unwrap().mac);
    rows.push(Chained { position: 301, key_version: 1, entry, mac });
    let faults = verify(&keys, &rows, &end(&rows), &[]);
    assert_eq!((faults[0].kind, faults[0].position), (FaultKind::KeyVersion, Some(301)));
    rows[200].key_version = 9;
    let faults = verify(&keys, &rows, &end(&rows), &[]);
    assert_eq!((faults[0].kind, faults[0].position), (FaultKind::KeyVersion, Some(201)));
}

#[test]
fn a_table_that_was_rewritten_as_a_whole_is_told_in_bounded_room_and_time() {
    let keys = keys();
    let mut rows = chain(&keys);
    while rows.len() < 5_000 {
        let next = rows[rows.len() % LENGTH].clone();
        rows.push(Chained { key_version: 2, ..next });
    }
    renumber(&mut rows);
    for row in &mut rows {
        row.entry.actor = "nobody".into();
    }
    let faults = verify(&keys, &rows, &end(&rows), &[]);
    assert_eq!(faults.len(), crate::store::audit_verify::fault::MAX_FAULTS);
}
