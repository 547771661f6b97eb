//! What clerks attach: small synthetic documents of the kinds that each outcome needs, and the submission that rests on them.

use zhenshi_domain::case::{Outcome, evidence::EvidenceKind};

use crate::{
    app::ClearedKind,
    grpc::client::cases::{SeenCase, StaffClient},
};

/// A document without anybody's data.
const PAPER: &[u8] = b"%PDF-1.7\n% Zhenshi demo: a synthetic document without anybody's data\n";
/// Servicing number of corrections.
const SERVICING_NO: &str = "BQ-DEMO-0001";

/// Attaches what `outcome` is proved with, and submits the case.
pub(super) async fn prove_and_submit(
    clerk: &StaffClient,
    case: &SeenCase,
    outcome: Outcome,
) -> anyhow::Result<SeenCase> {
    let kinds: &[EvidenceKind] = match outcome {
        Outcome::Corrected | Outcome::Cleared => {
            &[EvidenceKind::CustomerProof, EvidenceKind::ConfirmationForm]
        }
        Outcome::ConfirmedFalse => &[EvidenceKind::InvestigationReport, EvidenceKind::SellerStatement],
        Outcome::Unreachable => &[EvidenceKind::LetterReceipt],
    };
    let mut case = case.clone();
    for kind in kinds {
        case = clerk.attach(&case, *kind, PAPER).await?;
    }
    let cleared = (outcome == Outcome::Cleared).then_some(ClearedKind::Family);
    let servicing_no = if outcome == Outcome::Corrected { SERVICING_NO } else { "" };
    Ok(clerk.submit(&case, outcome, cleared, servicing_no, "演示：已完成排查").await?)
}
