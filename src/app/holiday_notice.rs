//! Reading a notice from JSON, in the form of the holiday-cn data set or as plain lists of days.
//!
//! The whole is checked before anything is kept: unknown keys, impossible dates, days out of reach and contradictions are
//! refused with what is wrong. A notice is a public text, so an error may quote it.

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use zhenshi_domain::calendar::{Notice, NoticeError};

use super::calendar::YEARS;

/// Longest text of a notice, in bytes.
pub const MAX_NOTICE_BYTES: usize = 64 * 1024;

/// The form of <https://github.com/NateScarlet/holiday-cn>.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayCn {
    #[serde(rename = "$schema", default)]
    _schema: String,
    #[serde(rename = "$id", default)]
    _id: String,
    year: i32,
    papers: Vec<String>,
    days: Vec<HolidayCnDay>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HolidayCnDay {
    #[serde(rename = "name", default)]
    _name: String,
    date: NaiveDate,
    #[serde(rename = "isOffDay")]
    is_off_day: bool,
}

/// Plain lists.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lists {
    year: i32,
    notice: Vec<String>,
    off_days: Vec<NaiveDate>,
    make_up_working_days: Vec<NaiveDate>,
}

/// The notice in `content`.
///
/// # Errors
/// [`NoticeError`]: not JSON of either form, or not a notice that can be.
pub fn parse(content: &str) -> Result<Notice, NoticeError> {
    if content.len() > MAX_NOTICE_BYTES {
        return Err(NoticeError::Read(format!("longer than {MAX_NOTICE_BYTES} bytes")));
    }
    let read = |error: serde_json::Error| NoticeError::Read(error.to_string());
    let value: Value = serde_json::from_str(content).map_err(read)?;
    let lists = if value.get("days").is_some() {
        let HolidayCn { year, papers, days, .. } = serde_json::from_str(content).map_err(read)?;
        let of = |off: bool| days.iter().filter(|day| day.is_off_day == off).map(|day| day.date).collect();
        Lists { year, notice: papers, off_days: of(true), make_up_working_days: of(false) }
    } else {
        serde_json::from_str(content).map_err(read)?
    };
    if !YEARS.contains(&lists.year) {
        return Err(NoticeError::Read(format!("year must be {} to {}", YEARS.start(), YEARS.end())));
    }
    Notice::new(lists.year, lists.notice, lists.off_days, lists.make_up_working_days)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = r#"{"year": 2027, "notice": ["https://www.gov.cn/n"], "off_days": ["2027-01-01", "2026-12-31"],
        "make_up_working_days": ["2026-12-27"]}"#;
    const HOLIDAY_CN: &str = r#"{"$schema": "s", "$id": "i", "year": 2027, "papers": ["https://www.gov.cn/n"], "days": [
        {"name": "元旦", "date": "2026-12-27", "isOffDay": false},
        {"name": "元旦", "date": "2026-12-31", "isOffDay": true},
        {"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}"#;

    #[test]
    fn both_forms_give_the_same_notice() {
        let notice = parse(LISTS).unwrap();
        assert_eq!(parse(HOLIDAY_CN).as_ref(), Ok(&notice));
        assert_eq!((notice.year(), notice.off_days().count(), notice.make_up_days().count()), (2027, 2, 1));
        assert_eq!(notice.sources(), ["https://www.gov.cn/n"]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let read = |content: &str| match parse(content) {
            Err(NoticeError::Read(problem)) => problem,
            other => panic!("{other:?}"),
        };
        assert!(read("{").contains("line 1"));
        assert!(read("[]").contains("invalid"));
        assert!(read("{}").contains("missing field `year`"));
        assert!(read(&LISTS.replace("notice", "notices")).contains("unknown field `notices`"));
        assert!(read(&HOLIDAY_CN.replace("papers", "paper")).contains("unknown field `paper`"));
        assert!(read(&LISTS.replace("2026-12-31", "2026-12-32")).contains("line 1"));
        assert!(read(&LISTS.replace("2027,", "3027,")).contains("1900 to 2200"));
        assert!(read(&" ".repeat(MAX_NOTICE_BYTES + 1)).contains("longer"));
        let date = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let both = LISTS.replace("2026-12-27", "2026-12-31");
        assert_eq!(parse(&both), Err(NoticeError::Both { year: 2027, date }));
    }
}
