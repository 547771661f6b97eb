//! The lines of kind `calendar` (working days after an instant) and `calendar_day` (is it one).
//!
//! A year without a notice is an error here, never a guess. The last days of December are answered by the notice of their
//! own year while the next one is not out, and marked `provisional` (see [`zhenshi_domain::calendar`]).

use anyhow::{anyhow, bail};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use zhenshi_domain::calendar::{Calendar, Certainty, Estimate};

/// The only time zone that there is in mainland China.
const ZONE: &str = "Asia/Shanghai";
/// What is said of a year without a notice.
const NOT_LOADED: &str = "calendar_year_not_loaded";

/// The input of kind `calendar`.
#[derive(Deserialize)]
struct Due {
    start: DateTime<Utc>,
    working_days: u16,
    tz: Option<String>,
}

/// The answer to a line of one of these kinds; nothing for any other kind.
pub(super) fn answer(
    id: &str,
    kind: &str,
    input: &Value,
    calendar: &Calendar,
) -> anyhow::Result<Option<Value>> {
    let line = match kind {
        "calendar" => {
            let Due { start, working_days, tz } = Due::deserialize(input)
                .map_err(|_| anyhow!("input must have start (an instant), working_days and tz"))?;
            if tz.is_some_and(|tz| tz != ZONE) {
                bail!("tz must be {ZONE}");
            }
            let due = calendar.provisional_add_working_days(start, working_days);
            said(id, "due", due, |date| Value::from(date.to_string()))
        }
        "calendar_day" => {
            let date: NaiveDate =
                NaiveDate::deserialize(input).map_err(|_| anyhow!("input must be a date"))?;
            let day = calendar.provisional_is_working_day(date);
            said(id, "verdict", day, |works| Value::from(if works { "working_day" } else { "off_day" }))
        }
        _ => return Ok(None),
    };
    Ok(Some(line))
}

fn said<T>(id: &str, key: &str, answer: Estimate<T>, write: impl FnOnce(T) -> Value) -> Value {
    match answer.certainty {
        Certainty::Settled => json!({ "id": id, key: write(answer.value) }),
        Certainty::NextNoticeOpen => json!({ "id": id, key: write(answer.value), "provisional": true }),
        Certainty::Provisional => json!({ "id": id, "error": NOT_LOADED }),
    }
}
