//! Regions of GB/T 2260 with the years in which they were in force: what a resident ID number says of the place of the
//! first registration. Advice only: no public list has every code that stands on real cards.
//!
//! `data/region_codes.csv` has one line per code: code, name, first and last year. 1980 is the first year of any list,
//! so that a code which begins there may be older; no first year says that the beginning is not known, and no last
//! year that the code is still in force. To add a code add its line, sorted.

use std::sync::LazyLock;

use crate::reading::Region;

/// Every code, sorted.
const CSV: &str = include_str!("../../data/region_codes.csv");
/// The year with which the oldest list begins.
const FIRST_LIST: u16 = 1980;
/// What is no name of a place: a level of administration that only groups others.
const GROUPINGS: [&str; 6] =
    ["市辖区", "县", "市区", "省直辖行政单位", "省直辖县级行政单位", "自治区直辖县级行政单位"];

/// A line of the table.
#[derive(Debug, Clone, Copy)]
struct Row {
    code: u32,
    name: &'static str,
    first: Option<u16>,
    last: Option<u16>,
}

static TABLE: LazyLock<Vec<Row>> = LazyLock::new(|| CSV.lines().skip(1).filter_map(row).collect());

/// Codes of four digits, those of prefectures.
const PREFECTURES: usize = 10_000;
/// Codes of counties in a prefecture.
const COUNTIES: u32 = 100;

/// By the first four digits: the place in [`TABLE`] of the first code that begins so or with more.
static FIRST: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut first = vec![0; PREFECTURES + 1];
    for row in TABLE.iter() {
        let after = usize::try_from(row.code / COUNTIES).unwrap_or_default() + 1;
        first[after.min(PREFECTURES)] += 1;
    }
    let mut before = 0;
    for place in &mut first {
        before += *place;
        *place = before;
    }
    first
});

fn row(line: &'static str) -> Option<Row> {
    let mut fields = line.split(',');
    let (code, name) = (fields.next()?.parse().ok()?, fields.next()?);
    let mut year = || fields.next().and_then(|year| year.parse().ok());
    let (first, last) = (year(), year());
    Some(Row { code, name, first, last })
}

fn find(code: &str) -> Option<&'static Row> {
    let code: u32 = code.parse().ok()?;
    let prefecture = usize::try_from(code / COUNTIES).ok()?;
    let (from, to) = (*FIRST.get(prefecture)?, *FIRST.get(prefecture + 1)?);
    TABLE.get(from.into()..to.into())?.iter().find(|row| row.code == code)
}

/// What the table knows of a code of six digits. Without years the code itself is not in it.
pub(super) fn look_up(code: &str) -> Region {
    let mut region = Region { code: code.to_owned(), names: Vec::new(), years: None };
    let mut whole = String::with_capacity(6);
    for level in [2, 4] {
        let Some(part) = code.get(..level) else { break };
        whole.clear();
        whole.push_str(part);
        whole.extend(std::iter::repeat_n('0', 6 - level));
        if whole != code {
            region.names.extend(find(&whole).and_then(named));
        }
    }
    if let Some(row) = find(code) {
        region.names.extend(named(row));
        region.years = Some((row.first.unwrap_or(FIRST_LIST), row.last));
    }
    region
}

fn named(row: &Row) -> Option<&'static str> {
    (!row.name.is_empty() && !GROUPINGS.contains(&row.name)).then_some(row.name)
}

/// Why a code does not fit the year of a birth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misfit {
    /// It is not in the table.
    Unknown,
    /// It began in this later year.
    NotYet(u16),
    /// It ended in this earlier year.
    NoLonger(u16),
}

/// Whether a code of six digits was in force in the year `born`.
pub(super) fn misfit(code: &str, born: u16) -> Option<Misfit> {
    let Some(row) = find(code) else { return Some(Misfit::Unknown) };
    match (row.first, row.last) {
        (Some(first), _) if first > FIRST_LIST && born < first => Some(Misfit::NotYet(first)),
        (_, Some(last)) if born > last => Some(Misfit::NoLonger(last)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_sorted() {
        assert_eq!(TABLE.len(), CSV.lines().count() - 1);
        assert!(TABLE.windows(2).all(|pair| pair[0].code < pair[1].code));
        assert!(TABLE.iter().all(|row| (110_000..840_000).contains(&row.code)));
        assert!(TABLE.iter().all(|row| row.first.zip(row.last).is_none_or(|(first, last)| first <= last)));
        assert!(
            TABLE.iter().all(|row| find(&row.code.to_string()).is_some_and(|found| found.code == row.code))
        );
        assert!(["110000110000", "-1", "", "999900", "1000000"].iter().all(|code| find(code).is_none()));
    }

    #[test]
    fn names_go_down_from_the_province() {
        assert_eq!(look_up("110101").names, ["北京市", "东城区"]);
        assert_eq!(look_up("440305").names, ["广东省", "深圳市", "南山区"]);
        assert_eq!(look_up("441900").names, ["广东省", "东莞市"]);
        assert_eq!(look_up("440399").names, ["广东省", "深圳市"]);
        assert_eq!(look_up("810000").names, ["香港特别行政区"]);
        assert!(look_up("999999").names.is_empty() && look_up("é").years.is_none());
    }

    #[test]
    fn years_are_those_of_the_lists() {
        assert_eq!(misfit("332501", 2002), Some(Misfit::NoLonger(1994)));
        assert_eq!(misfit("332501", 1994), None);
        assert_eq!(misfit("320312", 2000), Some(Misfit::NotYet(2010)));
        assert_eq!(misfit("320312", 2010), None);
        assert_eq!(misfit("110101", 1930), None);
        assert_eq!(misfit("440399", 1985), Some(Misfit::Unknown));
        assert_eq!(misfit("659012", 2021), Some(Misfit::NotYet(2022)));
        assert_eq!(misfit("412535", 1960), None);
        for real in ["441900", "442000", "620200"] {
            assert_eq!(misfit(real, 1990), None, "{real}");
        }
    }
}
