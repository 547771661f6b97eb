//! Telephones of other countries, by a port of libphonenumber: whether there is such a number, and its one spelling. It is asked about numbers with another country code only:
//! for numbers of the mainland the tables of [`super::series`] are stricter, faster and know more.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType};

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

/// The number that `digits` (country code first) are, if they are one.
fn valid(digits: &str) -> Option<PhoneNumber> {
    if !E164_LEN.contains(&digits.len()) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let parsed = PHONE_NUMBER_UTIL.parse(format!("+{digits}"), None).ok()?;
    PHONE_NUMBER_UTIL.is_valid_number(&parsed).then_some(parsed)
}

/// The one spelling of a right number, E.164, in which no trunk digit stands behind the country code.
pub(super) fn e164(digits: &str) -> Option<String> {
    Some(PHONE_NUMBER_UTIL.format(&valid(digits)?, PhoneNumberFormat::E164).into_owned())
}

/// Looks at a number in E.164: a plus and digits.
pub(super) fn look(number: &str) -> Foreign {
    let Some(parsed) = valid(number.strip_prefix('+').unwrap_or(number)) else { return Foreign::No };
    match PHONE_NUMBER_UTIL.get_number_type(&parsed) {
        PhoneNumberType::TollFree
        | PhoneNumberType::PremiumRate
        | PhoneNumberType::SharedCost
        | PhoneNumberType::UAN
        | PhoneNumberType::VoiceMail => Foreign::Service,
        _ => Foreign::Personal,
    }
}
