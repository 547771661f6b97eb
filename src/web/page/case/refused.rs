//! Why something was not done, in sentences: what happened, and what exactly is in the way.

use zhenshi_domain::case::evidence::Missing;

use crate::{
    app::{AppError, case::said},
    web::{error, say::Say, view::case::named},
    words::WordArg,
};

/// What stands in a page that is shown again.
pub(in crate::web) struct Told {
    pub(in crate::web) text: String,
    pub(in crate::web) details: Vec<String>,
}

/// Whether the page is shown again with what was typed: else there is no page to show.
pub(in crate::web) const fn is_shown_again(error: &AppError) -> bool {
    matches!(
        error,
        AppError::EtagMismatch
            | AppError::MoveNotAllowed(_)
            | AppError::EvidenceMissing(_)
            | AppError::EvidenceRefused(_)
            | AppError::ValueHasOpenCase { .. }
            | AppError::SecondPersonRequired
            | AppError::StaffNotEligible(_)
            | AppError::ReasonRequired
            | AppError::WrongArgument(_)
            | AppError::RequestIdReused
            | AppError::TooManyCases { .. }
            | AppError::SubmissionNotFound
    )
}

/// The words of `error`.
pub(in crate::web) fn told(say: &Say, error: &AppError) -> Told {
    let (_, id) = error::says(error);
    Told { text: say.t(id), details: details(say, error) }
}

/// Why data in clear are not shown, in a sentence; none if that is not why.
pub(in crate::web) fn access(say: &Say, error: &AppError) -> Option<String> {
    match error {
        AppError::AccessNotGranted(why) => {
            Some(format!("{} {}", say.t("access-not-granted"), say.value("page-case-not-granted", why)))
        }
        AppError::QuotaExceeded { .. }
        | AppError::StrongerSignInRequired { .. }
        | AppError::TooManyParties { .. } => Some(say.t(error::says(error).1)),
        _ => None,
    }
}

fn details(say: &Say, error: &AppError) -> Vec<String> {
    match error {
        AppError::MoveNotAllowed(refused) => {
            vec![say.named("page-case-now-is", &say.t(named::state(refused.state)))]
        }
        AppError::EvidenceMissing(names) => names.iter().map(|name| missing(say, name)).collect(),
        AppError::EvidenceRefused(why) => vec![say.value("page-case-file", why)],
        AppError::StaffNotEligible(why) => vec![say.value("page-case-not-eligible", why)],
        AppError::ValueHasOpenCase { case_no } => vec![say.named("page-case-open-is", case_no)],
        AppError::TooManyCases { limit, actual } => {
            let number = |count: usize| WordArg::Number(u32::try_from(count).unwrap_or(u32::MAX));
            vec![say.with("page-case-too-many", &[("limit", number(*limit)), ("actual", number(*actual))])]
        }
        _ => Vec::new(),
    }
}

/// A name of what is missing, in words; those that count need the number, which the checklist of the page has.
fn missing(say: &Say, name: &str) -> String {
    let count = 1;
    let known = [
        Missing::CustomerProof,
        Missing::Signature,
        Missing::HandwrittenSignature,
        Missing::ServicingNo,
        Missing::AcceptedRevision,
        Missing::ClearedKind,
        Missing::InvestigationReport,
        Missing::Statement,
        Missing::LetterOrVisit,
        Missing::WasReached,
        Missing::AssistAnswers { count },
    ];
    match known.into_iter().find(|one| one.name() == name) {
        Some(one) => said::missing(say.words(), say.language(), one),
        None => say.value("page-case-lacks", name),
    }
}
