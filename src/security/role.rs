//! What a caller is: a duty of the directory, or a system.
//!
//! To add a role: add the duty to the directory, its line to [`Role::ALL`] and its column to every row of the
//! [policy table](super::policy::POLICY).

/// What a caller is; the policy says what each may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 客户服务部: sorts, distributes, urges and verifies (article 13).
    CustomerService,
    /// 渠道内勤: investigates (article 13).
    Clerk,
    /// 业务团队负责人: is copied, assigns and urges (article 13).
    TeamLeader,
    /// 销售渠道负责人: answers for his channel.
    ChannelHead,
    /// 合规: supervises and verifies (articles 13, 24).
    Compliance,
    /// 客户信息真实性管理专员: keeps the customers' information (fifth text, articles 19, 23, 24).
    InformationSupervisor,
    /// 客户服务部负责人: heads customer service (fifth text, articles 10, 18, 24).
    CustomerServiceManager,
    /// 系统管理员: keeps directory, calendar, tokens and deliveries, and sees no case.
    Administrator,
    /// 审计: sees everything and changes nothing.
    Auditor,
    /// A calling system, by a token of its own.
    System,
}

impl Role {
    /// Every role, in the order of the policy table's columns, with the number of its duty in the directory.
    pub const ALL: [(Self, Option<i16>); 10] = [
        (Self::CustomerService, Some(21)),
        (Self::Clerk, Some(22)),
        (Self::TeamLeader, Some(23)),
        (Self::ChannelHead, Some(24)),
        (Self::Compliance, Some(25)),
        (Self::InformationSupervisor, Some(26)),
        (Self::CustomerServiceManager, Some(27)),
        (Self::Administrator, Some(28)),
        (Self::Auditor, Some(29)),
        (Self::System, None),
    ];

    /// The role of a duty's number in the directory; none for the duties of sellers and agencies.
    pub fn of_duty(number: i16) -> Option<Self> {
        Self::ALL.iter().find(|(_, duty)| *duty == Some(number)).map(|(role, _)| *role)
    }

    /// The number of its duty in the directory; none for a system.
    pub fn duty(self) -> Option<i16> {
        Self::ALL.iter().find(|(role, _)| *role == self).and_then(|(_, duty)| *duty)
    }

    /// Whether it is for seeing values in plain that somebody has it: whoever has it must be identified as well as the installation asks to
    /// come in at all. Others are asked when they open something (an auditor, evidence).
    pub const fn may_reveal(self) -> bool {
        !matches!(self, Self::Administrator | Self::Auditor | Self::System)
    }

    /// How logs, metrics, row security and the policy's page name it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerService => "customer_service",
            Self::Clerk => "clerk",
            Self::TeamLeader => "team_leader",
            Self::ChannelHead => "channel_head",
            Self::Compliance => "compliance",
            Self::InformationSupervisor => "information_supervisor",
            Self::CustomerServiceManager => "customer_service_manager",
            Self::Administrator => "administrator",
            Self::Auditor => "auditor",
            Self::System => "system",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_duty_of_staff_is_one_role_and_no_other_duty_is() {
        let found: Vec<_> = (0..=99).filter_map(Role::of_duty).collect();
        let wanted: Vec<_> =
            Role::ALL.iter().map(|(role, _)| *role).filter(|role| *role != Role::System).collect();
        assert_eq!(found, wanted);
        assert_eq!((Role::of_duty(1), Role::of_duty(11)), (None, None));
    }
}
