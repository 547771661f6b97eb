//! The recorder alone, over a store of the test's choice: items to give it, and the tools that it needs.

use std::sync::Arc;

use uuid::Uuid;
use zeroize::Zeroizing;
use zhenshi::{
    clock::FixedClock,
    entropy::SeededEntropy,
    ids,
    security::{
        fingerprint::{Fingerprints, Prints},
        keyring::Keyring,
        sealing::Sealer,
    },
    store::{
        product::ProductRow,
        record::{ContactUse, Contacts, Item, Part, PartyEntry, Tools},
        submission::Decision,
    },
};
use zhenshi_domain::{
    NORMALISER_VERSION,
    application::{ApplicationKey, ApplicationKind, Channel},
    clue::ClueKey,
    party::Role,
    verdict::Verdict,
};

use super::database::start_time;

/// Tools with a fixed clock and the luck of `seed`.
pub fn tools(seed: u64) -> Tools {
    let entropy = Arc::new(SeededEntropy::new(seed));
    let keyring = Keyring::generate(entropy.as_ref()).unwrap();
    Tools {
        clock: Arc::new(FixedClock::new(start_time())),
        entropy,
        sealer: Arc::new(Sealer::new(&keyring).unwrap()),
        prints: Arc::new(Prints::new(
            Fingerprints::new(1, &keyring.fingerprint[0], NORMALISER_VERSION),
            keyring.fingerprint.clone(),
        )),
    }
}

/// An accepted item: application `application_no`, request `request`, one party with one phone of its own.
pub fn item(application_no: &str, request: u128) -> Item {
    let key = ApplicationKey {
        source: "core".into(),
        kind: ApplicationKind::NewBusiness,
        application_no: application_no.into(),
    };
    Item {
        caller: "test".into(),
        request_id: Uuid::from_u128(request),
        digest: [7; 32],
        application_id: ids::application_id(&key),
        key,
        source_revision: None,
        channel: Channel::Direct,
        branch_code: "1".into(),
        seller_code: String::new(),
        agency_code: String::new(),
        baseline: false,
        is_group: false,
        policy_no: String::new(),
        original_application_no: String::new(),
        product: ProductRow::default(),
        decision: Decision {
            verdict: Verdict::Accepted,
            findings: Vec::new(),
            rule_set_version: "test".into(),
            calendar_version: "none".into(),
            directory_version: "none".into(),
            decided_time: start_time(),
        },
        parts: vec![Part {
            party_no: 0,
            role: Some(Role::Policyholder),
            subject_fingerprint: None,
            plaintext: Zeroizing::new(b"{}".to_vec()),
        }],
        contacts: Contacts {
            epoch: 1,
            parties: vec![PartyEntry {
                party_no: 0,
                role: Role::Policyholder,
                relation: None,
                minor: false,
                weak: false,
                customer_fingerprint: Uuid::from_u128(request),
                name_fingerprint: None,
            }],
            uses: vec![ContactUse::new(ClueKey::Phone, Uuid::from_u128(request), 0, None)],
            approvals: Vec::new(),
        },
    }
}
