//! Reading: one case, many, the timeline, statistics.

use prost::Message as _;
use tonic::{Request, Response, Status};
use zhenshi_domain::shanghai;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Cases, details,
    filter::{self, known},
    shared::{Incoming, case},
    statistics,
    token::{self, Bound},
};
use crate::{
    app::CaseName,
    app::case::{
        get_case::{self, View},
        get_case_statistics::{self, Asked, MOST_DAYS},
        list_case_events, list_cases,
    },
    grpc::{convert::enums::number, validation::page_size},
};

pub(super) async fn get_case(
    cases: &Cases,
    request: Request<proto::GetCaseRequest>,
) -> Result<Response<proto::GetCaseResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let name = match message.case_no.as_str() {
        "" => CaseName::Id(incoming.id("case_id", &message.case_id)),
        number => {
            if !message.case_id.is_empty() {
                incoming.wrong("case_no", "violation-one-of");
            }
            CaseName::Number(number.to_owned())
        }
    };
    let view = view(&mut incoming, message.view);
    incoming.done()?;
    let shown = get_case::get_case(&cases.app, &incoming.principal, name, view)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let mut answer = case(&shown.row, cases.app.clock.now(), &cases.app.calendars.current());
    answer.details = shown.details.map(|of| {
        details::details(&of, shanghai::date(cases.app.clock.now()), &cases.words, incoming.language)
    });
    Ok(Response::new(proto::GetCaseResponse { case: Some(answer) }))
}

pub(super) async fn list_cases(
    cases: &Cases,
    request: Request<proto::ListCasesRequest>,
) -> Result<Response<proto::ListCasesResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    // What does not change which cases come in which order may differ from page to page.
    let bound = proto::ListCasesRequest {
        filter: message.filter.clone(),
        updated_since: message.updated_since.clone(),
        ..proto::ListCasesRequest::default()
    };
    let filters = bound.encode_to_vec();
    let filter = filter::filter(&mut incoming, message.filter);
    let size = page_size(message.page_size).unwrap_or_else(|| {
        incoming.wrong("page_size", "violation-negative");
        1
    });
    incoming.done()?;
    let principal = incoming.principal.clone();
    let bound = Bound { cases, method: "ListCases", filters: &filters, principal: &principal };
    let invalid = || incoming.writer.page_token();
    let from = match (message.page_token.as_str(), message.updated_since.as_str()) {
        ("", "") => list_cases::From::Top,
        ("", since) => list_cases::From::Position(token::position(cases, since).ok_or_else(invalid)?),
        (page, _) => bound.open(page).and_then(|key| token::from(&key)).ok_or_else(invalid)?,
    };
    let page = list_cases::list_cases(&cases.app, &principal, filter, from, size, message.counts)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let (now, calendar) = (cases.app.clock.now(), cases.app.calendars.current());
    let counts = page.counts.iter().map(|of| proto::CaseStateCount {
        state: number::<proto::CaseState>(of.state),
        count: of.count,
        overdue_count: of.overdue,
    });
    Ok(Response::new(proto::ListCasesResponse {
        cases: page.cases.iter().map(|row| case(row, now, &calendar)).collect(),
        next_page_token: page.next.map(|next| bound.seal(&token::key(next))).unwrap_or_default(),
        state_counts: counts.collect(),
        update_token: token::update(cases, page.position),
    }))
}

pub(super) async fn list_case_events(
    cases: &Cases,
    request: Request<proto::ListCaseEventsRequest>,
) -> Result<Response<proto::ListCaseEventsResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let case_id = incoming.id("case_id", &message.case_id);
    let view = view(&mut incoming, message.view);
    let size = page_size(message.page_size).unwrap_or_else(|| {
        incoming.wrong("page_size", "violation-negative");
        1
    });
    incoming.done()?;
    let principal = incoming.principal.clone();
    let filters = case_id.as_bytes();
    let bound = Bound { cases, method: "ListCaseEvents", filters, principal: &principal };
    let after = match message.page_token.as_str() {
        "" => None,
        token => {
            let place = bound.open(token).and_then(|key| events_place(&key));
            Some(place.ok_or_else(|| incoming.writer.page_token())?)
        }
    };
    let masked = view == View::Masked;
    let page = list_case_events::list_case_events(&cases.app, &principal, case_id, after, size, masked)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let event = |row| details::event(row, &page.texts, &cases.words, incoming.language);
    Ok(Response::new(proto::ListCaseEventsResponse {
        case_events: page.events.iter().map(event).collect(),
        next_page_token: page.next.map(|place| bound.seal(&events_key(place))).unwrap_or_default(),
    }))
}

pub(super) async fn get_case_statistics(
    cases: &Cases,
    request: Request<proto::GetCaseStatisticsRequest>,
) -> Result<Response<proto::GetCaseStatisticsResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::new(cases, &extensions, &message.language_code)?;
    let first = incoming.date("first_date", message.first_date);
    let last = incoming.date("last_date", message.last_date);
    for (path, given) in
        [("first_date", message.first_date.is_some()), ("last_date", message.last_date.is_some())]
    {
        if !given {
            incoming.wrong(path, "violation-required");
        }
    }
    let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
    if !(0..MOST_DAYS).contains(&(last - first).num_days()) {
        incoming.wrong("last_date", "violation-period");
    }
    let asked = Asked {
        first,
        last,
        dimension: statistics::dimension(&mut incoming, message.dimension),
        channel: known::<proto::Channel>(&mut incoming, "channel", message.channel),
        branch_code: filter::code(message.branch_code),
    };
    incoming.done()?;
    let dimension = asked.dimension;
    let found = get_case_statistics::get_case_statistics(&cases.app, &incoming.principal, asked)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(statistics::answer(&found, dimension)))
}

/// How much is asked for; nothing is BASIC.
fn view(incoming: &mut Incoming, sent: i32) -> View {
    match proto::CaseView::try_from(sent) {
        Ok(proto::CaseView::Unspecified | proto::CaseView::Basic) => View::Basic,
        Ok(proto::CaseView::Full) => View::Full,
        Ok(proto::CaseView::Masked) => View::Masked,
        Err(_) => {
            incoming.wrong("view", "violation-enum");
            View::Basic
        }
    }
}

fn events_key((version, ordinal): (i64, i16)) -> Vec<u8> {
    [&version.to_be_bytes()[..], &ordinal.to_be_bytes()].concat()
}

fn events_place(key: &[u8]) -> Option<(i64, i16)> {
    let (version, ordinal) = key.split_first_chunk::<8>()?;
    Some((i64::from_be_bytes(*version), i16::from_be_bytes(ordinal.try_into().ok()?)))
}
