//! E-mail addresses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhenshi_domain::contact::email::{check, fingerprint_form};
use zhenshi_fuzz::{assert_settled, choice_and_text};

fuzz_target!(|data: &[u8]| {
    let (_, text) = choice_and_text(data);
    assert_settled(&check(&text), check);
    if let Some(form) = fingerprint_form(&text) {
        assert_eq!(fingerprint_form(&form), Some(form.clone()), "the form has another form");
    }
});
