//! Every word that a person reads, in three languages: the Fluent catalogues of `locales/`, compiled in.
//!
//! Code and store know codes, field paths and keys only; sentences are made here, in the language asked for, each time.
//! To add a message: one line in the same file of each language. A test goes through every code, field and argument.

use std::{borrow::Cow, fmt::Write as _};

use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue, concurrent::FluentBundle};
use thiserror::Error;
use unic_langid::LanguageIdentifier;

/// A language of the catalogues.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// Simplified Chinese, the default.
    #[default]
    ZhHans,
    /// Traditional Chinese.
    ZhHant,
    /// English.
    En,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 3] = [Self::ZhHans, Self::ZhHant, Self::En];

    /// The language of a BCP 47 tag, in any case; empty is the default. `None` for a language that there is not.
    ///
    /// A Chinese tag without a script has that of its region: Taiwan, Hong Kong and Macau write Traditional.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim().to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        match parts.next() {
            Some("") if tag.is_empty() => Some(Self::default()),
            Some("en") => Some(Self::En),
            Some("zh") => {
                let parts: Vec<&str> = parts.collect();
                let traditional = match parts.as_slice() {
                    ["hans", ..] => false,
                    ["hant", ..] => true,
                    parts => parts.iter().any(|part| matches!(*part, "tw" | "hk" | "mo")),
                };
                Some(if traditional { Self::ZhHant } else { Self::ZhHans })
            }
            _ => None,
        }
    }

    /// Its BCP 47 tag.
    pub const fn as_tag(self) -> &'static str {
        match self {
            Self::ZhHans => "zh-Hans",
            Self::ZhHant => "zh-Hant",
            Self::En => "en",
        }
    }

    /// The catalogue's files with their texts.
    const fn files(self) -> [(&'static str, &'static str); 3] {
        match self {
            Self::ZhHans => [
                ("zh-Hans/findings.ftl", include_str!("../locales/zh-Hans/findings.ftl")),
                ("zh-Hans/fields.ftl", include_str!("../locales/zh-Hans/fields.ftl")),
                ("zh-Hans/errors.ftl", include_str!("../locales/zh-Hans/errors.ftl")),
            ],
            Self::ZhHant => [
                ("zh-Hant/findings.ftl", include_str!("../locales/zh-Hant/findings.ftl")),
                ("zh-Hant/fields.ftl", include_str!("../locales/zh-Hant/fields.ftl")),
                ("zh-Hant/errors.ftl", include_str!("../locales/zh-Hant/errors.ftl")),
            ],
            Self::En => [
                ("en/findings.ftl", include_str!("../locales/en/findings.ftl")),
                ("en/fields.ftl", include_str!("../locales/en/fields.ftl")),
                ("en/errors.ftl", include_str!("../locales/en/errors.ftl")),
            ],
        }
    }
}

/// An argument of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordArg<'a> {
    /// A count or a length.
    Number(u32),
    /// A key that the message chooses its words by.
    Key(&'a str),
}

/// A catalogue that cannot be used.
#[derive(Debug, Error)]
pub enum WordsError {
    /// A language tag that is none.
    #[error("no language tag: {tag}")]
    Tag {
        /// The tag.
        tag: &'static str,
    },
    /// A file that is not Fluent.
    #[error("locales/{file}: {problem}")]
    Syntax {
        /// The file.
        file: &'static str,
        /// What is wrong with it.
        problem: String,
    },
    /// One message twice.
    #[error("locales/{file}: {problem}")]
    Twice {
        /// The file with the second one.
        file: &'static str,
        /// Which message.
        problem: String,
    },
}

/// The catalogues of all languages.
pub struct Words {
    /// In the order of [`Language::ALL`].
    bundles: Vec<FluentBundle<FluentResource>>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Words")
    }
}

impl Words {
    /// Reads the catalogues, which are part of the program.
    ///
    /// # Errors
    /// [`WordsError`], naming the file, if one is not right.
    pub fn load() -> Result<Self, WordsError> {
        let bundles = Language::ALL.into_iter().map(bundle).collect::<Result<_, _>>()?;
        Ok(Self { bundles })
    }

    /// The sentence for a finding: what is wrong, where, and what to do.
    ///
    /// A code without a message, which only an older program can meet, reads as its name.
    pub fn finding<'a>(
        &self,
        language: Language,
        code: &str,
        field_path: &str,
        args: impl Iterator<Item = (&'a str, WordArg<'a>)>,
    ) -> String {
        let mut values = fluent_args(args);
        values.set("field", self.field(language, field_path));
        let id = code.to_ascii_lowercase().replace('_', "-");
        self.format(language, &id, &values).unwrap_or_else(|| code.to_owned())
    }

    /// The message `id`; the id itself if there is none.
    pub fn message<'a>(
        &self,
        language: Language,
        id: &str,
        args: impl Iterator<Item = (&'a str, WordArg<'a>)>,
    ) -> String {
        self.format(language, id, &fluent_args(args)).unwrap_or_else(|| id.to_owned())
    }

    /// Whether there is a message `id`.
    pub fn has(&self, language: Language, id: &str) -> bool {
        self.bundle(language).is_some_and(|bundle| bundle.has_message(id))
    }

    /// The name of a field; the path itself if it has none.
    fn field(&self, language: Language, path: &str) -> String {
        let (id, places) = field_id(path);
        let mut values = FluentArgs::new();
        for (name, place) in ["first", "second"].into_iter().zip(places) {
            values.set(name, place);
        }
        self.format(language, &id, &values).unwrap_or_else(|| path.to_owned())
    }

    fn format(&self, language: Language, id: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.bundle(language)?;
        let pattern = bundle.get_message(id)?.value()?;
        // What cannot be resolved stays visible in the text; the test of the catalogues lets none through.
        let mut problems: Vec<FluentError> = Vec::new();
        Some(bundle.format_pattern(pattern, Some(args), &mut problems).into_owned())
    }

    fn bundle(&self, language: Language) -> Option<&FluentBundle<FluentResource>> {
        self.bundles.get(language as usize)
    }
}

fn bundle(language: Language) -> Result<FluentBundle<FluentResource>, WordsError> {
    let tag = language.as_tag();
    let locale: LanguageIdentifier = tag.parse().map_err(|_| WordsError::Tag { tag })?;
    let mut bundle = FluentBundle::new_concurrent(vec![locale]);
    // The texts go into messages of the API, where marks of writing direction would be noise.
    bundle.set_use_isolating(false);
    for (file, text) in language.files() {
        let resource = FluentResource::try_new(text.to_owned())
            .map_err(|(_, problems)| WordsError::Syntax { file, problem: format!("{problems:?}") })?;
        bundle
            .add_resource(resource)
            .map_err(|problems| WordsError::Twice { file, problem: format!("{problems:?}") })?;
    }
    Ok(bundle)
}

fn fluent_args<'a>(args: impl Iterator<Item = (&'a str, WordArg<'a>)>) -> FluentArgs<'a> {
    let mut values = FluentArgs::new();
    for (name, value) in args {
        match value {
            WordArg::Number(number) => values.set(name, FluentValue::from(number)),
            WordArg::Key(key) => values.set(name, FluentValue::String(Cow::Borrowed(key))),
        }
    }
    values
}

/// The id of a field's name and the places in its path, counted from 1: `insureds[0].person.name` is
/// `field-insureds-item-person-name` with 1.
fn field_id(path: &str) -> (String, Vec<u64>) {
    let mut id = "field".to_owned();
    let mut places = Vec::new();
    for part in path.split('.') {
        let mut names = part.split('[');
        // Writing to a String cannot fail.
        let _ = write!(id, "-{}", names.next().unwrap_or_default().replace('_', "-"));
        for index in names {
            id.push_str("-item");
            let index = index.trim_end_matches(']').parse::<u64>().unwrap_or_default();
            places.push(index.saturating_add(1));
        }
    }
    (id, places)
}

#[cfg(test)]
mod tests {
    use zhenshi_domain::{
        finding::{ArgSpec, Code},
        profile::RequiredField,
        rules,
    };

    use super::*;

    /// Paths of findings that are not of a person.
    const PATHS: [&str; 6] = [
        "product.class",
        "product.term",
        "applied_on",
        "insureds",
        "accounts[2].holder_name",
        "source_revision",
    ];

    fn paths() -> Vec<String> {
        let mut fields: Vec<&str> = RequiredField::ALL.iter().map(|field| field.path()).collect();
        fields.extend(["certificate.kind", "phones[3]"]);
        let of_person =
            |field: &&str| [format!("policyholder.{field}"), format!("insureds[1].person.{field}")];
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
        let said = words.finding(
            Language::ZhHans,
            "ID_NUMBER_LENGTH",
            "insureds[0].person.certificate.number",
            args(),
        );
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
}
