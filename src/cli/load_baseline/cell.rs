//! How the cells of a baseline in CSV are read: words, dates, terms, lists, as people and programs write them.
//!
//! A cell that cannot be read is sent on as something that cannot be right, so that the rules find it and name the field:
//! nothing is guessed and nothing is dropped.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value, json};

/// A number of no value of any enumeration: read as "not given".
const UNKNOWN_WORD: i32 = 9_999;

/// How a cell is read.
#[derive(Clone, Copy)]
pub(super) enum Cell {
    /// As it stands.
    Text,
    /// Several values, between `;`, `；`, `、` or `|`.
    List,
    /// A day.
    Date,
    /// A last day of validity; 长期 and 永久 are none.
    LastDay,
    /// 终身, 20年, 6个月, 30天, 至60岁 or their like in English.
    Term,
    /// 是 or 否, yes or no.
    YesNo,
    /// One of the words of a table.
    Word(&'static [(&'static str, &'static str)]),
}

/// Kinds of application.
pub(super) const KINDS: &[(&str, &str)] = &[
    ("NEW_BUSINESS", "APPLICATION_KIND_NEW_BUSINESS"),
    ("新契约", "APPLICATION_KIND_NEW_BUSINESS"),
    ("SERVICING_CHANGE", "APPLICATION_KIND_SERVICING_CHANGE"),
    ("保全", "APPLICATION_KIND_SERVICING_CHANGE"),
    ("CLAIM", "APPLICATION_KIND_CLAIM"),
    ("理赔", "APPLICATION_KIND_CLAIM"),
];
/// Sales channels.
pub(super) const CHANNELS: &[(&str, &str)] = &[
    ("INDIVIDUAL_AGENTS", "CHANNEL_INDIVIDUAL_AGENTS"),
    ("个险", "CHANNEL_INDIVIDUAL_AGENTS"),
    ("个人代理", "CHANNEL_INDIVIDUAL_AGENTS"),
    ("BANCASSURANCE", "CHANNEL_BANCASSURANCE"),
    ("银保", "CHANNEL_BANCASSURANCE"),
    ("银行保险", "CHANNEL_BANCASSURANCE"),
    ("INTERMEDIARIES", "CHANNEL_INTERMEDIARIES"),
    ("中介", "CHANNEL_INTERMEDIARIES"),
    ("DIRECT", "CHANNEL_DIRECT"),
    ("直销", "CHANNEL_DIRECT"),
];
/// Classes of products.
pub(super) const CLASSES: &[(&str, &str)] = &[
    ("ORDINARY_LIFE", "PRODUCT_CLASS_ORDINARY_LIFE"),
    ("普通寿险", "PRODUCT_CLASS_ORDINARY_LIFE"),
    ("PARTICIPATING", "PRODUCT_CLASS_PARTICIPATING"),
    ("分红保险", "PRODUCT_CLASS_PARTICIPATING"),
    ("UNIT_LINKED", "PRODUCT_CLASS_UNIT_LINKED"),
    ("投资连结保险", "PRODUCT_CLASS_UNIT_LINKED"),
    ("UNIVERSAL", "PRODUCT_CLASS_UNIVERSAL"),
    ("万能保险", "PRODUCT_CLASS_UNIVERSAL"),
    ("ACCIDENT", "PRODUCT_CLASS_ACCIDENT"),
    ("意外伤害保险", "PRODUCT_CLASS_ACCIDENT"),
    ("HEALTH", "PRODUCT_CLASS_HEALTH"),
    ("健康保险", "PRODUCT_CLASS_HEALTH"),
];
/// Sexes.
pub(super) const SEXES: &[(&str, &str)] = &[
    ("MALE", "SEX_MALE"),
    ("M", "SEX_MALE"),
    ("男", "SEX_MALE"),
    ("FEMALE", "SEX_FEMALE"),
    ("F", "SEX_FEMALE"),
    ("女", "SEX_FEMALE"),
];
/// Kinds of certificate.
pub(super) const CERTIFICATES: &[(&str, &str)] = &[
    ("RESIDENT_ID", "CERTIFICATE_KIND_RESIDENT_ID"),
    ("居民身份证", "CERTIFICATE_KIND_RESIDENT_ID"),
    ("身份证", "CERTIFICATE_KIND_RESIDENT_ID"),
    ("HK_MACAU_RESIDENCE_PERMIT", "CERTIFICATE_KIND_HK_MACAU_RESIDENCE_PERMIT"),
    ("港澳居民居住证", "CERTIFICATE_KIND_HK_MACAU_RESIDENCE_PERMIT"),
    ("TAIWAN_RESIDENCE_PERMIT", "CERTIFICATE_KIND_TAIWAN_RESIDENCE_PERMIT"),
    ("台湾居民居住证", "CERTIFICATE_KIND_TAIWAN_RESIDENCE_PERMIT"),
    ("FOREIGNER_PERMANENT_RESIDENCE", "CERTIFICATE_KIND_FOREIGNER_PERMANENT_RESIDENCE"),
    ("外国人永久居留身份证", "CERTIFICATE_KIND_FOREIGNER_PERMANENT_RESIDENCE"),
    ("HK_MACAU_TRAVEL_PERMIT", "CERTIFICATE_KIND_HK_MACAU_TRAVEL_PERMIT"),
    ("港澳居民来往内地通行证", "CERTIFICATE_KIND_HK_MACAU_TRAVEL_PERMIT"),
    ("TAIWAN_TRAVEL_PERMIT", "CERTIFICATE_KIND_TAIWAN_TRAVEL_PERMIT"),
    ("台湾居民来往大陆通行证", "CERTIFICATE_KIND_TAIWAN_TRAVEL_PERMIT"),
    ("PRC_PASSPORT", "CERTIFICATE_KIND_PRC_PASSPORT"),
    ("中国护照", "CERTIFICATE_KIND_PRC_PASSPORT"),
    ("FOREIGN_PASSPORT", "CERTIFICATE_KIND_FOREIGN_PASSPORT"),
    ("外国护照", "CERTIFICATE_KIND_FOREIGN_PASSPORT"),
    ("OFFICER_CERTIFICATE", "CERTIFICATE_KIND_OFFICER_CERTIFICATE"),
    ("军官证", "CERTIFICATE_KIND_OFFICER_CERTIFICATE"),
    ("SOLDIER_CERTIFICATE", "CERTIFICATE_KIND_SOLDIER_CERTIFICATE"),
    ("士兵证", "CERTIFICATE_KIND_SOLDIER_CERTIFICATE"),
    ("HOUSEHOLD_REGISTER", "CERTIFICATE_KIND_HOUSEHOLD_REGISTER"),
    ("户口簿", "CERTIFICATE_KIND_HOUSEHOLD_REGISTER"),
    ("BIRTH_CERTIFICATE", "CERTIFICATE_KIND_BIRTH_CERTIFICATE"),
    ("出生医学证明", "CERTIFICATE_KIND_BIRTH_CERTIFICATE"),
    ("OTHER", "CERTIFICATE_KIND_OTHER"),
    ("其他", "CERTIFICATE_KIND_OTHER"),
];
/// What the insured is to the policyholder.
pub(super) const RELATIONS: &[(&str, &str)] = &[
    ("ONESELF", "RELATION_ONESELF"),
    ("本人", "RELATION_ONESELF"),
    ("SPOUSE", "RELATION_SPOUSE"),
    ("配偶", "RELATION_SPOUSE"),
    ("PARENT", "RELATION_PARENT"),
    ("父母", "RELATION_PARENT"),
    ("CHILD", "RELATION_CHILD"),
    ("子女", "RELATION_CHILD"),
    ("OTHER", "RELATION_OTHER"),
    ("其他", "RELATION_OTHER"),
];
/// Kinds of account.
pub(super) const ACCOUNT_KINDS: &[(&str, &str)] = &[
    ("CARD", "ACCOUNT_KIND_CARD"),
    ("银行卡", "ACCOUNT_KIND_CARD"),
    ("PASSBOOK", "ACCOUNT_KIND_PASSBOOK"),
    ("存折", "ACCOUNT_KIND_PASSBOOK"),
    ("CORPORATE", "ACCOUNT_KIND_CORPORATE"),
    ("对公账户", "ACCOUNT_KIND_CORPORATE"),
];

/// What spreadsheets put around a number so that it stays a text: `="…"`, a tab, an apostrophe.
pub(super) fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    let cell = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell);
    cell.strip_prefix('\'').unwrap_or(cell).trim()
}

/// The value of a cell in proto3 JSON; nothing for an empty one.
pub(super) fn read(cell: Cell, text: &str) -> Option<Value> {
    let text = bare(text);
    if text.is_empty() {
        return None;
    }
    match cell {
        Cell::Text => Some(text.into()),
        Cell::List => {
            let parts = text.split([';', '；', '、', '|']).map(str::trim).filter(|part| !part.is_empty());
            Some(parts.collect::<Vec<_>>().into())
        }
        Cell::LastDay if matches!(text, "长期" | "永久" | "長期") => None,
        Cell::Date | Cell::LastDay => Some(date(text)),
        Cell::Term => term(text),
        Cell::YesNo => Some(["是", "yes", "y", "true", "1"].contains(&text.to_lowercase().as_str()).into()),
        Cell::Word(words) => {
            let upper = text.to_uppercase();
            let found = words.iter().find(|(word, _)| *word == upper);
            Some(found.map_or(UNKNOWN_WORD.into(), |(_, name)| (*name).into()))
        }
    }
}

/// A day as `2026-03-01`, `2026/3/1`, `2026.3.1`, `20260301` or `2026年3月1日`; anything else is an impossible one.
fn date(text: &str) -> Value {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"^(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]0{1,2}:00(?::00)?)?$",
        )
        .ok()
    });
    let part = |found: &regex::Captures<'_>, one: usize, other: usize| -> Option<i32> {
        found.get(one).or_else(|| found.get(other))?.as_str().parse().ok()
    };
    let found = FORM.as_ref().and_then(|form| form.captures(text)).and_then(|found| {
        Some(json!({
            "year": part(&found, 1, 1)?, "month": part(&found, 2, 4)?, "day": part(&found, 3, 5)?,
        }))
    });
    found.unwrap_or_else(|| json!({ "year": 0, "month": 13, "day": 0 }))
}

/// A term; one that cannot be read is left out, and found missing.
fn term(text: &str) -> Option<Value> {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(至|to )?(\d{1,3}) ?(年|years?|个月|月|months?|天|日|days?|周岁|岁|)$").ok()
    });
    let text = text.to_lowercase();
    if matches!(text.as_str(), "终身" | "終身" | "whole_life" | "whole life") {
        return Some(json!({ "wholeLife": true }));
    }
    let found = FORM.as_ref()?.captures(&text)?;
    let (until, number) = (found.get(1).is_some(), found[2].parse::<i32>().ok()?);
    let field = match (&found[3], until) {
        ("岁" | "周岁", _) | ("", true) => "toAge",
        ("年" | "year" | "years", false) => "years",
        ("个月" | "月" | "month" | "months", false) => "months",
        ("天" | "日" | "day" | "days", false) => "days",
        _ => return None,
    };
    Some(json!({ field: number }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_in_the_forms_in_use_and_others_are_impossible() {
        for text in ["2026-03-01", "2026/3/1", "2026.3.1", "20260301", "2026年3月1日", "2026-03-01 00:00:00"]
        {
            assert_eq!(date(text), json!({ "year": 2026, "month": 3, "day": 1 }), "{text}");
        }
        for text in ["01.03.2026", "3/1/2026", "46082", "2026", "不详", "2026-03-01 10:00"] {
            assert_eq!(date(text), json!({ "year": 0, "month": 13, "day": 0 }), "{text}");
        }
    }

    #[test]
    fn terms_are_read_with_their_unit_and_a_bare_number_is_none() {
        for (text, field, number) in [
            ("20年", "years", 20),
            ("1 year", "years", 1),
            ("6个月", "months", 6),
            ("30天", "days", 30),
            ("至60岁", "toAge", 60),
            ("60周岁", "toAge", 60),
            ("to 60", "toAge", 60),
        ] {
            assert_eq!(term(text), Some(json!({ field: number })), "{text}");
        }
        assert_eq!(term("终身"), Some(json!({ "wholeLife": true })));
        for text in ["20", "至20年", "长", "-5年"] {
            assert_eq!(term(text), None, "{text}");
        }
    }

    #[test]
    fn cells_are_taken_out_of_what_spreadsheets_put_around_them() {
        for text in ["=\"0012\"", "'0012", "\t0012", " 0012 ", "0012"] {
            assert_eq!(read(Cell::Text, text), Some("0012".into()), "{text}");
        }
        assert_eq!(read(Cell::Text, " "), None);
        assert_eq!(read(Cell::List, "1；2、 3;"), Some(json!(["1", "2", "3"])));
        assert_eq!(read(Cell::LastDay, "长期"), None);
        assert_eq!(read(Cell::YesNo, "是"), Some(true.into()));
        assert_eq!(read(Cell::Word(CHANNELS), "银保"), Some("CHANNEL_BANCASSURANCE".into()));
        assert_eq!(read(Cell::Word(SEXES), "f"), Some("SEX_FEMALE".into()));
        assert_eq!(read(Cell::Word(SEXES), "不详"), Some(UNKNOWN_WORD.into()));
    }
}
