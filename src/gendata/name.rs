//! Names that are plainly synthetic and never repeat: a surname that says "sample", then counting characters.

/// Surnames that nobody takes for real ones.
const SURNAMES: [&str; 8] = ["测", "示", "例", "样", "演", "拟", "仿", "试"];
/// Heavenly stems and earthly branches, used as digits.
const COUNTING: [&str; 22] = [
    "甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸", "子", "丑", "寅", "卯", "辰", "巳", "午",
    "未", "申", "酉", "戌", "亥",
];
/// Readings of the ten heavenly stems, used as decimal digits of Latin names.
const LATIN: [&str; 10] = ["JIA", "YI", "BING", "DING", "WU", "JI", "GENG", "XIN", "REN", "GUI"];
/// Characters outside the common fonts: plane 2 and 3, and the additions of GB 18030-2022.
const RARE: [&str; 5] = ["\u{20BB7}", "\u{219C3}", "\u{30EDE}", "\u{4DAE}", "\u{9FA6}"];

/// How a name looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Surname and counting characters.
    Plain,
    /// With the separator U+00B7, as transliterated names have.
    Dotted,
    /// With a character that old systems cannot write.
    Rare,
    /// In capital Latin letters, as in a passport.
    Latin,
}

/// The name with the given serial number. Two serial numbers never give the same name in one look.
pub(super) fn name(serial: u64, look: Look) -> String {
    if look == Look::Latin {
        let digits = serial.to_string();
        return digits.bytes().fold("SHILI".to_owned(), |name, digit| {
            name + " " + LATIN[usize::from(digit - b'0') % LATIN.len()]
        });
    }
    let surname = SURNAMES[remainder(serial, SURNAMES.len())];
    let mut given = counting(serial / 8);
    let mut name = String::with_capacity(24);
    name.push_str(surname);
    match look {
        Look::Dotted => {
            let last = given.pop().unwrap_or_default();
            name.extend(given);
            name.push('·');
            name.push_str(last);
            name.push_str(COUNTING[remainder(serial, COUNTING.len())]);
        }
        Look::Rare => {
            name.extend(given);
            name.push_str(RARE[remainder(serial, RARE.len())]);
        }
        Look::Plain | Look::Latin => name.extend(given),
    }
    name
}

/// A number in at least two counting characters; numbers of another length of text follow one another, so no two
/// numbers share a text.
fn counting(mut number: u64) -> Vec<&'static str> {
    let base = COUNTING.len() as u64;
    let (mut length, mut block) = (2, base * base);
    while number >= block {
        number -= block;
        block *= base;
        length += 1;
    }
    let mut given = Vec::with_capacity(length);
    for _ in 0..length {
        given.push(COUNTING[remainder(number, COUNTING.len())]);
        number /= base;
    }
    given
}

fn remainder(number: u64, len: usize) -> usize {
    usize::try_from(number % (len as u64)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_do_not_repeat_and_are_long_enough() {
        for look in [Look::Plain, Look::Dotted, Look::Rare, Look::Latin] {
            let names: HashSet<_> = (0..200_000).map(|serial| name(serial, look)).collect();
            assert_eq!(names.len(), 200_000, "{look:?}");
            assert!(names.iter().all(|name| (3..=50).contains(&name.chars().count())), "{look:?}");
        }
    }
}
