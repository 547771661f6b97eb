//! What the kinds of entries have in common on the wire: days, leave, duties, and a person, masked.

use chrono::{DateTime, Datelike as _, NaiveDate, Utc};
use zhenshi_domain::{
    application::{Address, Certificate, DateInput, Person},
    mask,
    personal::Personal,
};
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

use crate::{
    app::{
        PersonPayload,
        directory::{
            Duty, EntryRow, Leave,
            entry::{Field, Flaw, Problem},
        },
    },
    grpc::convert::{
        application::date,
        enums::{number, read},
    },
};

/// Version of an entry as callers carry it.
pub(super) fn etag(row: &EntryRow) -> String {
    row.revision.to_string()
}

pub(super) fn timestamp(time: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.timestamp(),
        nanos: i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0),
    }
}

pub(super) fn day(day: NaiveDate) -> Date {
    let part = |number: u32| i32::try_from(number).unwrap_or(0);
    Date { year: day.year(), month: part(day.month()), day: part(day.day()) }
}

/// A day as it was given; an impossible one is a problem.
pub(super) fn given(sent: Option<Date>, field: Field, problems: &mut Vec<Problem>) -> Option<NaiveDate> {
    match date(sent) {
        DateInput::Unset => None,
        DateInput::Day(day) => Some(day),
        DateInput::Impossible => {
            problems.push(Problem { field, flaw: Flaw::NotDate });
            None
        }
    }
}

pub(super) fn leaves(sent: Vec<proto::LeavePeriod>, problems: &mut Vec<Problem>) -> Vec<Leave> {
    let mut read = Vec::new();
    for proto::LeavePeriod { first_day, last_day } in sent {
        match (date(first_day), date(last_day)) {
            (DateInput::Day(first_day), DateInput::Day(last_day)) => read.push(Leave { first_day, last_day }),
            _ => problems.push(Problem { field: Field::Leave, flaw: Flaw::NotDate }),
        }
    }
    read
}

pub(super) fn person(
    name: String,
    certificate: (i32, String),
    phones: Vec<String>,
    address: String,
) -> Person {
    Person {
        name: Personal::new(name),
        certificate: Certificate {
            kind: read::<proto::CertificateKind>(certificate.0),
            number: Personal::new(certificate.1),
            ..Certificate::default()
        },
        phones: phones.into_iter().map(Personal::new).collect(),
        address: Address { text: Personal::new(address), ..Address::default() },
        ..Person::default()
    }
}

/// Personal data as they are shown.
#[derive(Default)]
pub(super) struct Masked {
    pub(super) name: String,
    pub(super) certificate_kind: i32,
    pub(super) certificate_number: String,
    pub(super) phones: Vec<String>,
    pub(super) address: String,
}

impl Masked {
    pub(super) fn of(person: Option<&PersonPayload>) -> Self {
        let Some(person) = person else { return Self::default() };
        let [_, province, city, _, _, text] = &person.address;
        Self {
            name: mask::name(&person.name),
            certificate_kind: person.kind().map_or(0, number::<proto::CertificateKind>),
            certificate_number: mask::certificate(&person.certificate_number),
            phones: person.phones.iter().map(|phone| mask::phone(phone)).collect(),
            address: mask::address(province, city, text),
        }
    }
}

macro_rules! duties {
    ($wire:ty, $read:ident, $write:ident, $($proto:ident <=> $duty:ident),+ $(,)?) => {
        pub(super) fn $read(number: i32) -> Option<Duty> {
            match <$wire>::try_from(number).unwrap_or_default() {
                <$wire>::Unspecified => None,
                $(<$wire>::$proto => Some(Duty::$duty)),+
            }
        }

        pub(super) fn $write(duty: Option<Duty>) -> i32 {
            match duty {
                $(Some(Duty::$duty) => <$wire>::$proto.into(),)+
                _ => <$wire>::Unspecified.into(),
            }
        }
    };
}

duties!(proto::SellerKind, seller_kind, seller_kind_number, Agent <=> Agent,
    BancassuranceSpecialist <=> BancassuranceSpecialist);
duties!(proto::AgencyKind, agency_kind, agency_kind_number, Professional <=> ProfessionalAgency,
    Concurrent <=> ConcurrentAgency);
duties!(proto::StaffRole, staff_role, staff_role_number, CustomerService <=> CustomerService, Clerk <=> Clerk,
    TeamLeader <=> TeamLeader, ChannelHead <=> ChannelHead, Compliance <=> Compliance,
    InformationSupervisor <=> InformationSupervisor, CustomerServiceManager <=> CustomerServiceManager,
    Administrator <=> Administrator, Auditor <=> Auditor);
