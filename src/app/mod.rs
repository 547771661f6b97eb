//! Use cases: one verb per file, each a function over [`App`].
//!
//! Here the rules, the keys and the store meet; nothing here knows of gRPC, HTTP or the command line. To add a use case,
//! add a file with one public function that takes [`App`] and a [`Principal`](crate::security::principal::Principal), and
//! returns `Result<_, AppError>`. Only [`values`] and [`explain`] take neither: they judge what is in their hands.

pub mod authenticate;
pub mod backup;
pub mod calendar;
pub mod call_back_clearance;
pub mod case;
pub mod checkpoint;
pub mod directory;
pub mod erasure;
pub mod error;
pub mod evidence;
pub mod explain;
pub mod export_suspicion_list;
pub mod get_submission;
pub mod get_suspicion_list;
pub mod holiday_notice;
pub mod import_holiday_notice;
pub mod inspect;
pub mod list_audit_entries;
pub mod list_cleared_relations;
pub mod list_deliveries;
pub mod list_submissions;
pub mod list_suspicion_lists;
pub mod list_suspicions;
pub mod load_baseline;
mod measure;
pub mod page_settings;
pub mod prepare;
pub mod privacy;
pub mod record_policy_event;
pub mod recorder;
pub mod redeliver_events;
pub mod refusals;
pub mod rule_set;
pub mod run_suspicion_list;
pub mod sign_in;
pub mod suspicions;
pub mod try_application;
pub mod validate_application;
pub mod values;
pub mod verify_audit_chain;

use std::sync::Arc;

use chrono::NaiveTime;

pub use error::AppError;

/// What the use cases take and answer with, for the transports.
pub use crate::store::{
    audit_read::{AuditFilter, AuditRow},
    audit_verify::{Fault as AuditFault, FaultKind as AuditFaultKind, Report as AuditReport},
    case::{
        CaseEventKind, CaseFilter, CaseRow,
        details::{
            CaseDetails as CaseDetailRows, CaseMemberRow as CaseMember, CaseName, CaseSuspicionRow,
            DeclaredRelationRow as DeclaredRelation, ParticipantRow, VerificationRow,
        },
        filter::Urgency,
        list::StateCount as CaseStateCount,
        parts::{
            AppealRow, CallBackAnswer, CallBackRequestRow, ContactAttemptRow, EvidenceRow, OpinionKind,
            OpinionRow,
        },
        refusal::WrongArgument,
        request::RequestKey,
        row::{NEVER, Timeliness},
        statistics::{CaseFigures, Dimension, Statistics},
        submission::{Submission, SuspicionEnd},
        timeline::CaseEventRow,
    },
    delivery::{
        AttemptResult, DeliveryState,
        request::{DeliveryFilter, DeliveryRow, Redelivered, Redelivery},
    },
    filter::SubmissionFilter,
    list::{
        ListKind, OwnerKind,
        cleared::{ClearedKind, ClearedRelationRow},
        read::{ListState, MemberRow, PriorityRow, SuspicionFilter, SuspicionListRow, SuspicionRow},
    },
    payload::{AccountPayload, DatePayload, PersonPayload},
    retention::{ErasureGround, ErasureRow, HoldGround, SubjectName, SubjectRow as RetentionSubjectRow},
    submission::{ArgRow, Decision, FindingRow, SubmissionRow},
};
use crate::{
    clock::SharedClock,
    entropy::SharedEntropy,
    security::{audit_key::AuditKeys, fingerprint::Prints, keyring::SecretKey, live::Live, sealing::Sealer},
    store::{Store, reachability::Reachable},
};

/// Name of the seller directory in verdicts while none is loaded.
pub const NO_DIRECTORY: &str = "none";

/// Everything that a use case needs. Cheap to share.
pub struct App {
    /// The database.
    pub store: Store,
    /// Whether the database can be reached: kept current by a job, for whoever says that the service is ready.
    pub reachable: Reachable,
    /// Takes judged applications.
    pub recorder: recorder::Recorder,
    /// Callers by token.
    pub callers: authenticate::Callers,
    /// How people sign in.
    pub sign_in: sign_in::SignIn,
    /// What all who watch cases are told.
    pub feed: case::watch_cases::Feed,
    /// What the policy refused lately.
    pub refusals: refusals::Refusals,
    /// Working days.
    pub calendars: calendar::Calendars,
    /// Sellers, agencies and staff by code and fingerprint.
    pub directory: directory::Directory,
    /// Time of day in Asia/Shanghai at which sorting ends and cases are distributed.
    pub release_time: NaiveTime,
    /// Rules in force.
    pub rules: Arc<rule_set::RuleSet>,
    /// Fingerprint keys: of the epoch in force, and what another is made of while they are rotated.
    pub fingerprints: Arc<Prints>,
    /// Opens what was sealed.
    pub sealer: Arc<Sealer>,
    /// Keys of the audit log.
    pub audit_keys: Arc<Live<AuditKeys>>,
    /// Where this process keeps checkpoints of the audit chain.
    pub checkpoints: checkpoint::CheckpointFiles,
    /// Held by whoever verifies the audit log: it is read as a whole, so by one at a time.
    pub verifying: tokio::sync::Mutex<()>,
    /// Key of request digests.
    pub digest_key: SecretKey,
    /// Takes evidence in.
    pub evidence: evidence::Intake,
    /// How much people may look up, and how fast a leak is dealt with.
    pub privacy: privacy::Settings,
    /// What proves that somebody was destroyed.
    pub witness: erasure::Witness,
    /// Tells the time.
    pub clock: SharedClock,
    /// Gives ids.
    pub entropy: SharedEntropy,
}
