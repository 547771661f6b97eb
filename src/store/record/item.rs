//! What the recorder is given for one judged application, and what it answers.

use std::sync::Arc;

use chrono::NaiveDate;
use uuid::Uuid;
use zeroize::Zeroizing;
use zhenshi_domain::{
    application::{AccountPurpose, ApplicationKey, Channel, Relation},
    clue::ClueKey,
    party::Role,
};

use crate::store::{
    product::ProductRow,
    submission::{Decision, SubmissionRow},
};

/// A judged application, ready to be recorded. Holds personal data only in `parts`, as bytes to be sealed.
pub struct Item {
    /// Who sent it.
    pub caller: Arc<str>,
    /// Its idempotency key.
    pub request_id: Uuid,
    /// HMAC of its content.
    pub digest: [u8; 32],
    /// Id of its head.
    pub application_id: Uuid,
    /// Name of the application.
    pub key: ApplicationKey,
    /// Revision of the source.
    pub source_revision: Option<i64>,
    /// Sales channel.
    pub channel: Channel,
    /// Branch.
    pub branch_code: String,
    /// Seller.
    pub seller_code: String,
    /// Agency.
    pub agency_code: String,
    /// Part of the book of the first day: its contacts are old, and wait for the self-inspection list (article 26).
    pub baseline: bool,
    /// Group business.
    pub is_group: bool,
    /// Policy.
    pub policy_no: String,
    /// Application that a servicing change or a claim belongs to.
    pub original_application_no: String,
    /// Class and term of the main contract.
    pub product: ProductRow,
    /// What was decided.
    pub decision: Decision,
    /// What is to be sealed.
    pub parts: Vec<Part>,
    /// What the list will need, if the application is accepted.
    pub contacts: Contacts,
}

/// Personal data of one party, to be sealed under a key of its own.
pub struct Part {
    /// Number of the party; -1 for what belongs to nobody.
    pub party_no: i16,
    /// Role of the party.
    pub role: Option<Role>,
    /// Fingerprint of the party's certificate, if it has any text.
    pub subject_fingerprint: Option<Uuid>,
    /// The data.
    pub plaintext: Zeroizing<Vec<u8>>,
}

/// Parties, contacts and approvals by fingerprint.
#[derive(Debug, Clone, Default)]
pub struct Contacts {
    /// Epoch of every fingerprint here.
    pub epoch: i16,
    /// Parties.
    pub parties: Vec<PartyEntry>,
    /// Contacts; no two alike.
    pub uses: Vec<ContactUse>,
    /// Valid approvals.
    pub approvals: Vec<Approval>,
}

/// A party by fingerprint.
#[derive(Debug, Clone)]
pub struct PartyEntry {
    /// Number of the party.
    pub party_no: i16,
    /// Role.
    pub role: Role,
    /// What the insured is to the policyholder.
    pub relation: Option<Relation>,
    /// Under 18 on the application date.
    pub minor: bool,
    /// The customer is known by a weak key only.
    pub weak: bool,
    /// Which customer: fingerprint of the canonical certificate or of the weak key.
    pub customer_fingerprint: Uuid,
    /// Fingerprint of the name, if there is one.
    pub name_fingerprint: Option<Uuid>,
}

/// One contact of one party.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ContactUse {
    /// Kind of the contact, as its number.
    pub clue: i16,
    /// Its fingerprint.
    pub fingerprint: Uuid,
    /// Whose.
    pub party_no: i16,
    /// Purpose of an account as its number; 0 otherwise.
    pub purpose: i16,
}

impl ContactUse {
    /// A contact of `clue`.
    pub fn new(clue: ClueKey, fingerprint: Uuid, party_no: i16, purpose: Option<AccountPurpose>) -> Self {
        use crate::store::codes::Coded as _;
        Self {
            clue: clue.as_i16(),
            fingerprint,
            party_no,
            purpose: purpose.map_or(0, AccountPurpose::number),
        }
    }
}

/// A valid approval of another payer's account.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Fingerprint of the account.
    pub account_key: Uuid,
    /// Last day on which it may be used.
    pub valid_until: NaiveDate,
}

/// What became of an item.
#[derive(Debug)]
pub enum Outcome {
    /// Recorded now.
    Recorded(Answer),
    /// The same content was recorded before under the same key: the answer of then.
    Replayed(Answer),
    /// The key was used for other content.
    Reused,
}

/// The answer to a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Id of the submission.
    pub submission_id: Uuid,
    /// What was decided.
    pub decision: Decision,
}

impl From<SubmissionRow> for Answer {
    fn from(row: SubmissionRow) -> Self {
        Self { submission_id: row.id, decision: row.decision }
    }
}
