//! `SELLER_CONTACT` (article 11): a phone or an address of a seller, an agency or a member of staff in the data of a
//! customer other than himself.

use super::{CustomerId, NameKey, Raised, Use, excuse::Ties, settings::ClueSettings};

/// Whose contact it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owner {
    /// Which customers he is, by his certificate; none while that is not known.
    pub customers: Option<Vec<CustomerId>>,
    /// His name: as long as his certificate is not known, whoever bears it is taken to be himself.
    pub name: Option<NameKey>,
    /// The directory got this contact since the list before: then every use counts as new.
    pub fresh: bool,
}

impl Owner {
    fn is(&self, customer: CustomerId, name: Option<NameKey>) -> bool {
        // A certificate that is known decides; two people may bear one name.
        match &self.customers {
            Some(own) => own.contains(&customer),
            None => self.name.is_some() && self.name == name,
        }
    }

    /// Himself, or a minor whom he insures: the phone is the policyholder's own.
    fn excuses(&self, one: &Use, all: &[Use]) -> bool {
        self.is(one.customer, one.name)
            || one.minor
                && all.iter().any(|own| own.customer == one.policyholder && self.is(own.customer, own.name))
    }
}

/// Uses of `owner`'s contact by others, of which at least one is new or the contact itself is.
///
/// Members are all of them, old ones too. A pair of owner and customer is cleared as a pair of the customer with himself.
pub fn raise(uses: &[Use], owner: &Owner, ties: &Ties<'_>, settings: &ClueSettings) -> Option<Raised> {
    let others: Vec<bool> = uses
        .iter()
        .map(|used| !owner.excuses(used, uses) && !ties.cleared.contains(used.customer, used.customer))
        .collect();
    let news = uses.iter().zip(&others).any(|(used, other)| *other && (used.fresh || owner.fresh));
    // One customer is enough: the other side of the pair is the owner.
    if settings.enabled && news { Raised::of(uses, &others, 1) } else { None }
}
