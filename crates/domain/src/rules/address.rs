//! Article 11: 「如實完整地填寫……聯繫地址」. What is missing from an address is advice; one that leads nowhere blocks.
//! [`address::check`] tells them apart.

use super::contacts;
use crate::{
    contact::address::{
        self,
        codes::{ADDRESS_INCOMPLETE, ADDRESS_UNUSABLE},
    },
    finding::Code,
    profile::RequiredField,
    rule::{Context, Findings, Rule},
};

/// Judges addresses.
#[derive(Debug)]
pub struct Addresses;

impl Rule for Addresses {
    fn codes(&self) -> &'static [Code] {
        &[ADDRESS_UNUSABLE, ADDRESS_INCOMPLETE]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person) in cx.people() {
            let Some(text) = address::written(&person.address) else { continue };
            if contacts::is_judged(text) {
                let asked = || contacts::asks_for(cx, place, person, RequiredField::Address);
                let reading = address::faults(&person.address);
                contacts::report(&reading, asked, text, || place.field("address"), out);
            }
        }
    }
}
