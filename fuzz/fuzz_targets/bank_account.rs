//! Bank accounts of every kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhenshi_domain::{
    application::AccountKind,
    contact::bank_account::{check, fingerprint_form},
};
use zhenshi_fuzz::{assert_settled, choice_and_text};

const KINDS: [Option<AccountKind>; 4] =
    [None, Some(AccountKind::Card), Some(AccountKind::Passbook), Some(AccountKind::Corporate)];

fuzz_target!(|data: &[u8]| {
    let (choice, text) = choice_and_text(data);
    let kind = KINDS[choice % KINDS.len()];
    let reading = check(kind, &text);
    assert_settled(&reading, |again| check(kind, again));
    if let Some(form) = fingerprint_form(&text) {
        assert_eq!(fingerprint_form(&form), Some(form.clone()), "the form has another form");
    }
});
