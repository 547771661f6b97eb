//! Whether a text can be the name of a person: Chinese, of a minority language, or foreign (民委發〔2016〕33號, GB 18030-2022).

use super::{
    SEPARATOR,
    codes::{
        DAMAGED, DIGIT, MIXED, NAME_FORMAT, NAME_NOT_PERSONAL, NAME_UNUSUAL, ONE_CHARACTER, ORGANISATION,
        SCRIPT, SEPARATORS, SYMBOL, TITLE, TOO_LONG,
    },
    fold,
    repertoire::{is_damage, is_ideograph},
};
use crate::{
    contact::placeholder,
    finding::{Arg, Code},
    reading::Reading,
    rules::completeness::{FIELD_MISSING, FIELD_PLACEHOLDER},
    text::{is_blank, is_han, is_usual_han},
};

/// Most Han characters; the field has at least 50 places for them (民委發〔2016〕33號).
const MAX_HAN: usize = 25;
/// Most characters of a name in letters.
const MAX_LETTERS: usize = 100;
/// Parts of the names of organisations, none of which stands in a person's. Words that are given names, too, such as
/// 大学, are left out.
const ORGANISATIONS: [&str; 20] = [
    "公司",
    "集团",
    "集團",
    "银行",
    "銀行",
    "有限",
    "股份",
    "事务所",
    "事務所",
    "委员会",
    "委員會",
    "合作社",
    "营业部",
    "營業部",
    "支行",
    "医院",
    "醫院",
    "幼儿园",
    "基金会",
    "基金會",
];
/// The same in Latin letters, as whole words.
const LATIN_ORGANISATIONS: [&str; 8] =
    ["LTD", "LTD.", "LIMITED", "INC", "INC.", "LLC", "CORPORATION", "COMPANY"];
/// What follows a surname in place of the given name. 先生, 女士 and 小姐 are placeholders already.
const TITLES: [&str; 9] = ["总", "總", "经理", "經理", "老板", "老闆", "太太", "老师", "师傅"];
/// Longest surname before a title.
const MAX_SURNAME: usize = 2;

/// Reads the name of a person: its normal form and every check.
pub fn check(raw: &str) -> Reading {
    read(raw, Reading::default())
}

/// The failed checks of [`check`], for judging.
pub fn faults(raw: &str) -> Reading {
    read(raw, Reading::of_faults())
}

fn read(raw: &str, mut reading: Reading) -> Reading {
    if is_blank(raw) {
        reading.fail(FIELD_MISSING, Vec::new());
        return reading;
    }
    let name = fold(raw);
    reading.normalize(|| Some(name.clone().into_owned()));
    if placeholder::is_placeholder_name(raw) {
        reading.fail(FIELD_PLACEHOLDER, Vec::new());
        return reading;
    }
    reading.pass(FIELD_PLACEHOLDER);
    if let Some(reason) = organisation_or_title(&name) {
        fail(&mut reading, NAME_NOT_PERSONAL, reason);
        return reading;
    }
    reading.pass(NAME_NOT_PERSONAL);
    if let Some(reason) = wrong(&name) {
        fail(&mut reading, NAME_FORMAT, reason);
        return reading;
    }
    reading.pass(NAME_FORMAT);
    match unusual(&name) {
        Some(reason) => fail(&mut reading, NAME_UNUSUAL, reason),
        None => reading.pass(NAME_UNUSUAL),
    }
    reading
}

fn fail(reading: &mut Reading, code: Code, reason: &'static str) {
    reading.fail(code, vec![("reason", Arg::Key(reason))]);
}

/// Whether the name is that of an organisation, which may hold an account but is no person.
pub fn is_organisation(raw: &str) -> bool {
    organisation_or_title(&fold(raw)) == Some(ORGANISATION)
}

fn organisation_or_title(name: &str) -> Option<&'static str> {
    let joined = |b: u8| matches!(b, b' ' | b',');
    let latin = || {
        name.bytes().any(joined)
            && name.split([' ', ',']).skip(1).any(|word| LATIN_ORGANISATIONS.contains(&word))
    };
    let han =
        || name.chars().any(begins_organisation) && ORGANISATIONS.iter().any(|word| name.contains(word));
    if han() || latin() {
        return Some(ORGANISATION);
    }
    let surname = |rest: &str| (1..=MAX_SURNAME).contains(&rest.chars().count()) && rest.chars().all(is_han);
    let titled =
        || TITLES.iter().any(|title| name == *title || name.strip_suffix(title).is_some_and(surname));
    (name.ends_with(ends_title) && titled()).then_some(TITLE)
}

/// Whether one of [`ORGANISATIONS`] begins with `c`: a name without such a character holds none of them.
const fn begins_organisation(c: char) -> bool {
    matches!(
        c,
        '公' | '集'
            | '银'
            | '銀'
            | '有'
            | '股'
            | '事'
            | '委'
            | '合'
            | '营'
            | '營'
            | '支'
            | '医'
            | '醫'
            | '幼'
            | '基'
    )
}

/// Whether one of [`TITLES`] ends with `c`.
const fn ends_title(c: char) -> bool {
    matches!(c, '总' | '總' | '理' | '板' | '闆' | '太' | '师' | '傅')
}

/// What no name has.
fn wrong(name: &str) -> Option<&'static str> {
    if let Some(characters) = plain_han(name) {
        return (characters > MAX_HAN).then_some(TOO_LONG);
    }
    if name.chars().any(|c| is_damage(c) || is_han(c) && !is_ideograph(c) && u32::from(c) > 0xFFFF) {
        return Some(DAMAGED);
    }
    if name.chars().any(|c| c.is_numeric() && !is_han(c)) {
        return Some(DIGIT);
    }
    if !name.chars().all(is_of_names) {
        return Some(SYMBOL);
    }
    let first_or_last = |c: char| matches!(c, SEPARATOR | '-' | ',');
    let misplaced = name.starts_with(|c| first_or_last(c) || matches!(c, '.' | '\'' | '\u{2019}'))
        || name.ends_with(first_or_last)
        || name.contains("··")
        || name.contains("--")
        || !name.chars().any(char::is_alphabetic);
    if misplaced {
        return Some(SEPARATORS);
    }
    let han = name.chars().filter(|c| is_han(*c)).count();
    (han > MAX_HAN || name.chars().count() > MAX_LETTERS).then_some(TOO_LONG)
}

/// How many characters a name of the most usual ideographs has, as nearly every name is; `None` for any other.
fn plain_han(name: &str) -> Option<usize> {
    name.chars().try_fold(0, |count, c| is_usual_han(c).then_some(count + 1))
}

/// Letters of any language with their marks, and what joins the parts of a name.
fn is_of_names(c: char) -> bool {
    is_han(c)
        || c.is_alphabetic()
        || unicode_normalization::char::is_combining_mark(c)
        || matches!(c, SEPARATOR | ' ' | '-' | '\'' | '\u{2019}' | '\u{2BC}' | ',' | '.')
}

fn unusual(name: &str) -> Option<&'static str> {
    if let Some(characters) = plain_han(name) {
        return (characters == 1).then_some(ONE_CHARACTER);
    }
    let letters = || name.chars().filter(|c| is_han(*c) || c.is_alphabetic());
    let (han, all) = (letters().filter(|c| is_ideograph(*c)).count(), letters().count());
    if all == 1 {
        return Some(ONE_CHARACTER);
    }
    let latin = letters().filter(|c| is_latin(*c)).count();
    if han + latin < all {
        return Some(SCRIPT);
    }
    (han > 0 && latin > 0).then_some(MIXED)
}

/// Latin letters with all their marks, up to extended Latin B and the additional block.
const fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || matches!(c, '\u{AA}'..='\u{24F}' | '\u{2BC}' | '\u{1E00}'..='\u{1EFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(raw: &str) -> Vec<(&'static str, Option<Arg>)> {
        check(raw)
            .failures()
            .map(|check| {
                (check.code.name, check.failure.as_ref().and_then(|args| args.first()).map(|(_, arg)| *arg))
            })
            .collect()
    }

    #[test]
    fn names_of_every_kind_are_names() {
        for name in [
            "测试甲",
            "买买提·示例",
            "買買提 ． 示例",
            "\u{20BB7}示",
            "\u{219C3}例",
            "\u{30EDE}例",
            "\u{323B0}例",
            "\u{33479}例",
            "\u{4DAE}例",
            "\u{9FA6}例",
            "\u{F9D0}例",
            "O'Sample, Mary-Jane Jr.",
            "Ñandú Šimon",
            "示大学",
        ] {
            assert_eq!(failed(name), [], "{name}");
        }
    }

    #[test]
    fn every_organisation_and_title_is_looked_for() {
        assert!(ORGANISATIONS.iter().all(|word| word.starts_with(begins_organisation)));
        assert!(TITLES.iter().all(|title| title.ends_with(ends_title)));
    }

    #[test]
    fn each_reason_has_its_text() {
        for (name, code, reason) in [
            ("测\u{FFFD}甲", "NAME_FORMAT", DAMAGED),
            ("测?甲", "NAME_FORMAT", DAMAGED),
            ("测\u{E123}", "NAME_FORMAT", DAMAGED),
            ("测\u{3FFFD}", "NAME_FORMAT", DAMAGED),
            ("测\u{3347A}", "NAME_FORMAT", DAMAGED),
            ("测试1", "NAME_FORMAT", DIGIT),
            ("测@试", "NAME_FORMAT", SYMBOL),
            ("测试·", "NAME_FORMAT", SEPARATORS),
            ("·测试", "NAME_FORMAT", SEPARATORS),
            ("测··试", "NAME_FORMAT", SEPARATORS),
            (&"测".repeat(26), "NAME_FORMAT", TOO_LONG),
            ("示例有限公司", "NAME_NOT_PERSONAL", ORGANISATION),
            ("Sample Trading Ltd.", "NAME_NOT_PERSONAL", ORGANISATION),
            ("测经理", "NAME_NOT_PERSONAL", TITLE),
            ("测", "NAME_UNUSUAL", ONE_CHARACTER),
            ("测Q", "NAME_UNUSUAL", MIXED),
            ("Пример Пример", "NAME_UNUSUAL", SCRIPT),
            ("⽰例", "NAME_UNUSUAL", SCRIPT),
        ] {
            assert_eq!(failed(name), [(code, Some(Arg::Key(reason)))], "{name}");
        }
    }
}
