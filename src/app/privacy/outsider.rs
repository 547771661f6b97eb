//! Who of another house will look: what is sealed of him, as JSON.

use serde::{Deserialize, Serialize};

/// The text that is sealed; fields are only added. No `Debug`: it is personal data.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OutsiderText {
    /// His name.
    pub name: String,
    /// His house.
    pub organisation: String,
    /// Number of his letter or card.
    pub document_no: String,
}

impl OutsiderText {
    /// As it is sealed.
    pub fn write(&self) -> String {
        // Three strings always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What was sealed; nothing of an empty text.
    pub fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}
