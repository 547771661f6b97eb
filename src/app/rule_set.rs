//! The rules in force: the profile and the name under which verdicts carry it.

use std::{fmt::Write as _, sync::Arc};

use aws_lc_rs::digest::{SHA256, digest};
use zhenshi_domain::{profile::Profile, rule::CODE_VERSION};

use crate::store::versions::RuleSetRow;

/// Bytes of the profile's hash that the version shows.
const HASH_BYTES: usize = 6;

/// A profile with its version.
#[derive(Debug, Clone)]
pub struct RuleSet {
    /// Severities, required fields, exemptions.
    pub profile: Arc<Profile>,
    /// Version of the code and hash of the canonical profile, such as `1-5f2c0a9b7d31`.
    pub version: String,
}

impl RuleSet {
    /// The rule set of a profile.
    pub fn new(profile: Profile) -> Self {
        let hash = digest(&SHA256, profile.canonical().as_bytes());
        let mut version = format!("{CODE_VERSION}-");
        for byte in &hash.as_ref()[..HASH_BYTES] {
            // Writing to a String cannot fail.
            let _ = write!(version, "{byte:02x}");
        }
        Self { profile: Arc::new(profile), version }
    }

    /// What is kept of it.
    pub fn row(&self) -> RuleSetRow {
        RuleSetRow {
            version: self.version.clone(),
            code_version: CODE_VERSION.to_owned(),
            profile: self.profile.canonical(),
        }
    }
}
