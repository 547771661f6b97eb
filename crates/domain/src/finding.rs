//! Findings (核驗問題): one thing wrong, said by a stable code, a field path and arguments that cannot hold personal data.
//!
//! The sentences are not here: they come from the catalogues in `locales/`, one message per code.

use std::fmt::{self, Write as _};

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// 提示: shown, does not stop underwriting.
    Advisory,
    /// 阻斷: underwriting may not pass before it is mended.
    Blocking,
}

/// A kind of finding. Codes are append-only: a code once published keeps its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code {
    /// Stable name, `UPPER_SNAKE_CASE`.
    pub name: &'static str,
    /// Article of the regulation that asks for it, when one does.
    pub article: Option<u8>,
    /// Severity when the rule profile says nothing else.
    pub severity: Severity,
    /// Every argument that its words may name. A test of the catalogues goes through all of them.
    pub args: &'static [ArgSpec],
}

/// An argument that the words of a code may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ArgSpec {
    /// A count or a length under this name.
    Number(&'static str),
    /// One of these words of the catalogue under this name.
    Keys(&'static str, &'static [&'static str]),
}

/// Where in the application the finding is: a proto path such as `insureds[0].person.name`.
/// Built from static names and indexes only, so it can never carry a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FieldPath(String);

impl FieldPath {
    /// A path that begins with field `name` of the application.
    pub fn new(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// The field `name` (which may be dotted) below this one.
    #[must_use]
    pub fn field(&self, name: &'static str) -> Self {
        Self(format!("{}.{name}", self.0))
    }

    /// The element `index` of this repeated field.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        let mut path = self.0.clone();
        // Writing to a String cannot fail.
        let _ = write!(path, "[{index}]");
        Self(path)
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An argument of a finding's words. There is no variant for text that came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arg {
    /// A count or a length.
    Number(u32),
    /// A word of the catalogue, chosen in the code.
    Key(&'static str),
}

/// One thing that is wrong with an application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub code: Code,
    /// Where.
    pub field_path: FieldPath,
    /// Weight under the profile in force.
    pub severity: Severity,
    /// Named arguments of the words.
    pub args: Vec<(&'static str, Arg)>,
}
