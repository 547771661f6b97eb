//! What several rules ask of one party, found out once.
//!
//! To add something, add it here only if more than one rule asks for it.

use std::{borrow::Cow, cell::OnceCell, fmt};

use chrono::NaiveDate;

use crate::{
    application::{CertificateKind, Person},
    contact::{person_name, placeholder},
    identity::{
        self, CertificateForm,
        resident_id::{self, ResidentId, ResidentIdError},
    },
};

/// What is known of a party. Its `Debug` shows nothing of the person.
pub struct Known<'a> {
    person: &'a Person,
    number_given: bool,
    resident: Option<Result<ResidentId, ResidentIdError>>,
    certificate: OnceCell<Option<CertificateForm>>,
}

impl fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Known(<personal>)")
    }
}

impl<'a> Known<'a> {
    /// Of `person`, on the day on which ages are counted.
    pub(crate) fn of(person: &'a Person, as_of: NaiveDate) -> Self {
        let certificate = &person.certificate;
        let (kind, number) = (certificate.kind, certificate.number.expose());
        let number_given = !placeholder::is_no_certificate_number(kind, number);
        let carries = matches!(kind, Some(CertificateKind::ResidentId | CertificateKind::HouseholdRegister));
        let resident = (carries && number_given).then(|| resident_id::parse(number, as_of));
        Self { person, number_given, resident, certificate: OnceCell::new() }
    }

    /// Whether a certificate number is given; a placeholder is a missing number, not a wrong one.
    pub(super) const fn number_given(&self) -> bool {
        self.number_given
    }

    /// Kind and number of the certificate; `None` without a kind, or if no number is given.
    pub(super) fn stated(&self) -> Option<(CertificateKind, &'a str)> {
        let kind = self.person.certificate.kind?;
        self.number_given.then_some((kind, self.person.certificate.number.expose().as_str()))
    }

    /// What the number was read as, if the certificate is of a kind that carries a resident ID number and one is given.
    pub(super) const fn resident(&self) -> Option<&Result<ResidentId, ResidentIdError>> {
        self.resident.as_ref()
    }

    /// The resident ID number, if it is right.
    pub(super) const fn resident_id(&self) -> Option<&ResidentId> {
        match &self.resident {
            Some(Ok(id)) => Some(id),
            _ => None,
        }
    }

    /// The canonical form of the certificate: see [`identity::fingerprint_form`].
    pub(super) fn certificate(&self) -> Option<&CertificateForm> {
        let certificate = &self.person.certificate;
        let form = || identity::fingerprint_form(certificate.kind, certificate.number.expose());
        self.certificate.get_or_init(form).as_ref()
    }

    /// The form of the name: see [`person_name::fingerprint_form`].
    pub(super) fn name(&self) -> Option<Cow<'a, str>> {
        person_name::form(self.person.name.expose())
    }
}
