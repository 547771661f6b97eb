//! What guards personal data: the keyring, sealing, fingerprints, tokens, principals.
//!
//! A leaf: it knows nothing of the store or of the API. Keys never leave it and never show in `Debug`.

pub mod fingerprint;
pub mod keyring;
pub mod principal;
pub mod sealing;
pub mod token;
