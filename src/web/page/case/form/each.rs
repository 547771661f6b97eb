//! The fields of the forms that have more than a reason.

use zhenshi_domain::{
    application::Channel,
    case::{
        Outcome,
        evidence::{ContactMeans, ContactResult},
    },
};

use super::Fields;
use crate::{
    app::{CallBackAnswer, OpinionKind},
    security::{principal::ALL_CHANNELS, role::Role},
    web::{
        page::case::deed::Deed,
        say,
        view::{
            case::{deeds::Input, named},
            words,
        },
    },
};

pub(super) fn submit(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let outcomes = Outcome::ALL.iter().map(|one| (one.code().to_string(), say.t(named::outcome(*one))));
    of.choice("outcome", "page-case-field-outcome", true, outcomes.collect());
    of.starting_with(of.choices.case.outcome.map(|one| one.code().to_string()).unwrap_or_default());
    let kinds = named::CLEARED.iter().map(|(_, value, words)| ((*value).to_owned(), say.t(words)));
    of.choice("cleared_kind", "page-case-field-cleared-kind", false, kinds.collect());
    of.hinted("page-case-hint-cleared-kind");
    of.add("servicing_no", "page-case-field-servicing-no", false, Input::Text);
    of.hinted("page-case-hint-servicing-no");
    of.starting_with(of.choices.case.servicing_no.clone());
    of.long("summary", "page-case-field-summary");
}

pub(super) fn assign(of: &mut Fields<'_>) {
    of.add("staff_code", "page-case-field-staff", false, Input::Text);
    of.hinted("page-case-hint-staff");
    let somebody = of.choices.case.assignee.is_some();
    of.reason(somebody);
}

pub(super) fn redirect(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let channels =
        ALL_CHANNELS.iter().map(|one| (named::channel_value(*one).to_owned(), say.t(words::channel(*one))));
    of.choice("channel", "page-case-field-channel", true, channels.collect());
    of.add("branch_code", "page-case-field-branch", false, Input::Text);
    of.starting_with(of.choices.case.branch_code.clone());
    of.add("staff_code", "page-case-field-staff", false, Input::Text);
    of.hinted("page-case-hint-staff");
    of.reason(true);
}

pub(super) fn attempt(of: &mut Fields<'_>) {
    let say = of.choices.say;
    of.add("time", "page-case-field-time", true, Input::Moment);
    of.starting_with(say::time(of.choices.now).replace(' ', "T"));
    let means = ContactMeans::ALL.iter().map(|one| (one.code().to_string(), say.t(named::means(*one))));
    of.choice("means", "page-case-field-means", true, means.collect());
    let results = ContactResult::ALL.iter().map(|one| (one.code().to_string(), say.t(named::result(*one))));
    of.choice("result", "page-case-field-result", true, results.collect());
    of.add("note", "page-case-field-note", false, Input::Area);
}

pub(super) fn answer_call_back(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let open = of.choices.details.rows.call_back_requests.iter().filter(|call| call.answered_time.is_none());
    let open = open.map(|call| {
        (call.id.to_string(), format!("{} · {}", say::time(call.requested_time), call.requested_by))
    });
    of.choice("id", "page-case-field-call", true, open.collect());
    let answers = [
        CallBackAnswer::Confirmed,
        CallBackAnswer::ToldOtherwise,
        CallBackAnswer::NotReached,
        CallBackAnswer::Refused,
    ];
    let answers =
        answers.iter().map(|one| (named::answer_value(*one).to_owned(), say.t(named::answer(*one))));
    of.choice("answer", "page-case-field-answer", true, answers.collect());
    of.add("note", "page-case-field-note", false, Input::Area);
}

pub(super) fn assist(deed: Deed, of: &mut Fields<'_>) {
    let say = of.choices.say;
    let mut channels: Vec<Channel> = of
        .choices
        .details
        .rows
        .participants
        .iter()
        .filter(|one| one.assists && one.answered_time.is_none() && !one.overridden)
        .map(|one| one.channel)
        .filter(|channel| {
            deed == Deed::OverrideAssist || of.choices.channel.is_none_or(|own| own == *channel)
        })
        .collect();
    channels.sort_unstable();
    channels.dedup();
    let channels =
        channels.iter().map(|one| (named::channel_value(*one).to_owned(), say.t(words::channel(*one))));
    of.choice("channel", "page-case-field-assist", true, channels.collect());
    let label =
        if deed == Deed::OverrideAssist { "page-case-field-reason" } else { "page-case-field-answer" };
    of.long("answer", label);
}

pub(super) fn decide_appeal(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let open = of.choices.details.rows.appeals.iter().filter(|appeal| appeal.decided_time.is_none());
    let open = open.map(|appeal| {
        (appeal.id.to_string(), format!("{} · {}", say::time(appeal.appealed_time), appeal.appealed_by))
    });
    of.choice("id", "page-case-field-appeal", true, open.collect());
    let ends = [("yes", "page-case-appeal-accept"), ("no", "page-case-appeal-refuse")];
    let ends = ends.iter().map(|(value, words)| ((*value).to_owned(), say.t(words)));
    of.choice("accept", "page-case-field-decision", true, ends.collect());
    of.reason(true);
}

pub(super) fn record_opinion(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let mut kinds = vec![OpinionKind::Sanction];
    if of.choices.role == Role::Compliance {
        kinds.push(OpinionKind::Rectification);
    }
    let kinds = kinds.iter().map(|one| (named::opinion_value(*one).to_owned(), say.t(named::opinion(*one))));
    of.choice("kind", "page-case-field-opinion-kind", true, kinds.collect());
    of.add("owner_code", "page-case-field-owner", true, Input::Text);
    of.add("due_date", "page-case-field-due", true, Input::Date);
    of.long("opinion", "page-case-field-opinion");
}

pub(super) fn reply(of: &mut Fields<'_>) {
    let say = of.choices.say;
    let open = of.choices.details.rows.opinions.iter().filter(|opinion| opinion.replied_time.is_none());
    let open = open.map(|opinion| {
        let words = format!(
            "{} · {} · {}",
            say.t(named::opinion(opinion.kind)),
            opinion.owner_code,
            say::date(opinion.due_date)
        );
        (opinion.id.to_string(), words)
    });
    of.choice("id", "page-case-field-which-opinion", true, open.collect());
    of.long("reply", "page-case-field-reply");
}
