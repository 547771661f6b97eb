//! Who calls: by a token, by a certificate, or by a token of the identity provider. Whoever is known here already costs a look into
//! a table; the others are looked up, and only so many at a time.

use http::HeaderMap;
use tonic::Status;

use super::{Calls, place};
use crate::{
    app::{AppError, sign_in::oidc::Bearer},
    edge::Peer,
    grpc::{auth, status::StatusWriter},
    security::{jwt, principal::Principal},
};

impl Calls {
    /// Finds out who calls. A token that is not known is looked up, and so many at a time.
    pub(super) async fn identify(
        &self,
        headers: &HeaderMap,
        peer: &Peer,
        words: &StatusWriter,
    ) -> Result<Principal, Box<Status>> {
        let shared = &self.shared;
        let Some(token) = auth::token(headers) else {
            return self.identify_peer(peer, words).await;
        };
        if let Some(principal) = shared.app.callers.known(token) {
            return Ok(principal);
        }
        if jwt::is_form(token) {
            return self.identify_bearer(token, words).await;
        }
        let _place = place(&shared.look_ups, words)?;
        let found = shared.app.callers.authenticate(token).await;
        found.map_err(|error| Box::new(words.app(&error)))
    }

    /// The same for a system that shows a certificate, and no token.
    async fn identify_peer(&self, peer: &Peer, words: &StatusWriter) -> Result<Principal, Box<Status>> {
        let callers = &self.shared.app.callers;
        if let Some(principal) = callers.known_certificate(peer.names()) {
            return Ok(principal);
        }
        let _place = place(&self.shared.look_ups, words)?;
        let found = callers.authenticate_certificate(peer.names()).await;
        found.map_err(|error| Box::new(words.app(&error)))
    }

    /// The same for a token of the identity provider: one whose key or holder is not known is looked up, too.
    async fn identify_bearer(&self, token: &str, words: &StatusWriter) -> Result<Principal, Box<Status>> {
        let app = &self.shared.app;
        match app.known_bearer(token) {
            Bearer::Of(principal) => Ok(*principal),
            Bearer::Refused => Err(Box::new(words.app(&AppError::Unauthenticated))),
            Bearer::Unknown => {
                let _place = place(&self.shared.look_ups, words)?;
                // On the heap: hardly a call needs it, and each would have room for it.
                Box::pin(app.bearer(token)).await.map_err(|error| Box::new(words.app(&error)))
            }
        }
    }
}
