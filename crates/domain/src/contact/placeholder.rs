//! What is typed to fill a form: words for "nothing", and numbers that are nobody's. A placeholder is a missing value.
//!
//! Only the obvious ones, each with its source in mind: whole words, never parts of words, so that no real value is
//! taken for one. To add a word add it to [`WORDS`]; a new shape gets a function here and a case in the test.

use std::borrow::Cow;

use crate::{
    application::CertificateKind,
    contact::{
        person_name,
        phone::{self, PhoneForm},
    },
    text::{fold_number, fold_words, is_han},
};

/// Words that stand for "nothing" in any field, as they are after folding (upper case).
const WORDS: [&str; 39] = [
    "无",
    "無",
    "没有",
    "沒有",
    "暂无",
    "暫無",
    "不详",
    "不詳",
    "不明",
    "未知",
    "未填",
    "待补",
    "待補",
    "待定",
    "略",
    "空",
    "测试",
    "測試",
    "TEST",
    "N/A",
    "NONE",
    "NULL",
    "NIL",
    "UNKNOWN",
    "先生",
    "女士",
    "小姐",
    "某某",
    "某人",
    "本人",
    "客户",
    "客戶",
    "投保人",
    "被保险人",
    "被保險人",
    "匿名",
    "同上",
    "同身份证",
    "同身份證",
];
/// Bytes of the longest of them.
const LONGEST_WORD: usize = 15;
/// Titles that follow a surname in place of the given name.
const TITLES: [&str; 3] = ["先生", "女士", "小姐"];
/// Longest surname in characters.
const MAX_SURNAME: usize = 2;
/// A numbering that goes on with 1 after 9 and 0 is as little a number as 123456789.
const ASCENDING: &str = "123456789012345678901234567890";
/// The same downwards.
const DESCENDING: &str = "987654321098765432109876543210";
/// Shortest run along [`ASCENDING`] or [`DESCENDING`] that no certificate has by chance.
const MIN_RUN: usize = 9;
/// Shortest certificate number of which zeros alone say nothing.
const MIN_ZEROS: usize = 6;
/// Digits at the end of a telephone that are looked at.
const PHONE_TAIL: usize = 8;
/// So many equal digits in a row among them are a placeholder.
const PHONE_EQUAL: usize = 6;
/// So many zeros at the end are a placeholder.
const PHONE_ZEROS: usize = 7;
/// Shortest account number that is only counted up or down.
const MIN_COUNTED_ACCOUNT: usize = 8;
/// So many equal digits in a row are no account.
const ACCOUNT_EQUAL: usize = 10;
/// The number of every telephone advertisement.
const SAMPLE_PHONE: &str = "13800138000";

/// Whether `raw` is a word that stands for nothing, or only marks and repeated letters. Blank text is not: it is empty.
pub fn is_placeholder_text(raw: &str) -> bool {
    // Most texts are numbers, names or addresses, and nearly none of them begins like a word for nothing.
    if raw.chars().next().is_some_and(|first| first.is_ascii_digit() || is_han(first) && !begins_word(first))
    {
        return false;
    }
    if raw.bytes().all(|b| b.is_ascii_graphic()) {
        return is_ascii_placeholder(raw.as_bytes());
    }
    let text = fold_words(raw);
    let filling = |c: char| matches!(c, '*' | '-' | '_' | '.' | '/' | '?' | '—' | '、' | '。' | '…' | 'X');
    !text.is_empty()
        && (text.len() <= LONGEST_WORD && WORDS.contains(&&*text)
            || text.chars().all(filling)
            || text.len() > 1 && text.bytes().all(|b| b.is_ascii_alphabetic() && b == text.as_bytes()[0]))
}

/// Whether one of the Han words of [`WORDS`] begins with `c`.
const fn begins_word(c: char) -> bool {
    matches!(
        c,
        '无' | '無'
            | '没'
            | '沒'
            | '暂'
            | '暫'
            | '不'
            | '未'
            | '待'
            | '略'
            | '空'
            | '测'
            | '測'
            | '先'
            | '女'
            | '小'
            | '某'
            | '本'
            | '客'
            | '投'
            | '被'
            | '匿'
            | '同'
    )
}

/// [`is_placeholder_text`] of printable ASCII, of which folding changes the case only.
fn is_ascii_placeholder(raw: &[u8]) -> bool {
    let Some((first, rest)) = raw.split_first() else { return false };
    let filling = |b: &u8| matches!(b, b'*' | b'-' | b'_' | b'.' | b'/' | b'?' | b'X' | b'x');
    let repeated = || {
        !rest.is_empty() && first.is_ascii_alphabetic() && rest.iter().all(|b| b.eq_ignore_ascii_case(first))
    };
    let is_word = || WORDS.iter().any(|word| word.as_bytes().eq_ignore_ascii_case(raw));
    raw.iter().all(filling) || repeated() || raw.len() <= LONGEST_WORD && is_word()
}

/// As [`is_placeholder_text`], for what is compared without its spaces: `N I L` is no number either.
pub(crate) fn is_placeholder_number(raw: &str) -> bool {
    // Of printable ASCII folding changes the case only, of which a placeholder has none.
    let same = || raw.bytes().all(|b| b.is_ascii_graphic());
    is_placeholder_text(raw) || !same() && is_placeholder_text(&fold_number(raw))
}

/// Whether a name is none: a word for nothing, digits, a surname with a title (王先生), with 某 or masked (张*).
pub fn is_placeholder_name(raw: &str) -> bool {
    // Nearly every name: nothing in it folds, and it ends like none of the below.
    if raw.chars().all(is_han) && !raw.ends_with(['生', '士', '姐', '某']) {
        return is_placeholder_text(raw);
    }
    let name = person_name::fold(raw);
    if is_placeholder_text(raw) || name != raw && is_placeholder_text(&name) {
        return true;
    }
    let surname = |rest: &str| (1..=MAX_SURNAME).contains(&rest.chars().count()) && rest.chars().all(is_han);
    let digits = !name.is_empty() && name.chars().all(|c| c.is_ascii_digit() || c == ' ');
    let titled = TITLES.iter().any(|title| name.strip_suffix(title).is_some_and(surname));
    let hidden = name.trim_end_matches(['某', '*']).trim_end();
    digits || titled || (hidden.len() < name.len() && surname(hidden))
}

/// Whether an address is none: a word for nothing, or one character repeated.
pub fn is_placeholder_address(raw: &str) -> bool {
    let mut chars = raw.chars();
    // Nearly every address: it begins with two characters that stay, and with no word for nothing.
    if let (Some(first), Some(second)) = (chars.next(), chars.next())
        && is_han(first)
        && is_han(second)
        && first != second
        && !begins_word(first)
    {
        return false;
    }
    is_placeholder_text(raw) || is_one_character(&fold_words(raw))
}

/// Whether a telephone is none: a word for nothing, or digits that fill a form.
pub fn is_placeholder_phone(raw: &str) -> bool {
    if phone::is_plain_mobile(raw) {
        return is_filling(raw);
    }
    is_placeholder_number(raw) || phone::fingerprint_form(raw).is_some_and(|form| rings_nowhere(&form))
}

/// Whether a telephone consists of digits that fill a form.
pub(crate) fn rings_nowhere(form: &PhoneForm) -> bool {
    is_filling(&phone::dialled(form))
}

/// Whether the digits of a telephone, as they are dialled, fill a form.
pub(crate) fn is_filling(digits: &str) -> bool {
    if digits == SAMPLE_PHONE || is_one_character(digits) {
        return true;
    }
    let Some(tail) = digits.len().checked_sub(PHONE_TAIL).and_then(|start| digits.get(start..)) else {
        return false;
    };
    longest_run(tail) >= PHONE_EQUAL
        || tail.len() - tail.trim_end_matches('0').len() >= PHONE_ZEROS
        || ASCENDING.starts_with(tail)
        || tail == "87654321"
}

/// Whether an account number is none: a word for nothing, one character repeated, 12345678…, or a run of equal digits that
/// no bank issues.
pub fn is_placeholder_account(raw: &str) -> bool {
    if !raw.is_empty() && raw.bytes().all(|b| b.is_ascii_digit()) {
        return is_one_character(raw) || is_no_account(raw);
    }
    let folded = fold_number(raw);
    let number: Cow<'_, str> = if folded.bytes().all(|b| b.is_ascii_digit()) {
        Cow::Borrowed(&folded)
    } else {
        folded.chars().filter(char::is_ascii_digit).collect()
    };
    is_placeholder_number(raw) || is_one_character(&folded) || is_no_account(&number)
}

/// Whether the digits of an account are only counted up or down, or hold a run of equal ones that no bank issues.
fn is_no_account(number: &str) -> bool {
    let counted = number.len() >= MIN_COUNTED_ACCOUNT
        && (ASCENDING.starts_with(number) || DESCENDING.starts_with(number));
    counted || longest_run(number) >= ACCOUNT_EQUAL
}

/// Whether a certificate number is not given: blank, a word for nothing, zeros, one digit repeated, or 123456789….
///
/// Eight to ten digits of a Taiwan permit may well ascend.
pub fn is_no_certificate_number(kind: Option<CertificateKind>, raw: &str) -> bool {
    let number = fold_number(raw);
    if number.is_empty() || is_placeholder_number(raw) || is_one_character(&number) {
        return true;
    }
    let digits = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let zeros = digits.len() >= MIN_ZEROS && digits.bytes().all(|b| b == b'0');
    let counted =
        number.len() >= MIN_RUN && (ASCENDING.starts_with(&*number) || DESCENDING.starts_with(&*number));
    zeros || counted && kind != Some(CertificateKind::TaiwanTravelPermit)
}

/// Whether a text is one character repeated, twice or more.
pub(crate) fn is_one_character(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next();
    text.chars().nth(1).is_some() && chars.all(|c| Some(c) == first)
}

fn longest_run(digits: &str) -> usize {
    digits.as_bytes().chunk_by(|a, b| a == b).map(<[u8]>::len).max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_are_found_whole() {
        for text in [
            "无",
            " 無 ",
            "不详",
            "Test",
            "ＴＥＳＴ",
            "n/a",
            "***",
            "xxx",
            "XX",
            "aaa",
            "-",
            "？",
            "测试",
            "本人",
            "投保人",
        ] {
            assert!(is_placeholder_text(text), "{text}");
        }
        for text in ["", " ", "测试甲", "无名路", "NA", "A", "ab", "吴"] {
            assert!(!is_placeholder_text(text), "{text}");
        }
        let longest = WORDS.iter().map(|word| word.len()).max();
        assert!(longest.is_some_and(|longest| longest <= LONGEST_WORD));
        assert!(WORDS.iter().all(|word| !word.starts_with(|c: char| c.is_ascii_digit())));
        assert!(WORDS.iter().all(|word| word.is_ascii() || word.starts_with(begins_word)));
    }

    #[test]
    fn names_that_name_nobody() {
        for name in [
            "张某",
            "张某某",
            "张*",
            "张 *",
            "张 某",
            "张**",
            "欧阳先生",
            "王女士",
            "先生",
            "13800138000",
            "1 2",
            "某某",
        ] {
            assert!(is_placeholder_name(name), "{name}");
        }
        assert!(TITLES.iter().all(|title| title.ends_with(['生', '士', '姐'])));
        for name in ["", "测试甲", "王先", "某山", "买买提·示例", "司马相如", "Smith J."] {
            assert!(!is_placeholder_name(name), "{name}");
        }
    }

    #[test]
    fn telephones_that_ring_nowhere() {
        for phone in [
            "13800138000",
            "+86 138-0013-8000",
            "13000000000",
            "13911111111",
            "13912345678",
            "13987654321",
            "18600000000",
            "13900000001",
            "19999999999",
            "无",
            "00000000",
            "138-1234-5678",
        ] {
            assert!(is_placeholder_phone(phone), "{phone}");
        }
        for phone in ["13827359461", "0311-87654213", "010-65529988", "", "1", "13811112222", "12345"] {
            assert!(!is_placeholder_phone(phone), "{phone}");
        }
    }

    #[test]
    fn certificate_numbers_of_nobody() {
        use CertificateKind as Kind;
        for (kind, number) in [
            (Kind::ResidentId, "000000000000000000"),
            (Kind::ResidentId, "111111111111111"),
            (Kind::ResidentId, "12345678901234567 8"),
            (Kind::ResidentId, "987654321098765432"),
            (Kind::ForeignPassport, "123456789"),
            (Kind::HkMacauTravelPermit, "H00000000"),
            (Kind::PrcPassport, "无"),
            (Kind::PrcPassport, "N I L"),
            (Kind::Other, " "),
        ] {
            assert!(is_no_certificate_number(Some(kind), number), "{number}");
        }
        for (kind, number) in [
            (Kind::TaiwanTravelPermit, "12345678"),
            (Kind::TaiwanTravelPermit, "1234567890"),
            (Kind::HkMacauTravelPermit, "H12345678"),
            (Kind::PrcPassport, "E12345678"),
            (Kind::ResidentId, "110101197810270029"),
        ] {
            assert!(!is_no_certificate_number(Some(kind), number), "{number}");
        }
    }

    #[test]
    fn addresses_of_nowhere() {
        for address in ["不详", "同上", "一一一一", "。。"] {
            assert!(is_placeholder_address(address), "{address}");
        }
        assert!(!is_placeholder_address("示例路1号") && !is_placeholder_address("村"));
    }
}
