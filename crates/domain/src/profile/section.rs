//! One table of a profile: takes its keys one by one and notes everything that is wrong, each under its key.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use toml::{Table, Value};

use super::{Period, ProfileError};

/// A value, or what is wrong with it.
pub(super) type Found<T> = Result<T, ProfileError>;

/// A table while it is read.
pub(super) struct Section<'a> {
    at: String,
    table: &'a Table,
    errors: &'a mut Vec<ProfileError>,
}

impl<'a> Section<'a> {
    /// The table `value` at the key `at`, in which only `keys` may stand.
    pub(super) fn open(
        at: &str,
        value: &'a Value,
        keys: &[&str],
        errors: &'a mut Vec<ProfileError>,
    ) -> Option<Self> {
        let Some(table) = value.as_table() else {
            errors.push(wrong(at, "must be a table"));
            return None;
        };
        let known: BTreeSet<&str> = keys.iter().copied().collect();
        for key in table.keys().filter(|key| !known.contains(key.as_str())) {
            errors.push(wrong(&format!("{at}.{key}"), "no such key"));
        }
        Some(Self { at: at.to_owned(), table, errors })
    }

    /// The value of `name`, if it is there and right.
    pub(super) fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str, &Value) -> Found<T>,
    ) -> Option<T> {
        let value = self.table.get(name)?;
        read(&format!("{}.{name}", self.at), value).map_err(|error| self.errors.push(error)).ok()
    }

    /// The value of `name`, if it is right; that it is not there is an error.
    pub(super) fn needed<T>(&mut self, name: &str, read: impl FnOnce(&str, &Value) -> Found<T>) -> Option<T> {
        if !self.table.contains_key(name) {
            self.errors.push(wrong(&format!("{}.{name}", self.at), "is missing"));
        }
        self.optional(name, read)
    }

    /// The days of `from` and `until`.
    pub(super) fn period(&mut self) -> Period {
        let period = Period { from: self.optional("from", date), until: self.optional("until", date) };
        if period.from.zip(period.until).is_some_and(|(from, until)| until < from) {
            self.fail("until", "must not be before from");
        }
        period
    }

    /// Whether `name` stands in the table.
    pub(super) fn has(&self, name: &str) -> bool {
        self.table.contains_key(name)
    }

    /// Notes that `name` is wrong; an empty name means the table itself.
    pub(super) fn fail(&mut self, name: &str, problem: &str) {
        let key = if name.is_empty() { self.at.clone() } else { format!("{}.{name}", self.at) };
        self.errors.push(wrong(&key, problem));
    }
}

/// A text.
pub(super) fn text(key: &str, value: &Value) -> Found<String> {
    value.as_str().map(str::to_owned).ok_or_else(|| wrong(key, "must be a text"))
}

/// One of the names in `choices`.
pub(super) fn choice<T: Copy, const N: usize>(
    choices: &[(&'static str, T); N],
) -> impl FnOnce(&str, &Value) -> Found<T> {
    move |key, value| {
        let text = text(key, value)?;
        choices.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            wrong(key, format!("must be one of {}", names.join(", ")))
        })
    }
}

/// A date, written without quotes: `2026-07-01`.
fn date(key: &str, value: &Value) -> Found<NaiveDate> {
    value
        .as_datetime()
        .filter(|written| written.time.is_none() && written.offset.is_none())
        .and_then(|written| written.date)
        .and_then(|day| NaiveDate::from_ymd_opt(day.year.into(), day.month.into(), day.day.into()))
        .ok_or_else(|| wrong(key, "must be a date without quotes, such as 2026-07-01"))
}

/// What is wrong with `key`.
pub(super) fn wrong(key: &str, problem: impl Into<String>) -> ProfileError {
    ProfileError { key: key.to_owned(), problem: problem.into() }
}
