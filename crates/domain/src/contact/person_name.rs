//! Names of persons as they are compared, and, in [`check`], whether a text can be one. The registered characters are never changed: no NFKC on Han.
//!
//! The separator of names from minority languages is U+00B7 (民委发〔2016〕33号); the dots that input methods produce in
//! its place are folded to it between Han characters.

mod check;
pub mod codes;
mod repertoire;

pub use check::{check, faults, is_organisation};

use std::borrow::Cow;

use crate::{
    contact::placeholder,
    text::{fold_words, is_han, is_invisible, until_stable},
};

/// The separator of GB 18030 (A1A4).
const SEPARATOR: char = '\u{B7}';

/// A name as it is compared: separators folded, spaces beside Han removed, Latin letters by NFKC and in upper case.
/// Empty if nothing is written.
pub fn fold(raw: &str) -> Cow<'_, str> {
    if raw.chars().all(is_han) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(until_stable(raw, |text| without_spaces(&fold_words(&with_separators(text)))))
}

/// The form of a name; `None` if it is empty or a placeholder.
pub fn fingerprint_form(raw: &str) -> Option<String> {
    form(raw).map(Cow::into_owned)
}

/// [`fingerprint_form`], without a copy of the usual name, whose form it is.
pub(crate) fn form(raw: &str) -> Option<Cow<'_, str>> {
    if placeholder::is_placeholder_name(raw) {
        return None;
    }
    let name = fold(raw);
    (!name.is_empty()).then_some(name)
}

const fn is_dot(c: char) -> bool {
    matches!(
        c,
        SEPARATOR
            | '\u{2022}'
            | '\u{30FB}'
            | '\u{FF65}'
            | '\u{2027}'
            | '\u{2219}'
            | '\u{22C5}'
            | '\u{FF0E}'
            | '.'
    )
}

/// Folds each dot between Han characters, the spaces around it included.
fn with_separators(text: &str) -> String {
    let chars: Vec<char> = text.chars().filter(|c| !is_invisible(*c)).collect();
    let beside = |neighbour: Option<&char>| neighbour.is_some_and(|c| is_han(*c));
    chars
        .iter()
        .enumerate()
        .map(|(index, c)| {
            let before = chars[..index].iter().rev().find(|c| !c.is_whitespace());
            let after = chars[index + 1..].iter().find(|c| !c.is_whitespace());
            if is_dot(*c) && beside(before) && beside(after) { SEPARATOR } else { *c }
        })
        .collect()
}

/// Removes spaces between Han characters and separators; those between Latin words stay.
fn without_spaces(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let joins = |c: Option<&char>| c.is_some_and(|c| is_han(*c) || *c == SEPARATOR);
    let kept = chars.iter().enumerate().filter(|(index, c)| {
        let before = index.checked_sub(1).and_then(|before| chars.get(before));
        **c != ' ' || !(joins(before) && joins(chars.get(index + 1)))
    });
    kept.map(|(_, c)| *c).collect()
}
