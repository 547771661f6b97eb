//! The forms that tell what was found, said or decided: submissions, attempts and call-backs, appeals and opinions.

use std::sync::Arc;

use zhenshi_domain::case::{
    Outcome,
    evidence::{ContactAttempt, ContactMeans, ContactResult},
};

use super::{
    Stop, checked,
    sent::{call_back_answer, cleared_kind, opinion_kind, yes_no},
};
use crate::{
    app::{
        CallBackAnswer, OpinionKind, Submission,
        case::{
            CaseCall, ChangedCase,
            appeal::decide_appeal,
            call_back::{answer_call_back, request_call_back},
            opinions::{record_opinion, reply_to_opinion},
            record_contact_attempt::record_contact_attempt,
            submit_case::submit_case,
        },
    },
    web::{
        Site,
        page::case::{
            deed::{CODE_CHARACTERS, Deed, LONG_CHARACTERS, NOTE_CHARACTERS},
            given::Given,
        },
        person::Person,
    },
};

pub(super) async fn submit(
    site: &Arc<Site>,
    person: &Person,
    call: CaseCall,
    given: &mut Given,
) -> Result<ChangedCase, Stop> {
    let say = &person.say;
    let outcome = given.choice(say, "outcome", true, |sent| Outcome::from_code(sent.parse().ok()?));
    let cleared = given.choice(say, "cleared_kind", false, cleared_kind);
    let servicing_no = given.text(say, "servicing_no", CODE_CHARACTERS, false);
    let summary = given.text(say, "summary", LONG_CHARACTERS, true);
    if outcome.is_some_and(|outcome| outcome != Outcome::Cleared) && cleared.is_some() {
        given.wrong("cleared_kind", say.t("violation-other-outcome"));
    }
    if outcome.is_some_and(|outcome| outcome != Outcome::Corrected) && !servicing_no.is_empty() {
        given.wrong("servicing_no", say.t("violation-other-outcome"));
    }
    checked(given)?;
    let submission = Submission {
        outcome: outcome.unwrap_or(Outcome::Corrected),
        cleared_kind: cleared,
        servicing_no,
        suspicions: Vec::new(),
    };
    Ok(submit_case(&site.app, person.principal(), call, submission, &summary).await?)
}

/// The customer is tried to be reached, by whom ever.
pub(super) async fn reach(
    site: &Arc<Site>,
    person: &Person,
    deed: Deed,
    call: CaseCall,
    given: &mut Given,
) -> Result<ChangedCase, Stop> {
    let (app, principal, say) = (&*site.app, person.principal(), &person.say);
    // What is told has happened, whatever the case is by now.
    let call = CaseCall { etag: None, ..call };
    match deed {
        Deed::Attempt => {
            let time = given.moment(say, "time");
            let means = given.choice(say, "means", true, |sent| ContactMeans::from_code(sent.parse().ok()?));
            let result =
                given.choice(say, "result", true, |sent| ContactResult::from_code(sent.parse().ok()?));
            let note = given.text(say, "note", NOTE_CHARACTERS, false);
            checked(given)?;
            let (means, result) =
                (means.unwrap_or(ContactMeans::Phone), result.unwrap_or(ContactResult::NoAnswer));
            let attempt = ContactAttempt { time, means, result };
            Ok(record_contact_attempt(app, principal, call, attempt, &note).await?)
        }
        Deed::RequestCallBack => {
            let question = given.text(say, "question", NOTE_CHARACTERS, true);
            checked(given)?;
            Ok(request_call_back(app, principal, call, &question).await?.0)
        }
        _ => {
            let id = given.id(say, "id");
            let answer = given.choice(say, "answer", true, call_back_answer);
            let note = given.text(say, "note", NOTE_CHARACTERS, false);
            checked(given)?;
            let answer = answer.unwrap_or(CallBackAnswer::NotReached);
            Ok(answer_call_back(app, principal, call, id, answer, &note).await?)
        }
    }
}

/// Appeals and opinions.
pub(super) async fn decide(
    site: &Arc<Site>,
    person: &Person,
    deed: Deed,
    call: CaseCall,
    given: &mut Given,
) -> Result<ChangedCase, Stop> {
    let (app, principal, say) = (&*site.app, person.principal(), &person.say);
    match deed {
        Deed::DecideAppeal => {
            let id = given.id(say, "id");
            let accept = given.choice(say, "accept", true, yes_no);
            let reason = given.text(say, "reason", NOTE_CHARACTERS, true);
            checked(given)?;
            let decision = (id, accept.unwrap_or_default());
            Ok(decide_appeal(app, principal, call, decision, &reason).await?)
        }
        Deed::RecordOpinion => {
            let kind = given.choice(say, "kind", true, opinion_kind);
            let owner = given.text(say, "owner_code", CODE_CHARACTERS, true);
            let due = given.date(say, "due_date", true);
            let opinion = given.text(say, "opinion", LONG_CHARACTERS, true);
            checked(given)?;
            let what = (kind.unwrap_or(OpinionKind::Sanction), owner, due.unwrap_or_default());
            Ok(record_opinion(app, principal, call, what, &opinion).await?.0)
        }
        _ => {
            let id = given.id(say, "id");
            let reply = given.text(say, "reply", LONG_CHARACTERS, true);
            checked(given)?;
            Ok(reply_to_opinion(app, principal, call, id, &reply).await?)
        }
    }
}
