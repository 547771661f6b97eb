//! The rows of lists, suspicions and members as they are read.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use zhenshi_domain::{
    access::SecrecyClass,
    application::{AccountPurpose, ApplicationKind, Channel},
    party::Role,
    suspicion::Clue,
};

use super::super::{ListKind, OwnerKind};

/// How far a list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListState {
    /// Its cut is settled and its suspicions are being written.
    Closed,
    /// Complete.
    Sealed,
}

/// A list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspicionListRow {
    /// Id.
    pub id: Uuid,
    /// What it is for.
    pub kind: ListKind,
    /// Its working day.
    pub list_date: NaiveDate,
    /// End of what it sees.
    pub cut_time: DateTime<Utc>,
    /// Cut of the list before.
    pub previous_cut_time: DateTime<Utc>,
    /// How far it is.
    pub state: ListState,
    /// Rules by which it is written.
    pub rule_set_version: String,
    /// Calendar by which its day is a working day.
    pub calendar_version: String,
    /// The year's notice was not loaded.
    pub provisional: bool,
    /// When it was sealed.
    pub sealed_time: Option<DateTime<Utc>>,
    /// Suspicions; 0 before it is sealed.
    pub suspicion_count: i64,
    /// Members of all suspicions; 0 before it is sealed.
    pub member_count: i64,
    /// SHA-256 of the whole list; empty before it is sealed.
    pub digest: Vec<u8>,
}

impl SuspicionListRow {
    /// The digest in lower-case hexadecimal.
    pub fn digest_text(&self) -> String {
        self.digest.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// The priority and its parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriorityRow {
    /// Sum.
    pub total: i32,
    /// Nearness of the call-back.
    pub call_back: i32,
    /// Number of customers.
    pub customers: i32,
    /// Weight of the clue.
    pub clue: i32,
    /// Base rate of the lead channel.
    pub channel: i32,
    /// Earlier suspicions of the sellers.
    pub seller: i32,
}

/// A suspicion with its members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuspicionRow {
    /// Id.
    pub id: Uuid,
    /// List.
    pub list_id: Uuid,
    /// Clue.
    pub clue: Clue,
    /// The shared value.
    pub clue_value_id: Uuid,
    /// Whose contact it is, and its code: only for a seller contact.
    pub owner: Option<(OwnerKind, String)>,
    /// Customers.
    pub customer_count: i32,
    /// Uses of the value in force at the cut.
    pub use_count: i32,
    /// Not all uses are listed.
    pub capped: bool,
    /// Raised only because the profile lists declared relatives.
    pub declared_family: bool,
    /// Channel of the newest member's application.
    pub lead_channel: Channel,
    /// Branch of the newest member's application.
    pub lead_branch_code: String,
    /// Priority.
    pub priority: PriorityRow,
    /// Members, in their order.
    pub members: Vec<MemberOf>,
}

/// A member, as far as the scope goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberOf {
    /// Within it.
    Seen(Box<MemberRow>),
    /// Beyond it: that there is one.
    Stub {
        /// Customer.
        customer_id: Uuid,
        /// Channel of the application.
        channel: Channel,
    },
}

/// One use of the value in one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// Customer.
    pub customer_id: Uuid,
    /// System that numbered the application.
    pub source: String,
    /// Kind of the application.
    pub application_kind: ApplicationKind,
    /// Number of the application.
    pub application_no: String,
    /// Submission in force at the cut.
    pub submission_id: Uuid,
    /// Number of the party.
    pub party_no: i16,
    /// Role of the party.
    pub role: Role,
    /// Purpose of the account, if the value is one.
    pub purpose: Option<AccountPurpose>,
    /// Recorded since the list before.
    pub is_new: bool,
    /// Part of the book of the first day.
    pub baseline: bool,
    /// Channel of the application.
    pub channel: Channel,
    /// Branch.
    pub branch_code: String,
    /// Seller.
    pub seller_code: String,
    /// Agency.
    pub agency_code: String,
    /// Policy, once there is one.
    pub policy_no: String,
    /// How secret the customer's file is.
    pub class: SecrecyClass,
}

/// Which suspicions are wanted. All conditions must hold; those of members for one member within reach.
#[derive(Debug, Clone, Default)]
pub struct SuspicionFilter {
    /// Clue.
    pub clue: Option<Clue>,
    /// Channel of a member.
    pub channel: Option<Channel>,
    /// Branch of the same member.
    pub branch_code: Option<String>,
    /// Seller of the same member.
    pub seller_code: Option<String>,
    /// Only what comes after this suspicion: the last one of the page before.
    pub after: Option<Uuid>,
}
