//! What guards personal data: the keyring, sealing, fingerprints, tokens, principals, and the policy with its scopes.
//!
//! A leaf: it knows nothing of the store or of the API. Keys never leave it and never show in `Debug`.

pub mod audit_key;
pub mod fingerprint;
pub mod identified;
pub mod jwt;
pub mod keyring;
pub mod keyring_file;
pub mod live;
pub mod password;
pub mod policy;
pub mod principal;
pub mod role;
pub mod scope;
pub mod sealing;
pub mod session;
pub mod token;
