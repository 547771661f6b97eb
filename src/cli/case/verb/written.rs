//! Names of the command line, as they stand in the API, to what they mean.

use zhenshi_domain::case::{
    CallBackDoubt, CaseSource, Outcome,
    evidence::{ContactMeans, ContactResult, EvidenceKind},
};

use crate::app::{CallBackAnswer, ClearedKind, OpinionKind};

/// A parser of the names of `$type`, each once.
macro_rules! names {
    ($function:ident, $type:ty, $($name:literal => $value:ident),+ $(,)?) => {
        pub(super) fn $function(text: &str) -> Result<$type, String> {
            const NAMES: &[(&str, $type)] = &[$(($name, <$type>::$value)),+];
            let found = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
            found.map(|(_, value)| *value).ok_or_else(|| {
                format!("not one of {}", NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", "))
            })
        }
    };
}

names!(outcome, Outcome, "CORRECTED" => Corrected, "CLEARED" => Cleared, "CONFIRMED_FALSE" => ConfirmedFalse,
    "UNREACHABLE" => Unreachable);
names!(cleared_kind, ClearedKind, "FAMILY" => Family, "COMPANY" => Company, "PRIVACY_NUMBER" => PrivacyNumber,
    "OTHER" => Other);
names!(source, CaseSource, "CALL_BACK" => CallBack, "ENQUIRY" => Enquiry, "SERVICING" => Servicing, "CLAIM" => Claim,
    "CUSTOMER_CARE" => CustomerCare);
names!(doubt, CallBackDoubt, "NO_SUCH_NUMBER" => NoSuchNumber, "WRONG_NUMBER" => WrongNumber,
    "OUT_OF_SERVICE" => OutOfService, "ANSWERED_BY_OTHER" => AnsweredByOther);
names!(means, ContactMeans, "PHONE" => Phone, "MESSAGE" => Message, "EMAIL" => Email, "LETTER" => Letter,
    "VISIT" => Visit);
names!(result, ContactResult, "REACHED" => Reached, "NO_ANSWER" => NoAnswer, "ANSWERED_BY_OTHER" => AnsweredByOther,
    "NO_SUCH_NUMBER" => NoSuchNumber, "OUT_OF_SERVICE" => OutOfService, "REFUSED" => Refused, "SENT" => Sent,
    "UNDELIVERABLE" => Undeliverable);
names!(evidence_kind, EvidenceKind, "CUSTOMER_PROOF" => CustomerProof, "CONFIRMATION_FORM" => ConfirmationForm,
    "SERVICING_REQUEST" => ServicingRequest, "INVESTIGATION_REPORT" => InvestigationReport,
    "SELLER_STATEMENT" => SellerStatement, "AGENCY_STATEMENT" => AgencyStatement, "RELATION_PROOF" => RelationProof,
    "LETTER_RECEIPT" => LetterReceipt, "VISIT_RECORD" => VisitRecord, "CALL_RECORDING" => CallRecording,
    "OTHER" => Other);
names!(call_back_answer, CallBackAnswer, "CONFIRMED" => Confirmed, "TOLD_OTHERWISE" => ToldOtherwise,
    "NOT_REACHED" => NotReached, "REFUSED" => Refused);
names!(opinion_kind, OpinionKind, "SANCTION" => Sanction, "RECTIFICATION" => Rectification);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_api_in_any_case_and_others_are_told() {
        assert_eq!(outcome("confirmed_false"), Ok(Outcome::ConfirmedFalse));
        let told = outcome("FALSE").unwrap_err();
        assert_eq!(told, "not one of CORRECTED, CLEARED, CONFIRMED_FALSE, UNREACHABLE");
    }
}
