//! Does what a form of the page asks for, and shows the page again: with what was done, or with what was typed and why not.
//!
//! `give`, `tell` and `sent` beside it read the longer forms.

mod give;
mod sent;
mod tell;

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use axum_extra::extract::Form;
use zhenshi_domain::application::Channel;

use self::{
    give::give,
    sent::{channel, on_off},
    tell::{decide, reach, submit},
};
use super::{
    deed::{CODE_CHARACTERS, Deed, LONG_CHARACTERS, NOTE_CHARACTERS},
    given::Given,
    refused, show,
    shown::Again,
};
use crate::{
    app::{
        AppError, CaseName,
        case::{
            CaseCall, ChangedCase,
            add_comment::add_comment,
            answer_assist::answer_assist,
            appeal::appeal_case,
            batch::{CasesCall, Changed, Which, release_cases, urge_cases},
            decide_commission::decide_commission,
            extend_case::{MOST_WORKING_DAYS, extend_case},
            get_case::{View, get_case},
            hold_case::hold_case,
            pause::{pause_case, resume_case},
            reopen_case::reopen_case,
            report_agency_refusal::report_agency_refusal,
            return_case::return_case,
            start_investigation::start_investigation,
            take_over_case::take_over_case,
            verify_case::verify_case,
            withdraw_case::withdraw_case,
        },
    },
    web::{Site, error::PageError, person::Person},
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
                asks: false,
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
