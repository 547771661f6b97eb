//! Where a case came from, and how it ended. The numbers are the store's and the API's: append-only.

/// What the investigation came to (办结结论).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// 已更正
    Corrected,
    /// 排除可疑
    Cleared,
    /// 确认不实
    ConfirmedFalse,
    /// 无法联系
    Unreachable,
}

impl Outcome {
    /// Every outcome, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::Corrected, Self::Cleared, Self::ConfirmedFalse, Self::Unreachable];

    /// Its number in the store and the API, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::Corrected => 1,
            Self::Cleared => 2,
            Self::ConfirmedFalse => 3,
            Self::Unreachable => 4,
        }
    }

    /// The outcome with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// Where a case came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseSource {
    /// The daily list.
    Suspicion,
    /// 新契约回访; with a [`CallBackDoubt`].
    CallBack,
    /// 客户咨询
    Enquiry,
    /// 保全
    Servicing,
    /// 理赔
    Claim,
    /// 客户关怀
    CustomerCare,
}

impl CaseSource {
    /// Every source, in the order of their numbers.
    pub const ALL: [Self; 6] =
        [Self::Suspicion, Self::CallBack, Self::Enquiry, Self::Servicing, Self::Claim, Self::CustomerCare];

    /// Its number in the store and the API, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::Suspicion => 1,
            Self::CallBack => 2,
            Self::Enquiry => 3,
            Self::Servicing => 4,
            Self::Claim => 5,
            Self::CustomerCare => 6,
        }
    }

    /// The source with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }
}

/// What a call-back met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallBackDoubt {
    /// 空号
    NoSuchNumber,
    /// 错号
    WrongNumber,
    /// 停机
    OutOfService,
    /// 非本人接听
    AnsweredByOther,
}

impl CallBackDoubt {
    /// Every doubt, in the order of their numbers.
    pub const ALL: [Self; 4] =
        [Self::NoSuchNumber, Self::WrongNumber, Self::OutOfService, Self::AnsweredByOther];

    /// Its number in the store and the API, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::NoSuchNumber => 1,
            Self::WrongNumber => 2,
            Self::OutOfService => 3,
            Self::AnsweredByOther => 4,
        }
    }

    /// The doubt with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|doubt| doubt.code() == code)
    }
}
