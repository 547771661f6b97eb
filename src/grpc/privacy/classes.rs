//! Secrecy classes of customers' files.

use tonic::{Request, Response, Status};
use zhenshi_domain::access::SecrecyClass;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Privacy,
    shared::{Pages, size},
};
use crate::{
    app::privacy::{ClassRow, classes},
    grpc::{
        case::shared::{Incoming, NOTE_CHARACTERS},
        convert::{enums::number, submission::timestamp},
    },
};

pub(super) async fn classify_customer(
    privacy: &Privacy,
    request: Request<proto::ClassifyCustomerRequest>,
) -> Result<Response<proto::ClassifyCustomerResponse>, Status> {
    let (_, extensions, mut message) = request.into_parts();
    let language_code = std::mem::take(&mut message.language_code);
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &language_code)?;
    let key = incoming.key(&privacy.app, &message.request_id, &message);
    let customer = incoming.id("customer_id", &message.customer_id);
    let class = incoming.choice::<proto::SecrecyClass>(
        "secrecy_class",
        message.secrecy_class,
        SecrecyClass::Ordinary,
    );
    let reason = incoming.text("reason", &message.reason, NOTE_CHARACTERS, true);
    incoming.done()?;
    let row = classes::classify_customer(&privacy.app, &incoming.principal, key, (customer, class), &reason)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ClassifyCustomerResponse { classified_customer: Some(entry(&row)) }))
}

pub(super) async fn list_classified_customers(
    privacy: &Privacy,
    request: Request<proto::ListClassifiedCustomersRequest>,
) -> Result<Response<proto::ListClassifiedCustomersResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, "")?;
    let size = size(&mut incoming, message.page_size);
    incoming.done()?;
    let filters = proto::ListClassifiedCustomersRequest::default();
    let pages = Pages::new(privacy, "ListClassifiedCustomers", &filters, &incoming.principal);
    let after = pages.open(&message.page_token).map_err(|()| incoming.writer.page_token())?;
    let page = classes::list_classified(&privacy.app, &incoming.principal, after, size)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::ListClassifiedCustomersResponse {
        classified_customers: page.rows.iter().map(entry).collect(),
        next_page_token: pages.seal(page.next),
    }))
}

fn entry(row: &ClassRow) -> proto::ClassifiedCustomer {
    proto::ClassifiedCustomer {
        customer_id: row.customer_id.to_string(),
        secrecy_class: number::<proto::SecrecyClass>(row.class),
        set_by: row.set_by.clone(),
        set_time: Some(timestamp(row.set_time)),
    }
}
