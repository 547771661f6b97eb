//! Which cases a verb is about and who acts, and the call that comes of it.

use anyhow::Context as _;
use uuid::Uuid;

use crate::{
    app::{
        App, RequestKey,
        case::{
            CaseCall,
            get_case::{View, get_case},
        },
    },
    cli::{
        Context,
        case::{member, name},
    },
    ids,
    security::principal::Principal,
};

/// Who acts.
#[derive(Debug, clap::Args)]
pub struct By {
    /// Staff code of who acts.
    #[arg(long = "as", value_name = "STAFF_CODE")]
    pub(super) staff: String,
}

/// Which case, and who acts.
#[derive(Debug, clap::Args)]
pub struct On {
    /// Number (YYYYMMDD-NNNNNN) or id of the case.
    pub(super) case: String,
    #[command(flatten)]
    pub(super) by: By,
}

/// Which cases, and who acts.
#[derive(Debug, clap::Args)]
pub struct OnMany {
    /// Numbers or ids of the cases.
    #[arg(required = true)]
    pub(super) cases: Vec<String>,
    #[command(flatten)]
    pub(super) by: By,
}

/// Who acts, and the call on the case as it stands.
pub(super) async fn call(
    context: &Context,
    app: &App,
    on: &On,
    said: &str,
) -> anyhow::Result<(Principal, CaseCall)> {
    let principal = member(app, on.by.staff.clone()).await?;
    let row = get_case(app, &principal, name(&on.case), View::Basic).await?.row;
    let request = request(context, app, said)?;
    Ok((principal, CaseCall { case_id: row.id, etag: Some(row.version), request }))
}

pub(super) fn request(context: &Context, app: &App, said: &str) -> anyhow::Result<RequestKey> {
    let request_id = ids::mint(context.clock.now(), context.entropy.as_ref())?;
    Ok(RequestKey { request_id, digest: app.request_digest(said.as_bytes()) })
}

/// The ids of cases that are named by number or id.
pub(super) async fn ids_of(app: &App, principal: &Principal, cases: &[String]) -> anyhow::Result<Vec<Uuid>> {
    let mut found = Vec::with_capacity(cases.len());
    for case in cases {
        let shown = get_case(app, principal, name(case), View::Basic).await;
        found.push(shown.with_context(|| format!("case {case}"))?.row.id);
    }
    Ok(found)
}
