//! Masks: what of a personal value may be shown without a right and a purpose. They take any text, never panic, and show
//! nothing of a value too short to hide anything.

use std::fmt::Write as _;

use chrono::{Datelike as _, NaiveDate};

use crate::{
    contact::phone,
    text::{fold_number, fold_words, is_blank},
};

/// What is shown of a value of which nothing may be shown.
const HIDDEN: &str = "***";
/// Shortest certificate number of which the first and last character are shown.
const MIN_CERTIFICATE: usize = 6;
/// Characters shown at the beginning of a telephone.
const PHONE_HEAD: usize = 3;
/// Characters shown at the end of a telephone or account.
const TAIL: usize = 4;
/// Shortest telephone that shows head and tail.
const MIN_PHONE: usize = 11;
/// Shortest number that shows its tail.
const MIN_TAILED: usize = 8;
/// Longest name of a province or city that is believed to be one.
const MAX_REGION: usize = 12;
/// Longest name of a city in the text of an address, with its suffix.
const MAX_CITY: usize = 8;
/// How the names of provinces begin.
const PROVINCES: [&str; 34] = [
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "台湾",
];
/// How they end.
const PROVINCE_SUFFIXES: [&str; 6] =
    ["维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省"];
/// How the names of cities and prefectures end.
const CITY_SUFFIXES: [&str; 4] = ["市", "自治州", "地区", "盟"];

/// The first character of a name, a star for every other.
pub fn name(name: &str) -> String {
    let folded = fold_words(name);
    let mut chars = folded.chars();
    match (chars.next(), chars.count()) {
        (None, _) => String::new(),
        (Some(_), 0) => "*".to_owned(),
        (Some(first), rest) => format!("{first}{}", "*".repeat(rest)),
    }
}

/// The first and last character of a certificate number, a star for every other.
pub fn certificate(number: &str) -> String {
    ends(&fold_number(number), 1, 1, MIN_CERTIFICATE)
}

/// The first three and last four digits of a telephone; the last four of a short one. The extension is not shown.
pub fn phone(phone: &str) -> String {
    let digits = phone::national_digits(phone).unwrap_or_else(|| fold_number(phone).into_owned());
    let head = if digits.chars().count() >= MIN_PHONE { PHONE_HEAD } else { 0 };
    ends(&digits, head, TAIL, MIN_TAILED)
}

/// The last four characters of an account number.
pub fn account(number: &str) -> String {
    ends(&fold_number(number), 0, TAIL, MIN_TAILED)
}

/// Province and city of an address, from its parts or from the beginning of its text.
pub fn address(province: &str, city: &str, text: &str) -> String {
    if [province, city, text].into_iter().all(is_blank) {
        return String::new();
    }
    let part = |part: &str| {
        let name: String = part.chars().filter(|c| !c.is_whitespace()).collect();
        (name.chars().count() <= MAX_REGION && !name.chars().any(|c| c.is_ascii_digit())).then_some(name)
    };
    let (province, city) = (part(province).unwrap_or_default(), part(city).unwrap_or_default());
    let region = match (province.is_empty(), city.is_empty()) {
        (true, true) => region_of(text),
        _ if province == city => province,
        _ => province + &city,
    };
    region + HIDDEN
}

/// The first character of the local part of an e-mail address, and its domain.
pub fn email(email: &str) -> String {
    let folded = fold_number(email).to_lowercase();
    let Some((local, domain)) = folded.rsplit_once('@') else {
        return if folded.is_empty() { String::new() } else { HIDDEN.to_owned() };
    };
    let mut shown = String::new();
    if local.chars().count() > 1 {
        shown.extend(local.chars().next());
    }
    shown + HIDDEN + "@" + domain
}

/// The year of a birth date.
pub fn birth_date(day: NaiveDate) -> String {
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = write!(text, "{:04}-**-**", day.year());
    text
}

/// The first `head` and last `tail` characters of a text of at least `min`; a star for every other.
fn ends(text: &str, head: usize, tail: usize, min: usize) -> String {
    let count = text.chars().count();
    let (head, tail) = if count < min { (0, 0) } else { (head, tail) };
    text.chars()
        .enumerate()
        .map(|(place, c)| if place < head || place + tail >= count { c } else { '*' })
        .collect()
}

/// Province and city at the beginning of a text; empty if it does not begin with a known province.
fn region_of(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let Some(province) = PROVINCES.iter().find(|name| text.starts_with(**name)) else { return String::new() };
    let mut end = province.len();
    let suffix = PROVINCE_SUFFIXES.iter().find(|suffix| text[end..].starts_with(**suffix));
    end += suffix.map_or(0, |suffix| suffix.len());
    // The nearest end of a city's name; a text whose next words are no city shows its province only.
    let city =
        CITY_SUFFIXES.iter().filter_map(|suffix| text[end..].find(suffix).map(|at| at + suffix.len())).min();
    if let Some(city) = city.filter(|length| text[end..end + length].chars().count() <= MAX_CITY) {
        end += city;
    }
    text[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_values_show_their_ends() {
        assert_eq!(name("测试甲"), "测**");
        assert_eq!(certificate(" 36010419890707557x"), "3****************X");
        assert_eq!(phone("+86 138-2735-9461"), "138****9461");
        assert_eq!(phone("010-65529988转123"), "010****9988");
        assert_eq!(phone("65529988"), "****9988");
        assert_eq!(account("6222 0206 5066 2277 328"), "***************7328");
        assert_eq!(email("Someone@Example.com"), "s***@example.com");
        assert_eq!(birth_date(NaiveDate::from_ymd_opt(1990, 5, 6).unwrap()), "1990-**-**");
    }

    #[test]
    fn short_values_show_nothing() {
        assert_eq!([name(""), name(" 甲 ")], ["", "*"]);
        assert_eq!([certificate(""), certificate("A1234")], ["", "*****"]);
        assert_eq!([phone("1234567"), account("1234567")], ["*******", "*******"]);
        assert_eq!(
            [email(""), email("a@b.cn"), email("nobody"), email("@")],
            ["", "***@b.cn", "***", "***@"]
        );
    }

    #[test]
    fn addresses_show_province_and_city() {
        assert_eq!(address("示例省", "示例市", ""), "示例省示例市***");
        assert_eq!(address("北京市", "北京市", ""), "北京市***");
        for (text, shown) in [
            ("", ""),
            ("广东省深圳市南山区示例路1号", "广东省深圳市***"),
            ("北京市朝阳区示例路1号", "北京市***"),
            ("广西壮族自治区南宁市青秀区", "广西壮族自治区南宁市***"),
            ("新疆维吾尔自治区伊犁哈萨克自治州", "新疆维吾尔自治区伊犁哈萨克自治州***"),
            ("示例路1号超市旁边", "***"),
            ("广东省示例路一号院内左边超市旁边", "广东省***"),
        ] {
            assert_eq!(address("", "", text), shown, "{text}");
        }
        assert_eq!(address("广东省深圳市南山区示例路1号", "", ""), "***");
    }

    proptest! {
        #[test]
        fn no_text_panics_and_half_of_it_is_hidden(raw in any::<String>(), number in "[0-9A-Z]{0,30}") {
            for mask in [name, certificate, phone, account, email] {
                let _ = mask(&raw);
            }
            let _ = address(&raw, &raw, &raw);
            let _ = address("", "", &raw);
            for mask in [certificate, account] {
                let masked = mask(&number);
                prop_assert_eq!(masked.len(), number.len());
                let stars = masked.bytes().filter(|b| *b == b'*').count();
                prop_assert!(2 * stars >= number.len());
            }
        }
    }
}
