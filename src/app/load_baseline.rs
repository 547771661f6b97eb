//! The book of the first day: judged by the same rules and recorded by the same recorder as what callers send, marked as
//! baseline. What it holds in force is old: pairs among it go to the self-inspection list (article 26), not to cases.
//!
//! Each line of a file is a submission of its own under a request id made of the file's digest and the number of the
//! line, so that a load that was killed is simply begun again: what stands is answered from the record.

use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use uuid::{Builder, Uuid};
use zhenshi_domain::application::Application;

use super::{
    App, AppError,
    prepare::prepare,
    recorder::Waiting,
    validate_application::{Submitted, decide, permit},
};
use crate::{
    security::{policy::Action, principal::Principal},
    store::submission::Decision,
};

/// Who recorded the baseline, in submissions and request keys.
pub const BASELINE_CALLER: &str = "baseline";

/// The principal of a load: whoever may start it on this machine holds the keyring, and with it everything.
pub fn principal() -> Principal {
    Principal::whole(BASELINE_CALLER)
}

/// The request id of line `line` (from 1) of the file with `file_digest`: a UUID (version 8) of SHA-256 over both.
pub fn request_id(file_digest: &[u8; 32], line: u64) -> Uuid {
    let mut context = Context::new(&SHA256);
    for part in [b"baseline v1".as_slice(), file_digest, &line.to_be_bytes()] {
        context.update(part);
    }
    let mut id = [0; 16];
    id.copy_from_slice(&context.finish().as_ref()[..16]);
    Builder::from_custom_bytes(id).into_uuid()
}

/// Judges the application without recording anything.
pub fn judge(app: &App, application: &Application) -> Decision {
    decide(app, application)
}

/// Judges the application and queues it. `encoded` is what the line holds, by which a repeat is told from other content.
///
/// # Errors
/// [`AppError::QueueFull`] when too many are waiting.
pub fn load(
    app: &App,
    principal: &Principal,
    request_id: Uuid,
    encoded: &[u8],
    application: Application,
) -> Result<Waiting, AppError> {
    permit(principal, Action::ValidateApplication, &application)?;
    let decision = decide(app, &application);
    let submitted = Submitted { request_id, digest: app.request_digest(encoded), application };
    let mut item = prepare(app, principal, submitted, decision);
    item.baseline = true;
    app.recorder.submit(Arc::new(item))
}

/// Whether the line with `request_id` was recorded in this database.
///
/// # Errors
/// [`AppError::StoreUnavailable`] when the database does not answer.
pub async fn stands(app: &App, request_id: Uuid) -> Result<bool, AppError> {
    app.store.has_request(BASELINE_CALLER.to_owned(), request_id).await.map_err(|error| app.failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_its_own_request_id_in_each_file_and_the_same_one_each_time() {
        assert_eq!(request_id(&[1; 32], 7), request_id(&[1; 32], 7));
        assert_ne!(request_id(&[1; 32], 7), request_id(&[1; 32], 8));
        assert_ne!(request_id(&[1; 32], 7), request_id(&[2; 32], 7));
        assert_eq!(request_id(&[1; 32], 7).get_version_num(), 8);
    }
}
