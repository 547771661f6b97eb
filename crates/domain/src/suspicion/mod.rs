//! The clues of the daily list (可疑线索): from the uses of one value to the customers who cannot all be true.
//!
//! Pure: what is compared are surrogates, never a value. Each clue has a file of its own with what it compares; all of
//! them answer with [`Raised`]. To add a clue: a variant of [`Clue`] with the next number and its name in the profile, a
//! file with its `raise`, an arm in [`raise`], its weight in [`priority`], and the words in `locales/`.

pub mod excuse;
mod identity_conflict;
pub mod priority;
mod same_bank_account;
mod same_person_twice;
mod same_phone;
pub mod schedule;
mod seller_contact;
pub mod settings;
mod sharing;

use std::collections::BTreeSet;

use self::{excuse::Ties, settings::ClueSettings};
use crate::{clue::ClueKey, party::Role};

/// A customer by surrogate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomerId(pub u128);

/// A name by fingerprint: equal when the folded names are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameKey(pub u128);

/// A kind of reason for suspicion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Clue {
    /// 同一电话: one phone in the data of different customers (article 7).
    SamePhone,
    /// 同一银行账号: one bank account in the data of different customers (article 7).
    SameBankAccount,
    /// 疑似使用销售人员联系方式: a seller's, an agency's or a member of staff's contact in a customer's data (article 11).
    SellerContact,
    /// One certificate under different names.
    IdentityConflict,
    /// 疑似同一客户: one name, birth date and sex under different certificates.
    SamePersonTwice,
}

impl Clue {
    /// Every clue, in the order of their numbers.
    pub const ALL: [Self; 5] = [
        Self::SamePhone,
        Self::SameBankAccount,
        Self::SellerContact,
        Self::IdentityConflict,
        Self::SamePersonTwice,
    ];

    /// Its name in the profile, the API and the truth files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SamePhone => "SAME_PHONE",
            Self::SameBankAccount => "SAME_BANK_ACCOUNT",
            Self::SellerContact => "SELLER_CONTACT",
            Self::IdentityConflict => "IDENTITY_CONFLICT",
            Self::SamePersonTwice => "SAME_PERSON_TWICE",
        }
    }

    /// The clues that a value of kind `key` can give.
    pub const fn of(key: ClueKey) -> &'static [Self] {
        match key {
            ClueKey::Phone => &[Self::SamePhone, Self::SellerContact],
            ClueKey::Account => &[Self::SameBankAccount],
            ClueKey::Certificate => &[Self::IdentityConflict],
            ClueKey::PersonTriple => &[Self::SamePersonTwice],
            ClueKey::Address => &[Self::SellerContact],
        }
    }
}

/// One use of a value by one party of an application in force.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all combinations occur")]
pub struct Use {
    /// Who.
    pub customer: CustomerId,
    /// As what.
    pub role: Role,
    /// Under 18 on the application date.
    pub minor: bool,
    /// Known by a weak key only: two such customers may be one person.
    pub weak: bool,
    /// Under which name.
    pub name: Option<NameKey>,
    /// The policyholder of the application.
    pub policyholder: CustomerId,
    /// The value is an account, and the application has a valid approval for it.
    pub approved: bool,
    /// New in this list: suspicion begins with a new use, and takes old ones along.
    pub fresh: bool,
}

/// What a clue found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raised {
    /// Places of the members among the uses, ascending.
    pub members: Vec<usize>,
    /// Different customers among them.
    pub customers: usize,
    /// Everybody is related by declaration: raised only because the profile asks for it, with little weight.
    pub declared_family: bool,
}

impl Raised {
    /// The members marked in `marks`, if they are at least `threshold` different customers.
    fn of(uses: &[Use], marks: &[bool], threshold: usize) -> Option<Self> {
        let members: Vec<usize> = (0..uses.len()).filter(|place| marks[*place]).collect();
        let customers = distinct(members.iter().map(|place| &uses[*place]));
        (!members.is_empty() && customers >= threshold).then_some(Self {
            members,
            customers,
            declared_family: false,
        })
    }
}

/// How many different customers.
fn distinct<'a>(uses: impl Iterator<Item = &'a Use>) -> usize {
    uses.map(|used| used.customer).collect::<BTreeSet<_>>().len()
}

/// Marks both of every pair that has a fresh one in it and that `counts`.
fn mark_pairs(uses: &[Use], counts: impl Fn(&Use, &Use) -> bool) -> Vec<bool> {
    let mut marks = vec![false; uses.len()];
    for (place, fresh) in uses.iter().enumerate().filter(|(_, used)| used.fresh) {
        for (other, used) in uses.iter().enumerate() {
            if other != place && counts(fresh, used) {
                marks[place] = true;
                marks[other] = true;
            }
        }
    }
    marks
}

/// What `clue` makes of the `uses` of one value, or none.
///
/// [`Clue::SellerContact`] is asked with the contact's owner: see [`seller_contact`].
pub fn raise(clue: Clue, uses: &[Use], ties: &Ties, settings: &ClueSettings) -> Option<Raised> {
    if !settings.enabled {
        return None;
    }
    match clue {
        Clue::SamePhone => same_phone::raise(uses, ties, settings),
        Clue::SameBankAccount => same_bank_account::raise(uses, ties, settings),
        Clue::IdentityConflict => identity_conflict::raise(uses, ties),
        Clue::SamePersonTwice => same_person_twice::raise(uses, ties, settings),
        Clue::SellerContact => None,
    }
}

pub use seller_contact::{Owner, raise as raise_seller_contact};

/// What `clue` makes of a value with too many uses to be compared pair by pair: everybody in `uses`, which are the newest
/// ones, when one of them is new. `customers` counts all customers of the value.
pub fn raise_capped(clue: Clue, uses: &[Use], customers: usize, settings: &ClueSettings) -> Option<Raised> {
    let compares = !matches!(clue, Clue::IdentityConflict);
    let enough = !compares || customers >= settings.threshold;
    (settings.enabled && enough && uses.iter().any(|used| used.fresh)).then(|| Raised {
        members: (0..uses.len()).collect(),
        customers,
        declared_family: false,
    })
}
