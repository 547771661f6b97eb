//! What the choices of the forms send, to what it means.

use zhenshi_domain::application::Channel;

use crate::{
    app::{CallBackAnswer, ClearedKind, OpinionKind},
    security::principal::ALL_CHANNELS,
    web::view::case::named,
};

pub(super) fn channel(sent: &str) -> Option<Channel> {
    ALL_CHANNELS.into_iter().find(|one| named::channel_value(*one) == sent)
}

pub(super) fn cleared_kind(sent: &str) -> Option<ClearedKind> {
    named::CLEARED.iter().find(|(_, value, _)| *value == sent).map(|(kind, ..)| *kind)
}

pub(super) fn on_off(sent: &str) -> Option<bool> {
    [("on", true), ("off", false)].iter().find(|(name, _)| *name == sent).map(|(_, value)| *value)
}

pub(super) fn yes_no(sent: &str) -> Option<bool> {
    [("yes", true), ("no", false)].iter().find(|(name, _)| *name == sent).map(|(_, value)| *value)
}

pub(super) fn call_back_answer(sent: &str) -> Option<CallBackAnswer> {
    let all = [
        CallBackAnswer::Confirmed,
        CallBackAnswer::ToldOtherwise,
        CallBackAnswer::NotReached,
        CallBackAnswer::Refused,
    ];
    all.into_iter().find(|one| named::answer_value(*one) == sent)
}

pub(super) fn opinion_kind(sent: &str) -> Option<OpinionKind> {
    let all = [OpinionKind::Sanction, OpinionKind::Rectification];
    all.into_iter().find(|one| named::opinion_value(*one) == sent)
}
