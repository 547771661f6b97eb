//! Every rpc says what it leaves in the audit log, or why nothing; and what is left names who, what, which and why.
//!
//! That a write without an entry does not commit is held in the databases of the tests here, of events and of privacy (`support/audited.rs`). A new rpc goes into
//! [`LEFT`].

use std::{collections::BTreeSet, fs, path::Path};

use sqlx::Row as _;
use zhenshi::security::policy::Action;
use zhenshi_proto::zhenshi::v1 as proto;

use crate::support::{database::TestDatabase, desk::Desk};

/// Actions of the entries that an rpc leaves; none for one that changes nothing and shows no personal data.
const LEFT: &[(Action, &[&str])] = &[
    (Action::ValidateApplication, &["RECORD_SUBMISSIONS"]),
    (Action::ValidateApplications, &["RECORD_SUBMISSIONS"]),
    (Action::GetSubmission, &["VIEW_MASKED"]),
    (Action::ListSubmissions, &[]),
    (Action::ExplainCertificate, &["TRY_APPLICATION"]),
    (Action::RecordPolicyEvent, &["RECORD_POLICY_EVENT"]),
    (Action::GetCallBackClearance, &[]),
    (Action::RunSuspicionList, &["CLOSE_SUSPICION_LIST", "SEAL_SUSPICION_LIST"]),
    (Action::GetSuspicionList, &[]),
    (Action::ListSuspicionLists, &[]),
    (Action::ListSuspicions, &["VIEW_MASKED"]),
    (Action::ExportSuspicionList, &["EXPORT_SUSPICION_LIST"]),
    (Action::ListClearedRelations, &[]),
    (Action::CreateCase, &["CREATE_CASE"]),
    (Action::HoldCase, &["HOLD_CASE"]),
    (Action::MergeCases, &["MERGE_CASES"]),
    (Action::ReleaseCases, &["RELEASE_CASES"]),
    (Action::GetCase, &["VIEW_MASKED"]),
    (Action::ListCases, &[]),
    (Action::ClaimNextCase, &["CLAIM_CASE"]),
    (Action::AssignCase, &["ASSIGN_CASE"]),
    (Action::BatchAssignCases, &["ASSIGN_CASES"]),
    (Action::StartInvestigation, &["START_CASE"]),
    (Action::AddComment, &["COMMENT_CASE"]),
    (Action::RecordContactAttempt, &["RECORD_CONTACT_ATTEMPT"]),
    (Action::AttachEvidence, &["ATTACH_EVIDENCE"]),
    (Action::GetEvidence, &["READ_EVIDENCE", "READ_EVIDENCE_REFUSED"]),
    (Action::GetConfirmationForm, &["PRINT_CONFIRMATION_FORM"]),
    (Action::RequestCallBack, &["REQUEST_CALL_BACK"]),
    (Action::AnswerCallBack, &["ANSWER_CALL_BACK"]),
    (Action::PauseCase, &["PAUSE_CASE"]),
    (Action::ResumeCase, &["RESUME_CASE"]),
    (Action::ExtendCase, &["EXTEND_CASE"]),
    (Action::UrgeCases, &["URGE_CASES"]),
    (Action::TakeOverCase, &["TAKE_OVER_CASE"]),
    (Action::AnswerAssist, &["ANSWER_ASSIST", "OVERRIDE_ASSIST"]),
    (Action::SubmitCase, &["SUBMIT_CASE"]),
    (Action::VerifyCase, &["VERIFY_CASE"]),
    (Action::ReturnCase, &["RETURN_CASE"]),
    (Action::ReopenCase, &["REOPEN_CASE"]),
    (Action::AppealCase, &["APPEAL_CASE"]),
    (Action::DecideAppeal, &["DECIDE_APPEAL"]),
    (Action::WithdrawCase, &["WITHDRAW_CASE"]),
    (Action::RecordOpinion, &["RECORD_OPINION"]),
    (Action::ReplyToOpinion, &["REPLY_TO_OPINION"]),
    (Action::ReportAgencyRefusal, &["REPORT_AGENCY_REFUSAL"]),
    (Action::DecideCommission, &["DECIDE_COMMISSION"]),
    (Action::ListCaseEvents, &["VIEW_MASKED"]),
    (Action::GetCaseStatistics, &[]),
    (Action::WatchCases, &[]),
    (Action::GetChannelUnit, &[]),
    (Action::ListChannelUnits, &[]),
    (Action::UpsertChannelUnit, &["UPSERT_DIRECTORY"]),
    (Action::GetBranch, &[]),
    (Action::ListBranches, &[]),
    (Action::UpsertBranch, &["UPSERT_DIRECTORY"]),
    (Action::GetAgency, &["VIEW_MASKED"]),
    (Action::ListAgencies, &[]),
    (Action::UpsertAgency, &["UPSERT_DIRECTORY"]),
    (Action::GetSeller, &["VIEW_MASKED"]),
    (Action::ListSellers, &[]),
    (Action::UpsertSeller, &["UPSERT_DIRECTORY"]),
    (Action::GetStaffMember, &["VIEW_MASKED"]),
    (Action::ListStaffMembers, &[]),
    (Action::UpsertStaffMember, &["UPSERT_DIRECTORY"]),
    (Action::ImportDirectory, &["UPSERT_DIRECTORY"]),
    (Action::GetCalendar, &[]),
    (Action::ImportHolidayNotice, &["IMPORT_HOLIDAY_NOTICE"]),
    (Action::AddWorkingDays, &[]),
    (Action::RequestAccess, &["REQUEST_ACCESS"]),
    (Action::DecideAccess, &["AGREE_TO_ACCESS", "REFUSE_ACCESS", "DECIDE_ACCESS_REFUSED", "LEND"]),
    (Action::EndAccess, &["END_ACCESS"]),
    (Action::RevealFields, &["REVEAL_FIELDS", "REVEAL_REFUSED"]),
    (Action::GetAccessGrant, &["READ_ACCESS"]),
    (Action::ListAccessGrants, &[]),
    (Action::ConfirmLoanEnd, &["CONFIRM_LOAN_END"]),
    (Action::ListLoans, &[]),
    (Action::RequestUnmaskedExport, &["REQUEST_EXPORT", "REQUEST_EXPORT_REFUSED"]),
    (Action::DecideUnmaskedExport, &["AGREE_TO_EXPORT", "REFUSE_EXPORT", "EXPORT", "EXPORT_PRODUCED"]),
    (Action::GetUnmaskedExport, &["READ_EXPORT"]),
    (Action::ListUnmaskedExports, &[]),
    (Action::DownloadUnmaskedExport, &["DOWNLOAD_EXPORT"]),
    (Action::ClassifyCustomer, &["CLASSIFY_CUSTOMER"]),
    (Action::ListClassifiedCustomers, &[]),
    (Action::ListAuditEntries, &[]),
    (Action::VerifyAuditChain, &["VERIFY_AUDIT_CHAIN"]),
    (Action::RequestErasure, &["REQUEST_ERASURE", "REFUSE_ERASURE_REQUEST"]),
    (Action::DecideErasure, &["APPROVE_ERASURE", "DECLINE_ERASURE", "REFUSE_ERASURE_DECISION"]),
    (Action::ListErasures, &[]),
    (Action::PlaceErasureHold, &["PLACE_HOLD"]),
    (Action::LiftErasureHold, &["LIFT_HOLD"]),
    (Action::ReportLeak, &["REPORT_LEAK"]),
    (Action::RecordIncidentMeasure, &["RECORD_MEASURE", "TAKE_UP_INCIDENT"]),
    (Action::CloseIncident, &["CLOSE_INCIDENT", "AGREE_TO_CLOSE_INCIDENT"]),
    (Action::GetIncident, &["READ_INCIDENT"]),
    (Action::ListIncidents, &[]),
    (Action::ListAccessAlerts, &[]),
    (Action::ListDeliveries, &[]),
    (Action::RedeliverEvents, &["REDELIVER_EVENTS"]),
];

/// Services whose rpcs all stand in [`LEFT`].
const SERVICES: [&str; 8] = [
    "ValidationService",
    "PolicyEventService",
    "SuspicionService",
    "CaseService",
    "DirectoryService",
    "CalendarService",
    "PrivacyService",
    "EventService",
];

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn every_rpc_says_what_it_leaves_and_no_writing_one_leaves_nothing() {
    let known: BTreeSet<Action> = LEFT.iter().map(|(action, _)| *action).collect();
    let all = Action::ALL.iter().copied().filter(|action| SERVICES.contains(&action.service()));
    assert_eq!(known, all.collect());
    assert_eq!(known.len(), LEFT.len());
    let mut source = String::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for folder in ["app", "store"] {
        sources(&root.join(folder), &mut source);
    }
    for (action, left) in LEFT {
        let reads = ["Get", "List", "Watch", "Explain", "AddWorkingDays"];
        let reads = reads.iter().any(|start| action.name().starts_with(start));
        assert!(reads || !left.is_empty(), "{} changes something", action.name());
        for entry in *left {
            assert!(source.contains(&format!("\"{entry}\"")), "{entry} of {}", action.name());
        }
    }
}

/// Who, what, which kind, how many, why.
type Left = (String, String, String, i32, String);

async fn left(desk: &Desk) -> Vec<Left> {
    let rows = sqlx::query(
        "SELECT actor, action, subject_kind, cardinality(subject_ids), reason FROM (
             SELECT id, actor, action, subject_kind, subject_ids, reason FROM audit_pending UNION ALL
             SELECT id, actor, action, subject_kind, subject_ids, reason FROM audit_entry) a ORDER BY id",
    )
    .fetch_all(&desk.office.admin)
    .await
    .unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1), row.get(2), row.get(3), row.get(4))).collect()
}

/// From the start of the service over applications, a list and its cases to what a clerk and his leader do.
#[tokio::test]
async fn an_entry_names_who_what_which_and_why() {
    let desk = Desk::open_on(TestDatabase::guarded().await, |_| ()).await;
    let (office, client) = (&desk.office, &desk.client);
    let comment = proto::AddCommentRequest {
        request_id: office.request_id(),
        case_id: desk.id(),
        comment: "打过电话".into(),
        ..proto::AddCommentRequest::default()
    };
    client.clone().add_comment(office.by("B1", comment)).await.unwrap();
    let pause = proto::PauseCaseRequest {
        request_id: office.request_id(),
        case_id: desk.id(),
        etag: desk.etag().await,
        reason: "客户出差".into(),
        ..proto::PauseCaseRequest::default()
    };
    client.clone().pause_case(office.by("BL", pause)).await.unwrap();
    let left = left(&desk).await;
    let one = |action: &str| {
        let found = left.iter().find(|entry| entry.1 == action);
        found.unwrap_or_else(|| panic!("no {action} in {left:?}"))
    };
    let named = |action: &str| (one(action).0.as_str(), one(action).2.as_str(), one(action).3);
    assert_eq!(named("START_SERVICE"), ("service", "configuration", 0));
    assert!(one("START_SERVICE").4.starts_with("version "));
    assert_eq!(named("RECORD_SUBMISSIONS").1, "submission");
    assert_eq!(named("CLOSE_SUSPICION_LIST").1, "suspicion_list");
    assert_eq!(named("SEAL_SUSPICION_LIST").1, "suspicion_list");
    assert_eq!(named("START_CASE"), ("staff:B1", "case", 1));
    assert_eq!(named("COMMENT_CASE"), ("staff:B1", "case", 1));
    assert_eq!(named("PAUSE_CASE"), ("staff:BL", "case", 1));
    for action in ["COMMENT_CASE", "PAUSE_CASE"] {
        let why = &one(action).4;
        assert!(why.starts_with("case_text ") && !why.contains("客户"), "{action}: {why}");
    }
}
