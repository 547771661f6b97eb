//! Job: reads the identity provider's keys anew, so that one that was taken back stops.

use std::{convert::Infallible, sync::Weak, time::Duration};

use super::Next;
use crate::app::App;

/// How often the age of the keys is looked at.
pub const PAUSE: Duration = Duration::from_mins(1);

/// One look. What goes wrong is logged there; the keys stay as they are.
///
/// # Errors
/// Never.
pub async fn once(app: Weak<App>) -> Result<Next, Infallible> {
    if let Some(app) = app.upgrade()
        && let Some(oidc) = &app.sign_in.oidc
    {
        oidc.provider.refresh(app.clock.now()).await;
    }
    Ok(Next::AfterPause)
}
