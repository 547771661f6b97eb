//! Job: looks whether a listener's certificate and key have changed, and takes the new ones.

use super::Next;
use crate::edge::tls::{Reloader, TlsError};

/// One look.
///
/// # Errors
/// What is wrong with the files; the old certificate stays in force.
pub fn once(reloader: &mut Reloader) -> Result<Next, TlsError> {
    if reloader.look()? {
        tracing::info!("a new certificate is in force");
    }
    Ok(Next::AfterPause)
}
