//! The faults that can be planted. A new fault is a variant, a line in each match below, a line in [`WEIGHTS`] and an
//! arm in `plant/`.

use super::luck::Luck;
use super::truth::{FoundBy, UNDETECTABLE};

/// A fault, named like the finding code that it must cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    FieldMissing,
    FieldPlaceholder,
    ProductClassMissing,
    ProductTermMissing,
    ApplicationDateInvalid,
    BirthDateImpossible,
    IdLength,
    IdCharacter,
    IdProvince,
    IdDate,
    IdFuture,
    IdAge,
    IdCheckCharacter,
    SexContradictsId,
    BirthDateContradictsId,
    CertificateFormat,
    CertificateCheckDigit,
    CertificateExpired,
    CertificateExpiryImpossible,
    CertificateKindAge,
    CertificateKindNationality,
    PhoneFormat,
    PhoneUnassigned,
    PhoneNotPersonal,
    AccountFormat,
    AccountDamaged,
    AccountCheckDigit,
    NameFormat,
    NameNotPersonal,
    AddressUnusable,
    PolicyholderMinor,
    RelationContradictsAge,
    CertificateShared,
    OneselfDiffers,
    PayerNotPolicyholder,
    FieldUnreadable,
    FieldTooLong,
    SamePhone,
    SameBankAccount,
    Undetectable,
}

/// The two kinds that the inspection of 2014 counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    /// Key information is not there.
    Missing,
    /// Information is there and wrong.
    False,
}

impl Fault {
    /// The code that must be found; `UNDETECTABLE` when none can be.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::FieldMissing => "FIELD_MISSING",
            Self::FieldPlaceholder => "FIELD_PLACEHOLDER",
            Self::ProductClassMissing => "PRODUCT_CLASS_MISSING",
            Self::ProductTermMissing => "PRODUCT_TERM_MISSING",
            Self::ApplicationDateInvalid => "APPLICATION_DATE_INVALID",
            Self::BirthDateImpossible => "BIRTH_DATE_IMPOSSIBLE",
            Self::IdLength => "ID_NUMBER_LENGTH",
            Self::IdCharacter => "ID_NUMBER_CHARACTER",
            Self::IdProvince => "ID_NUMBER_PROVINCE",
            Self::IdDate => "ID_NUMBER_DATE",
            Self::IdFuture => "ID_NUMBER_FUTURE",
            Self::IdAge => "ID_NUMBER_AGE",
            Self::IdCheckCharacter => "ID_NUMBER_CHECK_CHARACTER",
            Self::SexContradictsId => "SEX_CONTRADICTS_ID",
            Self::BirthDateContradictsId => "BIRTH_DATE_CONTRADICTS_ID",
            Self::CertificateFormat => "CERTIFICATE_NUMBER_FORMAT",
            Self::CertificateCheckDigit => "CERTIFICATE_NUMBER_CHECK_DIGIT",
            Self::CertificateExpired => "CERTIFICATE_EXPIRED",
            Self::CertificateExpiryImpossible => "CERTIFICATE_EXPIRY_IMPOSSIBLE",
            Self::CertificateKindAge => "CERTIFICATE_KIND_AGE",
            Self::CertificateKindNationality => "CERTIFICATE_KIND_NATIONALITY",
            Self::PhoneFormat => "PHONE_FORMAT",
            Self::PhoneUnassigned => "PHONE_UNASSIGNED",
            Self::PhoneNotPersonal => "PHONE_NOT_PERSONAL",
            Self::AccountFormat => "ACCOUNT_FORMAT",
            Self::AccountDamaged => "ACCOUNT_DAMAGED",
            Self::AccountCheckDigit => "ACCOUNT_CHECK_DIGIT",
            Self::NameFormat => "NAME_FORMAT",
            Self::NameNotPersonal => "NAME_NOT_PERSONAL",
            Self::AddressUnusable => "ADDRESS_UNUSABLE",
            Self::PolicyholderMinor => "POLICYHOLDER_MINOR",
            Self::RelationContradictsAge => "RELATION_CONTRADICTS_AGE",
            Self::CertificateShared => "CERTIFICATE_SHARED_BY_PARTIES",
            Self::OneselfDiffers => "ONESELF_DIFFERS",
            Self::PayerNotPolicyholder => "PAYER_NOT_POLICYHOLDER",
            Self::FieldUnreadable => "FIELD_UNREADABLE",
            Self::FieldTooLong => "FIELD_TOO_LONG",
            Self::SamePhone => "SAME_PHONE",
            Self::SameBankAccount => "SAME_BANK_ACCOUNT",
            Self::Undetectable => UNDETECTABLE,
        }
    }

    /// Which of the two kinds it counts for.
    pub(super) const fn category(self) -> Category {
        match self {
            Self::FieldMissing
            | Self::FieldPlaceholder
            | Self::ProductClassMissing
            | Self::ProductTermMissing => Category::Missing,
            _ => Category::False,
        }
    }

    /// Who is to find it.
    pub(super) const fn found_by(self) -> FoundBy {
        match self {
            Self::SamePhone | Self::SameBankAccount => FoundBy::List,
            Self::Undetectable => FoundBy::Nobody,
            _ => FoundBy::Gate,
        }
    }

    /// A fault of the category, by its weight.
    pub(super) fn draw(category: Category, luck: &mut Luck) -> Self {
        let total = WEIGHTS.iter().filter(|(fault, _)| fault.category() == category).map(|(_, w)| w).sum();
        let mut rest = luck.below(total);
        for (fault, weight) in WEIGHTS.iter().filter(|(fault, _)| fault.category() == category) {
            if rest < *weight {
                return *fault;
            }
            rest -= weight;
        }
        Self::Undetectable
    }
}

/// How often a fault happens among those of its category, per hundred of them (the inspection counted kinds only, so
/// the shares inside a kind are our own guess). The faults of the list come last: they need earlier applications.
pub(super) const WEIGHTS: [(Fault, u32); 40] = [
    (Fault::FieldMissing, 70),
    (Fault::FieldPlaceholder, 24),
    (Fault::ProductClassMissing, 3),
    (Fault::ProductTermMissing, 3),
    (Fault::ApplicationDateInvalid, 4),
    (Fault::BirthDateImpossible, 4),
    (Fault::IdLength, 3),
    (Fault::IdCharacter, 4),
    (Fault::IdProvince, 3),
    (Fault::IdDate, 3),
    (Fault::IdFuture, 2),
    (Fault::IdAge, 2),
    (Fault::IdCheckCharacter, 9),
    (Fault::SexContradictsId, 6),
    (Fault::BirthDateContradictsId, 8),
    (Fault::CertificateFormat, 2),
    (Fault::CertificateCheckDigit, 1),
    (Fault::CertificateExpired, 2),
    (Fault::CertificateExpiryImpossible, 1),
    (Fault::CertificateKindAge, 1),
    (Fault::CertificateKindNationality, 1),
    (Fault::PhoneFormat, 1),
    (Fault::PhoneUnassigned, 1),
    (Fault::PhoneNotPersonal, 1),
    (Fault::AccountFormat, 1),
    (Fault::AccountDamaged, 1),
    (Fault::AccountCheckDigit, 1),
    (Fault::NameFormat, 1),
    (Fault::NameNotPersonal, 1),
    (Fault::AddressUnusable, 1),
    (Fault::PolicyholderMinor, 1),
    (Fault::RelationContradictsAge, 1),
    (Fault::CertificateShared, 1),
    (Fault::OneselfDiffers, 1),
    (Fault::PayerNotPolicyholder, 7),
    (Fault::FieldUnreadable, 1),
    (Fault::FieldTooLong, 1),
    (Fault::SamePhone, 10),
    (Fault::SameBankAccount, 5),
    (Fault::Undetectable, 7),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_each_kind_are_percentages() {
        for category in [Category::Missing, Category::False] {
            let total: u32 = WEIGHTS
                .iter()
                .filter(|(fault, _)| fault.category() == category)
                .map(|(_, weight)| weight)
                .sum();
            assert_eq!(total, 100, "{category:?}");
        }
    }
}
