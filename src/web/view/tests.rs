//! Every template with hostile values, and every word that a template or the code asks for.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use askama::Template;
use chrono::DateTime;
use regex::Regex;
use uuid::Uuid;

use super::{
    board::BoardPage,
    error::{ErrorPage, ErrorPart},
    layout::{Crumb, Entry, Layout, Who},
    sign_in::SignInPage,
};
use crate::{
    web::say::Say,
    words::{Language, Words},
};

/// What could do harm in a page: markup, ends of attributes, writing direction, characters of four bytes, length.
pub(in crate::web) fn hostile() -> String {
    format!("<script>alert(1)</script>\"' onload=x {{{{7*7}}}} \u{202e}囗𠮷\u{2066} {}", "长".repeat(100))
}

pub(in crate::web) fn say(language: Language) -> Say {
    Say::new(Arc::new(Words::load().unwrap()), language)
}

impl Layout {
    /// A frame full of hostile values.
    pub(in crate::web) fn sample(language: Language) -> Self {
        Self {
            say: say(language),
            title: hostile(),
            who: Some(Who { name: hostile(), role: hostile(), csrf: hostile() }),
            entries: vec![Entry { href: "/", text: hostile(), here: true }],
            crumbs: vec![Crumb { href: hostile(), text: hostile() }],
            now: DateTime::UNIX_EPOCH,
            path: hostile(),
            plots: true,
        }
    }
}

/// Renders `page` and looks for what must not come through.
pub(in crate::web) fn check(page: &impl Template) {
    let html = page.render().unwrap();
    assert!(!html.contains("<script>"), "{html}");
    assert!(!html.contains("alert(1)</"), "{html}");
    let attribute = Regex::new(r#"<[^<>]*"\s*' onload"#).unwrap();
    assert!(!attribute.is_match(&html), "an attribute was left: {html}");
    for forbidden in [" style=", " onclick=", "javascript:", "hx-on", "<style"] {
        assert!(!html.contains(forbidden), "{forbidden} in {html}");
    }
    assert!(!html.contains(">page-") && !html.contains("\"page-"), "words are missing: {html}");
}

#[test]
fn every_page_stands_hostile_values() {
    for language in Language::ALL {
        let page = || Layout::sample(language);
        check(&BoardPage { page: page() });
        check(&ErrorPage { page: page(), status: 404, text: hostile(), incident: Uuid::nil() });
        check(&ErrorPart { say: say(language), text: hostile(), incident: Uuid::nil() });
        check(&SignInPage {
            page: page(),
            back: hostile(),
            name: hostile(),
            wrong: Some(hostile()),
            lost: true,
        });
    }
}

fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{folder}/{}", path.file_name().unwrap().to_string_lossy());
        if path.is_dir() {
            found.extend(files(&name, extension));
        } else if name.ends_with(extension) {
            found.push((name, fs::read_to_string(path).unwrap()));
        }
    }
    found
}

#[test]
fn every_word_and_file_that_is_asked_for_is_there() {
    let words = Words::load().unwrap();
    let id = Regex::new(r#""((?:page|case|list)-[a-z0-9-]*[a-z0-9])""#).unwrap();
    let asset = Regex::new(r#"asset\("([^"]+)"\)"#).unwrap();
    let mut asked = BTreeSet::new();
    for (name, text) in files("templates", ".html").into_iter().chain(files("src/web", ".rs")) {
        if name.ends_with("tests.rs") {
            continue;
        }
        for found in asset.captures_iter(&text) {
            assert!(!crate::web::assets::address(&found[1]).is_empty(), "{name} asks for {}", &found[1]);
        }
        asked.extend(id.captures_iter(&text).map(|found| (name.clone(), found[1].to_owned())));
    }
    let kinds = [
        "page-role",
        "page-case-do",
        "page-case-done",
        "page-case-why",
        "page-case-file",
        "page-case-not-eligible",
        "page-case-lacks",
        "page-case-not-granted",
    ];
    for (name, id) in asked {
        for language in Language::ALL {
            let there = words.has(language, &id) || kinds.contains(&id.as_str());
            assert!(there, "{name} says {id}, which is in no catalogue of {language:?}");
        }
    }
}
