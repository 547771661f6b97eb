//! The rules, one matter per file. To add one: write the file, add its line to [`ALL`], write its words
//! (`docs/adding-a-rule.md`).

pub mod address;
pub mod applicability;
pub mod application_date;
pub mod bank_account;
pub mod birth_date;
pub mod certificate;
pub mod certificate_holder;
pub mod certificate_validity;
pub mod completeness;
mod contacts;
pub mod email;
mod facts;
pub mod id_agreement;
mod known;
pub mod payer;
pub mod person_name;
pub mod phone;
pub mod policyholder_age;
pub mod readable;
pub mod recorded;
pub mod relation;
pub mod same_certificate;
pub mod seller_contact;
pub mod seller_qualification;

pub use known::Known;
pub use recorded::REVISION_SUPERSEDED;

use crate::{finding::Code, rule::Rule};

/// Every rule, in the order of its findings.
pub const ALL: &[&dyn Rule] = &[
    &applicability::Applicability,
    &application_date::ApplicationDate,
    &completeness::Completeness,
    &birth_date::BirthDate,
    &certificate::CertificateNumber,
    &id_agreement::IdAgreement,
    &certificate_validity::CertificateValidity,
    &certificate_holder::CertificateHolder,
    &person_name::PersonNames,
    &phone::Phones,
    &address::Addresses,
    &email::Emails,
    &policyholder_age::PolicyholderAge,
    &relation::Relations,
    &same_certificate::SameCertificate,
    &bank_account::BankAccounts,
    &payer::Payer,
    &seller_qualification::SellerQualification,
    &seller_contact::SellerContact,
    &readable::Readable,
];

/// Every code that a finding can have: those of the rules, then those of the recorder.
pub fn all_codes() -> impl Iterator<Item = Code> {
    ALL.iter().flat_map(|rule| rule.codes()).chain(recorded::CODES).copied()
}

/// The code called `name`.
pub fn code(name: &str) -> Option<Code> {
    all_codes().find(|code| code.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let names: Vec<&str> = all_codes().map(|code| code.name).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        for name in names {
            assert!(name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'), "{name}");
            assert_eq!(code(name).map(|code| code.name), Some(name));
        }
        assert!(code("NO_SUCH_CODE").is_none());
    }
}
