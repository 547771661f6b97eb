//! An entry of the directory as it stands in plain, and the numbers of its kinds and duties.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::application::Channel;

use super::contacts::OwnerKind;
use crate::store::codes::Coded;

/// Kind of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// 销售渠道管理部门
    Channel,
    /// 分支机构
    Branch,
    /// 代理机构
    Agency,
    /// 销售人员
    Seller,
    /// 内勤
    Staff,
}

impl EntryKind {
    /// As an owner of contacts; a channel and a branch own none.
    pub const fn owner(self) -> Option<OwnerKind> {
        match self {
            Self::Channel | Self::Branch => None,
            Self::Agency => Some(OwnerKind::Agency),
            Self::Seller => Some(OwnerKind::Seller),
            Self::Staff => Some(OwnerKind::Staff),
        }
    }

    /// Whether such an entry is a person, whose name is personal data.
    pub const fn is_person(self) -> bool {
        matches!(self, Self::Seller | Self::Staff)
    }

    /// Whether such an entry sells and needs a qualification (article 10).
    pub const fn is_qualified(self) -> bool {
        matches!(self, Self::Seller | Self::Agency)
    }
}

impl Coded for EntryKind {
    const COLUMN: (&'static str, &'static str) = ("directory_entry", "kind");
    const CODES: &'static [(Self, i16)] =
        &[(Self::Channel, 1), (Self::Branch, 2), (Self::Agency, 3), (Self::Seller, 4), (Self::Staff, 5)];

    fn same(self, other: Self) -> bool {
        self == other
    }
}

/// What a seller or agency is, and what a member of staff does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Duty {
    /// 营销员
    Agent,
    /// 银保专管员
    BancassuranceSpecialist,
    /// 专业代理机构
    ProfessionalAgency,
    /// 兼业代理机构
    ConcurrentAgency,
    /// 客户服务部
    CustomerService,
    /// 渠道内勤
    Clerk,
    /// 业务团队负责人
    TeamLeader,
    /// 渠道负责人
    ChannelHead,
    /// 合规
    Compliance,
    /// 客户信息真实性管理专员
    InformationSupervisor,
    /// 客户服务部负责人
    CustomerServiceManager,
    /// 系统管理员
    Administrator,
    /// 审计
    Auditor,
}

impl Duty {
    /// The kind of entry that can have it.
    pub const fn kind(self) -> EntryKind {
        match self {
            Self::Agent | Self::BancassuranceSpecialist => EntryKind::Seller,
            Self::ProfessionalAgency | Self::ConcurrentAgency => EntryKind::Agency,
            Self::CustomerService
            | Self::Clerk
            | Self::TeamLeader
            | Self::ChannelHead
            | Self::Compliance
            | Self::InformationSupervisor
            | Self::CustomerServiceManager
            | Self::Administrator
            | Self::Auditor => EntryKind::Staff,
        }
    }
}

impl Coded for Duty {
    const COLUMN: (&'static str, &'static str) = ("directory_entry", "duty");
    const CODES: &'static [(Self, i16)] = &[
        (Self::Agent, 1),
        (Self::BancassuranceSpecialist, 2),
        (Self::ProfessionalAgency, 11),
        (Self::ConcurrentAgency, 12),
        (Self::CustomerService, 21),
        (Self::Clerk, 22),
        (Self::TeamLeader, 23),
        (Self::ChannelHead, 24),
        (Self::Compliance, 25),
        (Self::InformationSupervisor, 26),
        (Self::CustomerServiceManager, 27),
        (Self::Administrator, 28),
        (Self::Auditor, 29),
    ];

    fn same(self, other: Self) -> bool {
        self == other
    }
}

/// Days on which a member of staff is away, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leave {
    /// First day.
    pub first_day: NaiveDate,
    /// Last day.
    pub last_day: NaiveDate,
}

/// What of an entry is no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Kind.
    pub kind: EntryKind,
    /// Code, unique within the kind.
    pub code: String,
    /// Name of a unit; empty for a person, whose name is sealed.
    pub name: String,
    /// What a seller or agency is, what a member of staff does.
    pub duty: Option<Duty>,
    /// Sales channel.
    pub channel: Option<Channel>,
    /// Branch; empty if there is none.
    pub branch_code: String,
    /// Team leader, a member of staff; empty if there is none.
    pub team_leader_code: String,
    /// Agency that a seller belongs to; empty if there is none.
    pub agency_code: String,
    /// Most open cases of a member of staff.
    pub capacity: Option<i32>,
    /// First day of the qualification to sell (article 10).
    pub qualified_from: Option<NaiveDate>,
    /// Last day of it; open if there is none.
    pub qualified_until: Option<NaiveDate>,
    /// In use.
    pub active: bool,
    /// Leave of a member of staff, in order.
    pub leaves: Vec<Leave>,
}

impl Entry {
    /// An entry in use of which nothing but its name is known.
    pub fn new(kind: EntryKind, code: impl Into<String>) -> Self {
        Self {
            kind,
            code: code.into(),
            name: String::new(),
            duty: None,
            channel: None,
            branch_code: String::new(),
            team_leader_code: String::new(),
            agency_code: String::new(),
            capacity: None,
            qualified_from: None,
            qualified_until: None,
            active: true,
            leaves: Vec::new(),
        }
    }
}

/// An entry as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// Id.
    pub id: Uuid,
    /// What is plain.
    pub entry: Entry,
    /// Counts its changes, from 1.
    pub revision: i64,
    /// When it was first recorded.
    pub recorded_time: DateTime<Utc>,
    /// When it last changed.
    pub changed_time: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_one_to_one() {
        for (kind, number) in EntryKind::CODES {
            assert_eq!(EntryKind::from_number(*number, "row").unwrap(), *kind);
        }
        for (duty, number) in Duty::CODES {
            assert_eq!(Duty::from_number(*number, "row").unwrap(), *duty);
            assert!(duty.kind().owner().is_some());
        }
        assert_eq!(Duty::CODES.len(), 13);
    }
}
