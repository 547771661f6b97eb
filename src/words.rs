//! Every word that a person reads, in three languages: the Fluent catalogues of `locales/`, compiled in.
//!
//! Code and store know codes, field paths and keys only; sentences are made here, in the language asked for, each time.
//! To add a message: one line in the same file of each language. A test goes through every code, field and argument.

use std::{borrow::Cow, fmt::Write as _};

use fluent_bundle::{FluentArgs, FluentError, FluentResource, FluentValue, concurrent::FluentBundle};
use thiserror::Error;
use unic_langid::LanguageIdentifier;

/// `files! { … }`: the catalogue's files, the same in every language.
macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        /// How many files a catalogue has.
        const FILES: usize = [$($name),+].len();

        macro_rules! catalogue {
            ($language:literal) => {
                [$((
                    concat!($language, "/", $name, ".ftl"),
                    include_str!(concat!("../locales/", $language, "/", $name, ".ftl")),
                )),+]
            };
        }
    };
}

files! {
    // The findings stand first: a test compares them with the codes.
    "findings",
    "fields",
    "errors",
    "explain",
    "call_back",
    "directory",
    "lists",
    "form",
    "cases",
    "page",
    "page_admin",
    "page_privacy",
    "page_board",
    "sign_in",
    "page_case",
    "page_desk",
    "page_cases",
}

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
    /// How many there are.
    pub const COUNT: usize = 3;

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
    const fn files(self) -> [(&'static str, &'static str); FILES] {
        match self {
            Self::ZhHans => catalogue!("zh-Hans"),
            Self::ZhHant => catalogue!("zh-Hant"),
            Self::En => catalogue!("en"),
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
mod tests;
