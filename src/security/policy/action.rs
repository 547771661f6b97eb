//! What can be asked of the service: one action an rpc.
//!
//! To add one: its name under its service, exactly as the proto has it, and its row in [`POLICY`](super::POLICY).

macro_rules! actions {
    ($($service:ident { $($rpc:ident),+ $(,)? })+) => {
        /// An rpc, by its name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Action {
            $($(#[doc = concat!("`", stringify!($service), ".", stringify!($rpc), "`: see its proto.")] $rpc),+),+
        }

        impl Action {
            /// Every action, in the order of the policy's rows.
            pub const ALL: &'static [Self] = &[$($(Self::$rpc),+),+];

            /// Name of the rpc.
            pub const fn name(self) -> &'static str {
                match self { $($(Self::$rpc => stringify!($rpc)),+),+ }
            }

            /// Name of its service, without the package.
            pub const fn service(self) -> &'static str {
                match self { $($(Self::$rpc => stringify!($service)),+),+ }
            }
        }
    };
}

actions! {
    ValidationService {
        ValidateApplication, ValidateApplications, GetSubmission, ListSubmissions, ExplainCertificate,
    }
    PolicyEventService { RecordPolicyEvent, GetCallBackClearance }
    SuspicionService {
        RunSuspicionList, GetSuspicionList, ListSuspicionLists, ListSuspicions, ExportSuspicionList,
        ListClearedRelations,
    }
    CaseService {
        CreateCase, HoldCase, MergeCases, ReleaseCases, GetCase, ListCases, ClaimNextCase, AssignCase,
        BatchAssignCases, StartInvestigation, AddComment, RecordContactAttempt, AttachEvidence, GetEvidence,
        GetConfirmationForm, RequestCallBack, AnswerCallBack, PauseCase, ResumeCase, ExtendCase, UrgeCases,
        TakeOverCase, AnswerAssist, SubmitCase, VerifyCase, ReturnCase, ReopenCase, AppealCase, DecideAppeal,
        WithdrawCase, RecordOpinion, ReplyToOpinion, ReportAgencyRefusal,
        DecideCommission, ListCaseEvents, GetCaseStatistics, WatchCases,
    }
    DirectoryService {
        GetChannelUnit, ListChannelUnits, UpsertChannelUnit, GetBranch, ListBranches, UpsertBranch, GetAgency,
        ListAgencies, UpsertAgency, GetSeller, ListSellers, UpsertSeller, GetStaffMember, ListStaffMembers,
        UpsertStaffMember, ImportDirectory,
    }
    CalendarService { GetCalendar, ImportHolidayNotice, AddWorkingDays }
    PrivacyService {
        RequestAccess, DecideAccess, EndAccess, RevealFields, GetAccessGrant, ListAccessGrants,
        ConfirmLoanEnd, ListLoans, RequestUnmaskedExport, DecideUnmaskedExport, GetUnmaskedExport,
        ListUnmaskedExports, DownloadUnmaskedExport, ClassifyCustomer, ListClassifiedCustomers, ListAuditEntries,
        VerifyAuditChain, RequestErasure, DecideErasure, ListErasures, PlaceErasureHold, LiftErasureHold, ReportLeak,
        RecordIncidentMeasure, CloseIncident, GetIncident, ListIncidents,
        ListAccessAlerts,
    }
    EventService { ListDeliveries, RedeliverEvents }
}

impl Action {
    /// The action of the rpc `name` of `service`, if there is one.
    pub fn of(service: &str, name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.service() == service && action.name() == name)
    }
}
