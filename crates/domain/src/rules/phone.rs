//! Article 11: 「引導客戶如實完整地填寫……電話等投保資訊」. Every telephone of every party is judged, not only the first: a
//! wrong one among right ones is called all the same. [`phone::check`] says what is right.

use super::{contacts, contacts::Asked};
use crate::{
    contact::phone::{
        self,
        codes::{PHONE_FORMAT, PHONE_NOT_PERSONAL, PHONE_UNASSIGNED, PHONE_UNUSUAL},
    },
    finding::Code,
    profile::RequiredField,
    rule::{Context, Findings, Rule},
};

/// Judges telephones.
#[derive(Debug)]
pub struct Phones;

impl Rule for Phones {
    fn codes(&self) -> &'static [Code] {
        &[PHONE_FORMAT, PHONE_UNASSIGNED, PHONE_NOT_PERSONAL, PHONE_UNUSUAL]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person) in cx.people() {
            let readings: Vec<_> = person.phones.iter().map(|phone| phone::faults(phone.expose())).collect();
            // Completeness names placeholders only while no telephone is real.
            let real = readings.iter().any(contacts::is_value);
            let asked = Asked(!real && contacts::asks_for(cx, place, person, RequiredField::Phones));
            for (index, (phone, reading)) in person.phones.iter().zip(&readings).enumerate() {
                let text = phone.expose();
                if contacts::is_judged(text) {
                    contacts::report(reading, asked, text, || place.field("phones").index(index), out);
                }
            }
        }
    }
}
