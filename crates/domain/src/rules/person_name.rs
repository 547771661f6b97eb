//! Article 11: 「如實完整地填寫身份資訊」. The names of all parties and of the holders of accounts; [`person_name::check`] says
//! what can be one. An organisation may hold an account, but is no party.

use super::contacts;
use crate::{
    application::{AccountKind, AccountPurpose},
    contact::person_name::{
        self,
        codes::{NAME_FORMAT, NAME_NOT_PERSONAL, NAME_UNUSUAL},
    },
    finding::{Code, FieldPath},
    profile::RequiredField,
    rule::{Context, Findings, Rule},
};

/// Judges names.
#[derive(Debug)]
pub struct PersonNames;

impl Rule for PersonNames {
    fn codes(&self) -> &'static [Code] {
        &[NAME_FORMAT, NAME_NOT_PERSONAL, NAME_UNUSUAL]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for (place, person) in cx.people() {
            let text = person.name.expose();
            if contacts::is_judged(text) {
                let asked = || contacts::asks_for(cx, place, person, RequiredField::Name);
                contacts::report(&person_name::faults(text), asked, text, || place.field("name"), out);
            }
        }
        for (index, account) in cx.application.accounts.iter().enumerate() {
            let text = account.holder_name.expose();
            let organisation =
                || account.kind == Some(AccountKind::Corporate) || person_name::is_organisation(text);
            // A party's own name is judged where the party stands.
            let of_party = || cx.people().any(|(_, person)| person.name.expose() == text);
            if contacts::is_judged(text) && !of_party() && !organisation() {
                let asked = || account.purpose == Some(AccountPurpose::Premium);
                let path = || FieldPath::new("accounts").index(index).field("holder_name");
                contacts::report(&person_name::faults(text), asked, text, path, out);
            }
        }
    }
}
