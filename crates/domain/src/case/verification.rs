//! Verification (复核): who is to verify a submission, and who may not.
//!
//! Customer service verifies every case; compliance also verifies what weighs most and a share of the rest. Nobody
//! verifies what he has handled. Customer service may work on a case itself: then compliance alone verifies it.

use super::Outcome;
use crate::suspicion::Clue;

/// Parts of a whole: shares are given in thousandths.
pub const WHOLE: u16 = 1_000;
/// Of a thousand cases that compliance need not verify, so many it verifies by default: one in twenty.
pub const DEFAULT_SAMPLED_PER_MILLE: u16 = 50;

/// The golden ratio in 64 bits, odd: multiplying by it spreads every bit upwards.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

/// Who verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Department {
    /// 客户服务部
    CustomerService,
    /// 合规
    Compliance,
}

impl Department {
    /// Both, in the order of their numbers.
    pub const ALL: [Self; 2] = [Self::CustomerService, Self::Compliance];

    /// Its number in the store and the API, from 1.
    pub const fn code(self) -> i16 {
        match self {
            Self::CustomerService => 1,
            Self::Compliance => 2,
        }
    }

    /// The department with this number.
    pub fn from_code(code: i16) -> Option<Self> {
        Self::ALL.into_iter().find(|department| department.code() == code)
    }
}

/// What decides who verifies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationFacts {
    /// What was submitted: the end of the case, and those of single suspicions that end otherwise.
    pub outcomes: Vec<Outcome>,
    /// The clues of the case; none for a reported doubt.
    pub clues: Vec<Clue>,
    /// It is in compliance's share ([`sampled`]).
    pub sampled: bool,
    /// Customer service took it over.
    pub taken_over: bool,
}

/// Whether the case is in the share, in thousandths, that compliance verifies by sample. Decided by the id alone, so that
/// nobody can try again; ids are random in the bits that count.
pub fn sampled(case_id: u128, share: u16) -> bool {
    // The lower half of a UUIDv7 is random but for two bits; a multiplicative hash takes all of it.
    let random = u64::try_from(case_id & u128::from(u64::MAX)).unwrap_or_default();
    let mixed = random.wrapping_mul(MIX) >> 32;
    mixed % u64::from(WHOLE) < u64::from(share)
}

/// The departments that must verify, in order.
pub fn required(facts: &VerificationFacts) -> Vec<Department> {
    if facts.taken_over {
        return vec![Department::Compliance];
    }
    let weighs = |outcome: &Outcome| matches!(outcome, Outcome::ConfirmedFalse | Outcome::Unreachable);
    let grave = facts.outcomes.iter().any(weighs) || facts.clues.contains(&Clue::SellerContact);
    let mut required = vec![Department::CustomerService];
    if grave || facts.sampled {
        required.push(Department::Compliance);
    }
    required
}

/// Who verifies, and what he has had to do with the case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verifier<'a> {
    /// Staff code.
    pub code: &'a str,
    /// For which department.
    pub department: Department,
}

/// Why somebody may not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefusedVerifier {
    /// He handled the case.
    HandledIt,
    /// His department need not verify this submission.
    NotRequired,
    /// His department has verified this submission.
    AlreadyVerified,
    /// He verified this submission for the other department.
    VerifiedForOther,
}

/// A verification of the present submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// For which department.
    pub department: Department,
    /// Staff code.
    pub verifier: String,
}

/// What is left after `verifier` verifies: the departments that are still to. Nothing left: the case closes.
///
/// # Errors
/// [`RefusedVerifier`], if he may not.
pub fn verify(
    facts: &VerificationFacts,
    handlers: &[String],
    so_far: &[Verified],
    verifier: Verifier<'_>,
) -> Result<Vec<Department>, RefusedVerifier> {
    may_decide(facts, handlers, so_far, verifier)?;
    let done = |department: &Department| {
        *department == verifier.department || so_far.iter().any(|one| one.department == *department)
    };
    Ok(required(facts).into_iter().filter(|department| !done(department)).collect())
}

/// Whether `verifier` may verify or return the submission.
///
/// # Errors
/// [`RefusedVerifier`], if he may not.
pub fn may_decide(
    facts: &VerificationFacts,
    handlers: &[String],
    so_far: &[Verified],
    verifier: Verifier<'_>,
) -> Result<(), RefusedVerifier> {
    if handlers.iter().any(|handler| handler == verifier.code) {
        return Err(RefusedVerifier::HandledIt);
    }
    if !required(facts).contains(&verifier.department) {
        return Err(RefusedVerifier::NotRequired);
    }
    if so_far.iter().any(|one| one.department == verifier.department) {
        return Err(RefusedVerifier::AlreadyVerified);
    }
    if so_far.iter().any(|one| one.verifier == verifier.code) {
        return Err(RefusedVerifier::VerifiedForOther);
    }
    Ok(())
}
