//! Which names a Rust file uses: single words, and the first segment after a path's root, in groups too.

use regex::Regex;

/// Every place in `code` where a whole word matches `pattern`, with the word.
pub(crate) fn words<'a>(code: &'a str, pattern: &str) -> Vec<(usize, &'a str)> {
    let regex = Regex::new(&format!(r"\b(?:{pattern})\b")).expect("the wall's pattern is one");
    regex.find_iter(code).map(|found| (found.start(), found.as_str())).collect()
}

/// What follows `root::` in `code`: `a` and `b` of `root::a::x` and of `root::{a::{x, y}, b}`.
///
/// `root` is a pattern, such as `crate|zhenshi`.
pub(crate) fn after_root(code: &str, root: &str) -> Vec<(usize, String)> {
    let regex =
        Regex::new(&format!(r"(?:^|[^\w:])(?:::)?(?:{root})\s*::\s*")).expect("the wall's pattern is one");
    let mut names = Vec::new();
    for found in regex.find_iter(code) {
        let rest = &code[found.end()..];
        if let Some(group) = rest.strip_prefix('{') {
            names.extend(first_segments(group, found.end() + 1));
        } else {
            names.extend(segment(rest, found.end()));
        }
    }
    names
}

/// First segments of a brace group, whose inside begins at byte `at` of the file.
fn first_segments(group: &str, at: usize) -> Vec<(usize, String)> {
    let (mut depth, mut fresh, mut names) = (1, true, Vec::new());
    for (offset, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => fresh = true,
            _ if fresh && !character.is_whitespace() => {
                names.extend(segment(&group[offset..], at + offset));
                fresh = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    names
}

fn segment(rest: &str, at: usize) -> Option<(usize, String)> {
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '*').collect();
    (!name.is_empty()).then_some((at, name))
}

/// Names of top-level modules that a chain of `super::` reaches from a file whose module lies `depth` below the root.
pub(crate) fn after_supers(code: &str, depth: usize) -> Vec<(usize, String)> {
    let supers = format!(r"super(?:\s*::\s*super){{{},}}", depth.saturating_sub(1));
    if depth == 0 { Vec::new() } else { after_root(code, &supers) }
}

#[test]
fn groups_and_chains_are_read() {
    let code = "use crate::{app::{x, y}, store, words::W};\nfn f() { crate :: grpc::g(); mycrate::no(); a::crate::no }";
    let names: Vec<_> = after_root(code, "crate").into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["app", "store", "words", "grpc"]);
    let names: Vec<_> =
        after_supers("super::x(); super::super::grpc::y()", 2).into_iter().map(|(_, n)| n).collect();
    assert_eq!(names, ["grpc"]);
}
