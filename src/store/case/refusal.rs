//! Why a case was not changed, in terms of the rules: nothing was written.

use zhenshi_domain::case::RefusedMove;

/// Why somebody cannot have a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotEligible {
    /// Not in the directory.
    Unknown,
    /// Out of use.
    Inactive,
    /// On leave today.
    OnLeave,
    /// Of another channel.
    OtherChannel,
    /// Of another branch.
    OtherBranch,
    /// Neither clerk nor team leader.
    NoClerk,
    /// His own contact or sale is the clue.
    Concerned,
    /// He has as many cases as he can.
    AtCapacity,
}

impl NotEligible {
    /// Stable name, as the error's metadata carry it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Inactive => "INACTIVE",
            Self::OnLeave => "ON_LEAVE",
            Self::OtherChannel => "OTHER_CHANNEL",
            Self::OtherBranch => "OTHER_BRANCH",
            Self::NoClerk => "NO_CLERK",
            Self::Concerned => "CONCERNED",
            Self::AtCapacity => "AT_CAPACITY",
        }
    }
}

/// A value of the request that does not go with the case as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrongArgument {
    /// An attempt that is still to come.
    AttemptInFuture,
    /// An attempt from before the case.
    AttemptBeforeCase,
    /// A signature of a day that is still to come.
    SignedInFuture,
    /// An opinion that is due before today.
    OpinionDueInPast,
    /// More working days than may still be granted.
    ExtensionTooLong {
        /// How many may.
        left: u16,
    },
}

impl WrongArgument {
    /// Path of the field.
    pub const fn path(self) -> &'static str {
        match self {
            Self::AttemptInFuture | Self::AttemptBeforeCase => "attempted_time",
            Self::SignedInFuture => "header.signed_on",
            Self::OpinionDueInPast => "due_date",
            Self::ExtensionTooLong { .. } => "working_days",
        }
    }
}

/// Why a case was not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseRefusal {
    /// The state does not allow it, or not to this actor.
    Move(RefusedMove),
    /// Something is missing for the outcome; stable names.
    Missing(Vec<&'static str>),
    /// Another case of the value is open.
    ValueHasOpenCase {
        /// Its number.
        case_no: String,
    },
    /// A second person has to do this.
    SecondPersonRequired,
    /// The member of staff cannot have it.
    NotEligible(NotEligible),
    /// What hangs on the case and is named in the request is not there.
    PartNotFound,
    /// Somebody has the case already: why it goes to another has to be said.
    ReasonRequired,
    /// A value of the request does not go with the case.
    Argument(WrongArgument),
}

impl From<RefusedMove> for CaseRefusal {
    fn from(refused: RefusedMove) -> Self {
        Self::Move(refused)
    }
}
