//! Single values apart from an application: which kinds there are, and how each is read.
//!
//! Here the names of the test format of `zhenshi check --values` and of `zhenshi explain` meet the domain's kinds. To add
//! a kind: a line in [`ValueKind::NAMES`], and if it is no certificate, a variant with its arms. Nothing here needs a
//! database or a caller: values are judged and forgotten.

use chrono::NaiveDate;
use zhenshi_domain::{
    application::{AccountKind, Address, CertificateKind},
    contact::{address, bank_account, email, person_name, phone},
    identity,
    personal::Personal,
    reading::Reading,
    text::fold_number,
};

/// How the numbers of residence permits for Taiwan residents begin; all others are of Hong Kong and Macau.
const TAIWAN_PERMIT_PREFIX: &str = "83";

/// A kind of value that can be judged by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    /// A certificate number.
    Certificate(CertificateKind),
    /// A residence permit of Hong Kong, Macau or Taiwan, told apart by its first digits.
    ResidencePermit,
    /// A telephone.
    Phone,
    /// A bank account; the kind is told from the number when it is not given.
    Account(Option<AccountKind>),
    /// A person's name.
    Name,
    /// An address as one text.
    Address,
    /// An e-mail address.
    Email,
}

impl ValueKind {
    /// Every name and what it means. Certificates can be named as in the API or as in the test format.
    pub const NAMES: [(&str, Self); 32] = [
        // The test format.
        ("id18", Self::Certificate(CertificateKind::ResidentId)),
        ("id15", Self::Certificate(CertificateKind::ResidentId)),
        ("hmt_permit", Self::ResidencePermit),
        ("foreigner_prc", Self::Certificate(CertificateKind::ForeignerPermanentResidence)),
        ("foreigner_prc_old", Self::Certificate(CertificateKind::ForeignerPermanentResidence)),
        ("passport", Self::Certificate(CertificateKind::PrcPassport)),
        ("passport_mrz", Self::Certificate(CertificateKind::ForeignPassport)),
        ("phone", Self::Phone),
        ("bank", Self::Account(None)),
        ("name", Self::Name),
        ("address", Self::Address),
        // In both.
        ("hk_macau_travel_permit", Self::Certificate(CertificateKind::HkMacauTravelPermit)),
        ("taiwan_travel_permit", Self::Certificate(CertificateKind::TaiwanTravelPermit)),
        ("birth_certificate", Self::Certificate(CertificateKind::BirthCertificate)),
        // The API.
        ("resident_id", Self::Certificate(CertificateKind::ResidentId)),
        ("hk_macau_residence_permit", Self::Certificate(CertificateKind::HkMacauResidencePermit)),
        ("taiwan_residence_permit", Self::Certificate(CertificateKind::TaiwanResidencePermit)),
        ("foreigner_permanent_residence", Self::Certificate(CertificateKind::ForeignerPermanentResidence)),
        ("prc_passport", Self::Certificate(CertificateKind::PrcPassport)),
        ("foreign_passport", Self::Certificate(CertificateKind::ForeignPassport)),
        ("officer_certificate", Self::Certificate(CertificateKind::OfficerCertificate)),
        ("soldier_certificate", Self::Certificate(CertificateKind::SoldierCertificate)),
        ("household_register", Self::Certificate(CertificateKind::HouseholdRegister)),
        ("other", Self::Certificate(CertificateKind::Other)),
        ("account", Self::Account(None)),
        ("card", Self::Account(Some(AccountKind::Card))),
        ("passbook", Self::Account(Some(AccountKind::Passbook))),
        ("corporate", Self::Account(Some(AccountKind::Corporate))),
        ("email", Self::Email),
        // Usual short names.
        ("id", Self::Certificate(CertificateKind::ResidentId)),
        ("residence_permit", Self::ResidencePermit),
        ("mrz", Self::Certificate(CertificateKind::ForeignPassport)),
    ];

    /// The kind called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, kind)| *kind)
    }

    /// The path under which the words name such a value.
    pub const fn field_path(self) -> &'static str {
        match self {
            Self::Certificate(_) | Self::ResidencePermit => "certificate.number",
            Self::Phone => "phone",
            Self::Account(_) => "account.number",
            Self::Name => "name",
            Self::Address => "address",
            Self::Email => "email",
        }
    }

    /// Reads `value` as of this kind, with every check, on the day `as_of` (Asia/Shanghai).
    pub fn read(self, value: &str, as_of: NaiveDate) -> Reading {
        match self {
            Self::Certificate(kind) => identity::check(kind, value, as_of),
            Self::ResidencePermit => identity::check(residence_permit(value), value, as_of),
            Self::Phone => phone::check(value),
            Self::Account(kind) => bank_account::check(kind, value),
            Self::Name => person_name::check(value),
            Self::Address => {
                address::check(&Address { text: Personal::new(value.to_owned()), ..Address::default() })
            }
            Self::Email => email::check(value),
        }
    }
}

fn residence_permit(number: &str) -> CertificateKind {
    if fold_number(number).starts_with(TAIWAN_PERMIT_PREFIX) {
        CertificateKind::TaiwanResidencePermit
    } else {
        CertificateKind::HkMacauResidencePermit
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_stands_once() {
        let names: BTreeSet<&str> = ValueKind::NAMES.iter().map(|(name, _)| *name).collect();
        assert_eq!(names.len(), ValueKind::NAMES.len());
        for (name, kind) in ValueKind::NAMES {
            assert_eq!(ValueKind::named(name), Some(kind));
        }
        assert_eq!(ValueKind::named("calendar"), None);
    }

    #[test]
    fn residence_permits_are_told_apart_by_their_first_digits() {
        assert_eq!(residence_permit(" ８３0000"), CertificateKind::TaiwanResidencePermit);
        for number in ["81", "82", "", "x"] {
            assert_eq!(residence_permit(number), CertificateKind::HkMacauResidencePermit);
        }
    }
}
