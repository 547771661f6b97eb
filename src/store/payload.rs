//! What is inside a sealed party: the person as it was sent, and the accounts that belong to it.
//!
//! A format of its own, apart from the domain types and the wire, because it must be readable for as long as the law keeps
//! the data: fields are only added, with a default. Never logged, never serialised anywhere but under a data key.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;
use zhenshi_domain::application::{
    Account, AccountKind, AccountPurpose, Address, Application, Certificate, CertificateKind, DateInput,
    Person, Sex,
};

use super::StoreError;

/// The payload of one party, or of what belongs to nobody.
#[derive(Default, Serialize, Deserialize)]
pub struct Payload {
    /// The person; none for a payer, who is known by the name on the account.
    pub person: Option<PersonPayload>,
    /// Accounts that belong to the party.
    pub accounts: Vec<AccountPayload>,
    /// Numbers of approved accounts; only where the payload belongs to nobody.
    #[serde(default)]
    pub approved_accounts: Vec<String>,
}

/// A person, as sent.
#[derive(Default, Serialize, Deserialize)]
pub struct PersonPayload {
    /// Full name.
    pub name: String,
    /// `M`, `F` or nothing.
    pub sex: Option<char>,
    /// Birth date; `impossible` keeps that one was sent.
    pub birth_date: DatePayload,
    /// Name of the kind of certificate.
    pub certificate_kind: Option<String>,
    /// Number of the certificate.
    pub certificate_number: String,
    /// Last day of validity.
    pub certificate_valid_until: DatePayload,
    /// Phones.
    pub phones: Vec<String>,
    /// E-mail address.
    pub email: String,
    /// County code, province, city, district, detail, whole text.
    pub address: [String; 6],
    /// Nationality.
    pub nationality: String,
}

/// An account, as sent.
#[derive(Serialize, Deserialize)]
pub struct AccountPayload {
    /// `premium`, `benefit`, `claim` or nothing.
    pub purpose: Option<String>,
    /// Number.
    pub number: String,
    /// `card`, `passbook`, `corporate` or nothing.
    pub kind: Option<String>,
    /// Bank.
    pub bank_code: String,
    /// Holder.
    pub holder_name: String,
}

/// A date, as sent.
#[derive(Default, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatePayload {
    /// None was sent.
    #[default]
    Unset,
    /// One was sent that is no day.
    Impossible,
    /// A day.
    Day(NaiveDate),
}

impl Payload {
    /// The bytes to be sealed, wiped when they are dropped.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        // Strings, dates and lists always serialise.
        Zeroizing::new(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads opened bytes; what is wrong with them is not quoted.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`], naming `row`.
    pub fn decode(bytes: &[u8], row: &impl ToString) -> Result<Self, StoreError> {
        serde_json::from_slice(bytes).map_err(|_| StoreError::Corrupt {
            table: "sealed",
            column: "payload",
            row: row.to_string(),
        })
    }

    /// The payload of a party with the accounts at `accounts` of the application.
    pub fn of_party(application: &Application, person: Option<&Person>, accounts: &[usize]) -> Self {
        let own =
            accounts.iter().filter_map(|place| application.accounts.get(*place)).map(AccountPayload::from);
        Self {
            person: person.map(PersonPayload::from),
            accounts: own.collect(),
            approved_accounts: Vec::new(),
        }
    }

    /// The payload of what belongs to nobody: accounts without a holder, and approved account numbers.
    pub fn of_nobody(application: &Application, unowned: &[usize]) -> Self {
        let approved = application.approvals.iter().map(|approval| approval.account.expose().clone());
        Self { approved_accounts: approved.collect(), ..Self::of_party(application, None, unowned) }
    }
}

impl From<&Person> for PersonPayload {
    fn from(person: &Person) -> Self {
        let Person { name, sex, birth_date, certificate, phones, email, address, nationality } = person;
        let Certificate { kind, number, valid_until } = certificate;
        let Address { region_code, province, city, district, detail, text } = address;
        Self {
            name: name.expose().clone(),
            sex: sex.expose().map(|sex| if sex == Sex::Male { 'M' } else { 'F' }),
            birth_date: DatePayload::from(*birth_date.expose()),
            certificate_kind: kind.map(|kind| kind_name(kind).to_owned()),
            certificate_number: number.expose().clone(),
            certificate_valid_until: DatePayload::from(*valid_until),
            phones: phones.iter().map(|phone| phone.expose().clone()).collect(),
            email: email.expose().clone(),
            address: [
                region_code.clone(),
                province.clone(),
                city.clone(),
                district.clone(),
                detail.expose().clone(),
                text.expose().clone(),
            ],
            nationality: nationality.clone(),
        }
    }
}

impl PersonPayload {
    /// The kind of certificate by its name.
    pub fn kind(&self) -> Option<CertificateKind> {
        let name = self.certificate_kind.as_deref()?;
        KINDS.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// The sex.
    pub const fn sex(&self) -> Option<Sex> {
        match self.sex {
            Some('M') => Some(Sex::Male),
            Some('F') => Some(Sex::Female),
            _ => None,
        }
    }
}

impl From<&Account> for AccountPayload {
    fn from(account: &Account) -> Self {
        let Account { purpose, number, kind, bank_code, holder_name } = account;
        let purpose = purpose.map(|purpose| match purpose {
            AccountPurpose::Premium => "premium",
            AccountPurpose::Benefit => "benefit",
            AccountPurpose::Claim => "claim",
        });
        let kind = kind.map(|kind| match kind {
            AccountKind::Card => "card",
            AccountKind::Passbook => "passbook",
            AccountKind::Corporate => "corporate",
        });
        Self {
            purpose: purpose.map(str::to_owned),
            number: number.expose().clone(),
            kind: kind.map(str::to_owned),
            bank_code: bank_code.clone(),
            holder_name: holder_name.expose().clone(),
        }
    }
}

impl From<DateInput> for DatePayload {
    fn from(date: DateInput) -> Self {
        match date {
            DateInput::Unset => Self::Unset,
            DateInput::Impossible => Self::Impossible,
            DateInput::Day(day) => Self::Day(day),
        }
    }
}

/// Names of the kinds, append-only.
const KINDS: [(CertificateKind, &str); 13] = [
    (CertificateKind::ResidentId, "resident_id"),
    (CertificateKind::HkMacauResidencePermit, "hk_macau_residence_permit"),
    (CertificateKind::TaiwanResidencePermit, "taiwan_residence_permit"),
    (CertificateKind::ForeignerPermanentResidence, "foreigner_permanent_residence"),
    (CertificateKind::HkMacauTravelPermit, "hk_macau_travel_permit"),
    (CertificateKind::TaiwanTravelPermit, "taiwan_travel_permit"),
    (CertificateKind::PrcPassport, "prc_passport"),
    (CertificateKind::ForeignPassport, "foreign_passport"),
    (CertificateKind::OfficerCertificate, "officer_certificate"),
    (CertificateKind::SoldierCertificate, "soldier_certificate"),
    (CertificateKind::HouseholdRegister, "household_register"),
    (CertificateKind::BirthCertificate, "birth_certificate"),
    (CertificateKind::Other, "other"),
];

fn kind_name(kind: CertificateKind) -> &'static str {
    // Every kind stands in the table (tested below).
    KINDS.iter().find(|(known, _)| *known == kind).map_or("other", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use zhenshi_domain::personal::Personal;

    use super::*;

    #[test]
    fn a_person_comes_back_as_it_was_sealed() {
        let person = Person {
            name: Personal::from("测试甲"),
            sex: Personal::new(Some(Sex::Female)),
            birth_date: Personal::new(DateInput::Impossible),
            certificate: Certificate {
                kind: Some(CertificateKind::BirthCertificate),
                ..Certificate::default()
            },
            phones: vec![Personal::from("13900000001")],
            ..Person::default()
        };
        let payload = Payload { person: Some(PersonPayload::from(&person)), ..Payload::default() };
        let back = Payload::decode(&payload.encode(), &"row").unwrap().person.unwrap();
        assert_eq!(back.name, "测试甲");
        assert_eq!(back.sex(), Some(Sex::Female));
        assert_eq!(back.kind(), Some(CertificateKind::BirthCertificate));
        assert!(matches!(back.birth_date, DatePayload::Impossible));
        assert_eq!(back.phones, ["13900000001"]);
    }

    #[test]
    fn bytes_that_are_no_payload_are_refused_without_being_quoted() {
        let Err(error) = Payload::decode(b"secret", &"row-1") else { panic!("must be refused") };
        assert!(!error.to_string().contains("secret"));
    }
}
