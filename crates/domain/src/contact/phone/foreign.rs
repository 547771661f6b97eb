//! Telephones of other countries, by a port of libphonenumber. It is asked about numbers with another country code only:
//! for numbers of the mainland the tables of [`super::series`] are stricter, faster and know more.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberType};

/// Digits of a number of ITU-T E.164 with its country code. The library never sees anything else.
const E164_LEN: std::ops::RangeInclusive<usize> = 7..=15;

/// What a number of another country is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Foreign {
    /// A number that a person can have.
    Personal,
    /// A company that pays, or is paid, for its calls.
    Service,
    /// None.
    No,
}

/// Looks at a number in E.164: a plus and digits.
pub(super) fn look(number: &str) -> Foreign {
    let digits = number.strip_prefix('+').unwrap_or(number);
    if !E164_LEN.contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Foreign::No;
    }
    let Ok(parsed) = PHONE_NUMBER_UTIL.parse(number, None) else { return Foreign::No };
    if !PHONE_NUMBER_UTIL.is_valid_number(&parsed) {
        return Foreign::No;
    }
    match PHONE_NUMBER_UTIL.get_number_type(&parsed) {
        PhoneNumberType::TollFree
        | PhoneNumberType::PremiumRate
        | PhoneNumberType::SharedCost
        | PhoneNumberType::UAN
        | PhoneNumberType::VoiceMail => Foreign::Service,
        _ => Foreign::Personal,
    }
}
