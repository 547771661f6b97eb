//! Civil dates to the wire.

use chrono::{Datelike as _, NaiveDate};
use zhenshi_proto::google::r#type::Date;

/// A day on the wire.
pub(in crate::grpc) fn wire(day: NaiveDate) -> Date {
    // Months and days are small.
    let part = |number: u32| i32::try_from(number).unwrap_or(0);
    Date { year: day.year(), month: part(day.month()), day: part(day.day()) }
}
