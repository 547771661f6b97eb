//! Excused pairs: two customers who may share a phone or an account.
//!
//! To add an excuse: a variant of [`Excuse`] with its reason, and a line in [`why`].

use std::collections::BTreeSet;

use super::{CustomerId, Use};
use crate::party::Role;

/// Pairs of customers, without order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pairs(BTreeSet<(CustomerId, CustomerId)>);

impl Pairs {
    /// Adds a pair; of one customer with himself too.
    pub fn insert(&mut self, a: CustomerId, b: CustomerId) {
        self.0.insert((a.min(b), a.max(b)));
    }

    /// Whether the pair is among them.
    pub fn contains(&self, a: CustomerId, b: CustomerId) -> bool {
        self.0.contains(&(a.min(b), a.max(b)))
    }
}

/// What is known about pairs of customers.
#[derive(Debug, Clone, Copy)]
pub struct Ties<'a> {
    /// Declared spouse, parent or child by an accepted, current application, wherever they share the value; and spouse
    /// and child of one policyholder, who are parent and child by the same declaration.
    pub family: &'a Pairs,
    /// Cleared out of a verified case for this very value.
    pub cleared: &'a Pairs,
}

/// Why a pair may share the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Excuse {
    /// One customer with several policies.
    OneCustomer,
    /// A minor without a number of his own, and the same minor again: known by other data only, of the same name.
    SameMinor,
    /// A minor and his policyholder.
    MinorAndPolicyholder,
    /// Two minors of one policyholder: the phone is the policyholder's.
    MinorsOfOnePolicyholder,
    /// The account of an approved payer, within the policies that it is approved for; and the payer's own policies.
    ApprovedPayer,
    /// Cleared out of a verified case.
    Cleared,
    /// Declared spouse, parent or child. The profile may have these listed after all.
    Family,
}

/// Why `a` and `b` may share the value, or none if they may not. [`Excuse::Family`] only when nothing else excuses them.
pub fn why(a: &Use, b: &Use, ties: &Ties<'_>) -> Option<Excuse> {
    let guards = |holder: &Use, minor: &Use| minor.minor && minor.policyholder == holder.customer;
    let same_name = a.name.is_some() && a.name == b.name;
    if a.customer == b.customer {
        return Some(Excuse::OneCustomer);
    }
    if guards(a, b) || guards(b, a) {
        return Some(Excuse::MinorAndPolicyholder);
    }
    if a.minor && b.minor && a.policyholder == b.policyholder {
        return Some(Excuse::MinorsOfOnePolicyholder);
    }
    if a.minor && b.minor && same_name && (a.weak || b.weak) {
        return Some(Excuse::SameMinor);
    }
    if approved(a, b) || (same_name && (approved_payer(a) || approved_payer(b))) {
        return Some(Excuse::ApprovedPayer);
    }
    if ties.cleared.contains(a.customer, b.customer) {
        return Some(Excuse::Cleared);
    }
    ties.family.contains(a.customer, b.customer).then_some(Excuse::Family)
}

/// Both policies have an approval for the account.
const fn approved(a: &Use, b: &Use) -> bool {
    a.approved && b.approved
}

/// A payer with an approval: whoever bears the same name is taken to be the payer himself.
fn approved_payer(used: &Use) -> bool {
    used.approved && used.role == Role::Payer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suspicion::NameKey;

    fn adult(customer: u128) -> Use {
        Use {
            customer: CustomerId(customer),
            role: Role::Policyholder,
            minor: false,
            weak: false,
            name: Some(NameKey(customer)),
            policyholder: CustomerId(customer),
            approved: false,
            fresh: true,
        }
    }

    fn minor(customer: u128, policyholder: u128) -> Use {
        let policyholder = CustomerId(policyholder);
        Use { role: Role::Insured, minor: true, policyholder, ..adult(customer) }
    }

    fn payer(customer: u128, name: u128, approved: bool) -> Use {
        Use { role: Role::Payer, weak: true, name: Some(NameKey(name)), approved, ..adult(customer) }
    }

    #[test]
    fn each_excuse_excuses_its_pair_both_ways_and_nothing_near_it() {
        let nobody = Pairs::default();
        let mut pairs = Pairs::default();
        pairs.insert(CustomerId(2), CustomerId(1));
        let strangers = Ties { family: &nobody, cleared: &nobody };
        let family = Ties { family: &pairs, cleared: &nobody };
        let cleared = Ties { family: &pairs, cleared: &pairs };
        let weak = |used: Use| Use { weak: true, ..used };
        let named = |used: Use, name| Use { name: Some(NameKey(name)), ..used };
        let cases = [
            (adult(1), adult(1), strangers, Some(Excuse::OneCustomer)),
            (adult(1), adult(2), strangers, None),
            (adult(1), adult(2), family, Some(Excuse::Family)),
            (adult(1), adult(3), family, None),
            (adult(1), adult(2), cleared, Some(Excuse::Cleared)),
            (adult(1), minor(2, 1), strangers, Some(Excuse::MinorAndPolicyholder)),
            (adult(1), minor(2, 3), strangers, None),
            (adult(1), Use { minor: false, ..minor(2, 1) }, strangers, None),
            (minor(1, 9), minor(2, 9), strangers, Some(Excuse::MinorsOfOnePolicyholder)),
            (minor(1, 8), minor(2, 9), strangers, None),
            (weak(named(minor(1, 8), 5)), named(minor(2, 9), 5), strangers, Some(Excuse::SameMinor)),
            (named(minor(1, 8), 5), named(minor(2, 9), 5), strangers, None),
            (weak(named(adult(1), 5)), named(adult(2), 5), strangers, None),
            (payer(1, 5, true), payer(2, 6, true), strangers, Some(Excuse::ApprovedPayer)),
            (payer(1, 5, true), payer(2, 6, false), strangers, None),
            (payer(1, 5, true), named(adult(2), 5), strangers, Some(Excuse::ApprovedPayer)),
            (payer(1, 5, true), named(adult(2), 6), strangers, None),
            (payer(1, 5, false), named(adult(2), 5), strangers, None),
            (Use { name: None, ..payer(1, 5, true) }, Use { name: None, ..adult(2) }, strangers, None),
        ];
        for (a, b, ties, wanted) in cases {
            assert_eq!(why(&a, &b, &ties), wanted, "{a:?} {b:?}");
            assert_eq!(why(&b, &a, &ties), wanted, "{b:?} {a:?}");
        }
    }
}
