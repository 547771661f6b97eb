//! Who is who in an application: its parties, which customer each is, and whose each account is.
//!
//! Pure attribution, by what the application itself says. The keys made here become fingerprints: a change raises
//! [`crate::NORMALISER_VERSION`].

use std::fmt;

use chrono::NaiveDate;

use crate::{
    application::{AccountPurpose, Application, Person, Relation, Sex},
    contact::person_name,
    identity::{self, CertificateForm},
    personal::Personal,
    shanghai,
};

/// What a party is in the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 投保人
    Policyholder,
    /// 被保險人
    Insured,
    /// The holder of an account who is neither.
    Payer,
}

/// Which customer a party is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Known by a certificate.
    Certificate(CertificateForm),
    /// Known by other data only: `minor|name|birth|sex|policyholder`, `payer|name|policyholder`, or
    /// `weak|name|birth|sex`; the policyholder by his certificate or his own weak key. Two such customers may be one
    /// person.
    Weak(Personal<String>),
}

impl Subject {
    /// Whether the customer is known by a weak key only.
    pub const fn is_weak(&self) -> bool {
        matches!(self, Self::Weak(_))
    }

    /// The key of this customer as one text.
    fn key(&self) -> String {
        match self {
            Self::Certificate(form) => form.key(),
            Self::Weak(key) => key.expose().clone(),
        }
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_weak() { "Weak(<personal>)" } else { "Certificate(<personal>)" })
    }
}

/// A party of an application. Its `Debug` shows nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party<'a> {
    /// What he is.
    pub role: Role,
    /// Number within the application: 0 for the policyholder, then the insureds, then the payers.
    pub party_no: u16,
    /// What an insured is to the policyholder.
    pub relation: Option<Relation>,
    /// His data; none for a payer.
    pub person: Option<&'a Person>,
    /// Under 18 on the application date.
    pub minor: bool,
    /// Places of his accounts in [`Application::accounts`].
    pub accounts: Vec<usize>,
    /// Which customer he is.
    pub subject: Subject,
    /// Folded name of a payer; none for the others.
    pub payer_name: Option<Personal<String>>,
}

/// The parties of `application`, numbered in order; ages are counted on the day `as_of`.
///
/// An account belongs to the party whose folded name is its holder's: of several, to the policyholder if it pays premium,
/// else to the first insured of that name. An unknown holder is a payer, one for each name. An account without a holder
/// belongs to nobody.
pub fn parties(application: &Application, as_of: NaiveDate) -> Vec<Party<'_>> {
    let policyholder = policyholder(&application.policyholder, as_of);
    let policyholder_key = policyholder.subject.key();
    let mut parties = vec![policyholder];
    for insured in &application.insureds {
        let minor = shanghai::is_minor(*insured.person.birth_date.expose(), as_of);
        parties.push(Party {
            role: Role::Insured,
            party_no: next_number(&parties),
            relation: insured.relation,
            person: Some(&insured.person),
            minor,
            accounts: Vec::new(),
            subject: subject(&insured.person, minor.then_some(policyholder_key.as_str())),
            payer_name: None,
        });
    }
    attribute_accounts(application, &policyholder_key, &mut parties);
    parties
}

fn policyholder(person: &Person, as_of: NaiveDate) -> Party<'_> {
    Party {
        role: Role::Policyholder,
        party_no: 0,
        relation: None,
        person: Some(person),
        minor: shanghai::is_minor(*person.birth_date.expose(), as_of),
        accounts: Vec::new(),
        subject: subject(person, None),
        payer_name: None,
    }
}

/// Messages are limited to far fewer parties than the number can count.
fn next_number(parties: &[Party<'_>]) -> u16 {
    u16::try_from(parties.len()).unwrap_or(u16::MAX)
}

/// Which customer a person is; a minor is told from other minors of his name by his policyholder.
fn subject(person: &Person, policyholder_of_minor: Option<&str>) -> Subject {
    let certificate = &person.certificate;
    if let Some(form) = identity::fingerprint_form(certificate.kind, certificate.number.expose()) {
        return Subject::Certificate(form);
    }
    let name = person_name::fold(person.name.expose());
    let birth = person.birth_date.expose().day().map_or_else(|| "-".to_owned(), |day| day.to_string());
    let sex = person.sex.expose().map_or("-", sex_letter);
    Subject::Weak(Personal::new(match policyholder_of_minor {
        Some(policyholder) => joined(&["minor", &name, &birth, sex, policyholder]),
        None => joined(&["weak", &name, &birth, sex]),
    }))
}

pub(crate) const fn sex_letter(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "M",
        Sex::Female => "F",
    }
}

/// Parts of a key in one text. A bar inside a part is marked, so that no two lists of parts make the same text.
pub(crate) fn joined(parts: &[&str]) -> String {
    let escaped: Vec<String> =
        parts.iter().map(|part| part.replace('\\', "\\\\").replace('|', "\\|")).collect();
    escaped.join("|")
}

fn attribute_accounts(application: &Application, policyholder_key: &str, parties: &mut Vec<Party<'_>>) {
    if application.accounts.is_empty() {
        return;
    }
    let folded = |party: &Party<'_>| match (party.person, &party.payer_name) {
        (Some(person), _) => person_name::fingerprint_form(person.name.expose()),
        (None, name) => name.as_ref().map(|name| name.expose().clone()),
    };
    let mut names: Vec<Option<String>> = parties.iter().map(folded).collect();
    for (place, account) in application.accounts.iter().enumerate() {
        let Some(holder) = person_name::fingerprint_form(account.holder_name.expose()) else { continue };
        let mut bearers = names.iter().enumerate().filter(|(_, name)| name.as_ref() == Some(&holder));
        // The policyholder stands first; for other purposes than premium an insured of his name goes before him.
        let first = bearers.next().map(|(number, _)| number);
        let second = bearers.next().map(|(number, _)| number);
        let owner = match (first, second) {
            (Some(0), Some(insured)) if account.purpose != Some(AccountPurpose::Premium) => Some(insured),
            (first, _) => first,
        };
        if let Some(party) = owner.and_then(|number| parties.get_mut(number)) {
            party.accounts.push(place);
            continue;
        }
        let key = joined(&["payer", &holder, policyholder_key]);
        parties.push(Party {
            role: Role::Payer,
            party_no: next_number(parties),
            relation: None,
            person: None,
            minor: false,
            accounts: vec![place],
            subject: Subject::Weak(Personal::new(key)),
            payer_name: Some(Personal::new(holder.clone())),
        });
        names.push(Some(holder));
    }
}

#[cfg(test)]
mod tests;
