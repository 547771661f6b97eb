//! E-mail addresses as they are compared.

use crate::{contact::placeholder, text::fold_number};

/// The form of an e-mail address: NFKC, no spaces, lower case (mail hosts do not tell cases apart); `None` if there is
/// nothing on either side of the `@`.
pub fn fingerprint_form(raw: &str) -> Option<String> {
    if placeholder::is_placeholder_text(raw) {
        return None;
    }
    let address = fold_number(raw).to_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    (!local.is_empty() && !domain.is_empty()).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cases_and_widths_meet() {
        assert_eq!(fingerprint_form(" Ａb.C@Example.COM "), Some("ab.c@example.com".to_owned()));
        for raw in ["", "无", "nobody", "@example.com", "nobody@"] {
            assert_eq!(fingerprint_form(raw), None, "{raw:?}");
        }
    }
}
