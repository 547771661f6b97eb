//! How texts are folded before they are compared: shared by certificates, contacts and names.
//!
//! Numbers are folded by NFKC; words never are where they are Han, because NFKC would turn a compatibility ideograph
//! (U+F900 to U+FAFF) into another character than the registered one. Every fold is idempotent. A change here changes
//! fingerprint forms: raise [`crate::NORMALISER_VERSION`].

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

/// A fold is applied until nothing changes, at most so often: removing one character can make two others combine.
const MAX_PASSES: usize = 4;

/// Whether `c` cannot be seen: zero-width characters, byte-order mark, soft hyphen, marks of writing direction.
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}'
            | '\u{061C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}'
    )
}

/// Whether `c` is a Han character: ideographs of every block, compatibility ideographs and radicals included.
#[inline]
pub const fn is_han(c: char) -> bool {
    is_usual_han(c)
        || matches!(
            c,
            '\u{2E80}'..='\u{2FDF}'
                | '\u{3005}'
                | '\u{3007}'
                | '\u{3400}'..='\u{4DBF}'
                | '\u{F900}'..='\u{FAFF}'
                | '\u{20000}'..='\u{3FFFF}'
        )
}

/// Whether `c` is one of the most usual ideographs, all of which are letters that no normal form changes.
#[inline]
pub(crate) const fn is_usual_han(c: char) -> bool {
    matches!(c, '\u{4E00}'..='\u{9FFF}')
}

/// Whether nothing is written in `raw`: empty, or only spaces and characters that cannot be seen.
#[inline]
pub fn is_blank(raw: &str) -> bool {
    // Most texts show it by their first character.
    let seen = |c: char| {
        c.is_ascii_graphic() || is_han(c) || !(c.is_whitespace() || c.is_control() || is_invisible(c))
    };
    !raw.chars().any(seen)
}

/// Whether `text` holds a control character.
pub(crate) fn has_control(text: &str) -> bool {
    // Those of Unicode's first block beyond ASCII are written with this byte before them.
    const BEFORE_C1: u8 = 0xC2;
    // No branch inside a piece, so that the compiler looks at many bytes at once.
    const PIECE: usize = 32;
    let suspect = |piece: &[u8]| {
        piece
            .iter()
            .map(|b| u8::from(*b < b' ') | u8::from(*b == 0x7F) | u8::from(*b == BEFORE_C1))
            .fold(0, |found, one| found | one)
            != 0
    };
    text.as_bytes().chunks(PIECE).any(suspect) && text.chars().any(char::is_control)
}

/// A number as it is compared: NFKC, without spaces, control and invisible characters, Latin letters in upper case.
pub fn fold_number(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_lowercase()) {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(if raw.is_ascii() { fold_ascii_number(raw) } else { fold_any_number(raw) })
}

/// [`fold_number`] of ASCII, which NFKC leaves as it is.
fn fold_ascii_number(raw: &str) -> String {
    raw.chars().filter(char::is_ascii_graphic).map(|c| c.to_ascii_uppercase()).collect()
}

/// [`fold_number`] of any text.
fn fold_any_number(raw: &str) -> String {
    until_stable(raw, |text| {
        text.chars()
            .filter(|c| !is_invisible(*c))
            .nfkc()
            .filter(|c| !c.is_whitespace() && !c.is_control())
            .map(|c| c.to_ascii_uppercase())
            .collect()
    })
}

/// Words as they are compared: NFKC on all that is not Han, one space for many, none at the ends, upper case, no control
/// or invisible characters. Han characters stay as they are.
pub fn fold_words(raw: &str) -> Cow<'_, str> {
    // Nearly every name and address: nothing in it folds, and nothing in it combines.
    if raw.chars().all(|c| is_han(c) || c.is_ascii_graphic() && !c.is_ascii_lowercase()) {
        return Cow::Borrowed(raw);
    }
    let plain = raw.chars().all(|c| c.is_ascii() || is_han(c));
    Cow::Owned(if plain { fold_plain_words(raw) } else { fold_any_words(raw) })
}

/// [`fold_words`] of Han and ASCII characters, of which neither NFKC nor a second pass changes any.
fn fold_plain_words(raw: &str) -> String {
    let mut folded = String::with_capacity(raw.len());
    let mut space = false;
    for c in raw.chars() {
        if c.is_whitespace() {
            space = true;
        } else if !c.is_control() {
            if space && !folded.is_empty() {
                folded.push(' ');
            }
            space = false;
            folded.push(c.to_ascii_uppercase());
        }
    }
    folded
}

/// [`fold_words`] of any text.
fn fold_any_words(raw: &str) -> String {
    until_stable(raw, |text| {
        let seen =
            text.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_whitespace() { ' ' } else { c });
        let folded = nfkc_beside_han(seen.filter(|c| !c.is_control()));
        let words: Vec<&str> = folded.split_whitespace().collect();
        words.join(" ").to_uppercase()
    })
}

/// NFKC on the stretches that are not Han and do not become Han.
fn nfkc_beside_han(chars: impl Iterator<Item = char>) -> String {
    let mut folded = String::new();
    let mut stretch = String::new();
    for c in chars {
        if is_han(c) || !c.is_ascii() && std::iter::once(c).nfkc().any(is_han) {
            folded.extend(stretch.nfkc());
            stretch.clear();
            folded.push(c);
        } else {
            stretch.push(c);
        }
    }
    folded.extend(stretch.nfkc());
    folded
}

/// Applies `step` until the text stays as it is.
pub(crate) fn until_stable(raw: &str, step: impl Fn(&str) -> String) -> String {
    let mut text = step(raw);
    for _ in 1..MAX_PASSES {
        let next = step(&text);
        if next == text {
            break;
        }
        text = next;
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_lose_their_dress() {
        for raw in
            ["12AB", " 12ab\u{200B}", "\u{FEFF}１２ＡＢ", "1 2\u{3000}a\u{00A0}B\t", "\u{202E}12ab\u{202C}"]
        {
            assert_eq!(fold_number(raw), "12AB", "{raw:?}");
        }
        assert_eq!(fold_number("\u{0425}\u{D7}*〇"), "\u{0425}\u{D7}*〇", "look-alikes are kept to be found");
    }

    #[test]
    fn han_characters_stay_and_the_rest_is_folded() {
        assert_eq!(fold_words("\u{F900}"), "\u{F900}");
        assert_eq!(fold_words("ａ\u{F900}ｂ　 ㊀"), "A\u{F900}B ㊀");
        assert_eq!(fold_words("Mu\u{308}ller  Hans "), "MÜLLER HANS");
        assert_eq!(fold_words("𠮷\u{200B}田"), "𠮷田");
    }

    #[test]
    fn control_characters_are_found() {
        for text in ["\u{1F}", "a\u{7F}", "甲\u{80}", "\u{9F}"] {
            assert!(has_control(text), "{text:?}");
        }
        assert!(!has_control("") && !has_control("甲·Â é\u{A0}"));
    }

    #[test]
    fn blank_is_what_nobody_sees() {
        assert!(is_blank("") && is_blank(" \u{3000}\u{200B}\t") && !is_blank("0"));
    }

    proptest! {
        #[test]
        fn folds_are_idempotent(raw in any::<String>()) {
            let number = fold_number(&raw).into_owned();
            prop_assert_eq!(fold_number(&number), number.as_str());
            let words = fold_words(&raw).into_owned();
            prop_assert_eq!(fold_words(&words), words.as_str());
        }

        #[test]
        fn the_short_ways_lead_where_the_long_ones_do(
            any in any::<String>(),
            ascii in "[\\x00-\\x7F]{0,24}",
            plain in "[\\x00-\\x7Fa-z 一-龥\u{2F00}-\u{2FDF}\u{F900}-\u{FAFF}\u{20000}-\u{2A6DF}々〇]{0,16}",
        ) {
            for raw in [any, ascii, plain] {
                prop_assert_eq!(fold_number(&raw), fold_any_number(&raw));
                prop_assert_eq!(fold_words(&raw), fold_any_words(&raw));
                prop_assert_eq!(has_control(&raw), raw.chars().any(char::is_control));
            }
        }
    }
}
