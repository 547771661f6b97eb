//! Article 11: a seller, an agency or a member of staff must not put his own phone or address in a customer's place. A person
//! who insures himself, or his minor child, does not.

use crate::{
    directory::ContactOwner,
    finding::{Arg, ArgSpec, Code, FieldPath, Severity},
    rule::{Context, Findings, Place, Rule},
};

/// A phone or an address is that of a seller, an agency or a member of staff.
pub const SELLER_CONTACT_USED: Code = Code {
    name: "SELLER_CONTACT_USED",
    article: Some(11),
    severity: Severity::Advisory,
    args: &[ArgSpec::Keys("owner", &[SELLER, AGENCY, STAFF])],
};

const SELLER: &str = "seller";
const AGENCY: &str = "agency";
const STAFF: &str = "staff";

/// Asks whose contacts were given.
#[derive(Debug)]
pub struct SellerContact;

impl Rule for SellerContact {
    fn codes(&self) -> &'static [Code] {
        &[SELLER_CONTACT_USED]
    }

    fn judge(&self, cx: &Context<'_>, out: &mut Findings<'_>) {
        for used in &cx.directory.used {
            let owner = match used.owner {
                ContactOwner::Seller => SELLER,
                ContactOwner::Agency => AGENCY,
                ContactOwner::Staff => STAFF,
            };
            let path = match used.phone {
                Some(index) => phone(used.place, index),
                None => used.place.field("address"),
            };
            out.add_with(SELLER_CONTACT_USED, path, vec![("owner", Arg::Key(owner))]);
        }
    }
}

fn phone(place: Place, index: usize) -> FieldPath {
    place.field("phones").index(index)
}
