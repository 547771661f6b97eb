//! Who gets an export, and who approved it as general manager: what is sealed of them, as JSON.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// Who gets an export; fields are only added. No `Debug`: it is personal data.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceiverText {
    /// His name.
    pub name: String,
    /// His house or department.
    pub organisation: String,
    /// The contract or order by which it is given.
    pub contract_reference: String,
}

/// The general manager's approval; fields are only added. No `Debug`: it is personal data.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ApprovalText {
    /// The general manager's name.
    pub name: String,
    /// Where the approval is filed.
    pub reference: String,
}

/// `text` as it is sealed.
pub fn write(text: &impl Serialize) -> String {
    // Strings always serialise.
    serde_json::to_string(text).unwrap_or_default()
}

/// What was sealed; none of an empty text.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}
