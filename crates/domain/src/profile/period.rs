//! From when until when a setting of the profile holds. It is judged on the day on which ages are counted: the
//! application date (`rule::age_date`), so that a later resending of the same application is judged the same.

use chrono::NaiveDate;

/// Days on which a setting holds, both ends included; without an end it has none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Period {
    /// First day (`from`).
    pub from: Option<NaiveDate>,
    /// Last day (`until`).
    pub until: Option<NaiveDate>,
}

impl Period {
    /// Always.
    pub const ALWAYS: Self = Self { from: None, until: None };

    /// Whether the setting holds on `day`.
    pub fn contains(self, day: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day <= until)
    }
}
