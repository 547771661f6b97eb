//! Everything that can be done with a case from its page.
//!
//! To add one: a variant, its line in [`Deed::ALL`], its fields in [`super::form::fields`], its arm in [`super::act`], and its
//! words `page-case-do-<slug>` (and `page-case-why-<slug>` if the case's own facts can stand against it).

use zhenshi_domain::case::Move;

/// Most characters of a reason, a note or a question.
pub(super) const NOTE_CHARACTERS: usize = 2_000;
/// Most characters of a comment, a summary, an opinion or an answer.
pub(super) const LONG_CHARACTERS: usize = 4_000;
/// Most characters of a code of the directory or a number of another system.
pub(super) const CODE_CHARACTERS: usize = 64;

/// Something that can be done with a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    Start,
    Submit,
    Verify,
    Return,
    Release,
    Hold,
    Merge,
    Assign,
    Redirect,
    TakeOver,
    Comment,
    Attempt,
    RequestCallBack,
    AnswerCallBack,
    AnswerAssist,
    OverrideAssist,
    Pause,
    Resume,
    Extend,
    Urge,
    Appeal,
    DecideAppeal,
    RecordOpinion,
    ReplyToOpinion,
    ReportAgency,
    Commission,
    Withdraw,
    Reopen,
}

impl Deed {
    /// Every deed in the order in which the page offers them, with its part of the address and the moves that it is.
    pub(super) const ALL: [(Self, &'static str, &'static [Move]); 28] = [
        (Self::Start, "start", &[Move::Start]),
        (Self::Submit, "submit", &[Move::Submit]),
        (Self::Verify, "verify", &[Move::Verify, Move::Close]),
        (Self::Return, "return", &[Move::Return]),
        (Self::Release, "release", &[Move::Release]),
        (Self::Hold, "hold", &[Move::Hold]),
        (Self::Merge, "merge", &[Move::Merge]),
        (Self::Assign, "assign", &[Move::Assign, Move::Reassign]),
        (Self::Redirect, "redirect", &[Move::Redirect]),
        (Self::TakeOver, "take-over", &[Move::TakeOver]),
        (Self::Comment, "comment", &[Move::Comment]),
        (Self::Attempt, "attempt", &[Move::RecordContactAttempt]),
        (Self::RequestCallBack, "request-call-back", &[Move::RequestCallBack]),
        (Self::AnswerCallBack, "answer-call-back", &[Move::AnswerCallBack]),
        (Self::AnswerAssist, "answer-assist", &[Move::AnswerAssist]),
        (Self::OverrideAssist, "override-assist", &[Move::OverrideAssist]),
        (Self::Pause, "pause", &[Move::Pause]),
        (Self::Resume, "resume", &[Move::Resume]),
        (Self::Extend, "extend", &[Move::Extend]),
        (Self::Urge, "urge", &[Move::Urge]),
        (Self::Appeal, "appeal", &[Move::Appeal]),
        (Self::DecideAppeal, "decide-appeal", &[Move::DecideAppeal]),
        (Self::RecordOpinion, "record-opinion", &[]),
        (Self::ReplyToOpinion, "reply-to-opinion", &[]),
        (Self::ReportAgency, "report-agency", &[Move::ReportAgencyRefusal]),
        (Self::Commission, "commission", &[Move::DecideCommission]),
        (Self::Withdraw, "withdraw", &[Move::Withdraw]),
        (Self::Reopen, "reopen", &[Move::Reopen]),
    ];

    /// The deed of a part of an address.
    pub(super) fn of_slug(slug: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, own, _)| *own == slug).map(|(deed, ..)| *deed)
    }

    /// Its part of the address.
    pub(super) fn slug(self) -> &'static str {
        Self::ALL.iter().find(|(deed, ..)| *deed == self).map_or("", |(_, slug, _)| slug)
    }

    /// Whether it leads the case on.
    pub(super) const fn leads_on(self) -> bool {
        matches!(
            self,
            Self::Start
                | Self::Submit
                | Self::Verify
                | Self::AnswerAssist
                | Self::AnswerCallBack
                | Self::DecideAppeal
        )
    }

    /// Whether it ends or undoes something.
    pub(super) const fn is_grave(self) -> bool {
        matches!(self, Self::Withdraw | Self::Return | Self::Commission)
    }
}
