//! What hangs on a case, as it is read.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    access::SecrecyClass,
    application::{ApplicationKind, Channel},
    case::{Actor, Outcome, evidence::Missing, verification::Department},
    party::Role as PartyRole,
    suspicion::Clue,
};

use crate::store::{
    case::parts::{AppealRow, CallBackRequestRow, ContactAttemptRow, EvidenceRow, OpinionRow},
    list::{OwnerKind, cleared::ClearedKind},
};

/// By what a case is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseName {
    /// Its id.
    Id(Uuid),
    /// Its number.
    Number(String),
}

/// A suspicion that a case follows up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSuspicionRow {
    /// The suspicion.
    pub suspicion_id: Uuid,
    /// Its kind.
    pub clue: Clue,
    /// Names the shared value.
    pub clue_value_id: Uuid,
    /// Whose contact it is: kind and code.
    pub owner: Option<(OwnerKind, String)>,
    /// Its own end, if it differs from the case's.
    pub outcome: Option<Outcome>,
    /// Why the customers may share the value.
    pub cleared_kind: Option<ClearedKind>,
    /// Its policy has ended.
    pub withdrawn: bool,
    /// When it joined the case.
    pub joined_time: DateTime<Utc>,
}

/// A customer in an application that a case is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseMemberRow {
    /// The customer.
    pub customer_id: Uuid,
    /// System that numbered the application.
    pub source: String,
    /// What was applied for.
    pub application_kind: ApplicationKind,
    /// Its number.
    pub application_no: String,
    /// The submission that the case is about.
    pub submission_id: Uuid,
    /// Number of the party in it.
    pub party_no: i16,
    /// What the customer is in it.
    pub role: PartyRole,
    /// Channel of the application.
    pub channel: Channel,
    /// Branch.
    pub branch_code: String,
    /// Seller.
    pub seller_code: String,
    /// Agency.
    pub agency_code: String,
    /// Policy number; empty while there is none.
    pub policy_no: String,
    /// When it came into the case.
    pub joined_time: DateTime<Utc>,
    /// How secret the customer's file is.
    pub class: SecrecyClass,
}

/// Who sees or assists a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParticipantRow {
    /// Whether he assists; else he is copied.
    pub assists: bool,
    /// His channel.
    pub channel: Channel,
    /// His branch.
    pub branch_code: String,
    /// Who; empty while the channel's unit has it.
    pub staff_code: String,
    /// The unit.
    pub unit_code: String,
    /// By when an assist must be answered.
    pub due_time: Option<DateTime<Utc>>,
    /// When it was.
    pub answered_time: Option<DateTime<Utc>>,
    /// What was answered.
    pub answer_text_id: Option<Uuid>,
    /// Customer service closed it without an answer.
    pub overridden: bool,
}

/// A verifier's decision on one submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationRow {
    /// Which submission.
    pub round: i32,
    /// For whom.
    pub department: Department,
    /// Staff code of who decided.
    pub verifier: String,
    /// He agreed; else he returned it.
    pub verified: bool,
    /// When.
    pub recorded_time: DateTime<Utc>,
    /// What he wrote.
    pub text_id: Option<Uuid>,
}

/// Two customers whom an application declares related.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeclaredRelationRow {
    /// The two.
    pub customer_ids: [Uuid; 2],
    /// The application.
    pub application_no: String,
}

/// What hangs on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDetails {
    /// What it follows up.
    pub suspicions: Vec<CaseSuspicionRow>,
    /// Whom it is about.
    pub members: Vec<CaseMemberRow>,
    /// Who sees or assists it.
    pub participants: Vec<ParticipantRow>,
    /// Attempts to reach the customer, oldest first.
    pub attempts: Vec<ContactAttemptRow>,
    /// Evidence, oldest first.
    pub evidence: Vec<EvidenceRow>,
    /// Calls that customer service was asked for, oldest first.
    pub call_back_requests: Vec<CallBackRequestRow>,
    /// Decisions, oldest first.
    pub verifications: Vec<VerificationRow>,
    /// Opinions, oldest first.
    pub opinions: Vec<OpinionRow>,
    /// Appeals, oldest first.
    pub appeals: Vec<AppealRow>,
    /// What is missing to submit each outcome.
    pub missing: Vec<(Outcome, Vec<Missing>)>,
    /// Staff codes of all who have handled it.
    pub handlers: Vec<String>,
    /// What the caller is to the case.
    pub actors: Vec<Actor>,
    /// Whose verification is awaited.
    pub awaited: Vec<Department>,
    /// Declared relations among its customers.
    pub relations: Vec<DeclaredRelationRow>,
}
