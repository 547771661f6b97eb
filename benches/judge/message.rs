//! An application as a caller sends it: the message whose decoding judging is compared with. Every field that the
//! applications of this bench have is there.

use chrono::Datelike as _;
use zhenshi_domain::application::{self as domain, DateInput};
use zhenshi_proto::{google::r#type::Date, zhenshi::v1 as proto};

/// The request that carries `application`.
pub(crate) fn request(application: &domain::Application) -> proto::ValidateApplicationRequest {
    proto::ValidateApplicationRequest {
        request_id: "00000000-0000-4000-8000-000000000000".into(),
        application: Some(proto::Application {
            source: application.key.source.clone(),
            application_no: application.key.application_no.clone(),
            source_revision: application.source_revision,
            policy_no: application.policy_no.clone(),
            original_application_no: application.original_application_no.clone(),
            kind: proto::ApplicationKind::NewBusiness.into(),
            channel: proto::Channel::Bancassurance.into(),
            branch_code: application.branch_code.clone(),
            seller_code: application.seller_code.clone(),
            agency_code: application.agency_code.clone(),
            product: Some(proto::Product {
                code: application.product.code.clone(),
                name: application.product.name.clone(),
                class: proto::ProductClass::OrdinaryLife.into(),
                term: Some(proto::Term { length: Some(proto::term::Length::WholeLife(true)) }),
                group: false,
            }),
            applied_on: date(application.applied_on),
            policyholder: Some(person(&application.policyholder)),
            insureds: application
                .insureds
                .iter()
                .map(|insured| proto::Insured {
                    person: Some(person(&insured.person)),
                    relation: proto::Relation::Other.into(),
                })
                .collect(),
            accounts: application.accounts.iter().map(account).collect(),
            approvals: Vec::new(),
        }),
        ..proto::ValidateApplicationRequest::default()
    }
}

fn person(person: &domain::Person) -> proto::Person {
    let address = &person.address;
    proto::Person {
        name: person.name.expose().clone(),
        sex: proto::Sex::Male.into(),
        birth_date: date(*person.birth_date.expose()),
        certificate: Some(proto::Certificate {
            kind: proto::CertificateKind::ResidentId.into(),
            number: person.certificate.number.expose().clone(),
            valid_until: date(person.certificate.valid_until),
        }),
        phones: person.phones.iter().map(|phone| phone.expose().clone()).collect(),
        email: person.email.expose().clone(),
        address: Some(proto::Address {
            region_code: address.region_code.clone(),
            province: address.province.clone(),
            city: address.city.clone(),
            district: address.district.clone(),
            detail: address.detail.expose().clone(),
            text: address.text.expose().clone(),
        }),
        nationality: person.nationality.clone(),
    }
}

fn account(account: &domain::Account) -> proto::Account {
    proto::Account {
        purpose: proto::AccountPurpose::Premium.into(),
        number: account.number.expose().clone(),
        kind: proto::AccountKind::Card.into(),
        bank_code: account.bank_code.clone(),
        holder_name: account.holder_name.expose().clone(),
    }
}

fn date(date: DateInput) -> Option<Date> {
    let DateInput::Day(day) = date else { return None };
    let small = |number: u32| i32::try_from(number).unwrap_or_default();
    Some(Date { year: day.year(), month: small(day.month()), day: small(day.day()) })
}
