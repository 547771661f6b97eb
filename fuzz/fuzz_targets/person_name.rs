//! Names of persons.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhenshi_domain::contact::person_name::{check, fingerprint_form, fold};
use zhenshi_fuzz::{assert_settled, choice_and_text};

fuzz_target!(|data: &[u8]| {
    let (_, text) = choice_and_text(data);
    assert_settled(&check(&text), check);
    let folded = fold(&text);
    assert_eq!(fold(&folded), folded, "folding twice folds further");
    if let Some(form) = fingerprint_form(&text) {
        assert_eq!(form, folded);
    }
});
