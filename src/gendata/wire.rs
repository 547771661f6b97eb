//! The message `zhenshi.v1.ValidateApplicationRequest` in proto3 JSON, as any client could send it. Empty fields are
//! left out, as proto3 JSON does. Written out by hand so that the generator needs no generated code; a new proto
//! field gets a line here when the data should carry it.

use chrono::{Datelike as _, NaiveDate};
use serde::Serialize;

/// One line of the applications file.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Request {
    pub(super) request_id: String,
    pub(super) application: Application,
}

/// Message `Application`.
#[expect(clippy::struct_field_names, reason = "the proto's names")]
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Application {
    pub(super) source: &'static str,
    pub(super) application_no: String,
    /// An integer of 64 bits is a string in proto3 JSON.
    pub(super) source_revision: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) policy_no: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) original_application_no: String,
    pub(super) kind: Kind,
    pub(super) channel: Channel,
    pub(super) branch_code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) seller_code: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) agency_code: String,
    pub(super) product: Product,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) applied_on: Option<Date>,
    pub(super) policyholder: Person,
    pub(super) insureds: Vec<Insured>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) accounts: Vec<Account>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) approvals: Vec<Approval>,
}

/// Enum `ApplicationKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Kind {
    /// A new contract.
    #[serde(rename = "APPLICATION_KIND_NEW_BUSINESS")]
    NewBusiness,
    /// A servicing change.
    #[serde(rename = "APPLICATION_KIND_SERVICING_CHANGE")]
    ServicingChange,
    /// A claim.
    #[serde(rename = "APPLICATION_KIND_CLAIM")]
    Claim,
}

/// Enum `Channel`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Channel {
    /// Individual agents.
    #[serde(rename = "CHANNEL_INDIVIDUAL_AGENTS")]
    IndividualAgents,
    /// Bancassurance.
    #[serde(rename = "CHANNEL_BANCASSURANCE")]
    Bancassurance,
    /// Professional and concurrent intermediaries.
    #[serde(rename = "CHANNEL_INTERMEDIARIES")]
    Intermediaries,
    /// Direct sales.
    #[serde(rename = "CHANNEL_DIRECT")]
    Direct,
}

/// Message `Product`.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Product {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) class: Option<ProductClass>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) term: Option<Term>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) group: bool,
}

/// Enum `ProductClass`.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) enum ProductClass {
    #[serde(rename = "PRODUCT_CLASS_ORDINARY_LIFE")]
    OrdinaryLife,
    #[serde(rename = "PRODUCT_CLASS_PARTICIPATING")]
    Participating,
    #[serde(rename = "PRODUCT_CLASS_UNIT_LINKED")]
    UnitLinked,
    #[serde(rename = "PRODUCT_CLASS_UNIVERSAL")]
    Universal,
    #[serde(rename = "PRODUCT_CLASS_ACCIDENT")]
    Accident,
    #[serde(rename = "PRODUCT_CLASS_HEALTH")]
    Health,
}

/// Message `Term`, one field of which is given.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Term {
    Years(i32),
    Months(i32),
    Days(i32),
    ToAge(i32),
    WholeLife(bool),
}

/// Message `google.type.Date`. Zeros are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Date {
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) year: i32,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) month: u32,
    #[serde(skip_serializing_if = "is_zero")]
    pub(super) day: u32,
}

impl From<NaiveDate> for Date {
    fn from(day: NaiveDate) -> Self {
        Self { year: day.year(), month: day.month(), day: day.day() }
    }
}

/// Message `Person`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person {
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) sex: Option<Sex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) birth_date: Option<Date>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) certificate: Option<Certificate>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) phones: Vec<String>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<Address>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) nationality: &'static str,
}

/// Enum `Sex`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Sex {
    #[serde(rename = "SEX_MALE")]
    Male,
    #[serde(rename = "SEX_FEMALE")]
    Female,
}

impl Sex {
    /// The other one.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Male => Self::Female,
            Self::Female => Self::Male,
        }
    }
}

/// Message `Certificate`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Certificate {
    pub(super) kind: CertificateKind,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) valid_until: Option<Date>,
}

/// Enum `CertificateKind`, as far as the generator uses it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum CertificateKind {
    #[serde(rename = "CERTIFICATE_KIND_RESIDENT_ID")]
    ResidentId,
    #[serde(rename = "CERTIFICATE_KIND_HK_MACAU_RESIDENCE_PERMIT")]
    HkMacauResidencePermit,
    #[serde(rename = "CERTIFICATE_KIND_FOREIGNER_PERMANENT_RESIDENCE")]
    ForeignerPermanentResidence,
    #[serde(rename = "CERTIFICATE_KIND_PRC_PASSPORT")]
    PrcPassport,
    #[serde(rename = "CERTIFICATE_KIND_OFFICER_CERTIFICATE")]
    OfficerCertificate,
    #[serde(rename = "CERTIFICATE_KIND_HK_MACAU_TRAVEL_PERMIT")]
    HkMacauTravelPermit,
    #[serde(rename = "CERTIFICATE_KIND_TAIWAN_TRAVEL_PERMIT")]
    TaiwanTravelPermit,
    #[serde(rename = "CERTIFICATE_KIND_FOREIGN_PASSPORT")]
    ForeignPassport,
    #[serde(rename = "CERTIFICATE_KIND_HOUSEHOLD_REGISTER")]
    HouseholdRegister,
    #[serde(rename = "CERTIFICATE_KIND_BIRTH_CERTIFICATE")]
    BirthCertificate,
}

/// Message `Address`.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Address {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) region_code: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) province: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) city: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) district: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) detail: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) text: String,
}

/// Message `Insured`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Insured {
    pub(super) person: Person,
    pub(super) relation: Relation,
}

/// Enum `Relation`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Relation {
    #[serde(rename = "RELATION_ONESELF")]
    Oneself,
    #[serde(rename = "RELATION_SPOUSE")]
    Spouse,
    #[serde(rename = "RELATION_PARENT")]
    Parent,
    #[serde(rename = "RELATION_CHILD")]
    Child,
    #[serde(rename = "RELATION_OTHER")]
    Other,
}

/// Message `Account`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Account {
    pub(super) purpose: Purpose,
    pub(super) number: String,
    pub(super) kind: AccountKind,
    pub(super) bank_code: &'static str,
    pub(super) holder_name: String,
}

/// Enum `AccountPurpose`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum Purpose {
    #[serde(rename = "ACCOUNT_PURPOSE_PREMIUM")]
    Premium,
    #[serde(rename = "ACCOUNT_PURPOSE_BENEFIT")]
    Benefit,
    #[serde(rename = "ACCOUNT_PURPOSE_CLAIM")]
    Claim,
}

/// Enum `AccountKind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) enum AccountKind {
    #[serde(rename = "ACCOUNT_KIND_CARD")]
    Card,
    #[serde(rename = "ACCOUNT_KIND_PASSBOOK")]
    Passbook,
    #[serde(rename = "ACCOUNT_KIND_CORPORATE")]
    Corporate,
}

/// Message `Approval`; its kind is always that of a third-party payer.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Approval {
    pub(super) kind: &'static str,
    pub(super) reference: String,
    pub(super) approver: String,
    pub(super) approved_on: Date,
    pub(super) account: String,
    pub(super) valid_until: Date,
}

fn is_zero<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
