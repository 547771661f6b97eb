//! Article 12 wants customers to give an e-mail address of their own accord: what is given is looked at, as advice.

use super::contacts;
use crate::{
    contact::email::{self, EMAIL_FORMAT},
    finding::Code,
    profile::RequiredField,
    rule::{Context, Findings, Rule},
};

/// Judges e-mail addresses.
#[derive(Debug)]
pub struct Emails;

impl Rule for Emails {
    fn codes(&self) -> &'static [Code] {
        &[EMAIL_FORMAT]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person) in cx.people() {
            let text = person.email.expose();
            if contacts::is_judged(text) {
                let asked = || contacts::asks_for(cx, place, person, RequiredField::Email);
                contacts::report(&email::faults(text), asked, text, || place.field("email"), out);
            }
        }
    }
}
