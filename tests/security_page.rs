//! `docs/security.md` names tests: each of them must be there. A name is that of a test (a function under `#[test]`), or of a file or folder
//! below `tests` that has tests in it; what is merely called so somewhere shows nothing.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeSet, fs, path::Path};

use regex::Regex;

/// Every file of Rust below `folder`.
fn sources(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            all.push(path);
        }
    }
    all
}

/// Names of tests, and of what holds them.
fn known() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // The attribute of a test, further attributes and comments, and the function.
    let test = Regex::new(
        r"#\[(?:tokio::)?test\b[^\]]*\]\s*(?:#\[[^\]]*\]\s*|//[^\n]*\n\s*)*(?:async\s+)?fn\s+(\w+)",
    )
    .unwrap();
    let mut known = BTreeSet::new();
    for folder in ["src", "tests", "crates"] {
        for path in sources(&root.join(folder)) {
            let source = fs::read_to_string(&path).unwrap();
            let tests: Vec<_> = test.captures_iter(&source).map(|found| found[1].to_owned()).collect();
            if folder == "tests" && !tests.is_empty() {
                known.insert(path.file_stem().unwrap().to_string_lossy().into_owned());
                known.insert(path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned());
            }
            known.extend(tests);
        }
    }
    known
}

/// Code spans of `text`, without commands.
fn named(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).filter(|name| !name.starts_with("./dev ")).collect()
}

#[test]
fn every_test_that_the_page_names_is_there_and_every_threat_has_one() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md")).unwrap();
    let known = known();
    let threats = page.split("## Threats").nth(1).and_then(|rest| rest.split("\n## ").next()).unwrap();
    let (mut rows, mut paragraphs) = (0, 0);
    for part in threats.split("\n\n") {
        if !part.trim_start().starts_with('|') {
            paragraphs += usize::from(!named(part).is_empty());
            for name in named(part) {
                assert!(known.contains(name), "no test is called {name}");
            }
            continue;
        }
        for line in part.lines().filter(|line| line.starts_with("| T")) {
            rows += 1;
            let shown = line.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap();
            assert!(shown.contains('`'), "{line}");
            for name in named(shown) {
                assert!(known.contains(name), "no test is called {name}");
            }
        }
    }
    assert_eq!((rows, paragraphs), (15, 2));
}

#[test]
fn what_is_no_test_is_not_taken_for_one() {
    let known = known();
    assert!(known.contains("what_is_no_test_is_not_taken_for_one"));
    assert!(known.contains("floods"), "a file of tests");
    for name in ["sources", "known", "support", "serve", "main"] {
        assert!(!known.contains(name), "{name}");
    }
}
