//! Codes that no rule gives: the recorder adds them, because only it knows what came before. They stand here so that all
//! codes have one home. The rule profile does not weigh them.

use crate::finding::{Code, Severity};

/// The source sent a `source_revision` that is not above the newest known one, with other content: recorded, not in
/// force. Asked for by no article.
pub const REVISION_SUPERSEDED: Code =
    Code { name: "REVISION_SUPERSEDED", article: None, severity: Severity::Advisory, args: &[] };

/// All codes of the recorder.
pub const CODES: &[Code] = &[REVISION_SUPERSEDED];
