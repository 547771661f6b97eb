//! The lending register.

use tonic::{Request, Response, Status};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Privacy,
    shared::{Pages, size, wire_subject},
};
use crate::{
    app::privacy::{LoanEnd, LoanRow, loans},
    grpc::{
        case::shared::Incoming,
        convert::{enums::number, submission::timestamp},
    },
};

pub(super) async fn confirm_loan_end(
    privacy: &Privacy,
    request: Request<proto::ConfirmLoanEndRequest>,
) -> Result<Response<proto::ConfirmLoanEndResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let language_code = std::mem::take(&mut message.language_code);
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let id = incoming.id("grant_id", &message.grant_id);
    let end = incoming.choice::<proto::LoanEnd>("end", message.end, LoanEnd::Returned);
    incoming.done()?;
    let row = loans::confirm_loan_end(&privacy.app, &incoming.principal, key, id, end)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ConfirmLoanEndResponse { loan: Some(loan(privacy, &row)) }))
}

pub(super) async fn list_loans(
    privacy: &Privacy,
    request: Request<proto::ListLoansRequest>,
) -> Result<Response<proto::ListLoansResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, "")?;
    let size = size(&mut incoming, message.page_size);
    incoming.done()?;
    let filters = proto::ListLoansRequest { page_size: 0, page_token: String::new(), ..message.clone() };
    let pages = Pages::new(privacy, "ListLoans", &filters, &incoming.principal);
    let after = pages.open(&message.page_token).map_err(|()| incoming.writer.page_token())?;
    let narrowed = (message.out_only, message.overdue_only);
    let page = loans::list_loans(&privacy.app, &incoming.principal, narrowed, after, size)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ListLoansResponse {
        loans: page.rows.iter().map(|row| loan(privacy, row)).collect(),
        next_page_token: pages.seal(page.next),
    }))
}

fn loan(privacy: &Privacy, row: &LoanRow) -> proto::Loan {
    proto::Loan {
        grant_id: row.grant_id.to_string(),
        borrower_code: row.borrower_code.clone(),
        subject: Some(wire_subject(row.subject)),
        fields: row.fields.iter().map(|field| number::<proto::PersonField>(*field)).collect(),
        copies: row.copies.into(),
        lent_time: Some(timestamp(row.lent_time)),
        due_time: Some(timestamp(row.due_time)),
        end: row.end.map_or(0, number::<proto::LoanEnd>),
        confirmed_by: row.confirmed_by.clone().unwrap_or_default(),
        confirmed_time: row.confirmed_time.map(timestamp),
        overdue: row.is_overdue(privacy.app.clock.now()),
    }
}
