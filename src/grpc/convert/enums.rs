//! Enumerations, both ways. An unknown number reads as not given: newer callers may know more than we do.

use zhenshi_domain::{
    access, application as domain,
    case::{self, evidence, verification::Department},
    deadline::Basis,
    finding::Severity,
    party::Role,
    policy::CallBackFailure,
    suspicion::Clue,
    verdict::Verdict,
};
use zhenshi_proto::zhenshi::v1 as proto;

use crate::app::{
    AttemptResult, CallBackAnswer, CaseEventKind, ClearedKind, DeliveryState, ErasureGround, HoldGround,
    ListKind, ListState, OpinionKind, OwnerKind,
    privacy::{
        AccessKind, AlertKind, EnquirerRole, ExportFormat, ExportKind, ExportState, Identification,
        IncidentState, LoanEnd, OutsiderDocument,
    },
};

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
wire!(proto::DeliveryState, DeliveryState, Waiting <=> Waiting, Delivered <=> Delivered, Dead <=> Dead);
wire!(proto::DeliveryResult, AttemptResult, Delivered <=> Delivered, Refused <=> Refused,
    NoConnection <=> NoConnection, NoAnswer <=> NoAnswer, BrokenOff <=> BrokenOff, Redirected <=> Redirected);
wire!(proto::SuspicionListKind, ListKind, Daily <=> Daily, SelfInspection <=> SelfInspection);
wire!(proto::SuspicionListState, ListState, Closed <=> Closed, Sealed <=> Sealed);
wire!(proto::ContactOwnerKind, OwnerKind, Seller <=> Seller, Agency <=> Agency, Staff <=> Staff);
wire!(proto::ClearedRelationKind, ClearedKind, Family <=> Family, Company <=> Company,
    PrivacyNumber <=> PrivacyNumber, Other <=> Other);
wire!(proto::CaseState, case::CaseState,
    Sorting <=> Sorting, Open <=> Open, Assigned <=> Assigned, Investigating <=> Investigating, Submitted <=> Submitted, Closed <=> Closed, Withdrawn <=> Withdrawn);
wire!(proto::CaseMove, case::Move,
    Hold <=> Hold, Merge <=> Merge, Release <=> Release, Assign <=> Assign, Claim <=> Claim, Reassign <=> Reassign, Redirect <=> Redirect, TakeOver <=> TakeOver, Start <=> Start, Submit <=> Submit, Verify <=> Verify, Close <=> Close, Return <=> Return, Reopen <=> Reopen, Withdraw <=> Withdraw, Pause <=> Pause, Resume <=> Resume, Extend <=> Extend, Urge <=> Urge, Comment <=> Comment, RecordContactAttempt <=> RecordContactAttempt, AttachEvidence <=> AttachEvidence, RequestCallBack <=> RequestCallBack, AnswerCallBack <=> AnswerCallBack, AnswerAssist <=> AnswerAssist, OverrideAssist <=> OverrideAssist, Appeal <=> Appeal, DecideAppeal <=> DecideAppeal,
    ReportAgencyRefusal <=> ReportAgencyRefusal, DecideCommission <=> DecideCommission);
wire!(proto::CaseSource, case::CaseSource,
    Suspicion <=> Suspicion, CallBack <=> CallBack, Enquiry <=> Enquiry, Servicing <=> Servicing, Claim <=> Claim, CustomerCare <=> CustomerCare);
wire!(proto::CallBackDoubt, case::CallBackDoubt,
    NoSuchNumber <=> NoSuchNumber, WrongNumber <=> WrongNumber, OutOfService <=> OutOfService, AnsweredByOther <=> AnsweredByOther);
wire!(proto::CaseOutcome, case::Outcome,
    Corrected <=> Corrected, Cleared <=> Cleared, ConfirmedFalse <=> ConfirmedFalse, Unreachable <=> Unreachable);
wire!(proto::DeadlineBasis, Basis,
    WorkingDays <=> WorkingDays, CallBack <=> CallBack, CoolingOff <=> CoolingOff);
wire!(proto::Department, Department,
    CustomerService <=> CustomerService, Compliance <=> Compliance);
wire!(proto::EvidenceKind, evidence::EvidenceKind,
    CustomerProof <=> CustomerProof, ConfirmationForm <=> ConfirmationForm, ServicingRequest <=> ServicingRequest, InvestigationReport <=> InvestigationReport, SellerStatement <=> SellerStatement, AgencyStatement <=> AgencyStatement, RelationProof <=> RelationProof, LetterReceipt <=> LetterReceipt, VisitRecord <=> VisitRecord, CallRecording <=> CallRecording, Other <=> Other);
wire!(proto::ContactMeans, evidence::ContactMeans,
    Phone <=> Phone, Message <=> Message, Email <=> Email, Letter <=> Letter, Visit <=> Visit);
wire!(proto::ContactResult, evidence::ContactResult,
    Reached <=> Reached, NoAnswer <=> NoAnswer, AnsweredByOther <=> AnsweredByOther, NoSuchNumber <=> NoSuchNumber, OutOfService <=> OutOfService, Refused <=> Refused, Sent <=> Sent, Undeliverable <=> Undeliverable);
wire!(proto::CallBackAnswer, CallBackAnswer,
    Confirmed <=> Confirmed, ToldOtherwise <=> ToldOtherwise, NotReached <=> NotReached, Refused <=> Refused);
wire!(proto::CaseOpinionKind, OpinionKind,
    Sanction <=> Sanction, Rectification <=> Rectification);
wire!(proto::CaseEventKind, CaseEventKind,
    Created <=> Created, Attached <=> Attached, Held <=> Held, Merged <=> Merged, Released <=> Released, Assigned <=> Assigned, Redirected <=> Redirected, ParticipantAdded <=> ParticipantAdded, AssistAnswered <=> AssistAnswered, Started <=> Started, Commented <=> Commented, ContactAttempted <=> ContactAttempted, EvidenceAttached <=> EvidenceAttached, EvidenceRead <=> EvidenceRead, CallBackRequested <=> CallBackRequested, CallBackAnswered <=> CallBackAnswered, Paused <=> Paused, Resumed <=> Resumed, Urged <=> Urged, TakenOver <=> TakenOver, Extended <=> Extended, Submitted <=> Submitted, Verified <=> Verified, Returned <=> Returned, Closed <=> Closed, Reopened <=> Reopened, WithdrawalAsked <=> WithdrawalAsked, Withdrawn <=> Withdrawn, Appealed <=> Appealed, AppealDecided <=> AppealDecided, OpinionRecorded <=> OpinionRecorded, OpinionReplied <=> OpinionReplied, DeadlineRecomputed <=> DeadlineRecomputed, Reminded <=> Reminded, Escalated <=> Escalated, ReportedToCompliance <=> ReportedToCompliance, CommissionChanged <=> CommissionChanged, PolicyChanged <=> PolicyChanged);
wire!(proto::RetentionState, zhenshi_domain::erasure::State,
    Active <=> Active, Restricted <=> Restricted, Due <=> Due, Approved <=> Approved, Shredded <=> Shredded);
wire!(proto::ErasureGround, ErasureGround,
    RetentionOver <=> RetentionOver, PersonAsked <=> PersonAsked, Order <=> Order);
wire!(proto::HoldGround, HoldGround,
    Litigation <=> Litigation, Complaint <=> Complaint, Investigation <=> Investigation, Order <=> Order);
wire!(proto::PersonField, access::Field,
    Name <=> Name, Sex <=> Sex, BirthDate <=> BirthDate, Certificate <=> Certificate, Phones <=> Phones, Email <=> Email,
    Address <=> Address, Accounts <=> Accounts, Nationality <=> Nationality, Evidence <=> Evidence);
wire!(proto::AccessPurpose, access::Purpose,
    Investigation <=> Investigation, Verification <=> Verification, CallBack <=> CallBack, Enquiry <=> Enquiry,
    Servicing <=> Servicing, Claim <=> Claim, Compliance <=> Compliance, Authority <=> Authority);
wire!(proto::AccessState, access::approval::AccessState,
    AwaitingHead <=> AwaitingHead, AwaitingCustomerService <=> AwaitingCustomerService, Granted <=> Granted,
    Refused <=> Refused, Ended <=> Ended);
wire!(proto::SecrecyClass, access::SecrecyClass,
    Ordinary <=> Ordinary, Confidential <=> Confidential, TopSecret <=> TopSecret);
wire!(proto::AccessKind, AccessKind, View <=> View, Loan <=> Loan);
wire!(proto::OutsiderDocument, OutsiderDocument, Letter <=> Letter, WorkCard <=> WorkCard);
wire!(proto::EnquirerRole, EnquirerRole,
    Policyholder <=> Policyholder, Insured <=> Insured, Beneficiary <=> Beneficiary);
wire!(proto::EnquirerIdentification, Identification,
    CardAndContract <=> CardAndContract, AnswersAndNumber <=> AnswersAndNumber, Answers <=> Answers,
    OnlineAccount <=> OnlineAccount);
wire!(proto::LoanEnd, LoanEnd, Returned <=> Returned, Destroyed <=> Destroyed);
wire!(proto::IncidentState, IncidentState,
    Reported <=> Reported, Acknowledged <=> Acknowledged, Contained <=> Contained, Closed <=> Closed);
wire!(proto::AccessAlertKind, AlertKind, Minute <=> Minute, Day <=> Day, ManyCustomers <=> ManyCustomers);
wire!(proto::AccessCount, access::quota::Kind, Reveal <=> Reveal, LookUp <=> LookUp);
wire!(proto::UnmaskedExportKind, ExportKind, Exchange <=> Exchange, Report <=> Report);
wire!(proto::UnmaskedExportState, ExportState,
    Awaiting <=> Awaiting, Approved <=> Approved, Ready <=> Ready, Refused <=> Refused, Destroyed <=> Destroyed);
wire!(proto::ExportFormat, ExportFormat, Csv <=> Csv, Xlsx <=> Xlsx);

/// The domain's value of a number on the wire.
pub(in crate::grpc) fn read<W: Wire + TryFrom<i32>>(number: i32) -> Option<W::Domain> {
    W::try_from(number).ok().and_then(Wire::domain)
}

/// The number on the wire of a domain's value.
pub(in crate::grpc) fn number<W: Wire + Into<i32>>(value: W::Domain) -> i32 {
    W::wire(value).into()
}
