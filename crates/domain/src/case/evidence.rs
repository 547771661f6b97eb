//! The evidence matrix: what each outcome is to be proved with (article 13), checked at submission.
//!
//! [`missing`] says everything that is missing at once, so that a clerk is sent back once and not four times. To add a
//! kind of evidence: a variant with the next number and the words in `locales/`; to ask for it, a line in the rule of its
//! outcome.

mod contact;

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
pub use contact::{AFTERNOON_HOUR, ContactAttempt, ContactMeans, ContactResult, DayPeriod, EVENING_HOUR};

use super::Outcome;
use crate::shanghai;

/// Attempts, on as many different days and in as many different periods, before a customer counts as unreachable.
pub const ATTEMPTS: usize = 3;

/// What a piece of evidence is (证明材料).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceKind {
    /// 客户证明材料: the customer's own proof, such as a copy of the certificate or of the account.
    CustomerProof,
    /// 亲笔签名确认: the confirmation form, signed by the policyholder by hand or electronically.
    ConfirmationForm,
    /// 保全申请书: the servicing request with its number.
    ServicingRequest,
    /// 调查情况报告, signed by the clerk who investigated.
    InvestigationReport,
    /// 业务人员情况说明
    SellerStatement,
    /// 合作机构情况说明
    AgencyStatement,
    /// 关系证明: of family, company or platform.
    RelationProof,
    /// 信函寄送回执
    LetterReceipt,
    /// 上门走访记录
    VisitRecord,
    /// 录音
    CallRecording,
    /// Something else.
    Other,
}

impl EvidenceKind {
    /// Every kind, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::CustomerProof,
        Self::ConfirmationForm,
        Self::ServicingRequest,
        Self::InvestigationReport,
        Self::SellerStatement,
        Self::AgencyStatement,
        Self::RelationProof,
        Self::LetterReceipt,
        Self::VisitRecord,
        Self::CallRecording,
        Self::Other,
    ];

    /// Its number in the store and the API, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::CustomerProof => 1,
            Self::ConfirmationForm => 2,
            Self::ServicingRequest => 3,
            Self::InvestigationReport => 4,
            Self::SellerStatement => 5,
            Self::AgencyStatement => 6,
            Self::RelationProof => 7,
            Self::LetterReceipt => 8,
            Self::VisitRecord => 9,
            Self::CallRecording => 10,
            Self::Other => 11,
        }
    }

    /// The kind with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What is known of a piece of evidence; its content is somebody else's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFacts {
    /// What it is.
    pub kind: EvidenceKind,
    /// Whether the policyholder signed it.
    pub signer_is_policyholder: bool,
    /// When it was signed; none if it is not.
    pub signed_on: Option<NaiveDate>,
    /// Staff code of who collected it.
    pub collector: String,
    /// 原件已核对: the collector saw the original.
    pub original_seen: bool,
    /// Signed electronically.
    pub electronic: bool,
}

/// A piece of evidence in its place among everything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attached {
    /// When it was attached.
    pub time: DateTime<Utc>,
    /// What it is.
    pub facts: EvidenceFacts,
}

/// Everything that a submission rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all combinations occur")]
pub struct SubmissionFacts {
    /// The evidence.
    pub evidence: Vec<Attached>,
    /// The attempts to reach the customer.
    pub attempts: Vec<ContactAttempt>,
    /// A servicing number (保全受理号) is given.
    pub servicing_no: bool,
    /// For `CORRECTED`: a revision of one of the members' applications was accepted since the case began.
    pub accepted_revision: bool,
    /// For `CLEARED`: the kind of relation is said.
    pub cleared_kind: bool,
    /// The installation takes electronic signatures.
    pub electronic_signatures: bool,
    /// Other channels' assists that are neither answered nor overridden.
    pub open_assists: usize,
}

/// What a submission lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// The customer's proof.
    CustomerProof,
    /// The policyholder's signature on the confirmation form, with its date.
    Signature,
    /// The signature is electronic, and this installation asks for handwriting.
    HandwrittenSignature,
    /// The servicing number.
    ServicingNo,
    /// An accepted new revision.
    AcceptedRevision,
    /// The kind of relation.
    ClearedKind,
    /// The investigation report, signed.
    InvestigationReport,
    /// The statement of seller or agency.
    Statement,
    /// So many contact attempts.
    ContactAttempts {
        /// Still to be made.
        count: usize,
    },
    /// Attempts on so many more different days.
    ContactDays {
        /// Days.
        count: usize,
    },
    /// Attempts in so many more different periods of the day.
    ContactPeriods {
        /// Periods.
        count: usize,
    },
    /// A letter or a visit after the attempts.
    LetterOrVisit,
    /// The customer was reached: he is not unreachable.
    WasReached,
    /// Another channel's answer, or an override.
    AssistAnswers {
        /// How many.
        count: usize,
    },
}

impl Missing {
    /// Its name in the API and in errors.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CustomerProof => "CUSTOMER_PROOF",
            Self::Signature => "SIGNATURE",
            Self::HandwrittenSignature => "HANDWRITTEN_SIGNATURE",
            Self::ServicingNo => "SERVICING_NO",
            Self::AcceptedRevision => "ACCEPTED_REVISION",
            Self::ClearedKind => "CLEARED_KIND",
            Self::InvestigationReport => "INVESTIGATION_REPORT",
            Self::Statement => "STATEMENT",
            Self::ContactAttempts { .. } => "CONTACT_ATTEMPTS",
            Self::ContactDays { .. } => "CONTACT_DAYS",
            Self::ContactPeriods { .. } => "CONTACT_PERIODS",
            Self::LetterOrVisit => "LETTER_OR_VISIT",
            Self::WasReached => "WAS_REACHED",
            Self::AssistAnswers { .. } => "ASSIST_ANSWERS",
        }
    }
}

/// What is missing for `outcome`, all of it; nothing: it can be submitted.
pub fn missing(outcome: Outcome, facts: &SubmissionFacts) -> Vec<Missing> {
    let mut missing = BTreeSet::new();
    match outcome {
        Outcome::Corrected => {
            need(has(facts, EvidenceKind::CustomerProof), Missing::CustomerProof, &mut missing);
            signature(facts, &mut missing);
            need(facts.servicing_no, Missing::ServicingNo, &mut missing);
            need(facts.accepted_revision, Missing::AcceptedRevision, &mut missing);
        }
        Outcome::Cleared => {
            // What proves the relation is a proof of the customer's too.
            let proof = has(facts, EvidenceKind::CustomerProof) || has(facts, EvidenceKind::RelationProof);
            need(proof, Missing::CustomerProof, &mut missing);
            signature(facts, &mut missing);
            need(facts.cleared_kind, Missing::ClearedKind, &mut missing);
        }
        Outcome::ConfirmedFalse => {
            // Neither is the policyholder's to sign: who is to be believed is the staff, the seller or the agency.
            let by_others = |wanted: &[EvidenceKind], signed: bool| {
                facts.evidence.iter().map(|piece| &piece.facts).any(|piece| {
                    wanted.contains(&piece.kind)
                        && !piece.signer_is_policyholder
                        && (!signed || piece.signed_on.is_some())
                })
            };
            let reported = by_others(&[EvidenceKind::InvestigationReport], true);
            need(reported, Missing::InvestigationReport, &mut missing);
            let stated = by_others(&[EvidenceKind::SellerStatement, EvidenceKind::AgencyStatement], false);
            need(stated, Missing::Statement, &mut missing);
        }
        Outcome::Unreachable => unreachable(facts, &mut missing),
    }
    if facts.open_assists > 0 {
        missing.insert(Missing::AssistAnswers { count: facts.open_assists });
    }
    missing.into_iter().collect()
}

fn need(there: bool, what: Missing, missing: &mut BTreeSet<Missing>) {
    if !there {
        missing.insert(what);
    }
}

fn has(facts: &SubmissionFacts, kind: EvidenceKind) -> bool {
    facts.evidence.iter().any(|piece| piece.facts.kind == kind)
}

/// The policyholder's own signature under the confirmation.
fn signature(facts: &SubmissionFacts, missing: &mut BTreeSet<Missing>) {
    let mut signed = facts
        .evidence
        .iter()
        .map(|piece| &piece.facts)
        .filter(|piece| piece.kind == EvidenceKind::ConfirmationForm)
        .filter(|piece| piece.signer_is_policyholder && piece.signed_on.is_some())
        .peekable();
    if signed.peek().is_none() {
        missing.insert(Missing::Signature);
    } else if !signed.any(|piece| !piece.electronic || facts.electronic_signatures) {
        missing.insert(Missing::HandwrittenSignature);
    }
}

/// Three attempts on different days and in different periods, then a letter or a visit.
fn unreachable(facts: &SubmissionFacts, missing: &mut BTreeSet<Missing>) {
    let in_vain = |attempt: &&ContactAttempt| !attempt.result.reached();
    let is_last_resort =
        |attempt: &ContactAttempt| matches!(attempt.means, ContactMeans::Letter | ContactMeans::Visit);
    need(facts.attempts.iter().all(|attempt| !attempt.result.reached()), Missing::WasReached, missing);
    let calls: Vec<&ContactAttempt> =
        facts.attempts.iter().filter(in_vain).filter(|attempt| !is_last_resort(attempt)).collect();
    let days: BTreeSet<NaiveDate> = calls.iter().map(|attempt| shanghai::date(attempt.time)).collect();
    let periods: BTreeSet<DayPeriod> = calls.iter().map(|attempt| DayPeriod::of(attempt.time)).collect();
    for (found, lacks) in [
        (calls.len(), (|count| Missing::ContactAttempts { count }) as fn(usize) -> Missing),
        (days.len(), |count| Missing::ContactDays { count }),
        (periods.len(), |count| Missing::ContactPeriods { count }),
    ] {
        if found < ATTEMPTS {
            missing.insert(lacks(ATTEMPTS - found));
        }
    }
    let third = third_day(&calls);
    let resorted = third.is_some_and(|third| {
        let later = |attempt: &ContactAttempt| is_last_resort(attempt) && attempt.time >= third;
        facts.attempts.iter().any(later) || facts.evidence.iter().any(|piece| records_resort(piece, third))
    });
    need(resorted, Missing::LetterOrVisit, missing);
}

/// Whether a piece of evidence records a letter or a visit after the attempts, the last of which was at `third`: it came
/// into the case after them, and does not bear an earlier day itself.
fn records_resort(piece: &Attached, third: DateTime<Utc>) -> bool {
    let facts = &piece.facts;
    matches!(facts.kind, EvidenceKind::LetterReceipt | EvidenceKind::VisitRecord)
        && piece.time >= third
        && facts.signed_on.is_none_or(|day| day >= shanghai::date(third))
}

/// The first attempt by which there were attempts on [`ATTEMPTS`] days.
fn third_day(calls: &[&ContactAttempt]) -> Option<DateTime<Utc>> {
    let mut times: Vec<DateTime<Utc>> = calls.iter().map(|attempt| attempt.time).collect();
    times.sort_unstable();
    let mut days = BTreeSet::new();
    times.into_iter().find(|time| {
        days.insert(shanghai::date(*time));
        days.len() >= ATTEMPTS
    })
}
