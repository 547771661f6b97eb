//! The API keeps its promises: what was published stays as it was, and every element says what it is.
//!
//! `fixtures/zhenshi_v1.descriptor` is the descriptor set of the API as it was last published, without comments. The API
//! may grow; nothing in the set may be removed, renumbered, renamed or given another type. After an addition run
//! `ZHENSHI_UPDATE_DESCRIPTOR=1 cargo test --test proto_contract` and commit the file. Only before 1.0, and with a line in
//! the change log, may the same command publish a break.

#![expect(clippy::expect_used, reason = "a test that cannot read its own tree or patterns has failed")]

#[path = "proto_contract/elements.rs"]
mod elements;
#[path = "proto_contract/style.rs"]
mod style;

use std::{env, fs, path::PathBuf};

use elements::{additions, breaks, decode, elements};
use prost::Message as _;
use prost_types::FileDescriptorSet;

/// Set to rewrite the fixture from the present API.
const UPDATE: &str = "ZHENSHI_UPDATE_DESCRIPTOR";

fn fixture() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/zhenshi_v1.descriptor")
}

fn present() -> FileDescriptorSet {
    decode(zhenshi_proto::FILE_DESCRIPTOR_SET)
}

/// The present API as it is committed: comments and places in the source are no promise.
fn publishable() -> FileDescriptorSet {
    let mut set = present();
    for file in &mut set.file {
        file.source_code_info = None;
    }
    set
}

#[test]
fn nothing_published_has_changed() {
    let present = publishable();
    if env::var_os(UPDATE).is_some() {
        fs::write(fixture(), present.encode_to_vec()).expect("the fixture can be written");
    }
    let published = decode(&fs::read(fixture()).expect("tests/fixtures/zhenshi_v1.descriptor is there"));
    let broken = breaks(&elements(&published), &elements(&present));
    assert!(broken.is_empty(), "callers would break:\n{}", broken.join("\n"));
    let added = additions(&elements(&published), &elements(&present));
    assert!(added.is_empty(), "not published yet: run with {UPDATE}=1 and commit:\n{}", added.join("\n"));
}

#[test]
fn every_element_says_what_it_is() {
    let found = style::uncommented(&present());
    assert!(found.is_empty(), "comments are missing or do not begin with the name:\n{}", found.join("\n"));
}

#[test]
fn names_follow_the_rules() {
    let found = style::misnamed(&present());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Holds a changed API against the present one and returns what is reported.
fn reported(change: impl FnOnce(&mut FileDescriptorSet)) -> Vec<String> {
    let mut changed = publishable();
    change(&mut changed);
    breaks(&elements(&publishable()), &elements(&changed))
}

#[test]
fn planted_breaks_are_reported() {
    use elements::planted::{enumeration, field, message, service};

    assert_eq!(reported(|_| {}), Vec::<String>::new());
    let plants: [(&str, Vec<String>); 10] = [
        ("removed field", reported(|set| message(set, "Person").field.retain(|f| f.name() != "birth_date"))),
        ("renumbered field", reported(|set| field(set, "Person", "email").number = Some(90))),
        ("renamed field", reported(|set| field(set, "Person", "email").name = Some("mail".into()))),
        ("retyped field", reported(|set| field(set, "Person", "email").r#type = Some(12))),
        ("field no longer repeated", reported(|set| field(set, "Person", "phones").label = Some(1))),
        ("field moved out of its oneof", reported(|set| field(set, "Term", "years").oneof_index = None)),
        ("removed message", {
            reported(|set| {
                for file in &mut set.file {
                    file.message_type.retain(|found| found.name() != "MaskedParty");
                }
            })
        }),
        ("removed enum value", reported(|set| drop(enumeration(set, "ErrorReason").value.pop()))),
        ("renumbered enum value", reported(|set| enumeration(set, "Sex").value[1].number = Some(9))),
        ("rpc that streams now", {
            reported(|set| service(set, "ValidationService").method[0].server_streaming = Some(true))
        }),
    ];
    for (what, report) in plants {
        assert!(!report.is_empty(), "not reported: {what}");
    }
    let removed = reported(|set| drop(service(set, "ValidationService").method.remove(0)));
    assert_eq!(removed, ["removed: rpc zhenshi.v1.ValidationService/ValidateApplication"]);
}

#[test]
fn additions_are_no_breaks() {
    let mut grown = publishable();
    let mut value = elements::planted::enumeration(&mut grown, "Channel").value[1].clone();
    value.number = Some(77);
    value.name = Some("CHANNEL_PLANTED".into());
    elements::planted::enumeration(&mut grown, "Channel").value.push(value);
    assert!(breaks(&elements(&publishable()), &elements(&grown)).is_empty());
    assert_eq!(
        additions(&elements(&publishable()), &elements(&grown)),
        ["added: enum value zhenshi.v1.Channel 77"]
    );
}

#[test]
fn planted_gaps_in_the_comments_are_reported() {
    let mut silent = present();
    for location in
        silent.file.iter_mut().filter_map(|file| file.source_code_info.as_mut()).flat_map(|i| &mut i.location)
    {
        location.leading_comments = None;
    }
    let found = style::uncommented(&silent);
    for element in [
        "zhenshi.v1.Person",
        "zhenshi.v1.Person.email",
        "zhenshi.v1.Term.length",
        "zhenshi.v1.Sex",
        "zhenshi.v1.Sex.SEX_MALE",
        "zhenshi.v1.ValidationService",
        "zhenshi.v1.ValidationService.GetSubmission",
    ] {
        assert!(found.iter().any(|name| name == element), "not reported: {element}");
    }
}

#[test]
fn planted_names_are_reported() {
    let mut odd = present();
    elements::planted::service(&mut odd, "ValidationService").method[0].input_type =
        Some(".google.type.Date".into());
    elements::planted::enumeration(&mut odd, "Sex").value[0].name = Some("SEX_UNKNOWN".into());
    elements::planted::enumeration(&mut odd, "Channel").value[1].name = Some("AGENTS".into());
    assert_eq!(style::misnamed(&odd).len(), 3);
}
