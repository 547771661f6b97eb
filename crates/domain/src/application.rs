//! An application (投保申請) as the rules see it: taken apart from the wire, nothing judged yet.
//!
//! Texts are kept as they were sent; an empty text means "not given". Wrong data is never refused
//! here: refusing is the rules' work, and they must see all of it to report all of it.

use chrono::NaiveDate;

use crate::personal::{Personal, redacted_debug};

/// Names an application: the system that numbered it, the kind, the number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationKey {
    /// The system that numbered the application, whoever sends it.
    pub source: String,
    /// New business, servicing change or claim: each kind has a number range of its own.
    pub kind: ApplicationKind,
    /// The number given by `source`.
    pub application_no: String,
}

/// What is applied for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ApplicationKind {
    /// 新契約
    NewBusiness,
    /// 保全
    ServicingChange,
    /// 理賠
    Claim,
}

/// Sales channel (銷售渠道) through which the contract came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// 個人營銷員
    IndividualAgents,
    /// 銀保
    Bancassurance,
    /// 專業代理、兼業代理、經紀
    Intermediaries,
    /// 直銷
    Direct,
}

/// Product class of article 4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProductClass {
    /// 普通壽險
    OrdinaryLife,
    /// 分紅險
    Participating,
    /// 投連險
    UnitLinked,
    /// 萬能險
    Universal,
    /// 意外險
    Accident,
    /// 健康險
    Health,
}

/// How long the main contract runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Term {
    /// So many years.
    Years(u32),
    /// So many months.
    Months(u32),
    /// So many days; 365 days are one year.
    Days(u32),
    /// Until the insured reaches this age.
    ToAge(u32),
    /// For life.
    WholeLife,
}

/// The product of the main contract. Scope follows the main contract, not its riders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Product {
    /// Product code of the insurer.
    pub code: String,
    /// Product name.
    pub name: String,
    /// Class of article 4; `None` when not given.
    pub class: Option<ProductClass>,
    /// Term of the main contract; `None` when not given.
    pub term: Option<Term>,
    /// Group business (團體): outside article 4.
    pub group: bool,
}

/// A civil date as it was sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum DateInput {
    /// Nothing was sent.
    #[default]
    Unset,
    /// Something was sent that is no day of the calendar (for example 30 February), or no full date.
    Impossible,
    /// A day of the calendar.
    Day(NaiveDate),
}

impl DateInput {
    /// The day, if it is one.
    pub const fn day(self) -> Option<NaiveDate> {
        match self {
            Self::Day(day) => Some(day),
            Self::Unset | Self::Impossible => None,
        }
    }
}

/// Sex as registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
}

/// Kind of certificate (證件類型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CertificateKind {
    /// 居民身份證, 18 or 15 digits
    ResidentId,
    /// 港澳居民居住證
    HkMacauResidencePermit,
    /// 臺灣居民居住證
    TaiwanResidencePermit,
    /// 外國人永久居留身份證
    ForeignerPermanentResidence,
    /// 港澳居民來往內地通行證
    HkMacauTravelPermit,
    /// 臺灣居民來往大陸通行證
    TaiwanTravelPermit,
    /// 中國護照
    PrcPassport,
    /// 外國護照
    ForeignPassport,
    /// 軍官證
    OfficerCertificate,
    /// 士兵證
    SoldierCertificate,
    /// 戶口簿
    HouseholdRegister,
    /// 出生醫學證明
    BirthCertificate,
    /// Any other certificate
    Other,
}

/// An identity document: kind and number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    /// Kind; `None` when not given.
    pub kind: Option<CertificateKind>,
    /// Number as sent.
    pub number: Personal<String>,
    /// Last day of validity.
    pub valid_until: DateInput,
}

/// A postal address, in parts or as one text.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Address {
    /// GB/T 2260 code of the county.
    pub region_code: String,
    /// 省
    pub province: String,
    /// 市
    pub city: String,
    /// 區縣
    pub district: String,
    /// Street, number, room.
    pub detail: Personal<String>,
    /// The whole address as one text, when it is not in parts.
    pub text: Personal<String>,
}

/// A party: policyholder or insured.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// Full name.
    pub name: Personal<String>,
    /// Sex; `None` when not given.
    pub sex: Personal<Option<Sex>>,
    /// Birth date.
    pub birth_date: Personal<DateInput>,
    /// Identity document.
    pub certificate: Certificate,
    /// Phones, the most important first.
    pub phones: Vec<Personal<String>>,
    /// E-mail address.
    pub email: Personal<String>,
    /// Contact address.
    pub address: Address,
    /// ISO 3166-1 alpha-2 or alpha-3 code.
    pub nationality: String,
}

/// What the insured is to the policyholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// 本人
    Oneself,
    /// 配偶
    Spouse,
    /// 父母: the insured is a parent of the policyholder
    Parent,
    /// 子女: the insured is a child of the policyholder
    Child,
    /// Any other relation
    Other,
}

/// An insured party.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Insured {
    /// Who.
    pub person: Person,
    /// What the insured is to the policyholder; `None` when not given.
    pub relation: Option<Relation>,
}

/// What an account is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountPurpose {
    /// Premium is drawn from it.
    Premium,
    /// Benefits are paid to it.
    Benefit,
    /// Claims are paid to it.
    Claim,
}

/// Kind of bank account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountKind {
    /// 銀行卡
    Card,
    /// 存摺
    Passbook,
    /// 對公賬戶
    Corporate,
}

/// A bank account of the application.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Use; `None` when not given.
    pub purpose: Option<AccountPurpose>,
    /// Account number as sent.
    pub number: Personal<String>,
    /// Kind; `None` when not given.
    pub kind: Option<AccountKind>,
    /// Code of the bank.
    pub bank_code: String,
    /// In whose name the account is.
    pub holder_name: Personal<String>,
}

/// What was approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ApprovalKind {
    /// A payer who is not the policyholder (article 11: 特殊情形並依循公司內部的調查審批程序).
    ThirdPartyPayer,
}

/// An internal approval that the application carries.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Approval {
    /// What was approved; `None` when not given.
    pub kind: Option<ApprovalKind>,
    /// Reference in the insurer's approval system.
    pub reference: String,
    /// Staff number of who approved.
    pub approver: String,
    /// Day of the approval.
    pub approved_on: DateInput,
    /// Number of the account that it allows.
    pub account: Personal<String>,
    /// Last day on which it may be used.
    pub valid_until: DateInput,
}

/// Everything that is sent to be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    /// Its name.
    pub key: ApplicationKey,
    /// Revision counted by the source; `None` when the source does not count.
    pub source_revision: Option<u64>,
    /// Policy number, once there is one.
    pub policy_no: String,
    /// The application that a servicing change or a claim belongs to.
    pub original_application_no: String,
    /// Sales channel.
    pub channel: Channel,
    /// Branch of the insurer.
    pub branch_code: String,
    /// Seller (營銷員、銀保專管員).
    pub seller_code: String,
    /// Agency (代理機構).
    pub agency_code: String,
    /// Product of the main contract.
    pub product: Product,
    /// Day of the application, a date in Asia/Shanghai.
    pub applied_on: DateInput,
    /// Policyholder (投保人); all empty when not sent.
    pub policyholder: Person,
    /// Insured parties (被保險人).
    pub insureds: Vec<Insured>,
    /// Bank accounts.
    pub accounts: Vec<Account>,
    /// Approvals.
    pub approvals: Vec<Approval>,
}

// Whole, because what is harmless in one field tells who it is beside another.
redacted_debug!(Account, Address, Approval, Certificate, Person);
