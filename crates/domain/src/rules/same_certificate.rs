//! One certificate is one person (article 6), and 本人 is the policyholder: two parties with one certificate must be the
//! same person, and an insured who is declared to be the policyholder must not differ from him.

use super::facts;
use crate::{
    application::{Person, Relation},
    contact::person_name,
    finding::{Code, Severity},
    identity::{self, CertificateForm},
    rule::{Context, Findings, Place, Rule},
};

/// Two parties of different names have one certificate number.
pub const CERTIFICATE_SHARED_BY_PARTIES: Code =
    Code { name: "CERTIFICATE_SHARED_BY_PARTIES", article: Some(6), severity: Severity::Blocking, args: &[] };

/// An insured is declared to be the policyholder, and this field says otherwise.
pub const ONESELF_DIFFERS: Code =
    Code { name: "ONESELF_DIFFERS", article: Some(6), severity: Severity::Blocking, args: &[] };

/// Compares the parties with each other.
#[derive(Debug)]
pub struct SameCertificate;

impl Rule for SameCertificate {
    fn codes(&self) -> &'static [Code] {
        &[CERTIFICATE_SHARED_BY_PARTIES, ONESELF_DIFFERS]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        let parties: Vec<_> = cx.people().map(|(place, person)| (place, form(person), person)).collect();
        for (index, (place, form, person)) in parties.iter().enumerate() {
            let shared = |(_, other_form, other): &(Place, Option<CertificateForm>, &Person)| {
                // A missing name is a finding of article 5; without both nothing can be told.
                form.is_some()
                    && form == other_form
                    && name(person).zip(name(other)).is_some_and(|(one, other)| one != other)
            };
            let is_oneself = relation(cx, *place) == Some(Relation::Oneself);
            let others = if is_oneself { 1..index.max(1) } else { 0..index };
            if parties.get(others).is_some_and(|others| others.iter().any(shared)) {
                out.add(CERTIFICATE_SHARED_BY_PARTIES, place.field("certificate.number"));
            }
        }
        for (place, person) in cx.people() {
            if relation(cx, place) == Some(Relation::Oneself) {
                judge_oneself(cx, place, person, out);
            }
        }
    }
}

fn relation(cx: &Context<'_>, place: Place) -> Option<Relation> {
    match place {
        Place::Policyholder => None,
        Place::Insured(index) => cx.application.insureds.get(index)?.relation,
    }
}

fn form(person: &Person) -> Option<CertificateForm> {
    identity::fingerprint_form(person.certificate.kind, person.certificate.number.expose())
}

fn name(person: &Person) -> Option<String> {
    person_name::fingerprint_form(person.name.expose())
}

/// One finding for each field that differs. A field that is empty on either side says nothing.
fn judge_oneself(cx: &Context<'_>, place: Place, insured: &Person, out: &mut Findings<'_>) {
    let holder = &cx.application.policyholder;
    let certificates = form(insured).zip(form(holder));
    let fields = [
        ("name", name(insured).zip(name(holder)).is_some_and(|(a, b)| a != b)),
        ("sex", differ(facts::sex(insured, cx.as_of), facts::sex(holder, cx.as_of))),
        ("birth_date", differ(facts::birth_date(insured, cx.as_of), facts::birth_date(holder, cx.as_of))),
        // One person may well have a passport beside the identity card.
        ("certificate.number", certificates.is_some_and(|(a, b)| a.class == b.class && a != b)),
    ];
    for (field, _) in fields.into_iter().filter(|(_, differs)| *differs) {
        out.add(ONESELF_DIFFERS, place.field(field));
    }
}

fn differ<T: PartialEq + Copy>(one: Option<T>, other: Option<T>) -> bool {
    one.zip(other).is_some_and(|(one, other)| one != other)
}
