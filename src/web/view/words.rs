//! Which message names a value of a closed set: the catalogue's files that lists and forms use have most of them already.

use zhenshi_domain::{application::Channel, party::Role, suspicion::Clue};

use crate::app::OwnerKind;

/// The message of a channel.
pub(in crate::web) const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::IndividualAgents => "list-channel-individual-agents",
        Channel::Bancassurance => "list-channel-bancassurance",
        Channel::Intermediaries => "list-channel-intermediaries",
        Channel::Direct => "list-channel-direct",
    }
}

/// The message of a role.
pub(in crate::web) const fn role(role: Role) -> &'static str {
    match role {
        Role::Policyholder => "list-role-policyholder",
        Role::Insured => "list-role-insured",
        Role::Payer => "list-role-payer",
    }
}

/// The message of a clue.
pub(in crate::web) const fn clue(clue: Clue) -> &'static str {
    match clue {
        Clue::SamePhone => "list-clue-same-phone",
        Clue::SameBankAccount => "list-clue-same-bank-account",
        Clue::SellerContact => "list-clue-seller-contact",
        Clue::IdentityConflict => "list-clue-identity-conflict",
        Clue::SamePersonTwice => "list-clue-same-person-twice",
    }
}

/// The message of an owner of contacts.
pub(in crate::web) const fn owner(kind: OwnerKind) -> &'static str {
    match kind {
        OwnerKind::Seller => "list-owner-seller",
        OwnerKind::Agency => "list-owner-agency",
        OwnerKind::Staff => "list-owner-staff",
    }
}
