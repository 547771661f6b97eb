//! The API of Zhenshi as generated code, and its descriptor set.
//!
//! The sources are `proto/zhenshi/v1/*.proto`; nothing here is written by hand but the masked `Debug`.
//! To add a message, write it in the proto and add its name to [`masked_debug`]'s list, without which nothing builds, and to
//! the table of `tests/masked.rs`.

/// `google.type` and `google.rpc`, as far as the API uses them.
pub mod google {
    /// Civil dates.
    pub mod r#type {
        tonic::include_proto!("google.r#type");
    }
    /// Statuses inside messages.
    pub mod rpc {
        tonic::include_proto!("google.rpc");
    }
}

/// `zhenshi.v1`.
pub mod zhenshi {
    /// Version 1 of the API.
    pub mod v1 {
        tonic::include_proto!("zhenshi.v1");
    }
}

/// The descriptor set of the API, for reflection and the contract test.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/zhenshi_descriptor.bin"));

/// Implements `Debug` for messages by their name alone: whoever logs a request logs no customer.
macro_rules! masked_debug {
    ($($path:path),+ $(,)?) => {
        $(impl std::fmt::Debug for $path {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($path), " { <masked> }"))
            }
        })+
    };
}

mod masked {
    use crate::google::{rpc::Status, r#type::Date};
    use crate::zhenshi::v1::{
        Account, Address, Application, Approval, Certificate, CertificateCheck, ClearedRelation,
        ExplainCertificateRequest, ExplainCertificateResponse, ExportSuspicionListRequest,
        ExportSuspicionListResponse, Finding, GetSubmissionRequest, GetSubmissionResponse,
        GetSuspicionListRequest, GetSuspicionListResponse, Insured, ListClearedRelationsRequest,
        ListClearedRelationsResponse, ListSubmissionsRequest, ListSubmissionsResponse,
        ListSuspicionListsRequest, ListSuspicionListsResponse, ListSuspicionsRequest, ListSuspicionsResponse,
        MaskedParty, Person, Product, RunSuspicionListRequest, RunSuspicionListResponse, Submission,
        Suspicion, SuspicionList, SuspicionListCases, SuspicionMember, SuspicionPriority, Term,
        ValidateApplicationRequest, ValidateApplicationResponse, ValidateApplicationsRequest,
        ValidateApplicationsResponse, term::Length, validate_applications_response::Result as StreamResult,
    };

    use crate::zhenshi::v1::{
        AddWorkingDaysRequest, AddWorkingDaysResponse, CalendarDay, CalendarYear, CallBackPoint,
        GetCalendarRequest, GetCalendarResponse, GetCallBackClearanceRequest, GetCallBackClearanceResponse,
        HolidayNotice, ImportHolidayNoticeRequest, ImportHolidayNoticeResponse, PolicyEvent, PolicyName,
        RecordPolicyEventRequest, RecordPolicyEventResponse,
    };

    masked_debug!(
        AddWorkingDaysRequest,
        AddWorkingDaysResponse,
        CalendarDay,
        CalendarYear,
        CallBackPoint,
        GetCalendarRequest,
        GetCalendarResponse,
        GetCallBackClearanceRequest,
        GetCallBackClearanceResponse,
        HolidayNotice,
        ImportHolidayNoticeRequest,
        ImportHolidayNoticeResponse,
        PolicyEvent,
        PolicyName,
        RecordPolicyEventRequest,
        RecordPolicyEventResponse,
    );

    masked_debug!(
        Account,
        Address,
        Application,
        Approval,
        Certificate,
        CertificateCheck,
        ClearedRelation,
        Date,
        ExplainCertificateRequest,
        ExplainCertificateResponse,
        ExportSuspicionListRequest,
        ExportSuspicionListResponse,
        Finding,
        GetSubmissionRequest,
        GetSubmissionResponse,
        GetSuspicionListRequest,
        GetSuspicionListResponse,
        Insured,
        Length,
        ListClearedRelationsRequest,
        ListClearedRelationsResponse,
        ListSubmissionsRequest,
        ListSubmissionsResponse,
        ListSuspicionListsRequest,
        ListSuspicionListsResponse,
        ListSuspicionsRequest,
        ListSuspicionsResponse,
        MaskedParty,
        Person,
        Product,
        RunSuspicionListRequest,
        RunSuspicionListResponse,
        Status,
        StreamResult,
        Submission,
        Suspicion,
        SuspicionList,
        SuspicionListCases,
        SuspicionMember,
        SuspicionPriority,
        Term,
        ValidateApplicationRequest,
        ValidateApplicationResponse,
        ValidateApplicationsRequest,
        ValidateApplicationsResponse,
    );
}

mod masked_case {
    use crate::zhenshi::v1::{
        AddCommentRequest, AddCommentResponse, AnswerAssistRequest, AnswerAssistResponse,
        AnswerCallBackRequest, AnswerCallBackResponse, AppealCaseRequest, AppealCaseResponse,
        AssignCaseRequest, AssignCaseResponse, AttachEvidenceHeader, AttachEvidenceRequest,
        AttachEvidenceResponse, BatchAssignCasesRequest, BatchAssignCasesResponse, CallBackRequest, Case,
        CaseAppeal, CaseChangeResult, CaseDeadline, CaseDetails, CaseEvent, CaseEventDetail, CaseFilter,
        CaseMember, CaseMissing, CaseOpinion, CaseOutcomeCount, CaseParticipant, CaseStateCount,
        CaseStatistics, CaseSuspicion, CaseVerification, ClaimNextCaseRequest, ClaimNextCaseResponse,
        CluePrecision, ContactAttempt, CreateCaseRequest, CreateCaseResponse, DecideAppealRequest,
        DecideAppealResponse, DecideCommissionRequest, DecideCommissionResponse, Evidence, ExtendCaseRequest,
        ExtendCaseResponse, GetCaseRequest, GetCaseResponse, GetCaseStatisticsRequest,
        GetCaseStatisticsResponse, GetConfirmationFormRequest, GetConfirmationFormResponse,
        GetEvidenceRequest, GetEvidenceResponse, HoldCaseRequest, HoldCaseResponse, ListCaseEventsRequest,
        ListCaseEventsResponse, ListCasesRequest, ListCasesResponse, MergeCasesRequest, MergeCasesResponse,
        MissingItem, PauseCaseRequest, PauseCaseResponse, RecordContactAttemptRequest,
        RecordContactAttemptResponse, RecordOpinionRequest, RecordOpinionResponse, ReleaseCasesRequest,
        ReleaseCasesResponse, ReopenCaseRequest, ReopenCaseResponse, ReplyToOpinionRequest,
        ReplyToOpinionResponse, ReportAgencyRefusalRequest, ReportAgencyRefusalResponse,
        RequestCallBackRequest, RequestCallBackResponse, ResumeCaseRequest, ResumeCaseResponse,
        ReturnCaseRequest, ReturnCaseResponse, StartInvestigationRequest, StartInvestigationResponse,
        SubmitCaseRequest, SubmitCaseResponse, SuggestedRelation, SuspicionOutcome, TakeOverCaseRequest,
        TakeOverCaseResponse, UrgeCasesRequest, UrgeCasesResponse, VerifyCaseRequest, VerifyCaseResponse,
        WatchCasesRequest, WatchCasesResponse, WithdrawCaseRequest, WithdrawCaseResponse,
    };

    masked_debug!(
        DecideCommissionRequest,
        DecideCommissionResponse,
        ReportAgencyRefusalRequest,
        ReportAgencyRefusalResponse,
        AddCommentRequest,
        AddCommentResponse,
        AnswerAssistRequest,
        AnswerAssistResponse,
        AnswerCallBackRequest,
        AnswerCallBackResponse,
        AppealCaseRequest,
        AppealCaseResponse,
        AssignCaseRequest,
        AssignCaseResponse,
        AttachEvidenceHeader,
        AttachEvidenceRequest,
        AttachEvidenceResponse,
        BatchAssignCasesRequest,
        BatchAssignCasesResponse,
        CallBackRequest,
        Case,
        CaseAppeal,
        CaseChangeResult,
        CaseDeadline,
        CaseDetails,
        CaseEvent,
        CaseEventDetail,
        CaseFilter,
        CaseMember,
        CaseMissing,
        CaseOpinion,
        CaseOutcomeCount,
        CaseParticipant,
        CaseStateCount,
        CaseStatistics,
        CaseSuspicion,
        CaseVerification,
        ClaimNextCaseRequest,
        ClaimNextCaseResponse,
        CluePrecision,
        ContactAttempt,
        CreateCaseRequest,
        CreateCaseResponse,
        DecideAppealRequest,
        DecideAppealResponse,
        Evidence,
        ExtendCaseRequest,
        ExtendCaseResponse,
        GetCaseRequest,
        GetCaseResponse,
        GetCaseStatisticsRequest,
        GetCaseStatisticsResponse,
        GetConfirmationFormRequest,
        GetConfirmationFormResponse,
        GetEvidenceRequest,
        GetEvidenceResponse,
        HoldCaseRequest,
        HoldCaseResponse,
        ListCaseEventsRequest,
        ListCaseEventsResponse,
        ListCasesRequest,
        ListCasesResponse,
        MergeCasesRequest,
        MergeCasesResponse,
        MissingItem,
        PauseCaseRequest,
        PauseCaseResponse,
        RecordContactAttemptRequest,
        RecordContactAttemptResponse,
        RecordOpinionRequest,
        RecordOpinionResponse,
        ReleaseCasesRequest,
        ReleaseCasesResponse,
        ReopenCaseRequest,
        ReopenCaseResponse,
        ReplyToOpinionRequest,
        ReplyToOpinionResponse,
        RequestCallBackRequest,
        RequestCallBackResponse,
        ResumeCaseRequest,
        ResumeCaseResponse,
        ReturnCaseRequest,
        ReturnCaseResponse,
        StartInvestigationRequest,
        StartInvestigationResponse,
        SubmitCaseRequest,
        SubmitCaseResponse,
        SuggestedRelation,
        SuspicionOutcome,
        TakeOverCaseRequest,
        TakeOverCaseResponse,
        UrgeCasesRequest,
        UrgeCasesResponse,
        VerifyCaseRequest,
        VerifyCaseResponse,
        WatchCasesRequest,
        WatchCasesResponse,
        WithdrawCaseRequest,
        WithdrawCaseResponse,
    );
}

mod masked_events {
    use crate::zhenshi::v1::{
        Delivery, ListDeliveriesRequest, ListDeliveriesResponse, RedeliverEventsRequest,
        RedeliverEventsResponse,
    };

    masked_debug!(
        Delivery,
        ListDeliveriesRequest,
        ListDeliveriesResponse,
        RedeliverEventsRequest,
        RedeliverEventsResponse,
    );
}

mod masked_directory {
    use crate::zhenshi::v1::{
        Agency, Branch, ChannelUnit, DirectoryRowProblem, GetAgencyRequest, GetAgencyResponse,
        GetBranchRequest, GetBranchResponse, GetChannelUnitRequest, GetChannelUnitResponse, GetSellerRequest,
        GetSellerResponse, GetStaffMemberRequest, GetStaffMemberResponse, ImportDirectoryHeader,
        ImportDirectoryRequest, ImportDirectoryResponse, LeavePeriod, ListAgenciesRequest,
        ListAgenciesResponse, ListBranchesRequest, ListBranchesResponse, ListChannelUnitsRequest,
        ListChannelUnitsResponse, ListSellersRequest, ListSellersResponse, ListStaffMembersRequest,
        ListStaffMembersResponse, Seller, StaffMember, UpsertAgencyRequest, UpsertAgencyResponse,
        UpsertBranchRequest, UpsertBranchResponse, UpsertChannelUnitRequest, UpsertChannelUnitResponse,
        UpsertSellerRequest, UpsertSellerResponse, UpsertStaffMemberRequest, UpsertStaffMemberResponse,
        import_directory_request::Part as ImportPart,
    };

    masked_debug!(
        Agency,
        Branch,
        ChannelUnit,
        DirectoryRowProblem,
        GetAgencyRequest,
        GetAgencyResponse,
        GetBranchRequest,
        GetBranchResponse,
        GetChannelUnitRequest,
        GetChannelUnitResponse,
        GetSellerRequest,
        GetSellerResponse,
        GetStaffMemberRequest,
        GetStaffMemberResponse,
        ImportDirectoryHeader,
        ImportDirectoryRequest,
        ImportDirectoryResponse,
        ImportPart,
        LeavePeriod,
        ListAgenciesRequest,
        ListAgenciesResponse,
        ListBranchesRequest,
        ListBranchesResponse,
        ListChannelUnitsRequest,
        ListChannelUnitsResponse,
        ListSellersRequest,
        ListSellersResponse,
        ListStaffMembersRequest,
        ListStaffMembersResponse,
        Seller,
        StaffMember,
        UpsertAgencyRequest,
        UpsertAgencyResponse,
        UpsertBranchRequest,
        UpsertBranchResponse,
        UpsertChannelUnitRequest,
        UpsertChannelUnitResponse,
        UpsertSellerRequest,
        UpsertSellerResponse,
        UpsertStaffMemberRequest,
        UpsertStaffMemberResponse,
    );
}

mod masked_erasure;
mod masked_privacy;
