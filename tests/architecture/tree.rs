//! The tree that the walls look at: the repository's text files, or files planted by a test.
//!
//! Three views of a Rust file keep its lines and blank out the rest: [`File::code`] (neither comments nor strings),
//! [`File::strings`] (what stands in string literals) and [`File::text`] (everything).

use std::{collections::BTreeMap, fs, io, path::Path};

/// What is not ours to look at: version control (in a second work tree `.git` is a file), build products, local data.
const SKIPPED: &[&str] = &[".git", "target", "zhenshi-data", ".venv", ".sqlx", "node_modules", "__pycache__"];

/// A wall that does not hold at one place.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// Path from the root of the repository.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong, and what to do instead.
    pub what: String,
}

/// One file: its path and its text.
pub(crate) struct File {
    /// Path from the root of the repository, with `/`.
    pub path: String,
    /// Text; empty for what is not UTF-8.
    pub text: String,
}

/// The files of a repository, by path.
pub(crate) struct Tree {
    files: BTreeMap<String, File>,
}

// === impl Tree ===

impl Tree {
    /// Reads the repository that this test belongs to.
    pub(crate) fn repository() -> Self {
        let mut tree = Self { files: BTreeMap::new() };
        tree.read(Path::new(env!("CARGO_MANIFEST_DIR")), "").expect("the repository can be read");
        tree
    }

    /// A tree of the given paths and texts.
    pub(crate) fn planted(files: &[(&str, &str)]) -> Self {
        let mut tree = Self { files: BTreeMap::new() };
        for (path, text) in files {
            tree.add((*path).to_owned(), (*text).to_owned());
        }
        tree
    }

    fn add(&mut self, path: String, text: String) {
        self.files.insert(path.clone(), File { path, text });
    }

    fn read(&mut self, dir: &Path, prefix: &str) -> io::Result<()> {
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{prefix}{name}");
            let kind = entry.file_type()?;
            if kind.is_dir() && !SKIPPED.contains(&name.as_str()) {
                self.read(&entry.path(), &format!("{path}/"))?;
            } else if kind.is_file() && !SKIPPED.contains(&name.as_str()) {
                self.add(path, String::from_utf8(fs::read(entry.path())?).unwrap_or_default());
            }
        }
        Ok(())
    }

    /// All files.
    pub(crate) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.values()
    }

    /// The Rust files of the product under one of `prefixes`; tests and benches are elsewhere.
    pub(crate) fn rust<'a>(&'a self, prefixes: &'a [&'a str]) -> impl Iterator<Item = &'a File> {
        self.files()
            .filter(|file| file.is("rs") && prefixes.iter().any(|prefix| file.path.starts_with(prefix)))
    }

    /// Whether there is a file or a directory at `path`.
    pub(crate) fn exists(&self, path: &str) -> bool {
        let dir = format!("{}/", path.trim_end_matches('/'));
        self.files.contains_key(path)
            || self.files.range(dir.clone()..).next().is_some_and(|(path, _)| path.starts_with(&dir))
    }
}

// === impl File ===

impl File {
    /// Whether the name ends in `.extension`.
    pub(crate) fn is(&self, extension: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == extension)
    }

    /// The Rust code alone.
    pub(crate) fn code(&self) -> String {
        keep(&self.text, Part::Code)
    }

    /// The insides of the string literals alone.
    pub(crate) fn strings(&self) -> String {
        keep(&self.text, Part::String)
    }

    /// A violation at byte `at` of the file or of one of its views.
    pub(crate) fn violation(&self, at: usize, what: impl Into<String>) -> Violation {
        let line = self.text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        Violation { path: self.path.clone(), line, what: what.into() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Code,
    Comment,
    String,
}

/// Blanks out every byte of `text` that is not `wanted`; newlines stay, so that places in the result are places in
/// `text`.
fn keep(text: &str, wanted: Part) -> String {
    let bytes = text.as_bytes();
    let mut kept = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let (part, length) = next_part(&bytes[at..]);
        let end = (at + length).min(bytes.len());
        kept.extend(
            bytes[at..end].iter().map(|&byte| if part == wanted || byte == b'\n' { byte } else { b' ' }),
        );
        at = end;
    }
    String::from_utf8(kept).expect("parts begin and end at ASCII bytes")
}

/// What `rest` begins with, and its length in bytes.
fn next_part(rest: &[u8]) -> (Part, usize) {
    match rest {
        [b'/', b'/', ..] => (Part::Comment, position(rest, 2, b"\n")),
        [b'/', b'*', ..] => (Part::Comment, block_comment(rest)),
        [b'"', ..] => (Part::String, quoted(rest)),
        [b'r', b'"' | b'#', ..] => match raw_string(rest) {
            Some(length) => (Part::String, length),
            None => (Part::Code, 1),
        },
        // A quote or a backslash as a character; other characters and lifetimes need no care.
        [b'\'', b'\\', _, ..] => (Part::Code, position(rest, 3, b"'") + 1),
        [b'\'', b'"', b'\'', ..] => (Part::Code, 3),
        // A word is taken whole: the `r` at its end is no raw string.
        [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'_' => (Part::Code, word(rest)),
        _ => (Part::Code, 1),
    }
}

fn word(rest: &[u8]) -> usize {
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    match &rest[..length] {
        // Byte and C strings: the prefix is code, the literal follows.
        b"br" | b"cr" => length - 1,
        _ => length,
    }
}

/// Where `needle` stands in `rest` from `from` on, or the end.
fn position(rest: &[u8], from: usize, needle: &[u8]) -> usize {
    let found =
        rest.get(from..).and_then(|tail| tail.windows(needle.len()).position(|window| window == needle));
    found.map_or(rest.len(), |at| from + at)
}

fn quoted(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw_string(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None; // a raw identifier
    }
    let close: Vec<u8> = std::iter::once(b'"').chain(std::iter::repeat_n(b'#', hashes)).collect();
    Some(position(rest, 2 + hashes, &close) + close.len())
}

fn block_comment(rest: &[u8]) -> usize {
    let (mut depth, mut at) = (1, 2);
    while at < rest.len() && depth > 0 {
        match &rest[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
    }
    at
}

#[test]
fn the_views_take_a_file_apart() {
    let text =
        "let a = \"x // y\"; // now\nlet r#b = r#\"q\" z\"#; /* n /* m */ */ '\"' '\\'' br\"w\" 'l 字\n";
    let tree = Tree::planted(&[("a.rs", text)]);
    let file = tree.files().next().unwrap();
    let code: Vec<_> = file.code().split_whitespace().map(str::to_owned).collect();
    assert_eq!(code.join(" "), "let a = ; let r#b = ; '\"' '\\'' b 'l 字");
    let strings: Vec<_> = file.strings().split_whitespace().map(str::to_owned).collect();
    assert_eq!(strings.join(" "), "\"x // y\" r#\"q\" z\"# r\"w\"");
    assert_eq!(file.code().len(), text.len());
}
