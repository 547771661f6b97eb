//! How much one person may look up, a minute and a day, and when it is told to others (threat: an insider who browses).
//!
//! What is counted is one of [`Kind`]; what is allowed stands in [`Limits`], of which the defaults are here and the rest in the
//! configuration. Counting is the store's.

use crate::coded_enum;

coded_enum! {
    /// What is counted of a person. Append-only.
    Kind {
        /// Parties whose data were revealed in clear.
        Reveal = 1,
        /// Looks at masked data, explanations of values, and searches by exact value.
        LookUp = 2,
    }
}

/// Parties that one person may reveal in a minute.
pub const REVEALS_A_MINUTE: u32 = 20;
/// Parties that one person may reveal in a day.
pub const REVEALS_A_DAY: u32 = 200;
/// Look-ups of one person in a minute.
pub const LOOK_UPS_A_MINUTE: u32 = 60;
/// Look-ups of one person in a day.
pub const LOOK_UPS_A_DAY: u32 = 2_000;
/// Different customers of whom one person has seen clear data in a day, from which on others are told.
pub const CUSTOMERS_TOLD: u32 = 50;

/// What one person may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most in a minute.
    pub a_minute: u32,
    /// Most in a day of Asia/Shanghai.
    pub a_day: u32,
}

/// Which limit was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// Of the minute.
    Minute,
    /// Of the day.
    Day,
}

impl Limits {
    /// Whether `in_minute` and `in_day`, with what is asked now counted in, are within the limits.
    ///
    /// # Errors
    /// The limit that is exceeded; the day's if both are: waiting a minute is of no use then.
    pub const fn check(&self, in_minute: u32, in_day: u32) -> Result<(), Exceeded> {
        if in_day > self.a_day {
            Err(Exceeded::Day)
        } else if in_minute > self.a_minute {
            Err(Exceeded::Minute)
        } else {
            Ok(())
        }
    }
}
