//! The table itself: who may do what, and how far. Readable without knowing the language; `docs/policy.md` shows it.
//!
//! A column a role, in the order of [`Role::ALL`](crate::security::role::Role::ALL); a row an action, in the order of
//! [`Action::ALL`]; `____` is a refusal. To add an rpc: add its row, and run `ZHENSHI_UPDATE_POLICY=1 cargo test policy`.

use super::{Action as A, Extent, Row};

const ____: Option<Extent> = None;
/// Everything; of a system: only with a token for every source and channel.
const ALL_: Option<Extent> = Some(Extent::Everything);
const CHAN: Option<Extent> = Some(Extent::OwnChannel);
const BRAN: Option<Extent> = Some(Extent::OwnBranch);
const TEAM: Option<Extent> = Some(Extent::OwnTeam);
const OWN_: Option<Extent> = Some(Extent::Own);
const RCH_: Option<Extent> = Some(Extent::Reach);

const fn row(action: A, cells: [Option<Extent>; 10], ground: &'static str) -> Row {
    Row { action, cells, ground }
}

/// Who may do what, and how far. An action without a row is refused to everybody.
#[rustfmt::skip]
pub const POLICY: &[Row] = &[
    //                                customer      team    channel compl-  inform. c.s.    admini-         system
    //                                service clerk leader  head    iance   superv. manager strator auditor (token)
    row(A::ValidateApplication,      [____,   ____,   ____,   ____,   ____,   ____,   ____,   ____,   ____,   RCH_], "articles 5, 6: core systems judge at underwriting"),
    row(A::ValidateApplications,     [____,   ____,   ____,   ____,   ____,   ____,   ____,   ____,   ____,   RCH_], "articles 5, 6: the bancassurance gateway"),
    row(A::GetSubmission,            [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   RCH_], "article 13; masked (fifth text, 17)"),
    row(A::ListSubmissions,          [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   RCH_], "article 13; no personal data"),
    row(A::ExplainCertificate,       [ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "article 6: explains what the caller has in his hands"),

    row(A::RecordPolicyEvent,        [____,   ____,   ____,   ____,   ____,   ____,   ____,   ____,   ____,   RCH_], "article 7: the core says what becomes of policies"),
    row(A::GetCallBackClearance,     [ALL_,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   RCH_], "article 7: call-backs are customer service's"),

    row(A::RunSuspicionList,         [ALL_,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ____,   ALL_], "article 13: customer service obtains the list"),
    row(A::GetSuspicionList,         [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   RCH_], "article 13: channels and team leaders get the list"),
    row(A::ListSuspicionLists,       [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   RCH_], "article 13"),
    row(A::ListSuspicions,           [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   RCH_], "article 13; members beyond the extent are stubs"),
    row(A::ExportSuspicionList,      [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   RCH_], "article 13; masked (fifth text, 23)"),
    row(A::ListClearedRelations,     [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   RCH_], "article 13"),

    row(A::CreateCase,               [ALL_,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ____,   RCH_], "articles 12, 13: customer service sorts; call-back systems report doubts"),
    row(A::HoldCase,                 [ALL_,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ____,   ____], "article 13: sorting"),
    row(A::MergeCases,               [ALL_,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ____,   ____], "article 13: sorting"),
    row(A::ReleaseCases,             [ALL_,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ____,   ____], "article 13: distribution"),
    row(A::GetCase,                  [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ALL_], "article 13"),
    row(A::ListCases,                [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ALL_], "article 13"),
    row(A::ClaimNextCase,            [____,   BRAN,   ____,   ____,   ____,   ____,   ____,   ____,   ____,   ____], "article 13: a clerk takes the most urgent of his branch"),
    row(A::AssignCase,               [ALL_,   ____,   TEAM,   CHAN,   ____,   ____,   ALL_,   ____,   ____,   ____], "article 13: distribution, and who answers for the team"),
    row(A::BatchAssignCases,         [ALL_,   ____,   TEAM,   CHAN,   ____,   ____,   ALL_,   ____,   ____,   ____], "as AssignCase"),
    row(A::StartInvestigation,       [OWN_,   OWN_,   OWN_,   OWN_,   ALL_,   ____,   OWN_,   ____,   ____,   ____], "article 13: whom it was assigned to, and compliance where it has the case"),
    row(A::AddComment,               [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: guidance and supervision"),
    row(A::RecordContactAttempt,     [ALL_,   OWN_,   OWN_,   OWN_,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: customer service helps by calls and visits"),
    row(A::AttachEvidence,           [ALL_,   OWN_,   OWN_,   OWN_,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: proof and signed confirmation"),
    row(A::GetEvidence,              [ALL_,   OWN_,   OWN_,   OWN_,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "article 13; documents in clear (fifth text, 17, 22)"),
    row(A::GetConfirmationForm,      [ALL_,   OWN_,   OWN_,   OWN_,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: the form for the customer's signature; masked"),
    row(A::RequestCallBack,          [ALL_,   OWN_,   OWN_,   OWN_,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: customer service calls back for the investigator"),
    row(A::AnswerCallBack,           [ALL_,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ____,   ____], "article 13: customer service calls back for the investigator"),
    row(A::PauseCase,                [ALL_,   ____,   TEAM,   CHAN,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: nobody stops the clock of a case that is his own"),
    row(A::ResumeCase,               [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13"),
    row(A::ExtendCase,               [ALL_,   ____,   ____,   ____,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: never call-back or cooling-off"),
    row(A::UrgeCases,                [ALL_,   ____,   TEAM,   CHAN,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: urging"),
    row(A::TakeOverCase,             [ALL_,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ____,   ____], "article 13: customer service may investigate itself"),
    row(A::AnswerAssist,             [ALL_,   OWN_,   OWN_,   OWN_,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: whom it was asked of; customer service may override"),
    row(A::SubmitCase,               [OWN_,   OWN_,   OWN_,   OWN_,   ALL_,   ____,   OWN_,   ____,   ____,   ____], "article 13: as StartInvestigation"),
    row(A::VerifyCase,               [ALL_,   ____,   ____,   ____,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: compliance and customer service verify"),
    row(A::ReturnCase,               [ALL_,   ____,   ____,   ____,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "as VerifyCase"),
    row(A::ReopenCase,               [ALL_,   ____,   ____,   ____,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: supervision"),
    row(A::AppealCase,               [ALL_,   OWN_,   TEAM,   CHAN,   ____,   ____,   ALL_,   ____,   ____,   ____], "article 13: who got a case by mistake says so; customer service decides"),
    row(A::DecideAppeal,             [ALL_,   ____,   ____,   ____,   ALL_,   ____,   ALL_,   ____,   ____,   ____], "article 13: customer service or compliance decides, never on his own appeal"),
    row(A::WithdrawCase,             [ALL_,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ____,   ____], "article 13: customer service, with a second person"),
    row(A::RecordOpinion,            [____,   ____,   ____,   CHAN,   ALL_,   ____,   ____,   ____,   ____,   ____], "articles 14, 24: sanctions by the channel, rectification by compliance"),
    row(A::ReplyToOpinion,           [OWN_,   OWN_,   TEAM,   CHAN,   ALL_,   ____,   OWN_,   ____,   ____,   ____], "articles 14, 24: whose it is to act"),
    row(A::ReportAgencyRefusal,      [ALL_,   OWN_,   TEAM,   CHAN,   OWN_,   ____,   ALL_,   ____,   ____,   ____], "article 23: an agency's refusal is told to compliance at once"),
    row(A::DecideCommission,         [____,   ____,   ____,   CHAN,   ALL_,   ____,   ____,   ____,   ____,   ____], "article 22: commission; the channel's head or compliance decides"),
    row(A::ListCaseEvents,           [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ALL_], "as GetCase"),
    row(A::GetCaseStatistics,        [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ALL_], "article 22; fifth text, 9, 10"),
    row(A::WatchCases,               [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ALL_], "as ListCases"),

    row(A::GetChannelUnit,           [ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "codes and names of units"),
    row(A::ListChannelUnits,         [ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "codes and names of units"),
    row(A::UpsertChannelUnit,        [____,   ____,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ALL_], "administration"),
    row(A::GetBranch,                [ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "codes and names of units"),
    row(A::ListBranches,             [ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "codes and names of units"),
    row(A::UpsertBranch,             [____,   ____,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ALL_], "administration"),
    row(A::GetAgency,                [ALL_,   CHAN,   CHAN,   CHAN,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "articles 11, 13: who sold; contacts masked"),
    row(A::ListAgencies,             [ALL_,   CHAN,   CHAN,   CHAN,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "articles 11, 13"),
    row(A::UpsertAgency,             [____,   ____,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ALL_], "administration"),
    row(A::GetSeller,                [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "articles 11, 13: who sold; personal data masked"),
    row(A::ListSellers,              [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "articles 11, 13"),
    row(A::UpsertSeller,             [____,   ____,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ALL_], "administration"),
    row(A::GetStaffMember,           [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "whom a case can be assigned to; personal data masked"),
    row(A::ListStaffMembers,         [ALL_,   BRAN,   BRAN,   CHAN,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "whom a case can be assigned to"),
    row(A::UpsertStaffMember,        [____,   ____,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ALL_], "administration"),
    row(A::ImportDirectory,          [____,   ____,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ALL_], "administration"),

    row(A::GetCalendar,              [ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "working days are no secret"),
    row(A::ImportHolidayNotice,      [____,   ____,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ALL_], "administration"),
    row(A::AddWorkingDays,           [ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "computes a day; changes nothing"),

    row(A::RequestAccess,            [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 18: states object, purpose and reason"),
    row(A::DecideAccess,             [____,   ____,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 18, 19, 24: the head of the requester's department, then customer service; never his own request"),
    row(A::EndAccess,                [OWN_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 18, 20: who asked, and who may decide"),
    row(A::RevealFields,             [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 17: with a grant only, or the assigned case"),
    row(A::GetAccessGrant,           [OWN_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "as ListAccessGrants"),
    row(A::ListAccessGrants,         [OWN_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "fifth text, 18 to 20: one's own, and what waits for a head"),
    row(A::ConfirmLoanEnd,           [ALL_,   ____,   ____,   ____,   ____,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 20: customer service strikes it off the register; never his own loan"),
    row(A::ListLoans,                [ALL_,   OWN_,   TEAM,   CHAN,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "fifth text, 19, 20"),
    row(A::RequestUnmaskedExport,    [ALL_,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 10, 24: customer service keeps the data and gives them out"),
    row(A::DecideUnmaskedExport,     [____,   ____,   ____,   ____,   ____,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 24: both named roles; never his own"),
    row(A::GetUnmaskedExport,        [OWN_,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "as ListUnmaskedExports"),
    row(A::ListUnmaskedExports,      [OWN_,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "fifth text, 12, 23: the register"),
    row(A::DownloadUnmaskedExport,   [OWN_,   ____,   ____,   ____,   OWN_,   OWN_,   OWN_,   ____,   ____,   ____], "fifth text, 23: who asked for it alone"),
    row(A::ClassifyCustomer,         [____,   ____,   ____,   ____,   ____,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 22: kept apart by a custodian"),
    row(A::ListClassifiedCustomers,  [____,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "fifth text, 22; no personal data"),
    row(A::ListAuditEntries,         [____,   ____,   ____,   ____,   ALL_,   ALL_,   ____,   ____,   ALL_,   ____], "supervision"),
    row(A::VerifyAuditChain,         [____,   ____,   ____,   ____,   ALL_,   ALL_,   ____,   ALL_,   ALL_,   ALL_], "supervision"),
    row(A::RequestErasure,           [ALL_,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 25"),
    row(A::DecideErasure,            [____,   ____,   ____,   ____,   ____,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 25: never his own request"),
    row(A::ListErasures,             [ALL_,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "fifth text, 25: states, destructions and certificates; no personal data"),
    row(A::PlaceErasureHold,         [ALL_,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 25: what is at law is not destroyed"),
    row(A::LiftErasureHold,          [____,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ____,   ____], "as PlaceErasureHold"),
    row(A::ReportLeak,               [ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   ALL_,   RCH_], "fifth text, 27: whoever notices"),
    row(A::RecordIncidentMeasure,    [____,   ____,   ____,   ____,   ____,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 27: the two named roles deal with it at once"),
    row(A::CloseIncident,            [____,   ____,   ____,   ____,   ____,   ALL_,   ALL_,   ____,   ____,   ____], "fifth text, 27: both of them"),
    row(A::GetIncident,              [____,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "fifth text, 27; supervision"),
    row(A::ListIncidents,            [____,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "as GetIncident"),
    row(A::ListAccessAlerts,         [____,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_,   ____,   ALL_,   ____], "fifth text, 21; supervision"),

    row(A::ListDeliveries,           [____,   ____,   ____,   ____,   ____,   ____,   ____,   ALL_,   ALL_,   ALL_], "administration; no personal data in them"),
    row(A::RedeliverEvents,          [____,   ____,   ____,   ____,   ____,   ____,   ____,   ALL_,   ____,   ALL_], "administration"),
];
