//! The kinds of events, and their names.

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// A case has got an assignee.
    CaseAssigned,
    /// Another channel is asked to assist in a case.
    CaseAssistAsked,
    /// A case's deadline comes near, is reached, or is past: told to its clerk.
    CaseReminder,
    /// A case's deadline is past: told to somebody above.
    CaseEscalation,
    /// A case was verified.
    CaseClosed,
    /// Anything about a case changed: for those who watch, not delivered unless an endpoint asks for it.
    CaseChanged,
    /// A case was told to compliance.
    CaseReportedToCompliance,
    /// The commission of the applications is to be held back (佣金緩發).
    CommissionHold,
    /// It is to be held back no longer.
    CommissionRelease,
    /// Whether the applications' customers may be called back.
    CallBackClearance,
    /// A suspicion list was sealed.
    ListSealed,
    /// Somebody looks up more than he may, or much.
    AccessAlert,
    /// What was lent is out beyond its time.
    LoanOverdue,
    /// A leak was reported: told to both named roles.
    LeakReported,
    /// A time of a leak has passed.
    LeakOverdue,
}

impl EventKind {
    /// Every kind with its name. Append-only: receivers go by the names.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::CaseAssigned, "case.assigned"),
        (Self::CaseReminder, "case.reminder"),
        (Self::CaseEscalation, "case.escalation"),
        (Self::CaseClosed, "case.closed"),
        (Self::CaseChanged, "case.changed"),
        (Self::CaseReportedToCompliance, "case.reported_to_compliance"),
        (Self::CommissionHold, "commission.hold"),
        (Self::CommissionRelease, "commission.release"),
        (Self::CallBackClearance, "call_back.clearance"),
        (Self::ListSealed, "list.sealed"),
        (Self::AccessAlert, "access.alert"),
        (Self::LoanOverdue, "loan.overdue"),
        (Self::LeakReported, "leak.reported"),
        (Self::LeakOverdue, "leak.overdue"),
        (Self::CaseAssistAsked, "case.assist_asked"),
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CaseAssigned => "case.assigned",
            Self::CaseAssistAsked => "case.assist_asked",
            Self::CaseReminder => "case.reminder",
            Self::CaseEscalation => "case.escalation",
            Self::CaseClosed => "case.closed",
            Self::CaseChanged => "case.changed",
            Self::CaseReportedToCompliance => "case.reported_to_compliance",
            Self::CommissionHold => "commission.hold",
            Self::CommissionRelease => "commission.release",
            Self::CallBackClearance => "call_back.clearance",
            Self::ListSealed => "list.sealed",
            Self::AccessAlert => "access.alert",
            Self::LoanOverdue => "loan.overdue",
            Self::LeakReported => "leak.reported",
            Self::LeakOverdue => "leak.overdue",
        }
    }

    /// The kind with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// Whether an endpoint that names no kinds gets it.
    pub const fn by_default(self) -> bool {
        !matches!(self, Self::CaseChanged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for (kind, name) in EventKind::ALL {
            assert_eq!(kind.name(), name);
            assert_eq!(EventKind::from_name(name), Some(kind));
        }
        assert_eq!(EventKind::from_name("case.opened"), None);
    }
}
