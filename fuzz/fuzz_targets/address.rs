//! Addresses, as one text and in parts: the choice says where the text is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use zhenshi_domain::{
    application::Address,
    contact::address::{check, fingerprint_form},
    personal::Personal,
};
use zhenshi_fuzz::{assert_settled, choice_and_text};

fn whole(text: &str) -> Address {
    Address { text: Personal::new(text.to_owned()), ..Address::default() }
}

fuzz_target!(|data: &[u8]| {
    let (_, text) = choice_and_text(data);
    assert_settled(&check(&whole(&text)), |again| check(&whole(again)));

    let mut parts = text.split('|').map(str::to_owned);
    let mut part = || parts.next().unwrap_or_default();
    let address = Address {
        region_code: part(),
        province: part(),
        city: part(),
        district: part(),
        detail: Personal::new(part()),
        text: Personal::new(part()),
    };
    let reading = check(&address);
    assert_eq!(check(&address), reading);
    let _ = fingerprint_form(&address);
});
