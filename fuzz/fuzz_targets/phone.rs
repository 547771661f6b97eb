//! Telephones: the normal form and the form that is compared say the same number.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhenshi_domain::contact::phone::{check, fingerprint_form};
use zhenshi_fuzz::{assert_settled, choice_and_text};

fuzz_target!(|data: &[u8]| {
    let (_, text) = choice_and_text(data);
    let reading = check(&text);
    assert_settled(&reading, check);
    if let (Some(form), Some(normalized)) = (fingerprint_form(&text), &reading.normalized) {
        assert_eq!(fingerprint_form(normalized.expose()), Some(form), "the normal form is another number");
    }
});
