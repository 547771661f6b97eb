//! What the methods share that change many cases: which ones, and what became of each.

use tonic_types::StatusExt as _;
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Cases,
    shared::{Incoming, changed},
};
use crate::app::case::batch::Changed;

/// The results on the wire, in their order.
pub(super) fn results(cases: &Cases, incoming: &Incoming, all: &[Changed]) -> Vec<proto::CaseChangeResult> {
    all.iter().map(|one| result(cases, incoming, one)).collect()
}

fn result(cases: &Cases, incoming: &Incoming, one: &Changed) -> proto::CaseChangeResult {
    let case_id = one.case_id.to_string();
    match &one.result {
        Ok(case) => {
            proto::CaseChangeResult { case_id, case: Some(changed(cases, case)), ..Default::default() }
        }
        Err(error) => {
            let status = incoming.failed(error);
            let reason = status.get_details_error_info().map(|info| info.reason).unwrap_or_default();
            proto::CaseChangeResult {
                case_id,
                case: None,
                error_reason: reason,
                error_message: status.message().to_owned(),
            }
        }
    }
}
