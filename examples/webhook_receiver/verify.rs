//! What a receiver checks before it believes an event: the signature, the age, and whether it was there before.
//!
//! Written from the description of Standard Webhooks, without a line of the service: the tests of the service use it to
//! check what is sent.

use std::collections::{HashSet, VecDeque};

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};

/// Most seconds between the timestamp and the receiver's own clock.
pub const TOLERANCE_SECONDS: i64 = 5 * 60;
/// Ids that are remembered. A real receiver keeps them in the table that it writes anyway, in the same transaction.
const REMEMBERED: usize = 100_000;

/// Why an event is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// A header is missing or is not what it must be.
    Headers,
    /// The timestamp is too far from now: an old request, sent again by somebody else.
    Timestamp,
    /// No signature is right.
    Signature,
}

/// The three headers.
#[derive(Debug, Clone, Copy)]
pub struct Headers<'a> {
    /// `webhook-id`
    pub id: &'a str,
    /// `webhook-timestamp`
    pub timestamp: &'a str,
    /// `webhook-signature`
    pub signature: &'a str,
}

/// Knows the secret.
pub struct Verifier {
    key: hmac::Key,
}

impl Verifier {
    /// The verifier of a secret, `whsec_` and base64.
    pub fn new(secret: &str) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(secret.trim().strip_prefix("whsec_")?).ok()?;
        Some(Self { key: hmac::Key::new(hmac::HMAC_SHA256, &bytes) })
    }

    /// Checks the bytes of the body as they came: a body that was parsed and written again may differ.
    ///
    /// # Errors
    /// Why the event is not to be believed.
    pub fn verify(&self, headers: Headers<'_>, body: &[u8], now_seconds: i64) -> Result<(), Refusal> {
        let timestamp: i64 = headers.timestamp.parse().map_err(|_| Refusal::Headers)?;
        if (now_seconds - timestamp).abs() > TOLERANCE_SECONDS {
            return Err(Refusal::Timestamp);
        }
        let signed = [format!("{}.{timestamp}.", headers.id).as_bytes(), body].concat();
        // Several while the secret is being replaced; one that is right is enough.
        let right = headers.signature.split(' ').filter_map(|one| one.strip_prefix("v1,")).any(|one| {
            let Ok(tag) = BASE64_STANDARD.decode(one) else { return false };
            // Compares in constant time.
            hmac::verify(&self.key, &signed, &tag).is_ok()
        });
        if right { Ok(()) } else { Err(Refusal::Signature) }
    }
}

/// Remembers ids: an event may come more than once.
#[derive(Debug, Default)]
pub struct Seen {
    ids: HashSet<String>,
    order: VecDeque<String>,
}

impl Seen {
    /// Whether `id` is new. From then on it is not.
    pub fn is_new(&mut self, id: &str) -> bool {
        if !self.ids.insert(id.to_owned()) {
            return false;
        }
        self.order.push_back(id.to_owned());
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}
