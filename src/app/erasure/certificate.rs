//! Certificates of destruction (銷毀證明): what, how much, when and by whom; signed, registered with the destruction.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::store::retention::{Counts, ErasureRow};

/// What stands before everything that is signed here.
const LABEL: &[u8] = b"zhenshi certificate of destruction v1";

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// The destruction.
    pub erasure_id: Uuid,
    /// Whose data: a surrogate that leads to nobody any more.
    pub subject_id: Uuid,
    /// Number of the matter.
    pub reference: String,
    /// Who asked, and when.
    pub requested_by: String,
    /// When.
    pub requested_time: DateTime<Utc>,
    /// Who decided.
    pub decided_by: String,
    /// When.
    pub decided_time: DateTime<Utc>,
    /// When the destruction ended.
    pub shredded_time: DateTime<Utc>,
    /// How.
    pub method: String,
    /// What was found and destroyed.
    pub destroyed: Counts,
}

/// How personal data are destroyed here.
const METHOD: &str =
    "AES-256-GCM-SIV data keys destroyed (crypto-shredding); HMAC-SHA-256 fingerprints and evidence removed";

#[derive(Serialize, Deserialize)]
struct Signed {
    certificate: Certificate,
    signature: String,
}

impl Certificate {
    /// The certificate of `row`, ended at `shredded_time`; none while it is not decided.
    pub fn of(row: &ErasureRow, counts: Counts, shredded_time: DateTime<Utc>) -> Option<Self> {
        Some(Self {
            erasure_id: row.id,
            subject_id: row.subject_id,
            reference: row.reference.clone(),
            requested_by: row.requested_by.clone(),
            requested_time: row.requested_time,
            decided_by: row.decided_by.clone()?,
            decided_time: row.decided_time?,
            shredded_time,
            method: METHOD.to_owned(),
            destroyed: counts,
        })
    }

    /// The certificate with its signature, as it is kept and given out.
    pub fn sign(self, key: &hmac::Key) -> String {
        let signature = BASE64_STANDARD.encode(self.signature(key));
        // Strings, numbers and times always serialise.
        serde_json::to_string_pretty(&Signed { certificate: self, signature }).unwrap_or_default()
    }

    /// Reads a certificate back; none if it was changed or signed elsewhere.
    pub fn verify(text: &str, key: &hmac::Key) -> Option<Self> {
        let Signed { certificate, signature } = serde_json::from_str(text).ok()?;
        let signature = BASE64_STANDARD.decode(signature).ok()?;
        verify_slices_are_equal(certificate.signature(key).as_ref(), &signature).ok()?;
        Some(certificate)
    }

    fn signature(&self, key: &hmac::Key) -> hmac::Tag {
        let mut context = hmac::Context::with_key(key);
        context.update(LABEL);
        // Fields in the order of the struct: the same bytes for the same certificate.
        context.update(&serde_json::to_vec(self).unwrap_or_default());
        context.sign()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::retention::ErasureGround;

    #[test]
    fn a_changed_certificate_is_none() {
        let at = DateTime::from_timestamp_micros(1).unwrap();
        let row = ErasureRow {
            id: Uuid::from_u128(1),
            subject_id: Uuid::from_u128(2),
            ground: ErasureGround::RetentionOver,
            reference: "R-1".into(),
            requested_by: "a".into(),
            requested_time: at,
            decided_by: Some("b".into()),
            decided_time: Some(at),
            approved: Some(true),
            shredded_time: None,
            certificate: None,
            scrubbed_time: None,
            kept_case_ids: Vec::new(),
        };
        let key = hmac::Key::new(hmac::HMAC_SHA256, &[1; 32]);
        let counts = Counts { sealed_keys: 3, ..Counts::default() };
        let certificate = Certificate::of(&row, counts, at).unwrap();
        let text = certificate.clone().sign(&key);
        assert_eq!(Certificate::verify(&text, &key), Some(certificate));
        let changed = text.replace("\"sealed_keys\": 3", "\"sealed_keys\": 4");
        assert_ne!(text, changed);
        assert_eq!(Certificate::verify(&changed, &key), None);
        let other = hmac::Key::new(hmac::HMAC_SHA256, &[2; 32]);
        assert_eq!(Certificate::verify(&text, &other), None);
    }
}
