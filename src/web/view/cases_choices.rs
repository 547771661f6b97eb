//! The choices of the worklist's filters. To add one: its arm here, its select in `templates/cases/page.html`.

use zhenshi_domain::{
    case::{CaseState, Outcome},
    suspicion::Clue,
};

use super::{case::named, words};
use crate::{
    security::principal::ALL_CHANNELS,
    web::{page::Question, say::Say},
};

/// How a value of a closed set stands in an address: `SAME_PHONE` as `same-phone`.
pub(in crate::web) fn value_of(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// How an end of a case is called in an address.
pub(in crate::web) const fn outcome_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Corrected => "corrected",
        Outcome::Cleared => "cleared",
        Outcome::ConfirmedFalse => "confirmed-false",
        Outcome::Unreachable => "unreachable",
    }
}

/// Value in the address, text, whether it is chosen.
pub(in crate::web) fn choices(say: &Say, kind: &str, question: &Question) -> Vec<(String, String, bool)> {
    let choice = |value: String, id: &str, chosen: &dyn Fn(&str) -> bool| {
        let chosen = chosen(&value);
        (value, say.t(id), chosen)
    };
    match kind {
        "state" => {
            let of = |state: CaseState| {
                choice(value_of(state.name()), named::state(state), &|value| {
                    question.state.iter().any(|own| own == value)
                })
            };
            CaseState::ALL.into_iter().map(of).collect()
        }
        "channel" => {
            let of = |channel| {
                let value = value_of(named::channel_value(channel));
                choice(value, words::channel(channel), &|value| question.channel == value)
            };
            ALL_CHANNELS.into_iter().map(of).collect()
        }
        "clue" => {
            let of = |clue: Clue| {
                choice(value_of(clue.name()), words::clue(clue), &|value| question.clue == value)
            };
            Clue::ALL.into_iter().map(of).collect()
        }
        "outcome" => {
            let of = |outcome: Outcome| {
                let value = value_of(outcome_name(outcome));
                choice(value, named::outcome(outcome), &|value| question.outcome == value)
            };
            Outcome::ALL.into_iter().map(of).collect()
        }
        _ => Vec::new(),
    }
}
