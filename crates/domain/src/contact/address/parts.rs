//! Takes an address apart: province, city, district, and the rest that says where.
//!
//! By the suffixes of administrative names and a list of the provinces, not by a table of all counties: counties are
//! renamed and merged every year, and no real address may be refused for that.

use std::borrow::Cow;

use crate::{
    application::Address,
    contact::address::NO_CITY,
    text::{fold_words, is_blank, is_han, until_stable},
};

/// Provinces: short name, and what can follow it in the full one.
const PROVINCES: [(&str, &[&str]); 31] = [
    ("北京", &["市"]),
    ("天津", &["市"]),
    ("上海", &["市"]),
    ("重庆", &["市"]),
    ("河北", &["省"]),
    ("山西", &["省"]),
    ("辽宁", &["省"]),
    ("吉林", &["省"]),
    ("黑龙江", &["省"]),
    ("江苏", &["省"]),
    ("浙江", &["省"]),
    ("安徽", &["省"]),
    ("福建", &["省"]),
    ("江西", &["省"]),
    ("山东", &["省"]),
    ("河南", &["省"]),
    ("湖北", &["省"]),
    ("湖南", &["省"]),
    ("广东", &["省"]),
    ("海南", &["省"]),
    ("四川", &["省"]),
    ("贵州", &["省"]),
    ("云南", &["省"]),
    ("陕西", &["省"]),
    ("甘肃", &["省"]),
    ("青海", &["省"]),
    ("内蒙古", &["自治区"]),
    ("广西", &["壮族自治区", "自治区"]),
    ("西藏", &["自治区"]),
    ("宁夏", &["回族自治区", "自治区"]),
    ("新疆", &["维吾尔自治区", "自治区"]),
];
/// Provinces that are their own city.
const MUNICIPALITIES: [&str; 4] = ["北京", "天津", "上海", "重庆"];
/// Cities without districts or counties: four prefectures, and those that stand directly under a province.
const UNDIVIDED: [&str; 26] = [
    "东莞市",
    "中山市",
    "儋州市",
    "嘉峪关市",
    "三沙市",
    "济源市",
    "仙桃市",
    "潜江市",
    "天门市",
    "琼海市",
    "文昌市",
    "万宁市",
    "东方市",
    "五指山市",
    "石河子市",
    "阿拉尔市",
    "图木舒克市",
    "五家渠市",
    "北屯市",
    "铁门关市",
    "双河市",
    "可克达拉市",
    "昆玉市",
    "胡杨河市",
    "新星市",
    "白杨市",
];
/// Regions whose addresses follow other rules: that they are named is enough.
const OUTSIDE: [&str; 6] = ["香港", "澳门", "澳門", "台湾", "台灣", "臺灣"];
/// How names of prefectures end, the longest first.
const CITY_SUFFIXES: [&str; 5] = ["自治州", "地区", "地區", "市", "盟"];
/// How names of counties end, the longest first.
const DISTRICT_SUFFIXES: [&str; 12] =
    ["自治县", "自治縣", "自治旗", "新区", "新區", "林区", "区", "區", "县", "縣", "市", "旗"];
/// Longest administrative name in characters (积石山保安族东乡族撒拉族自治县 has 16).
const MAX_NAME: usize = 17;
/// Words after which an 区 or 市 is no administrative one any more.
const ROADS: [char; 13] = ['路', '街', '道', '号', '號', '村', '园', '園', '镇', '鎮', '乡', '鄉', '巷'];

/// An address taken apart.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Parts {
    /// Whether a province is named, or a city that names it.
    pub(super) province: bool,
    /// Whether a city is named, or the province is one.
    pub(super) city: bool,
    /// Whether a district is named, or the city has none.
    pub(super) district: bool,
    /// What is left.
    pub(super) detail: String,
}

crate::personal::redacted_debug!(Parts);

impl Parts {
    /// Takes `address` apart; its own parts win over its text.
    pub(super) fn of(address: &Address) -> Self {
        if is_blank(address.detail.expose()) {
            return Self::of_text(&compact(address.text.expose()));
        }
        let region = !is_blank(&address.region_code);
        let given = |part: &str| !is_blank(part) || region;
        let [province, city] = [&address.province, &address.city].map(|part| compact(part));
        let outside = outside_of(&province).is_some();
        let municipality = outside || MUNICIPALITIES.iter().any(|name| province.starts_with(name));
        // Some systems write the whole address into the detail.
        let inside = Self::of_text(&compact(address.detail.expose()));
        Self {
            province: given(&province) || given(&city) || inside.province,
            city: given(&city) || municipality || inside.city,
            district: given(&address.district)
                || outside
                || UNDIVIDED.contains(&&*city)
                || NO_CITY.contains(&&*city)
                || inside.district,
            detail: inside.detail,
        }
    }

    fn of_text(text: &str) -> Self {
        if let Some(rest) = outside_of(text).and_then(|name| text.strip_prefix(name)) {
            let rest = ["特别行政区", "特別行政區", "省"]
                .iter()
                .find_map(|suffix| rest.strip_prefix(suffix))
                .unwrap_or(rest);
            return Self { province: true, city: true, district: true, detail: rest.to_owned() };
        }
        let mut rest = text;
        let mut municipality = false;
        let mut province = false;
        if let Some((name, suffixes)) = province_of(rest) {
            let behind = &rest[name.len()..];
            let full = suffixes.iter().find_map(|suffix| behind.strip_prefix(suffix));
            // 吉林市 is a city and 海南区 a district: only the province's own suffix, or a name
            // below it, makes a province.
            let below = !behind.starts_with('市')
                && (cut(behind, &CITY_SUFFIXES).is_some() || cut(behind, &DISTRICT_SUFFIXES).is_some());
            if full.is_some() || below || behind.is_empty() {
                (province, municipality) = (true, MUNICIPALITIES.contains(name));
                rest = full.unwrap_or(behind);
                if municipality {
                    // 北京市北京市, 北京市市辖区.
                    rest = rest.strip_prefix(name).and_then(|r| r.strip_prefix('市')).unwrap_or(rest);
                }
            }
        }
        for none in NO_CITY.iter().filter(|none| none.len() > 3) {
            rest = rest.strip_prefix(none).unwrap_or(rest);
        }
        let named_city = if municipality { None } else { cut(rest, &CITY_SUFFIXES) };
        let city = named_city.map_or("", |end| &rest[..end]);
        rest = &rest[city.len()..];
        let named_district = cut(rest, &DISTRICT_SUFFIXES);
        rest = &rest[named_district.unwrap_or(0)..];
        Self {
            province: province || !city.is_empty(),
            city: municipality || !city.is_empty(),
            district: named_district.is_some() || UNDIVIDED.contains(&city),
            detail: rest.to_owned(),
        }
    }
}

/// The province with whose short name the text begins.
fn province_of(text: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    let named = text.starts_with(begins_province);
    named.then(|| PROVINCES.iter().find(|(name, _)| text.starts_with(name))).flatten()
}

/// Whether one of [`PROVINCES`] begins with `c`.
const fn begins_province(c: char) -> bool {
    matches!(
        c,
        '北' | '天'
            | '上'
            | '重'
            | '河'
            | '山'
            | '辽'
            | '吉'
            | '黑'
            | '江'
            | '浙'
            | '安'
            | '福'
            | '湖'
            | '广'
            | '海'
            | '四'
            | '贵'
            | '云'
            | '陕'
            | '甘'
            | '青'
            | '内'
            | '西'
            | '宁'
            | '新'
    )
}

/// Whether a name of [`OUTSIDE`] begins with `c`.
const fn begins_outside(c: char) -> bool {
    matches!(c, '香' | '澳' | '台' | '臺')
}

/// The region of [`OUTSIDE`] with which the text begins.
fn outside_of(text: &str) -> Option<&'static str> {
    let named = text.starts_with(begins_outside);
    named.then(|| OUTSIDE.into_iter().find(|name| text.starts_with(name))).flatten()
}

/// Whether a suffix of cities or of districts ends with `c`.
const fn ends_suffix(c: char) -> bool {
    matches!(c, '州' | '区' | '區' | '市' | '盟' | '县' | '縣' | '旗')
}

/// The text as it is taken apart: folded, without spaces and commas.
fn compact(text: &str) -> Cow<'_, str> {
    // Nearly every part: nothing in it folds or is left out.
    if text.chars().all(|c| is_han(c) || c.is_ascii_digit() || c.is_ascii_uppercase()) {
        return Cow::Borrowed(text);
    }
    let left_out = |c: char| matches!(c, ' ' | ',' | '，' | '、' | '。' | ';' | '-');
    let folded = fold_words(text);
    if !folded.contains(left_out) {
        return folded;
    }
    // Without its spaces a text can combine to other characters, as its normal form does.
    until_stable(&folded, |text| fold_words(text).replace(left_out, "")).into()
}

/// Where an administrative name with one of the suffixes ends, in bytes.
fn cut(text: &str, suffixes: &[&str]) -> Option<usize> {
    let ends = text.char_indices().map(|(at, c)| (at + c.len_utf8(), c));
    let mut ends = ends.take(MAX_NAME).skip(1).peekable();
    while let Some((end, last)) = ends.next() {
        if last.is_ascii_alphanumeric() || ROADS.contains(&last) {
            return None;
        }
        let head = &text[..end];
        if ends_suffix(last)
            && suffixes.iter().any(|suffix| head.ends_with(suffix) && head.len() > suffix.len())
        {
            // 沙市区: a name that itself ends like one.
            let next = ends.peek().map(|(next, _)| &text[..*next]);
            let longer = next.filter(|next| suffixes.iter().any(|suffix| next.ends_with(suffix)));
            return Some(longer.map_or(end, str::len));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (bool, bool, bool, String) {
        let Parts { province, city, district, detail } = Parts::of_text(text);
        (province, city, district, detail)
    }

    #[test]
    fn every_name_and_suffix_is_looked_for() {
        assert!(PROVINCES.iter().all(|(name, _)| province_of(name).is_some()));
        assert!(OUTSIDE.iter().all(|name| outside_of(name) == Some(*name)));
        let mut suffixes = CITY_SUFFIXES.iter().chain(&DISTRICT_SUFFIXES);
        assert!(suffixes.all(|suffix| suffix.ends_with(ends_suffix)));
    }

    #[test]
    fn texts_come_apart() {
        for (text, detail) in [
            ("北京市朝阳区示例路1号", "示例路1号"),
            ("北京市北京市东城区示例路1号", "示例路1号"),
            ("北京市市辖区东城区示例路1号", "示例路1号"),
            ("北京朝阳区示例路1号", "示例路1号"),
            ("广西壮族自治区南宁市青秀区示例路1号", "示例路1号"),
            ("内蒙古自治区呼和浩特市新城区示例路1号", "示例路1号"),
            ("湖北省荆州市沙市区示例路1号", "示例路1号"),
            ("吉林省吉林市船营区示例路1号", "示例路1号"),
            ("广东省东莞市示例镇示例路1号", "示例镇示例路1号"),
            ("广州市天河区示例路1号", "示例路1号"),
            ("湖南省湘西土家族苗族自治州吉首市示例路1号", "示例路1号"),
            ("香港特别行政区九龙示例道1号", "九龙示例道1号"),
            ("臺灣示例市示例區示例路1號", "示例市示例區示例路1號"),
            ("廣東省廣州市天河區示例路1號", "示例路1號"),
            ("海南省琼海市示例镇示例路1号", "示例镇示例路1号"),
            ("示例省示例市示例区示例路1号A座", "示例路1号A座"),
        ] {
            assert_eq!(parts(text), (true, true, true, detail.to_owned()), "{text}");
        }
        assert_eq!(compact("G\u{B4}市"), "\u{1F4}市");
        assert_eq!(parts("河北省石家庄市"), (true, true, false, String::new()));
        assert_eq!(parts("北京"), (true, true, false, String::new()));
        assert_eq!(parts("示例科技园"), (false, false, false, "示例科技园".to_owned()));
        assert_eq!(parts("示例路1号小区"), (false, false, false, "示例路1号小区".to_owned()));
    }
}
