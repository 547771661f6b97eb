//! One certificate is one person (article 6), and 本人 is the policyholder: two parties with one certificate must be the
//! same person, and an insured who is declared to be the policyholder must not differ from him.

use super::{Known, facts};
use crate::{
    application::{Person, Relation},
    finding::{Code, Severity},
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
        for (index, (place, _, known)) in cx.known_people().enumerate() {
            let shared = |other: &Known<'_>| {
                // A missing name is a finding of article 5; without both nothing can be told.
                one_certificate(known, other)
                    && known.name().zip(other.name()).is_some_and(|(one, other)| one != other)
            };
            let is_oneself = relation(cx, place) == Some(Relation::Oneself);
            let others = if is_oneself { 1..index.max(1) } else { 0..index };
            if cx.known.get(others).is_some_and(|others| others.iter().any(shared)) {
                out.add(CERTIFICATE_SHARED_BY_PARTIES, place.field("certificate.number"));
            }
        }
        for (place, person, known) in cx.known_people() {
            if relation(cx, place) == Some(Relation::Oneself) {
                judge_oneself(cx, (place, person, known), out);
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

/// Whether both have a certificate, and it is the same.
fn one_certificate(one: &Known<'_>, other: &Known<'_>) -> bool {
    match (one.resident_id(), other.resident_id()) {
        // Right numbers are their own form.
        (Some(one), Some(other)) => one.is_same(other),
        _ => one.certificate().is_some_and(|form| other.certificate() == Some(form)),
    }
}

/// One finding for each field that differs. A field that is empty on either side says nothing.
fn judge_oneself(
    cx: &Context<'_>,
    (place, insured, of_insured): (Place, &Person, &Known<'_>),
    out: &mut Findings<'_>,
) {
    let Some((_, holder, of_holder)) = cx.known_people().next() else { return };
    let certificates = of_insured.certificate().zip(of_holder.certificate());
    let births =
        (facts::birth_date(insured, of_insured, cx.as_of), facts::birth_date(holder, of_holder, cx.as_of));
    let fields = [
        ("name", of_insured.name().zip(of_holder.name()).is_some_and(|(a, b)| a != b)),
        ("sex", differ(facts::sex(insured, of_insured), facts::sex(holder, of_holder))),
        ("birth_date", differ(births.0, births.1)),
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
