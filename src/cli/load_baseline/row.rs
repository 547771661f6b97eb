//! A row of a baseline in CSV, as the message that it says the same as.
//!
//! Each row is taken apart by itself, so that a quotation mark in the wrong place spoils one row and not all that follow.

use anyhow::bail;
use serde_json::{Map, Value, json};

use super::{
    cell,
    columns::{COLUMNS, Column, REQUIRED, named},
};

/// Accounts of a row and what they are for.
const ACCOUNTS: [(&str, &str); 3] = [
    ("premium", "ACCOUNT_PURPOSE_PREMIUM"),
    ("benefit", "ACCOUNT_PURPOSE_BENEFIT"),
    ("claim", "ACCOUNT_PURPOSE_CLAIM"),
];

/// The row of headings, read.
pub(super) struct Header {
    columns: Vec<&'static Column>,
    /// The source of rows that name none.
    source: Option<String>,
}

impl Header {
    /// Reads the row of headings. What stands in a heading that is not known is not quoted: a file without headings begins
    /// with a customer.
    ///
    /// # Errors
    /// Which heading is not known, stands twice, or is missing.
    pub(super) fn read(text: &str, source: Option<String>) -> anyhow::Result<Self> {
        let Some(cells) = cells(text) else { bail!("the row of headings cannot be read") };
        let mut columns: Vec<&'static Column> = Vec::with_capacity(cells.len());
        for (place, heading) in (1..).zip(&cells) {
            let Some(column) = named(heading) else {
                bail!("the heading of column {place} is not known; docs/baseline.md lists the columns")
            };
            if columns.iter().any(|other| other.path == column.path) {
                bail!("column {place} is {} once more", column.name);
            }
            columns.push(column);
        }
        let has = |name: &str| columns.iter().any(|column| column.name == name);
        if let Some(missing) = REQUIRED.iter().find(|name| !has(name)) {
            let chinese =
                COLUMNS.iter().find(|column| column.name == *missing).map_or("", |column| column.chinese);
            bail!("there is no column {missing} ({chinese})");
        }
        if source.is_none() && !has("source") {
            bail!(
                "there is no column source (来源系统); say by --source which system numbered the applications"
            );
        }
        Ok(Self { columns, source })
    }

    /// The application of a row in proto3 JSON; nothing if the row cannot be taken apart or has another number of cells
    /// than there are headings.
    pub(super) fn application(&self, text: &str) -> Option<Value> {
        let cells = cells(text)?;
        if cells.len() != self.columns.len() {
            return None;
        }
        let mut root = Map::new();
        for (column, text) in self.columns.iter().zip(&cells) {
            if let Some(value) = cell::read(column.cell, text) {
                put(&mut root, column.path, value);
            }
        }
        root.entry("kind").or_insert_with(|| "APPLICATION_KIND_NEW_BUSINESS".into());
        if let Some(source) = &self.source {
            root.entry("source").or_insert_with(|| source.as_str().into());
        }
        let insured = insured(root.remove("insured"), root.get("policyholder"));
        root.insert("insureds".to_owned(), insured.into_iter().collect());
        let accounts = ACCOUNTS.iter().filter_map(|(name, purpose)| {
            let mut account = root.remove(*name)?;
            account["purpose"] = (*purpose).into();
            Some(account)
        });
        let accounts: Value = accounts.collect();
        root.insert("accounts".to_owned(), accounts);
        Some(Value::Object(root))
    }
}

/// The insured of a row. 本人 without anything else about the insured is the policyholder.
fn insured(insured: Option<Value>, policyholder: Option<&Value>) -> Option<Value> {
    let mut insured = insured?;
    if insured["relation"] == "RELATION_ONESELF" && insured.get("person").is_none() {
        insured["person"] = policyholder.cloned().unwrap_or_else(|| json!({}));
    }
    Some(insured)
}

/// Puts `value` at `path`, making the objects on the way.
fn put(root: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            root.insert(path.to_owned(), value);
        }
        Some((name, rest)) => {
            if let Some(inner) = root.entry(name).or_insert_with(|| json!({})).as_object_mut() {
                put(inner, rest, value);
            }
        }
    }
}

/// The cells of one row; nothing if a quotation mark is left open.
fn cells(text: &str) -> Option<Vec<String>> {
    // The parser forgives an open quotation mark at the end of its input; here it means that the row goes on in the next
    // line. Marks come in pairs otherwise, doubled ones included.
    if text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
        return None;
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .buffer_capacity(text.len().max(1))
        .from_reader(text.as_bytes());
    let mut row = csv::StringRecord::new();
    let found = reader.read_record(&mut row).ok()?;
    found.then(|| row.iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADINGS: &str =
        "投保单号,销售渠道,投保人姓名,投保人证件号码,投保人电话,被保险人与投保人关系,缴费账号";

    fn header() -> Header {
        Header::read(HEADINGS, Some("core".into())).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn a_row_says_the_same_as_a_message() {
        let said = header().application("A-1,银保,测试甲,\"1101\",1;2,本人,6222").unwrap();
        let holder = json!({ "name": "测试甲", "certificate": { "number": "1101" }, "phones": ["1", "2"] });
        let expected = json!({
            "source": "core", "applicationNo": "A-1", "kind": "APPLICATION_KIND_NEW_BUSINESS",
            "channel": "CHANNEL_BANCASSURANCE", "policyholder": holder,
            "insureds": [{ "relation": "RELATION_ONESELF", "person": holder }],
            "accounts": [{ "purpose": "ACCOUNT_PURPOSE_PREMIUM", "number": "6222" }],
        });
        assert_eq!(said, expected);
    }

    #[test]
    fn a_row_that_is_not_whole_is_none() {
        for row in ["A-1,银保", "A-1,银保,\"测试甲,1101,1,本人,6222", "A-1,银保,测试甲,1101,1,本人,6222,more"]
        {
            assert_eq!(header().application(row), None, "{row}");
        }
        assert!(header().application("A-1,银保,\"测试\"\"甲\",1101,1,本人,\"6,2\"").is_some());
    }

    #[test]
    fn headings_that_are_not_right_are_named_by_their_place() {
        let why = |text: &str, source: Option<&str>| {
            Header::read(text, source.map(str::to_owned))
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default()
        };
        let unknown = why("投保单号,机密", Some("core"));
        assert!(unknown.contains("column 2") && !unknown.contains("机密"), "{unknown}");
        assert!(why("投保单号,application_no", Some("core")).contains("application_no once more"));
        assert!(why("投保单号", Some("core")).contains("channel (销售渠道)"));
        assert!(why(HEADINGS, None).contains("--source"));
        assert!(why("\"投保单号", None).contains("cannot be read"));
    }
}
