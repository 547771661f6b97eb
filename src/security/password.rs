//! Passwords of local accounts: what may be one, and its argon2id hash.
//!
//! Costs are those that OWASP's cheat sheet asks for (19 MiB, two passes, one lane). A hash keeps its own, so that they can be raised:
//! [`is_current`] says which hashes are to be made again at the next sign-in.

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _, password_hash::phc::PasswordHash};
use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError, bytes};

/// Fewest characters (NIST SP 800-63B-4 asks for 15 where a password is all there is, for 8 beside another factor; OWASP's ASVS
/// for 12).
pub const MIN_CHARS: usize = 12;
/// Most bytes: more is no password, but work for us.
pub const MAX_BYTES: usize = 512;
/// Fewest different characters.
const MIN_DIFFERENT: usize = 5;
/// Bytes of a salt.
const SALT_BYTES: usize = 16;
/// What a hash of today's costs begins with.
const CURRENT: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// What the commonest passwords of twelve characters and more are made of: one that is nothing else, give or take digits and
/// marks, is refused. Lower case.
const COMMONEST: [&str; 26] = [
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx",
    "1q2w3e4r",
    "qazwsx",
    "iloveyou",
    "woaini",
    "letmein",
    "welcome",
    "changeme",
    "administrator",
    "admin",
    "zhenshi",
    "mima",
    "abcdef",
    "abcdefghijkl",
    "abcd",
    "abc",
    "qweasdzxc",
];

/// Why something cannot be a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Fewer than [`MIN_CHARS`] characters.
    #[error("the password has fewer than {MIN_CHARS} characters")]
    TooShort,
    /// More than [`MAX_BYTES`] bytes.
    #[error("the password has more than {MAX_BYTES} bytes")]
    TooLong,
    /// It holds the login name.
    #[error("the password holds the login name")]
    HoldsLogin,
    /// It is one of those that everybody tries first.
    #[error("the password is one of the commonest")]
    TooCommon,
    /// It is what it was.
    #[error("the password is the one that it was")]
    Unchanged,
}

impl Unfit {
    /// Its key in the word catalogues.
    pub const fn key(self) -> &'static str {
        match self {
            Self::TooShort => "password-too-short",
            Self::TooLong => "password-too-long",
            Self::HoldsLogin => "password-holds-login",
            Self::TooCommon => "password-too-common",
            Self::Unchanged => "password-unchanged",
        }
    }
}

/// A hash could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// No luck was to be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// argon2 refused: no memory, or what is kept is no hash.
    #[error("argon2: {0}")]
    Argon2(argon2::password_hash::Error),
}

/// Whether `password` may be the password of `login`.
///
/// # Errors
/// Why not.
pub fn check(login: &str, password: &str) -> Result<(), Unfit> {
    if password.chars().count() < MIN_CHARS {
        return Err(Unfit::TooShort);
    }
    if password.len() > MAX_BYTES {
        return Err(Unfit::TooLong);
    }
    let lower = password.to_lowercase();
    if lower.contains(&login.to_lowercase()) {
        return Err(Unfit::HoldsLogin);
    }
    let letters = lower.trim_matches(|c: char| !c.is_alphabetic());
    let different = lower.chars().collect::<std::collections::HashSet<_>>().len();
    let runs =
        lower.chars().zip(lower.chars().skip(1)).all(|(a, b)| u32::from(a).abs_diff(u32::from(b)) <= 1);
    if different < MIN_DIFFERENT || runs || letters.is_empty() || is_common(&lower, letters) {
        return Err(Unfit::TooCommon);
    }
    Ok(())
}

/// Whether it is nothing but one of the commonest, repeated or with digits and marks at its ends.
fn is_common(lower: &str, letters: &str) -> bool {
    COMMONEST.iter().any(|common| {
        let rest = lower.replace(common, "");
        letters == *common || (rest.len() < lower.len() && rest.chars().all(|c| !c.is_alphabetic()))
    })
}

/// The hash of a password. Takes tens of milliseconds and 19 MiB: never on the runtime's own threads.
///
/// # Errors
/// When there is no luck or no memory to be had.
pub fn hash(password: &str, entropy: &dyn Entropy) -> Result<String, HashError> {
    let salt = bytes::<SALT_BYTES>(entropy)?;
    let made: PasswordHash =
        Argon2::default().hash_password_with_salt(password.as_bytes(), &salt).map_err(HashError::Argon2)?;
    Ok(made.to_string())
}

/// Whether `password` is the one of `hash`. Without a hash the same work is done, and the answer is no: how long it takes does not tell
/// whether there is such an account.
///
/// # Errors
/// When what is kept is no hash.
pub fn verify(password: &str, hash: Option<&str>) -> Result<bool, HashError> {
    let Some(hash) = hash else {
        let mut made = Zeroizing::new([0; 32]);
        Argon2::default()
            .hash_password_into(password.as_bytes(), &[0; SALT_BYTES], &mut *made)
            .map_err(|_| HashError::Argon2(argon2::password_hash::Error::Crypto))?;
        return Ok(false);
    };
    let kept = PasswordHash::new(hash)
        .map_err(|_| HashError::Argon2(argon2::password_hash::Error::EncodingInvalid))?;
    match Argon2::default().verify_password(password.as_bytes(), &kept) {
        Ok(()) => Ok(true),
        Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
        Err(error) => Err(HashError::Argon2(error)),
    }
}

/// Whether a hash was made with today's costs.
pub fn is_current(hash: &str) -> bool {
    hash.starts_with(CURRENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn what_may_be_a_password() {
        let cases = [
            ("short-1x", Err(Unfit::TooShort)),
            ("correct horse battery", Ok(())),
            ("真实的客户信息要保护好啊呀", Ok(())),
            ("a1a1a1a1a1a1a1", Err(Unfit::TooCommon)),
            ("123456789012", Err(Unfit::TooCommon)),
            ("20240101123456", Err(Unfit::TooCommon)),
            ("Password2026!", Err(Unfit::TooCommon)),
            ("passwordpassword", Err(Unfit::TooCommon)),
            ("!!Qwertyuiop12", Err(Unfit::TooCommon)),
            ("abcdefghijklm", Err(Unfit::TooCommon)),
            ("my-Wang.Li-is-here", Err(Unfit::HoldsLogin)),
        ];
        for (password, expected) in cases {
            assert_eq!(check("wang.li", password), expected, "{password}");
        }
        assert_eq!(check("x", &"长".repeat(MAX_BYTES)), Err(Unfit::TooLong));
    }

    #[test]
    fn a_hash_is_salted_current_and_only_its_own_password_fits() {
        let entropy = SeededEntropy::new(3);
        let (a, b) = (hash("correct horse", &entropy).unwrap(), hash("correct horse", &entropy).unwrap());
        assert_ne!(a, b);
        assert!(is_current(&a), "{a}");
        assert!(verify("correct horse", Some(&a)).unwrap());
        assert!(!verify("correct horsf", Some(&a)).unwrap());
        assert!(!verify("correct horse", None).unwrap());
        assert!(verify("x", Some("$argon2id$nonsense")).is_err());
    }
}
