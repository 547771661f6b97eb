//! What a status says, as a caller reads it.

use tonic::{Code, Status};
use tonic_types::StatusExt as _;

/// Code and reason; every error has a reason of ours and words.
pub fn reason(status: &Status) -> (Code, String) {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo in {status:?}"));
    assert_eq!(info.domain, "zhenshi");
    assert!(details.localized_message().is_some_and(|message| !message.message.is_empty()));
    (status.code(), info.reason.clone())
}

/// One entry of the metadata of `ErrorInfo`.
pub fn metadata(status: &Status, key: &str) -> Option<String> {
    status.get_error_details().error_info()?.metadata.get(key).cloned()
}

/// Language of the words for people.
pub fn language(status: &Status) -> String {
    status.get_error_details().localized_message().unwrap().locale.clone()
}

/// Whether it says when to try again.
pub fn says_when_to_retry(status: &Status) -> bool {
    status.get_error_details().retry_info().is_some_and(|info| info.retry_delay.is_some())
}
