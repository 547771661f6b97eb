//! Whether the values of the members agree.

use super::{Mark, Raw, Value};

/// Values that count: what is empty is not compared.
fn keys(cell: &[Raw]) -> impl Iterator<Item = &str> {
    cell.iter().map(|raw| raw.key.as_str()).filter(|key| !key.is_empty())
}

/// Whether the customers agree; several applications of one customer agree with themselves whatever they say.
pub(super) fn mark(cells: &[Vec<Raw>], who: &[usize]) -> Mark {
    let mut held: Vec<(usize, Vec<&str>)> = Vec::new();
    for (cell, customer) in cells.iter().zip(who) {
        let mut own: Vec<&str> = keys(cell).collect();
        if own.is_empty() {
            continue;
        }
        match held.iter_mut().find(|(known, _)| known == customer) {
            Some((_, all)) => all.append(&mut own),
            None => held.push((*customer, own)),
        }
    }
    for (_, all) in &mut held {
        all.sort_unstable();
        all.dedup();
    }
    let Some(((_, first), rest)) = held.split_first() else { return Mark::None };
    if rest.is_empty() {
        return Mark::None;
    }
    if rest.iter().all(|(_, other)| other == first) {
        return Mark::Same;
    }
    let shared = held.iter().enumerate().any(|(place, (_, own))| {
        held.iter().skip(place + 1).any(|(_, other)| own.iter().any(|key| other.contains(key)))
    });
    if shared { Mark::Shared } else { Mark::Differ }
}

pub(super) fn cell(cells: &[Vec<Raw>], who: &[usize], place: usize, compared: bool) -> Vec<Value> {
    let (own, me) = (cells.get(place).map_or(&[][..], Vec::as_slice), who.get(place).copied());
    let elsewhere = |key: &str| {
        cells.iter().zip(who).any(|(cell, other)| Some(*other) != me && keys(cell).any(|held| held == key))
    };
    own.iter()
        .filter(|raw| !raw.shown.is_empty())
        .map(|raw| Value {
            text: raw.shown.clone(),
            href: raw.href.clone(),
            shared: compared && !raw.key.is_empty() && elsewhere(&raw.key),
            reveal: raw.reveal.clone(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use zhenshi_domain::mask;

    use super::*;

    fn cells(values: &[&[&str]]) -> Vec<Vec<Raw>> {
        values.iter().map(|own| own.iter().map(|value| Raw::plain(*value)).collect()).collect()
    }

    #[test]
    fn agreement_is_between_customers() {
        let told = |values: &[&[&str]], who: &[usize]| mark(&cells(values), who);
        assert_eq!(told(&[&["a"], &["a"]], &[0, 1]), Mark::Same);
        assert_eq!(told(&[&["a"], &["b"]], &[0, 1]), Mark::Differ);
        assert_eq!(told(&[&["a", "b"], &["b", "c"]], &[0, 1]), Mark::Shared);
        assert_eq!(told(&[&["b", "a"], &["a", "b"]], &[0, 1]), Mark::Same, "the order says nothing");
        assert_eq!(told(&[&["a"], &["b"]], &[0, 0]), Mark::None, "one customer");
        assert_eq!(told(&[&["a"], &[]], &[0, 1]), Mark::None, "nobody to compare with");
        assert_eq!(told(&[&["a"], &[""], &["a"]], &[0, 1, 2]), Mark::Same, "what is empty is left out");
    }

    #[test]
    fn what_looks_alike_behind_the_mask_is_not_the_same() {
        let one = Raw::masked("13812340001", mask::phone, "phones");
        let other = Raw::masked("13899990001", mask::phone, "phones");
        assert_eq!(one.shown, other.shown);
        assert_eq!(mark(&[vec![one], vec![other]], &[0, 1]), Mark::Differ);
    }
}
