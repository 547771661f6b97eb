//! Sending events again to an endpoint that has lost them or would not take them.

use uuid::Uuid;

use super::{App, AppError, Redelivered, Redelivery};
use crate::{
    security::{policy::Action, principal::Principal},
    store::delivery::request::RedeliveryRequest,
};

/// What is asked for.
#[derive(Debug)]
pub struct AskedRedelivery {
    /// Makes the call safe to repeat.
    pub request_id: Uuid,
    /// Of the content of the request.
    pub digest: [u8; 32],
    /// Endpoint.
    pub endpoint: String,
    /// Which deliveries.
    pub which: Redelivered,
}

/// Has them sent again and says how many. The same request again changes nothing and gets the same answer.
///
/// # Errors
/// [`AppError::NotPermitted`], [`AppError::EventEndpointNotFound`], [`AppError::RequestIdReused`],
/// [`AppError::StoreUnavailable`].
pub async fn redeliver_events(
    app: &App,
    principal: &Principal,
    asked: AskedRedelivery,
) -> Result<Redelivery, AppError> {
    principal.permit(Action::RedeliverEvents)?;
    let AskedRedelivery { request_id, digest, endpoint, which } = asked;
    let known = app.store.endpoint_is_known(endpoint.clone()).await.map_err(|error| app.failed(&error))?;
    if !known {
        return Err(AppError::EventEndpointNotFound);
    }
    let request =
        RedeliveryRequest { request_id, digest, actor: principal.caller.to_string(), endpoint, which };
    let done = app.store.redeliver(request, app.clock.now(), app.entropy.clone()).await;
    done.map_err(|error| app.failed(&error))?.ok_or(AppError::RequestIdReused)
}
