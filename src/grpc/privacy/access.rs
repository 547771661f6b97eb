//! Requests and grants: asked for, decided on, ended, read, listed.

use tonic::{Request, Response, Status};
use zhenshi_domain::access::{Field, approval::LONGEST_DAYS};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Privacy,
    shared::{Pages, fields_or_evidence, grant, kind, outsider, purpose, size, subject, wire_outsider},
};
use crate::{
    app::privacy::{
        GrantFilter, SubjectIds, decide_access, end_access as ending, get_access_grant as reading,
        list_access_grants as listing,
        request_access::{self as asking, Asked},
    },
    grpc::{
        case::shared::{Incoming, NOTE_CHARACTERS},
        convert::enums::read,
    },
};

/// Most copies of one loan.
const MOST_COPIES: u16 = 100;

pub(super) async fn request_access(
    privacy: &Privacy,
    request: Request<proto::RequestAccessRequest>,
) -> Result<Response<proto::RequestAccessResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let language_code = std::mem::take(&mut message.language_code);
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let days = match message.days {
        0 => 1,
        days => incoming.count("days", days, 1, u16::from(LONGEST_DAYS)),
    };
    let copies = match message.copies {
        0 => 1,
        copies => incoming.count("copies", copies, 1, MOST_COPIES),
    };
    let subject = subject(&mut incoming, message.subject.as_ref());
    let fields = fields_or_evidence(&mut incoming, &message.fields);
    let of_case = matches!(subject, SubjectIds::Case(_) | SubjectIds::CaseMember(..));
    if fields.contains(&Field::Evidence) && !of_case {
        incoming.wrong("fields", "violation-evidence");
    }
    let asked = Asked {
        copies: i16::try_from(copies).unwrap_or(1),
        kind: kind(message.kind),
        subject,
        fields,
        purpose: purpose(&mut incoming, message.purpose),
        days: u8::try_from(days).unwrap_or(1),
        reason: incoming.text("reason", &message.reason, NOTE_CHARACTERS, true),
        outsider: outsider(&mut incoming, message.outsider.take()),
    };
    incoming.done()?;
    let row = asking::request_access(&privacy.app, &incoming.principal, key, asked)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::RequestAccessResponse { grant: Some(grant(privacy, &row)) }))
}

pub(super) async fn decide_access(
    privacy: &Privacy,
    request: Request<proto::DecideAccessRequest>,
) -> Result<Response<proto::DecideAccessResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let language_code = std::mem::take(&mut message.language_code);
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let id = incoming.id("grant_id", &message.grant_id);
    let note = incoming.text("note", &message.note, NOTE_CHARACTERS, !message.agree);
    incoming.done()?;
    let row = decide_access::decide_access(&privacy.app, &incoming.principal, key, id, message.agree, &note)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::DecideAccessResponse { grant: Some(grant(privacy, &row)) }))
}

pub(super) async fn end_access(
    privacy: &Privacy,
    request: Request<proto::EndAccessRequest>,
) -> Result<Response<proto::EndAccessResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let language_code = std::mem::take(&mut message.language_code);
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let id = incoming.id("grant_id", &message.grant_id);
    incoming.done()?;
    let row = ending::end_access(&privacy.app, &incoming.principal, key, id)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::EndAccessResponse { grant: Some(grant(privacy, &row)) }))
}

pub(super) async fn get_access_grant(
    privacy: &Privacy,
    request: Request<proto::GetAccessGrantRequest>,
) -> Result<Response<proto::GetAccessGrantResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    let id = incoming.id("grant_id", &message.grant_id);
    incoming.done()?;
    let shown = reading::get_access_grant(&privacy.app, &incoming.principal, id)
        .await
        .map_err(|error| incoming.failed(&error))?;
    let mut sent = grant(privacy, &shown.row);
    shown.reason.as_str().clone_into(&mut sent.reason);
    shown.note.as_str().clone_into(&mut sent.note);
    sent.outsider = wire_outsider(shown.row.outsider, &shown.outsider);
    Ok(Response::new(proto::GetAccessGrantResponse { grant: Some(sent) }))
}

pub(super) async fn list_access_grants(
    privacy: &Privacy,
    request: Request<proto::ListAccessGrantsRequest>,
) -> Result<Response<proto::ListAccessGrantsResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, "")?;
    let size = size(&mut incoming, message.page_size);
    incoming.done()?;
    let filters =
        proto::ListAccessGrantsRequest { page_size: 0, page_token: String::new(), ..message.clone() };
    let pages = Pages::new(privacy, "ListAccessGrants", &filters, &incoming.principal);
    let after = pages.open(&message.page_token).map_err(|()| incoming.writer.page_token())?;
    let filter = GrantFilter {
        state: read::<proto::AccessState>(message.state),
        kind: read::<proto::AccessKind>(message.kind),
        after,
        ..GrantFilter::default()
    };
    let narrowed = (message.in_force_only, message.mine_only);
    let page = listing::list_access_grants(&privacy.app, &incoming.principal, filter, narrowed, size)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ListAccessGrantsResponse {
        grants: page.rows.iter().map(|row| grant(privacy, row)).collect(),
        next_page_token: pages.seal(page.next),
    }))
}
