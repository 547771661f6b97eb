//! Every reason of an error has its page, its row in the index, and its words in every language; no page is left over.

use std::{collections::BTreeSet, fs, path::PathBuf};

use zhenshi::{
    grpc::status::reason_name,
    words::{Language, Words},
};
use zhenshi_proto::zhenshi::v1::ErrorReason;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every reason that can be sent.
fn reasons() -> Vec<ErrorReason> {
    let reasons: Vec<_> = (1..1_000).filter_map(|number| ErrorReason::try_from(number).ok()).collect();
    assert!(reasons.len() >= 22);
    reasons
}

/// The code that the proto's comment on a reason begins with.
fn code_in_proto(reason: ErrorReason) -> String {
    let proto = fs::read_to_string(root().join("proto/zhenshi/v1/error_reason.proto")).unwrap();
    let value = format!("  {} = ", reason.as_str_name());
    let (before, _) = proto.split_once(&value).unwrap();
    let comment = before.trim_end().lines().last().unwrap().trim_start_matches([' ', '/']).to_owned();
    comment.split([':', ' ']).next().unwrap().to_owned()
}

#[test]
fn every_reason_has_its_page_and_no_page_is_left_over() {
    let folder = root().join("docs/errors");
    let pages: BTreeSet<String> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let mut expected: BTreeSet<String> =
        reasons().into_iter().map(|reason| format!("{}.md", reason_name(reason))).collect();
    expected.insert("README.md".into());
    assert_eq!(pages, expected);
    let index = fs::read_to_string(folder.join("README.md")).unwrap();
    for reason in reasons() {
        let (name, code) = (reason_name(reason), code_in_proto(reason));
        let page = fs::read_to_string(folder.join(format!("{name}.md"))).unwrap();
        assert!(page.starts_with(&format!("# {name}\n\nCode `{code}`.\n")), "{name}: head and code");
        for part in ["**What happened.** ", "**What to do.** ", "**Retry.** ", "**Example.**"] {
            assert!(page.contains(part), "{name}: {part}");
        }
        let example = page.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let example: serde_json::Value = serde_json::from_str(example).unwrap();
        assert_eq!(example["details"][0]["reason"], name);
        let helps = if page.contains("**Retry.** No") { "no" } else { "yes" };
        let row = format!("| [`{name}`]({name}.md) | `{code}` | {helps} |\n");
        assert!(index.contains(&row), "{name}: its row in the index is not {row}");
        // What says when to retry must not say that it is of no use.
        let retries = page.contains("google.rpc.RetryInfo");
        assert!(!(retries && page.contains("**Retry.** No")), "{name}: advice");
    }
}

#[test]
fn every_reason_has_its_words_and_the_examples_say_them() {
    let words = Words::load().unwrap();
    for reason in reasons() {
        let name = reason_name(reason);
        let id = name.to_lowercase().replace('_', "-");
        for language in Language::ALL {
            assert!(words.has(language, &id), "{name} has no words in {}", language.as_tag());
        }
        let page = fs::read_to_string(root().join(format!("docs/errors/{name}.md"))).unwrap();
        for language in [Language::En, Language::ZhHans] {
            let sentence = words.message(language, &id, std::iter::empty());
            assert!(page.contains(&sentence), "{name}: the example does not say: {sentence}");
        }
    }
}
