//! Fields in clear: of every party exactly what was asked for.

use tonic::{Request, Response, Status};
use zhenshi_domain::access::{Field, Purpose};
use zhenshi_proto::zhenshi::v1 as proto;

use super::{
    Privacy,
    shared::{fields, purpose, subject},
};
use crate::{
    app::{
        AccountPayload, DatePayload, PersonPayload,
        privacy::{
            EnquirerRole, Identification,
            reveal_fields::{self as revealing, Asked, RevealedParty},
        },
    },
    grpc::{
        case::shared::{Incoming, NOTE_CHARACTERS},
        convert::{date, enums::number, submission::timestamp},
    },
};

pub(super) async fn reveal_fields(
    privacy: &Privacy,
    request: Request<proto::RevealFieldsRequest>,
) -> Result<Response<proto::RevealFieldsResponse>, Status> {
    let (_, extensions, message) = request.into_parts();
    let mut incoming = Incoming::of(privacy.words.clone(), &extensions, &message.language_code)?;
    let purpose = purpose(&mut incoming, message.purpose);
    let grant_id = (!message.grant_id.is_empty()).then(|| incoming.id("grant_id", &message.grant_id));
    let asked = Asked {
        subject: subject(&mut incoming, message.subject.as_ref()),
        fields: fields(&mut incoming, &message.fields),
        purpose,
        reason: incoming.text("reason", &message.reason, NOTE_CHARACTERS, true),
        grant_id,
        enquirer: enquirer(&mut incoming, purpose, message.enquirer_role, message.identification),
    };
    incoming.done()?;
    let wanted = asked.fields.clone();
    let revealed = revealing::reveal_fields(&privacy.app, &incoming.principal, asked)
        .await
        .map_err(|error| incoming.failed(&error))?;
    Ok(Response::new(proto::RevealFieldsResponse {
        reveal_id: revealed.id.to_string(),
        parties: revealed.parties.iter().map(|found| party(found, &wanted)).collect(),
        shown_until_time: Some(timestamp(revealed.shown_until)),
    }))
}

/// Who enquires and how he was identified: with an enquiry, and only then.
fn enquirer(
    incoming: &mut Incoming,
    purpose: Purpose,
    role: i32,
    identification: i32,
) -> Option<(EnquirerRole, Identification)> {
    if purpose == Purpose::Enquiry {
        let role = incoming.choice::<proto::EnquirerRole>("enquirer_role", role, EnquirerRole::Policyholder);
        let how = incoming.choice::<proto::EnquirerIdentification>(
            "identification",
            identification,
            Identification::CardAndContract,
        );
        return Some((role, how));
    }
    if role != 0 {
        incoming.wrong("enquirer_role", "violation-other-purpose");
    }
    if identification != 0 {
        incoming.wrong("identification", "violation-other-purpose");
    }
    None
}

/// What was asked for of a party, and nothing else.
fn party(found: &RevealedParty, wanted: &[Field]) -> proto::RevealedParty {
    let mut sent = proto::RevealedParty {
        customer_id: found.target.customer_id.map(|id| id.to_string()).unwrap_or_default(),
        submission_id: found.target.submission_id.to_string(),
        party_no: found.target.party_no.into(),
        role: number::<proto::PartyRole>(found.target.role),
        withheld: found.withheld,
        destroyed: !found.withheld && found.payload.is_none(),
        secrecy_class: number::<proto::SecrecyClass>(found.target.class),
        ..proto::RevealedParty::default()
    };
    let Some(payload) = &found.payload else { return sent };
    let nobody = PersonPayload::default();
    let person = payload.person.as_ref().unwrap_or(&nobody);
    for field in wanted {
        match field {
            // A payer is known by the name on the account.
            Field::Name if payload.person.is_none() => {
                sent.name = payload.accounts.first().map(|one| one.holder_name.clone()).unwrap_or_default();
            }
            Field::Name => sent.name.clone_from(&person.name),
            Field::Sex => sent.sex = person.sex().map_or(0, number::<proto::Sex>),
            Field::BirthDate => sent.birth_date = day(person.birth_date),
            Field::Certificate => sent.certificate = payload.person.as_ref().map(certificate),
            Field::Phones => sent.phones.clone_from(&person.phones),
            Field::Email => sent.email.clone_from(&person.email),
            Field::Address => sent.address = payload.person.as_ref().map(address),
            Field::Accounts => sent.accounts = payload.accounts.iter().map(account).collect(),
            Field::Nationality => sent.nationality.clone_from(&person.nationality),
            // Not a part of a person, and refused at the door.
            Field::Evidence => {}
        }
    }
    sent
}

fn day(sealed: DatePayload) -> Option<zhenshi_proto::google::r#type::Date> {
    match sealed {
        DatePayload::Day(day) => Some(date::wire(day)),
        DatePayload::Unset | DatePayload::Impossible => None,
    }
}

fn certificate(person: &PersonPayload) -> proto::Certificate {
    proto::Certificate {
        kind: person.kind().map_or(0, number::<proto::CertificateKind>),
        number: person.certificate_number.clone(),
        valid_until: day(person.certificate_valid_until),
    }
}

fn address(person: &PersonPayload) -> proto::Address {
    let [region_code, province, city, district, detail, text] = person.address.clone();
    proto::Address { region_code, province, city, district, detail, text }
}

fn account(account: &AccountPayload) -> proto::Account {
    use zhenshi_domain::application::{AccountKind, AccountPurpose};
    let purpose = match account.purpose.as_deref() {
        Some("premium") => Some(AccountPurpose::Premium),
        Some("benefit") => Some(AccountPurpose::Benefit),
        Some("claim") => Some(AccountPurpose::Claim),
        _ => None,
    };
    let kind = match account.kind.as_deref() {
        Some("card") => Some(AccountKind::Card),
        Some("passbook") => Some(AccountKind::Passbook),
        Some("corporate") => Some(AccountKind::Corporate),
        _ => None,
    };
    proto::Account {
        purpose: purpose.map_or(0, number::<proto::AccountPurpose>),
        number: account.number.clone(),
        kind: kind.map_or(0, number::<proto::AccountKind>),
        bank_code: account.bank_code.clone(),
        holder_name: account.holder_name.clone(),
    }
}
