//! The use case without sealing: judged, fingerprinted and recorded, but with nothing to seal.
//!
//! What it leaves out: encryption, the wrapping of keys, and the rows of `sealed`, on both sides. Everything else is as
//! `zhenshi::app` prepares it; that the other tables get the same rows and bytes is seen in the figures of the two lines.

use std::sync::Arc;

use anyhow::bail;
use zhenshi::{
    app::{
        App,
        prepare::prepare,
        validate_application::{Submitted, judge_only},
    },
    security::principal::Principal,
    store::record::Outcome,
};

/// Judges and records an application of the bench without its sealed parts.
pub(crate) async fn record_unsealed(
    app: &App,
    principal: &Principal,
    submitted: Submitted,
) -> anyhow::Result<()> {
    let decision = judge_only(app, principal, &submitted.application)?;
    let mut item = prepare(app, principal, submitted, decision);
    item.parts.clear();
    match app.recorder.record(Arc::new(item)).await? {
        Outcome::Recorded(_) => Ok(()),
        Outcome::Replayed(_) | Outcome::Reused => bail!("a request id was used twice"),
    }
}
