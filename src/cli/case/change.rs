//! What members of staff do with a case from the command line. The version is the one that is read just before.

use super::{Context, show};
use crate::{
    app::{
        App, CaseName, RequestKey,
        case::{
            CaseCall, add_comment,
            get_case::{View, get_case},
            start_investigation,
        },
    },
    ids,
    security::principal::Principal,
};

/// The call on the case as it stands.
async fn call(
    context: &Context,
    app: &App,
    principal: &Principal,
    case: CaseName,
    said: &str,
) -> anyhow::Result<CaseCall> {
    let row = get_case(app, principal, case, View::Basic).await?.row;
    let request_id = ids::mint(context.clock.now(), context.entropy.as_ref())?;
    let digest = app.request_digest(said.as_bytes());
    Ok(CaseCall { case_id: row.id, etag: Some(row.version), request: RequestKey { request_id, digest } })
}

/// Starts the investigation.
pub(super) async fn start(
    context: &Context,
    app: &App,
    principal: &Principal,
    case: CaseName,
) -> anyhow::Result<()> {
    let call = call(context, app, principal, case, "start").await?;
    let changed = start_investigation::start_investigation(app, principal, call).await?;
    show::row(context, &changed.case);
    Ok(())
}

/// Adds a comment.
pub(super) async fn comment(
    context: &Context,
    app: &App,
    principal: &Principal,
    case: CaseName,
    words: &str,
) -> anyhow::Result<()> {
    let call = call(context, app, principal, case, words).await?;
    let changed = add_comment::add_comment(app, principal, call, words).await?;
    show::row(context, &changed.case);
    Ok(())
}
