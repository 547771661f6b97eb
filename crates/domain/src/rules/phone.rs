//! Article 11: 「引導客戶如實完整地填寫……電話等投保資訊」. Every telephone of every party is judged, not only the first: a
//! wrong one among right ones is called all the same. [`phone::check`] says what is right.

use std::cell::OnceCell;

use super::contacts;
use crate::{
    contact::phone::{
        self,
        codes::{PHONE_FORMAT, PHONE_NOT_PERSONAL, PHONE_UNASSIGNED, PHONE_UNUSUAL},
    },
    finding::Code,
    personal::Personal,
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
            // Completeness names placeholders only while no telephone is real.
            let is_real = |phone: &Personal<String>| contacts::is_value(&phone::faults(phone.expose()));
            let real = OnceCell::new();
            let asked = || {
                !real.get_or_init(|| person.phones.iter().any(is_real))
                    && contacts::asks_for(cx, place, person, RequiredField::Phones)
            };
            for (index, phone) in person.phones.iter().enumerate() {
                let text = phone.expose();
                if contacts::is_judged(text) {
                    let path = || place.field("phones").index(index);
                    contacts::report(&phone::faults(text), asked, text, path, out);
                }
            }
        }
    }
}
