//! Stable numbers of the enumerations in the tables. Append-only: a number once written keeps its meaning.

use zhenshi_domain::{
    application::{AccountPurpose, ApplicationKind, Channel, ProductClass, Relation},
    erasure::State,
    finding::Severity,
    party::Role,
    policy::CallBackFailure,
    suspicion::Clue,
    verdict::Verdict,
};

use super::{
    StoreError,
    case::parts::{CallBackAnswer, OpinionKind},
    delivery::{AttemptResult, DeliveryState},
    list::{ListKind, cleared::ClearedKind, read::ListState},
    retention::{ErasureGround, HoldGround},
};

/// An enumeration that is stored as a small number.
pub trait Coded: Copy + 'static {
    /// Table and column by which a wrong number is reported.
    const COLUMN: (&'static str, &'static str);
    /// Every value with its number.
    const CODES: &'static [(Self, i16)];

    /// Whether two values are the same.
    fn same(self, other: Self) -> bool;

    /// The number of this value.
    fn number(self) -> i16 {
        // Every value stands in CODES (tested below), so the fallback is never taken.
        Self::CODES.iter().find(|(value, _)| value.same(self)).map_or(0, |(_, number)| *number)
    }

    /// The value of a number.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], naming `row`, if no value has it.
    fn from_number(number: i16, row: impl ToString) -> Result<Self, StoreError> {
        let (table, column) = Self::COLUMN;
        Self::CODES
            .iter()
            .find(|(_, known)| *known == number)
            .map(|(value, _)| *value)
            .ok_or_else(|| StoreError::Corrupt { table, column, row: row.to_string() })
    }
}

macro_rules! coded {
    ($type:ty, $table:literal, $column:literal, $($value:ident = $number:literal),+ $(,)?) => {
        impl Coded for $type {
            const COLUMN: (&'static str, &'static str) = ($table, $column);
            const CODES: &'static [(Self, i16)] = &[$((Self::$value, $number)),+];

            fn same(self, other: Self) -> bool {
                self == other
            }
        }
    };
}

coded!(ApplicationKind, "application", "kind", NewBusiness = 1, ServicingChange = 2, Claim = 3);
coded!(
    Channel,
    "application",
    "channel",
    IndividualAgents = 1,
    Bancassurance = 2,
    Intermediaries = 3,
    Direct = 4
);
coded!(Verdict, "submission", "verdict", Accepted = 1, Rejected = 2, NotApplicable = 3);
coded!(
    ProductClass,
    "submission",
    "product_class",
    OrdinaryLife = 1,
    Participating = 2,
    UnitLinked = 3,
    Universal = 4,
    Accident = 5,
    Health = 6
);
coded!(Severity, "finding", "severity", Advisory = 1, Blocking = 2);
coded!(Role, "application_party", "role", Policyholder = 1, Insured = 2, Payer = 3);
coded!(Relation, "application_party", "relation", Oneself = 1, Spouse = 2, Parent = 3, Child = 4, Other = 5);
coded!(AccountPurpose, "contact_use", "purpose", Premium = 1, Benefit = 2, Claim = 3);
coded!(
    Clue,
    "suspicion",
    "clue",
    SamePhone = 1,
    SameBankAccount = 2,
    SellerContact = 3,
    IdentityConflict = 4,
    SamePersonTwice = 5
);
coded!(ListKind, "suspicion_list", "kind", Daily = 1, SelfInspection = 2);
coded!(
    CallBackFailure,
    "policy_event",
    "failure_reason",
    NoSuchNumber = 1,
    WrongNumber = 2,
    OutOfService = 3,
    AnsweredByOther = 4,
    NoAnswer = 5,
    Other = 6
);
coded!(DeliveryState, "delivery", "state", Waiting = 1, Delivered = 2, Dead = 3);
coded!(
    AttemptResult,
    "delivery",
    "last_result",
    Delivered = 1,
    Refused = 2,
    NoConnection = 3,
    NoAnswer = 4,
    BrokenOff = 5,
    Redirected = 6
);
coded!(ListState, "suspicion_list", "state", Closed = 1, Sealed = 2);
coded!(ClearedKind, "cleared_relation", "kind", Family = 1, Company = 2, PrivacyNumber = 3, Other = 4);
coded!(
    CallBackAnswer,
    "case_call_back_request",
    "answer",
    Confirmed = 1,
    ToldOtherwise = 2,
    NotReached = 3,
    Refused = 4
);
coded!(State, "retention_subject", "state", Active = 1, Restricted = 2, Due = 3, Approved = 4, Shredded = 5,);
coded!(ErasureGround, "erasure", "ground", RetentionOver = 1, PersonAsked = 2, Order = 3);
coded!(HoldGround, "retention_hold", "ground", Litigation = 1, Complaint = 2, Investigation = 3, Order = 4);
coded!(OpinionKind, "case_opinion", "kind", Sanction = 1, Rectification = 2);

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers_are_one_to_one<T: Coded>() {
        for (value, number) in T::CODES {
            assert!(T::from_number(*number, 0).unwrap().same(*value));
            assert_eq!(value.number(), *number);
        }
        assert!(T::from_number(99, "row").is_err());
    }

    #[test]
    fn every_number_has_one_value() {
        numbers_are_one_to_one::<ApplicationKind>();
        numbers_are_one_to_one::<Channel>();
        numbers_are_one_to_one::<Verdict>();
        numbers_are_one_to_one::<ProductClass>();
        numbers_are_one_to_one::<Severity>();
        numbers_are_one_to_one::<Role>();
        numbers_are_one_to_one::<Relation>();
        numbers_are_one_to_one::<AccountPurpose>();
        numbers_are_one_to_one::<Clue>();
        numbers_are_one_to_one::<ListKind>();
        numbers_are_one_to_one::<CallBackFailure>();
        numbers_are_one_to_one::<ListState>();
        numbers_are_one_to_one::<ClearedKind>();
        numbers_are_one_to_one::<DeliveryState>();
        numbers_are_one_to_one::<AttemptResult>();
        numbers_are_one_to_one::<CallBackAnswer>();
        numbers_are_one_to_one::<OpinionKind>();
    }
}
