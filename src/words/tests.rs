//! Every code, field and argument in every language.

use zhenshi_domain::{
    finding::{ArgSpec, Code},
    profile::RequiredField,
    rules,
};

use super::*;

/// Paths of findings that are not of a person.
const PATHS: [&str; 16] = [
    "product.class",
    "product.term",
    "applied_on",
    "insureds",
    "insureds[1].relation",
    "accounts[2].holder_name",
    "accounts[2].purpose",
    "accounts[2].number",
    "branch_code",
    "seller_code",
    "agency_code",
    "policy_no",
    "original_application_no",
    "product.code",
    "product.name",
    "source_revision",
];

fn paths() -> Vec<String> {
    let mut fields: Vec<&str> = RequiredField::ALL.iter().map(|field| field.path()).collect();
    fields.extend(["certificate.kind", "phones[3]"]);
    let of_person = |field: &&str| [format!("policyholder.{field}"), format!("insureds[1].person.{field}")];
    PATHS.iter().map(|path| (*path).to_owned()).chain(fields.iter().flat_map(of_person)).collect()
}

/// Every choice of arguments that the words of `code` may get.
fn argument_lists(code: Code) -> Vec<Vec<(&'static str, WordArg<'static>)>> {
    let mut lists = vec![Vec::new()];
    for spec in code.args {
        let choices: Vec<(&str, WordArg<'_>)> = match spec {
            ArgSpec::Number(name) => [0, 1, 17].map(|number| (*name, WordArg::Number(number))).into(),
            ArgSpec::Keys(name, keys) => keys.iter().map(|key| (*name, WordArg::Key(key))).collect(),
        };
        lists = lists
            .iter()
            .flat_map(|list: &Vec<_>| choices.iter().map(|choice| [list.as_slice(), &[*choice]].concat()))
            .collect();
    }
    lists
}

/// The text must resolve without problems and read as words.
fn check(words: &Words, language: Language, id: &str, args: &FluentArgs<'_>) -> String {
    let bundle = words.bundle(language).unwrap();
    let message = bundle.get_message(id).unwrap_or_else(|| panic!("{language:?} has no {id}"));
    let mut problems = Vec::new();
    let text = bundle.format_pattern(message.value().unwrap(), Some(args), &mut problems).into_owned();
    assert!(problems.is_empty(), "{language:?} {id}: {problems:?}");
    assert!(
        !text.trim().is_empty() && !text.contains(['{', '}', '$', '\u{2068}']),
        "{language:?} {id}: {text}"
    );
    text
}

#[test]
fn every_code_has_words_for_all_its_arguments() {
    let words = Words::load().unwrap();
    for (language, code) in
        Language::ALL.into_iter().flat_map(|l| rules::all_codes().map(move |code| (l, code)))
    {
        let id = code.name.to_ascii_lowercase().replace('_', "-");
        let mut texts = Vec::new();
        for list in argument_lists(code) {
            let mut args = fluent_args(list.iter().copied());
            args.set("field", "FIELD");
            let text = check(&words, language, &id, &args);
            assert!(text.contains("FIELD"), "{language:?} {id} does not name the field: {text}");
            assert!(!text.contains("拒保") && !text.contains("帐户"), "{text}");
            texts.push(text);
        }
        let all = texts.len();
        texts.dedup();
        assert_eq!(texts.len(), all, "{language:?} {id} ignores an argument");
    }
}

#[test]
fn every_field_has_a_name() {
    let words = Words::load().unwrap();
    for path in paths() {
        for language in Language::ALL {
            let (id, places) = field_id(&path);
            let mut args = FluentArgs::new();
            for (name, place) in ["first", "second"].into_iter().zip(&places) {
                args.set(name, *place);
            }
            let name = check(&words, language, &id, &args);
            for place in &places {
                assert!(name.contains(&place.to_string()), "{language:?} {path}: {name}");
            }
        }
    }
}

#[test]
fn every_message_stands_in_every_language_and_names_no_unknown_code() {
    let ids = |language: Language| -> Vec<Vec<&str>> {
        let id = |line: &'static str| {
            line.split_once(" =").map(|(id, _)| id).filter(|id| !id.starts_with([' ', '#']))
        };
        language
            .files()
            .map(|(_, text)| {
                let mut ids: Vec<&str> = text.lines().filter_map(id).collect();
                ids.sort_unstable();
                ids
            })
            .into()
    };
    let expected = ids(Language::ZhHans);
    for language in Language::ALL {
        assert_eq!(ids(language), expected, "{language:?}");
    }
    let codes: Vec<String> =
        rules::all_codes().map(|code| code.name.to_ascii_lowercase().replace('_', "-")).collect();
    for id in &expected[0] {
        assert!(codes.iter().any(|code| code == id), "findings.ftl speaks of {id}, which is no code");
    }
}

#[test]
fn sentences_are_made_of_path_and_arguments() {
    let words = Words::load().unwrap();
    let args = || [("length", WordArg::Number(17))].into_iter();
    let said =
        words.finding(Language::ZhHans, "ID_NUMBER_LENGTH", "insureds[0].person.certificate.number", args());
    assert!(said.contains("第 1 被保险人证件号码") && said.contains("17"), "{said}");
    let said = words.finding(Language::En, "ID_NUMBER_LENGTH", "policyholder.certificate.number", args());
    assert!(said.contains("certificate number of the policyholder") && said.contains("17"), "{said}");
    let unknown = words.finding(Language::En, "OF_THE_FUTURE", "a.b[1]", std::iter::empty());
    assert_eq!(unknown, "OF_THE_FUTURE");
    assert_eq!(words.field(Language::En, "a.b[1]"), "a.b[1]");
    assert_eq!(words.message(Language::En, "no-such", std::iter::empty()), "no-such");
    assert!(words.has(Language::En, "internal") && !words.has(Language::En, "no-such"));
}

#[test]
fn tags_are_read_in_any_spelling() {
    for (tag, language) in [
        ("", Some(Language::ZhHans)),
        ("zh", Some(Language::ZhHans)),
        ("zh-CN", Some(Language::ZhHans)),
        ("ZH-hans-cn", Some(Language::ZhHans)),
        ("zh-Hans-HK", Some(Language::ZhHans)),
        ("zh_SG", Some(Language::ZhHans)),
        ("zh-TW", Some(Language::ZhHant)),
        ("zh-hk", Some(Language::ZhHant)),
        ("zh-Hant", Some(Language::ZhHant)),
        ("zh-Hant-CN", Some(Language::ZhHant)),
        ("en", Some(Language::En)),
        ("EN-us", Some(Language::En)),
        ("fr", None),
        ("-", None),
        ("english", None),
    ] {
        assert_eq!(Language::parse(tag), language, "{tag}");
    }
    for language in Language::ALL {
        assert_eq!(Language::parse(language.as_tag()), Some(language));
    }
}

#[test]
fn catalogues_can_be_shared_between_threads() {
    const fn shared<T: Send + Sync>() {}
    shared::<Words>();
}
