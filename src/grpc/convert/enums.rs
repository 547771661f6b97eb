//! Enumerations, both ways. An unknown number reads as not given: newer callers may know more than we do.

use zhenshi_domain::{
    application as domain, finding::Severity, party::Role, policy::CallBackFailure, suspicion::Clue,
    verdict::Verdict,
};
use zhenshi_proto::zhenshi::v1 as proto;

use crate::app::{ClearedKind, ListKind, ListState, OwnerKind};

/// A wire enumeration with a value for "not given".
pub(in crate::grpc) trait Wire: Sized {
    /// The domain's type.
    type Domain;

    /// The domain's value, or nothing for "not given".
    fn domain(self) -> Option<Self::Domain>;
    /// The wire's value.
    fn wire(value: Self::Domain) -> Self;
}

macro_rules! wire {
    ($proto:ty, $domain:ty, $($wire:ident <=> $value:ident),+ $(,)?) => {
        impl Wire for $proto {
            type Domain = $domain;

            fn domain(self) -> Option<$domain> {
                match self {
                    Self::Unspecified => None,
                    $(Self::$wire => Some(<$domain>::$value)),+
                }
            }

            fn wire(value: $domain) -> Self {
                match value {
                    $(<$domain>::$value => Self::$wire),+
                }
            }
        }
    };
}

wire!(proto::ApplicationKind, domain::ApplicationKind,
    NewBusiness <=> NewBusiness, ServicingChange <=> ServicingChange, Claim <=> Claim);
wire!(proto::Channel, domain::Channel, IndividualAgents <=> IndividualAgents, Bancassurance <=> Bancassurance,
    Intermediaries <=> Intermediaries, Direct <=> Direct);
wire!(proto::ProductClass, domain::ProductClass, OrdinaryLife <=> OrdinaryLife, Participating <=> Participating,
    UnitLinked <=> UnitLinked, Universal <=> Universal, Accident <=> Accident, Health <=> Health);
wire!(proto::Sex, domain::Sex, Male <=> Male, Female <=> Female);
wire!(proto::CertificateKind, domain::CertificateKind, ResidentId <=> ResidentId,
    HkMacauResidencePermit <=> HkMacauResidencePermit, TaiwanResidencePermit <=> TaiwanResidencePermit,
    ForeignerPermanentResidence <=> ForeignerPermanentResidence, HkMacauTravelPermit <=> HkMacauTravelPermit,
    TaiwanTravelPermit <=> TaiwanTravelPermit, PrcPassport <=> PrcPassport, ForeignPassport <=> ForeignPassport,
    OfficerCertificate <=> OfficerCertificate, SoldierCertificate <=> SoldierCertificate,
    HouseholdRegister <=> HouseholdRegister, BirthCertificate <=> BirthCertificate, Other <=> Other);
wire!(proto::Relation, domain::Relation, Oneself <=> Oneself, Spouse <=> Spouse, Parent <=> Parent, Child <=> Child,
    Other <=> Other);
wire!(proto::AccountPurpose, domain::AccountPurpose, Premium <=> Premium, Benefit <=> Benefit, Claim <=> Claim);
wire!(proto::AccountKind, domain::AccountKind, Card <=> Card, Passbook <=> Passbook, Corporate <=> Corporate);
wire!(proto::ApprovalKind, domain::ApprovalKind, ThirdPartyPayer <=> ThirdPartyPayer);
wire!(proto::Verdict, Verdict, Accepted <=> Accepted, Rejected <=> Rejected, NotApplicable <=> NotApplicable);
wire!(proto::Severity, Severity, Advisory <=> Advisory, Blocking <=> Blocking);
wire!(proto::CallBackFailureReason, CallBackFailure, NoSuchNumber <=> NoSuchNumber, WrongNumber <=> WrongNumber,
    OutOfService <=> OutOfService, AnsweredByOther <=> AnsweredByOther, NoAnswer <=> NoAnswer, Other <=> Other);
wire!(proto::PartyRole, Role, Policyholder <=> Policyholder, Insured <=> Insured, Payer <=> Payer);
wire!(proto::Clue, Clue, SamePhone <=> SamePhone, SameBankAccount <=> SameBankAccount,
    SellerContact <=> SellerContact, IdentityConflict <=> IdentityConflict, SamePersonTwice <=> SamePersonTwice);
wire!(proto::SuspicionListKind, ListKind, Daily <=> Daily, SelfInspection <=> SelfInspection);
wire!(proto::SuspicionListState, ListState, Closed <=> Closed, Sealed <=> Sealed);
wire!(proto::ContactOwnerKind, OwnerKind, Seller <=> Seller, Agency <=> Agency, Staff <=> Staff);
wire!(proto::ClearedRelationKind, ClearedKind, Family <=> Family, Company <=> Company,
    PrivacyNumber <=> PrivacyNumber, Other <=> Other);

/// The domain's value of a number on the wire.
pub(in crate::grpc) fn read<W: Wire + TryFrom<i32>>(number: i32) -> Option<W::Domain> {
    W::try_from(number).ok().and_then(Wire::domain)
}

/// The number on the wire of a domain's value.
pub(in crate::grpc) fn number<W: Wire + Into<i32>>(value: W::Domain) -> i32 {
    W::wire(value).into()
}
