//! Words for one reader: the catalogue with his language chosen, and how dates, times, counts and sizes are written for him.

use std::{fmt::Write as _, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};
use zhenshi_domain::shanghai;

use crate::words::{Language, WordArg, Words};

/// A number of things, of whatever type it comes in.
pub(super) trait Count {
    /// As messages take it.
    fn count(&self) -> u32;
}

macro_rules! counts {
    ($($type:ty),+) => {$(
        impl Count for $type {
            fn count(&self) -> u32 {
                u32::try_from(*self).unwrap_or(u32::MAX)
            }
        }
    )+};
}
counts!(i32, i64, u16, u32, u64, usize);

impl<T: Count> Count for &T {
    fn count(&self) -> u32 {
        (*self).count()
    }
}

/// Says things in one language.
#[derive(Debug, Clone)]
pub(super) struct Say {
    words: Arc<Words>,
    language: Language,
}

impl Say {
    pub(super) const fn new(words: Arc<Words>, language: Language) -> Self {
        Self { words, language }
    }

    pub(super) const fn language(&self) -> Language {
        self.language
    }

    /// The catalogue, for what makes its sentences itself.
    pub(super) fn words(&self) -> &Words {
        &self.words
    }

    /// The message `id`.
    pub(super) fn t(&self, id: &str) -> String {
        self.with(id, &[])
    }

    /// The message `id` about `count` of something.
    pub(super) fn n(&self, id: &str, count: impl Count) -> String {
        self.with(id, &[("count", WordArg::Number(count.count()))])
    }

    /// The message `id` with something named in it.
    pub(super) fn named(&self, id: &str, name: &str) -> String {
        self.with(id, &[("name", WordArg::Key(name))])
    }

    /// The message `id` with these arguments.
    pub(super) fn with(&self, id: &str, args: &[(&str, WordArg<'_>)]) -> String {
        self.words.message(self.language, id, args.iter().copied())
    }

    /// The message of a value of a closed set: `kind-value`, the value in lower case with hyphens.
    pub(super) fn value(&self, kind: &str, value: &str) -> String {
        self.t(&format!("{kind}-{}", value.to_ascii_lowercase().replace('_', "-")))
    }
}

/// `2026-11-23`.
pub(super) fn date(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

/// `2026-11-23 14:05`, in Asia/Shanghai.
pub(super) fn time(instant: DateTime<Utc>) -> String {
    format!("{} {}", date(shanghai::date(instant)), shanghai::time(instant).format("%H:%M"))
}

/// `12 KB`: the size of a file as people read it.
pub(super) fn size(bytes: i64) -> String {
    let kilo = bytes.max(0) / 1024;
    match kilo {
        0 => format!("{bytes} B"),
        1..1024 => format!("{kilo} KB"),
        _ => format!("{}.{} MB", kilo / 1024, (kilo % 1024) * 10 / 1024),
    }
}

/// Bytes of a digest, in lower case.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
