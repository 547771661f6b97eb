//! Does what a form of the page asks for, and shows the page again: with what was done, or with what was typed and why not.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form;
use zhenshi_domain::{
    application::Channel,
    case::{
        Outcome,
        evidence::{ContactAttempt, ContactMeans, ContactResult},
    },
};

use super::{
    deed::{CODE_CHARACTERS, Deed, LONG_CHARACTERS, NOTE_CHARACTERS},
    given::Given,
    refused, show,
    shown::Again,
};
use crate::{
    app::{
        AppError, CallBackAnswer, CaseName, ClearedKind, OpinionKind, Submission,
        case::{
            CaseCall, ChangedCase,
            add_comment::add_comment,
            answer_assist::answer_assist,
            appeal::{appeal_case, decide_appeal},
            assign_case::{Destination, assign_case},
            batch::{CasesCall, Changed, Which, release_cases, urge_cases},
            call_back::{answer_call_back, request_call_back},
            decide_commission::decide_commission,
            extend_case::{MOST_WORKING_DAYS, extend_case},
            get_case::{View, get_case},
            hold_case::hold_case,
            merge_cases::merge_cases,
            opinions::{record_opinion, reply_to_opinion},
            pause::{pause_case, resume_case},
            record_contact_attempt::record_contact_attempt,
            reopen_case::reopen_case,
            report_agency_refusal::report_agency_refusal,
            return_case::return_case,
            start_investigation::start_investigation,
            submit_case::submit_case,
            take_over_case::take_over_case,
            verify_case::verify_case,
            withdraw_case::withdraw_case,
        },
    },
    security::principal::ALL_CHANNELS,
    web::{Site, error::PageError, person::Person, view::case::named},
};

/// What is wrong with a form, as opposed to what the use case says.
enum Stop {
    /// Fields are wrong: it was not asked for anything.
    Fields,
    /// The use case did not do it.
    Refused(AppError),
}

impl From<AppError> for Stop {
    fn from(error: AppError) -> Self {
        Self::Refused(error)
    }
}

pub(super) async fn act(
    person: Person,
    State(site): State<Arc<Site>>,
    Path((no, slug)): Path<(String, String)>,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let deed = Deed::of_slug(&slug).ok_or(PageError::NotFound)?;
    let mut given = Given::new(pairs);
    let call = call(&site, &person, &no, deed.slug(), &given).await?;
    let done = run(&site, &person, deed, call, &mut given).await;
    let again = match done {
        Ok(_) => return Ok(done_response(&no, deed)),
        Err(Stop::Fields) => {
            let text = person.say.t("page-case-form-wrong");
            Again {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                deed: deed.slug(),
                given,
                text,
                details: Vec::new(),
                changed: false,
            }
        }
        Err(Stop::Refused(error)) if refused::is_shown_again(&error) => {
            Again::of(&person.say, &error, deed.slug(), given)
        }
        Err(Stop::Refused(error)) => return Err(error.into()),
    };
    show::page(&site, &person, &no, Some(again)).await
}

/// Back to the page, which says what was done: a reload does not do it again.
fn done_response(no: &str, deed: Deed) -> Response {
    let to = format!("/cases/{no}?done={}", deed.slug());
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}

/// The call of a form about the case `no`.
pub(super) async fn call(
    site: &Site,
    person: &Person,
    no: &str,
    what: &str,
    given: &Given,
) -> Result<CaseCall, PageError> {
    let request = given.request(&site.app, what)?;
    let etag = Some(given.etag()?);
    let name = CaseName::Number(show::number(no)?);
    let case = get_case(&site.app, person.principal(), name, View::Basic).await?;
    Ok(CaseCall { case_id: case.row.id, etag, request })
}

async fn run(
    site: &Arc<Site>,
    person: &Person,
    deed: Deed,
    call: CaseCall,
    given: &mut Given,
) -> Result<ChangedCase, Stop> {
    let (app, principal) = (&*site.app, person.principal());
    match deed {
        Deed::Start => Ok(start_investigation(app, principal, call).await?),
        Deed::Resume => Ok(resume_case(app, principal, call).await?),
        Deed::Urge => one(urge_cases(app, principal, cases(call)).await?),
        Deed::Release => one(release_cases(app, principal, cases(call)).await?),
        Deed::Comment => {
            let comment = given.text(&person.say, "comment", LONG_CHARACTERS, true);
            checked(given)?;
            // A comment is not about what stood there: it is added whatever has happened meanwhile.
            Ok(add_comment(app, principal, CaseCall { etag: None, ..call }, &comment).await?)
        }
        Deed::Submit => submit(site, person, call, given).await,
        Deed::Assign | Deed::Redirect | Deed::Merge => give(site, person, deed, call, given).await,
        Deed::Attempt | Deed::RequestCallBack | Deed::AnswerCallBack => {
            reach(site, person, deed, call, given).await
        }
        Deed::AnswerAssist | Deed::OverrideAssist => {
            let channel = given.choice(&person.say, "channel", true, channel);
            let answer = given.text(&person.say, "answer", LONG_CHARACTERS, true);
            checked(given)?;
            let channel = channel.unwrap_or(Channel::Direct);
            let overrides = deed == Deed::OverrideAssist;
            Ok(answer_assist(app, principal, call, channel, overrides, &answer).await?)
        }
        Deed::DecideAppeal | Deed::RecordOpinion | Deed::ReplyToOpinion => {
            decide(site, person, deed, call, given).await
        }
        _ => reasoned(site, person, deed, call, given).await,
    }
}

/// What needs a reason, and hardly more.
async fn reasoned(
    site: &Arc<Site>,
    person: &Person,
    deed: Deed,
    call: CaseCall,
    given: &mut Given,
) -> Result<ChangedCase, Stop> {
    let (app, principal, say) = (&*site.app, person.principal(), &person.say);
    let field = if deed == Deed::Verify { "note" } else { "reason" };
    let reason = given.text(say, field, NOTE_CHARACTERS, deed != Deed::Verify);
    let hold = match deed {
        Deed::Hold | Deed::Commission => given.choice(say, "hold", true, on_off),
        _ => None,
    };
    let agency = match deed {
        Deed::ReportAgency => given.text(say, "agency_code", CODE_CHARACTERS, true),
        _ => String::new(),
    };
    let days = if deed == Deed::Extend { given.number(say, "working_days", 1, MOST_WORKING_DAYS) } else { 0 };
    checked(given)?;
    let hold = hold.unwrap_or_default();
    let done = match deed {
        Deed::Verify => verify_case(app, principal, call, &reason).await,
        Deed::Return => return_case(app, principal, call, &reason).await,
        Deed::Reopen => reopen_case(app, principal, call, &reason).await,
        Deed::TakeOver => take_over_case(app, principal, call, &reason).await,
        Deed::Pause => pause_case(app, principal, call, &reason).await,
        Deed::Extend => extend_case(app, principal, call, days, &reason).await,
        Deed::Appeal => appeal_case(app, principal, call, &reason).await.map(|(case, _)| case),
        Deed::Hold => hold_case(app, principal, call, hold, &reason).await,
        Deed::Commission => decide_commission(app, principal, call, hold, &reason).await,
        Deed::ReportAgency => {
            let call = CaseCall { etag: None, ..call };
            report_agency_refusal(app, principal, call, agency, &reason).await
        }
        _ => withdraw_case(app, principal, call, &reason).await,
    };
    Ok(done?)
}

async fn submit(
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

/// To somebody, to another channel, or together with others.
async fn give(
    site: &Arc<Site>,
    person: &Person,
    deed: Deed,
    call: CaseCall,
    given: &mut Given,
) -> Result<ChangedCase, Stop> {
    let (app, principal, say) = (&*site.app, person.principal(), &person.say);
    if deed == Deed::Merge {
        let numbers = given.text(say, "cases", LONG_CHARACTERS, true);
        let reason = given.text(say, "reason", NOTE_CHARACTERS, true);
        let merged = merged(site, person, given, &numbers).await?;
        checked(given)?;
        return Ok(merge_cases(app, principal, call, merged, &reason).await?);
    }
    let staff = given.text(say, "staff_code", CODE_CHARACTERS, false);
    let reason = given.text(say, "reason", NOTE_CHARACTERS, deed == Deed::Redirect);
    let channel = if deed == Deed::Redirect {
        let channel = given.choice(say, "channel", true, channel);
        let branch = given.text(say, "branch_code", CODE_CHARACTERS, false);
        channel.map(|channel| (channel, branch))
    } else {
        None
    };
    checked(given)?;
    let staff_code = (!staff.is_empty()).then_some(staff);
    let done = assign_case(app, principal, call, Destination { staff_code, channel }, &reason).await;
    if matches!(done, Err(AppError::ReasonRequired)) {
        given.wrong("reason", say.t("violation-required"));
    }
    Ok(done?)
}

/// The cases of these numbers.
async fn merged(
    site: &Site,
    person: &Person,
    given: &mut Given,
    numbers: &str,
) -> Result<Vec<uuid::Uuid>, AppError> {
    let mut merged = Vec::new();
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；');
    for number in numbers.split(between).filter(|number| !number.is_empty()) {
        let name = CaseName::Number(number.chars().take(super::MOST_NUMBER).collect());
        match get_case(&site.app, person.principal(), name, View::Basic).await {
            Ok(case) => merged.push(case.row.id),
            Err(AppError::CaseNotFound) => {
                given.wrong("cases", person.say.named("page-case-no-such-case", number));
            }
            Err(error) => return Err(error),
        }
    }
    merged.sort_unstable();
    merged.dedup();
    Ok(merged)
}

/// The customer is tried to be reached, by whom ever.
async fn reach(
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
async fn decide(
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

fn checked(given: &Given) -> Result<(), Stop> {
    if given.is_wrong() { Err(Stop::Fields) } else { Ok(()) }
}

/// A call about many that is about one.
fn cases(call: CaseCall) -> CasesCall {
    CasesCall { which: Which::Ids(vec![call.case_id]), request: call.request }
}

fn one(results: Vec<Changed>) -> Result<ChangedCase, Stop> {
    let first = results.into_iter().next().ok_or(AppError::CaseNotFound)?;
    Ok(first.result?)
}

pub(super) fn channel(sent: &str) -> Option<Channel> {
    ALL_CHANNELS.into_iter().find(|one| named::channel_value(*one) == sent)
}

fn cleared_kind(sent: &str) -> Option<ClearedKind> {
    named::CLEARED.iter().find(|(_, value, _)| *value == sent).map(|(kind, ..)| *kind)
}

fn on_off(sent: &str) -> Option<bool> {
    [("on", true), ("off", false)].iter().find(|(name, _)| *name == sent).map(|(_, value)| *value)
}

fn yes_no(sent: &str) -> Option<bool> {
    [("yes", true), ("no", false)].iter().find(|(name, _)| *name == sent).map(|(_, value)| *value)
}

fn call_back_answer(sent: &str) -> Option<CallBackAnswer> {
    let all = [
        CallBackAnswer::Confirmed,
        CallBackAnswer::ToldOtherwise,
        CallBackAnswer::NotReached,
        CallBackAnswer::Refused,
    ];
    all.into_iter().find(|one| named::answer_value(*one) == sent)
}

fn opinion_kind(sent: &str) -> Option<OpinionKind> {
    let all = [OpinionKind::Sanction, OpinionKind::Rectification];
    all.into_iter().find(|one| named::opinion_value(*one) == sent)
}
