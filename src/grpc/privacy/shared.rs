//! What the methods share: subjects and fields on their way in, grants on their way out, page tokens.

use prost::Message;
use uuid::Uuid;
use zhenshi_domain::access::{Field, Purpose};
use zhenshi_proto::zhenshi::v1 as proto;

use super::Privacy;
use crate::{
    app::privacy::{AccessKind, GrantRow, OutsiderDocument, OutsiderText, SubjectIds, is_in_force},
    grpc::{
        case::shared::Incoming,
        convert::{
            enums::{number, read},
            submission::timestamp,
        },
        page_token,
        validation::page_size,
    },
    security::{fingerprint::keyed_digest, principal::Principal},
};

/// Most characters of a name, an organisation or a number.
pub(super) const NAME_CHARACTERS: usize = 200;

/// The subject of a message, in exactly one of its forms.
pub(super) fn subject(incoming: &mut Incoming, sent: Option<&proto::AccessSubject>) -> SubjectIds {
    let nobody = SubjectIds::Customer(Uuid::nil());
    let Some(proto::AccessSubject { customer_id, submission_id, party_no, case_id }) = sent else {
        incoming.wrong("subject", "violation-required");
        return nobody;
    };
    match (customer_id.as_str(), submission_id.as_str(), case_id.as_str()) {
        (customer, "", "") => SubjectIds::Customer(incoming.id("subject.customer_id", customer)),
        ("", submission, "") => {
            let party_no = i16::try_from(*party_no).ok().filter(|no| *no >= 0).unwrap_or_else(|| {
                incoming.wrong("subject.party_no", "violation-negative");
                0
            });
            SubjectIds::Party(incoming.id("subject.submission_id", submission), party_no)
        }
        ("", "", case) => SubjectIds::Case(incoming.id("subject.case_id", case)),
        (customer, "", case) => SubjectIds::CaseMember(
            incoming.id("subject.case_id", case),
            incoming.id("subject.customer_id", customer),
        ),
        _ => {
            incoming.wrong("subject", "violation-one-of");
            nobody
        }
    }
}

/// The fields of a person in a message, each once, in their order.
pub(super) fn fields(incoming: &mut Incoming, sent: &[i32]) -> Vec<Field> {
    let fields = fields_or_evidence(incoming, sent);
    if fields.contains(&Field::Evidence) {
        incoming.wrong("fields", "violation-evidence");
    }
    fields
}

/// As [`fields`], or the evidence of a case.
pub(super) fn fields_or_evidence(incoming: &mut Incoming, sent: &[i32]) -> Vec<Field> {
    if sent.is_empty() {
        incoming.wrong("fields", "violation-required");
    }
    let mut fields = Vec::with_capacity(sent.len());
    for (place, sent) in sent.iter().enumerate() {
        match read::<proto::PersonField>(*sent) {
            None => incoming.wrong(&format!("fields[{place}]"), "violation-enum"),
            Some(field) if fields.contains(&field) => {
                incoming.wrong(&format!("fields[{place}]"), "violation-repeated");
            }
            Some(field) => fields.push(field),
        }
    }
    fields.sort_unstable();
    fields
}

/// The purpose of a message.
pub(super) fn purpose(incoming: &mut Incoming, sent: i32) -> Purpose {
    incoming.choice::<proto::AccessPurpose>("purpose", sent, Purpose::Investigation)
}

/// A subject on the wire.
pub(super) fn wire_subject(subject: SubjectIds) -> proto::AccessSubject {
    let mut sent = proto::AccessSubject::default();
    match subject {
        SubjectIds::Customer(id) => sent.customer_id = id.to_string(),
        SubjectIds::Party(id, party_no) => {
            sent.submission_id = id.to_string();
            sent.party_no = party_no.into();
        }
        SubjectIds::CaseMember(case, customer) => {
            sent.case_id = case.to_string();
            sent.customer_id = customer.to_string();
        }
        SubjectIds::Case(id) => sent.case_id = id.to_string(),
    }
    sent
}

/// A request or grant without what people wrote.
pub(super) fn grant(privacy: &Privacy, row: &GrantRow) -> proto::AccessGrant {
    proto::AccessGrant {
        grant_id: row.id.to_string(),
        kind: number::<proto::AccessKind>(row.kind),
        state: number::<proto::AccessState>(row.state),
        subject: Some(wire_subject(row.subject)),
        fields: row.fields.iter().map(|field| number::<proto::PersonField>(*field)).collect(),
        purpose: number::<proto::AccessPurpose>(row.purpose),
        requester_code: row.requester_code.clone(),
        secrecy_class: number::<proto::SecrecyClass>(row.class),
        outsider_registered: row.outsider.is_some(),
        head_code: row.head_code.clone().unwrap_or_default(),
        head_time: row.head_time.map(timestamp),
        decider_code: row.decider_code.clone().unwrap_or_default(),
        decided_time: row.decided_time.map(timestamp),
        requested_time: Some(timestamp(row.requested_time)),
        days: row.days.into(),
        copies: row.copies.into(),
        end_time: row.end_time.map(timestamp),
        in_force: is_in_force(&privacy.app, row),
        ended_time: row.ended_time.map(timestamp),
        ended_by: row.ended_by.clone().unwrap_or_default(),
        reason: String::new(),
        outsider: None,
        note: String::new(),
    }
}

/// Who of another house will look: by what he is registered, and the text that is sealed of him.
pub(super) fn outsider(
    incoming: &mut Incoming,
    sent: Option<proto::Outsider>,
) -> Option<(OutsiderDocument, String)> {
    let proto::Outsider { name, organisation, document, document_no } = sent?;
    let text = OutsiderText {
        name: incoming.text("outsider.name", &name, NAME_CHARACTERS, true),
        organisation: incoming.text("outsider.organisation", &organisation, NAME_CHARACTERS, true),
        document_no: incoming.text("outsider.document_no", &document_no, NAME_CHARACTERS, true),
    };
    let document =
        incoming.choice::<proto::OutsiderDocument>("outsider.document", document, OutsiderDocument::Letter);
    Some((document, text.write()))
}

/// The way back.
pub(super) fn wire_outsider(document: Option<OutsiderDocument>, text: &str) -> Option<proto::Outsider> {
    let document = document?;
    let text = OutsiderText::read(text);
    Some(proto::Outsider {
        name: text.name,
        organisation: text.organisation,
        document: number::<proto::OutsiderDocument>(document),
        document_no: text.document_no,
    })
}

/// The kind of a message; to look at if none is given.
pub(super) fn kind(sent: i32) -> AccessKind {
    read::<proto::AccessKind>(sent).unwrap_or(AccessKind::View)
}

/// How many a page holds.
pub(super) fn size(incoming: &mut Incoming, sent: i32) -> u16 {
    page_size(sent).unwrap_or_else(|| {
        incoming.wrong("page_size", "violation-negative");
        1
    })
}

/// What a page token is bound to: method, filters, caller.
pub(super) struct Pages<'a> {
    pub(super) privacy: &'a Privacy,
    pub(super) method: &'static str,
    pub(super) filters: Vec<u8>,
    pub(super) principal: &'a Principal,
}

impl<'a> Pages<'a> {
    /// For `filters`, which is the message without its page.
    pub(super) fn new(
        privacy: &'a Privacy,
        method: &'static str,
        filters: &impl Message,
        principal: &'a Principal,
    ) -> Self {
        Self { privacy, method, filters: filters.encode_to_vec(), principal }
    }

    fn mac(&self, last: Uuid) -> [u8; 32] {
        let caller = self.principal.caller.as_bytes();
        let parts: [&[u8]; 5] =
            [b"page token v1", self.method.as_bytes(), &self.filters, caller, last.as_bytes()];
        keyed_digest(&self.privacy.app.digest_key, &parts)
    }

    /// The token of the page after `last`; empty if there is none.
    pub(super) fn seal(&self, last: Option<Uuid>) -> String {
        last.map(|last| page_token::encode(last, self.mac(last))).unwrap_or_default()
    }

    /// The last one of the page before, if the token was made for the same.
    pub(super) fn open(&self, token: &str) -> Result<Option<Uuid>, ()> {
        if token.is_empty() {
            return Ok(None);
        }
        page_token::decode(token, |last| self.mac(last)).map(Some).ok_or(())
    }
}
