//! E-mail addresses as they are compared, and whether a text can be one.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization as _;

use crate::{
    contact::placeholder,
    finding::{Code, Severity},
    reading::Reading,
    rules::completeness::{FIELD_MISSING, FIELD_PLACEHOLDER},
    text::{fold_number, is_blank, until_stable},
};

/// Longest part before the sign, in bytes (RFC 5321, 4.5.3.1.1).
const MAX_LOCAL: usize = 64;
/// Longest domain, in bytes (RFC 5321, 4.5.3.1.2).
const MAX_DOMAIN: usize = 255;
/// Longest part of a domain, in bytes (RFC 1035, 2.3.4).
const MAX_LABEL: usize = 63;

/// The text is no e-mail address. Advice only: the regulation names no e-mail among the key information.
pub const EMAIL_FORMAT: Code =
    Code { name: "EMAIL_FORMAT", article: Some(11), severity: Severity::Advisory, args: &[] };

/// Reads an e-mail address: its normal form and every check.
///
/// Letters of any language are allowed (RFC 6531); quoted local parts and bare hosts are not: no customer has one.
pub fn check(raw: &str) -> Reading {
    read(raw, Reading::default())
}

/// The failed checks of [`check`], for judging.
pub fn faults(raw: &str) -> Reading {
    read(raw, Reading::of_faults())
}

fn read(raw: &str, mut reading: Reading) -> Reading {
    if is_blank(raw) {
        reading.fail(FIELD_MISSING, Vec::new());
        return reading;
    }
    if is_plain(raw) {
        reading.pass(FIELD_PLACEHOLDER);
        reading.pass(EMAIL_FORMAT);
        reading.normalize(|| Some(raw.to_owned()));
        return reading;
    }
    if placeholder::is_placeholder_number(raw) {
        reading.fail(FIELD_PLACEHOLDER, Vec::new());
        return reading;
    }
    reading.pass(FIELD_PLACEHOLDER);
    let form = form(raw);
    // Spaces at the ends are of the form, inside they are an error.
    let inside = raw.trim_matches(|c: char| c.is_whitespace() || crate::text::is_invisible(c));
    match &form {
        Some(address) if is_address(address) && !inside.contains(char::is_whitespace) => {
            reading.pass(EMAIL_FORMAT);
        }
        _ => reading.fail(EMAIL_FORMAT, Vec::new()),
    }
    // Without the spaces inside it would be another text, and perhaps a right one.
    reading.normalize(|| form.filter(|_| !inside.contains(char::is_whitespace)).map(Cow::into_owned));
    reading
}

/// Whether `raw` is an address as most are written: small letters, digits, dots, hyphens and underlines, in few parts. It is
/// its own form.
fn is_plain(raw: &str) -> bool {
    let part = |part: &[u8], others: &[u8]| {
        let inside = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || others.contains(b);
        matches!(part, [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric())
            && part.len() <= MAX_LABEL
            && part.iter().all(inside)
    };
    let Some((local, domain)) = raw.split_once('@') else { return false };
    let Some((host, top)) = domain.rsplit_once('.') else { return false };
    part(local.as_bytes(), b"-_")
        && part(host.as_bytes(), b"-")
        && part(top.as_bytes(), b"")
        && top.bytes().all(|b| b.is_ascii_lowercase())
}

fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let in_local = |c: char| {
        c.is_alphanumeric()
            || matches!(
                c,
                '!' | '#'..='\'' | '*' | '+' | '-'..='/' | '=' | '?' | '^'..='`' | '{'..='~'
            )
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= MAX_LABEL
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    local.len() <= MAX_LOCAL
        && domain.len() <= MAX_DOMAIN
        && local.chars().all(in_local)
        && local.split('.').all(|part| !part.is_empty())
        && domain.contains('.')
        && domain.split('.').all(is_label)
        && top.chars().any(char::is_alphabetic)
        && top.chars().nth(1).is_some()
}

/// The form of an e-mail address: NFKC, no spaces, lower case (mail hosts do not tell cases apart); `None` if there is
/// nothing on either side of the `@`.
pub fn fingerprint_form(raw: &str) -> Option<String> {
    if placeholder::is_placeholder_number(raw) {
        return None;
    }
    form(raw).map(Cow::into_owned)
}

/// The form of a text that is no placeholder.
fn form(raw: &str) -> Option<Cow<'_, str>> {
    let address = if raw.bytes().all(|b| b.is_ascii_graphic() && !b.is_ascii_uppercase()) {
        // As most are written: nothing in it folds.
        Cow::Borrowed(raw)
    } else if raw.is_ascii() {
        Cow::Owned(fold_number(raw).to_ascii_lowercase())
    } else {
        // A small letter can combine with a mark that its capital cannot.
        Cow::Owned(until_stable(raw, |text| fold_number(text).to_lowercase().nfkc().collect()))
    };
    let (local, domain) = address.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then_some(address)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_told_from_other_texts() {
        for raw in ["a@example.com", " A.b+c@mail.example.cn ", "示例@example.com", "1234567@qq.com"] {
            assert!(check(raw).failures().next().is_none(), "{raw}");
        }
        for raw in
            ["a", "a@", "a@example", "a b@example.com", "a..b@example.com", "a@-x.com", "a@x.c", "a@1.2.3.4"]
        {
            let failed: Vec<_> = check(raw).failures().map(|check| check.code.name).collect();
            assert_eq!(failed, ["EMAIL_FORMAT"], "{raw}");
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_is_an_address_and_its_own_form(raw in "[a-c1._@-]{0,4}[a-c1_-]{0,3}@[a-c1_-]{0,3}[.@]{0,1}[a-c1]{0,3}") {
            if is_plain(&raw) {
                prop_assert!(!placeholder::is_placeholder_number(&raw) && is_address(&raw));
                prop_assert_eq!(fingerprint_form(&raw), Some(raw));
            }
        }
    }

    #[test]
    fn plain_addresses_are_seen() {
        assert!(is_plain("sample_1@mail.example") && is_plain("10001@qq.com"));
        for raw in
            ["a.b@example.com", "a@b.c", "-ab@example.com", "ab@example.1a", "Ab@example.com", "ab@ex_am.com"]
        {
            assert!(!is_plain(raw), "{raw}");
        }
    }

    #[test]
    fn cases_and_widths_meet() {
        assert_eq!(fingerprint_form(" Ａb.C@Example.COM "), Some("ab.c@example.com".to_owned()));
        assert_eq!(fingerprint_form("a@test.exampleT\u{308}"), Some("a@test.example\u{1E97}".to_owned()));
        for raw in ["", "无", "nobody", "@example.com", "nobody@", "N I L"] {
            assert_eq!(fingerprint_form(raw), None, "{raw:?}");
        }
    }
}
