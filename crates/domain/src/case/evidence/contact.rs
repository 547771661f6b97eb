//! Attempts to reach the customer: how, when, and with what result.

use chrono::{DateTime, Timelike as _, Utc};

use crate::shanghai;

/// From this hour on it is afternoon, in Asia/Shanghai.
pub const AFTERNOON_HOUR: u32 = 12;
/// From this hour on it is evening, in Asia/Shanghai.
pub const EVENING_HOUR: u32 = 18;

/// How the customer was tried to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactMeans {
    /// By telephone.
    Phone,
    /// By text message or messenger.
    Message,
    /// By e-mail.
    Email,
    /// By letter.
    Letter,
    /// By a visit.
    Visit,
}

impl ContactMeans {
    /// Every means, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Phone, Self::Message, Self::Email, Self::Letter, Self::Visit];

    /// Its number in the store and the API, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::Phone => 1,
            Self::Message => 2,
            Self::Email => 3,
            Self::Letter => 4,
            Self::Visit => 5,
        }
    }

    /// The means with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|means| means.code() == code)
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContactResult {
    /// The customer himself.
    Reached,
    /// 无人接听
    NoAnswer,
    /// 非本人接听
    AnsweredByOther,
    /// 空号
    NoSuchNumber,
    /// 停机
    OutOfService,
    /// He would not speak.
    Refused,
    /// A letter or message left, and no answer is known.
    Sent,
    /// It came back.
    Undeliverable,
}

impl ContactResult {
    /// Every result, in the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::Reached,
        Self::NoAnswer,
        Self::AnsweredByOther,
        Self::NoSuchNumber,
        Self::OutOfService,
        Self::Refused,
        Self::Sent,
        Self::Undeliverable,
    ];

    /// Its number in the store and the API, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::Reached => 1,
            Self::NoAnswer => 2,
            Self::AnsweredByOther => 3,
            Self::NoSuchNumber => 4,
            Self::OutOfService => 5,
            Self::Refused => 6,
            Self::Sent => 7,
            Self::Undeliverable => 8,
        }
    }

    /// The result with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.code() == code)
    }

    /// Whether the customer was spoken to.
    pub const fn reached(self) -> bool {
        matches!(self, Self::Reached | Self::Refused)
    }
}

/// An attempt to reach the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContactAttempt {
    /// When.
    pub time: DateTime<Utc>,
    /// How.
    pub means: ContactMeans,
    /// With what result.
    pub result: ContactResult,
}

/// Part of a day, in Asia/Shanghai.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayPeriod {
    /// Before [`AFTERNOON_HOUR`].
    Morning,
    /// Before [`EVENING_HOUR`].
    Afternoon,
    /// After it.
    Evening,
}

impl DayPeriod {
    /// The period of `instant`.
    pub fn of(instant: DateTime<Utc>) -> Self {
        match shanghai::time(instant).hour() {
            ..AFTERNOON_HOUR => Self::Morning,
            AFTERNOON_HOUR..EVENING_HOUR => Self::Afternoon,
            _ => Self::Evening,
        }
    }
}
