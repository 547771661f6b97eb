//! What is said of a case in words: what happened, and what is missing.

use zhenshi_domain::case::evidence::Missing;

use crate::{
    app::CaseEventKind,
    words::{Language, WordArg, Words},
};

/// What happened.
pub fn event(words: &Words, language: Language, kind: CaseEventKind) -> String {
    words.message(language, &id("case-event", &format!("{kind:?}")), std::iter::empty())
}

/// What is missing, with how much of it.
pub fn missing(words: &Words, language: Language, item: Missing) -> String {
    let count = match item {
        Missing::ContactAttempts { count }
        | Missing::ContactDays { count }
        | Missing::ContactPeriods { count }
        | Missing::AssistAnswers { count } => count,
        _ => 0,
    };
    let id = format!("case-missing-{}", item.name().to_ascii_lowercase().replace('_', "-"));
    let args = [("count", WordArg::Number(u32::try_from(count).unwrap_or(u32::MAX)))];
    words.message(language, &id, args.into_iter())
}

/// The message of a variant: its name in lower case, with a hyphen before each word.
fn id(beginning: &str, variant: &str) -> String {
    let mut id = beginning.to_owned();
    for letter in variant.chars() {
        if letter.is_ascii_uppercase() {
            id.push('-');
        }
        id.push(letter.to_ascii_lowercase());
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_and_everything_missing_has_words_in_every_language() {
        let words = Words::load().unwrap();
        let count = 2;
        let everything = [
            Missing::CustomerProof,
            Missing::Signature,
            Missing::HandwrittenSignature,
            Missing::ServicingNo,
            Missing::AcceptedRevision,
            Missing::ClearedKind,
            Missing::InvestigationReport,
            Missing::Statement,
            Missing::ContactAttempts { count },
            Missing::ContactDays { count },
            Missing::ContactPeriods { count },
            Missing::LetterOrVisit,
            Missing::WasReached,
            Missing::AssistAnswers { count },
        ];
        for language in Language::ALL {
            for kind in CaseEventKind::ALL {
                let said = event(&words, language, kind);
                assert!(!said.starts_with("case-event"), "{language:?} {kind:?}");
            }
            for item in everything {
                let said = missing(&words, language, item);
                assert!(!said.starts_with("case-missing"), "{language:?} {item:?}");
                assert_eq!(said.contains('2'), format!("{item:?}").contains("count"), "{said}");
            }
        }
    }
}
