//! `docs/security.md` names tests: each of them must be there. A name is a test's function or a module of tests.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::{collections::BTreeSet, fs, path::Path};

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

/// Names of tests and of modules of tests.
fn known() -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut known = BTreeSet::new();
    for folder in ["src", "tests", "crates"] {
        for path in sources(&root.join(folder)) {
            let in_tests = path.components().any(|part| part.as_os_str() == "tests");
            if in_tests {
                known.insert(path.file_stem().unwrap().to_string_lossy().into_owned());
                known.insert(path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned());
            }
            let text = fs::read_to_string(&path).unwrap();
            for after in text.split("fn ").skip(1) {
                let name: String =
                    after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                known.insert(name);
            }
        }
    }
    known
}

#[test]
fn every_test_that_the_page_names_is_there_and_every_threat_has_one() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/security.md")).unwrap();
    let known = known();
    let mut threats = 0;
    for line in page.lines().filter(|line| line.starts_with("| T")) {
        threats += 1;
        let shown = line.trim_end_matches(['|', ' ']).rsplit('|').next().unwrap();
        let named: Vec<&str> = shown.split('`').skip(1).step_by(2).collect();
        assert!(!named.is_empty(), "{line}");
        for name in named.iter().filter(|name| !name.starts_with("./dev ")) {
            assert!(known.contains(*name), "no test is called {name}");
        }
    }
    assert_eq!(threats, 15);
    let beyond = page.split("Erasure and restore, beyond the table:").nth(1).unwrap();
    let beyond = beyond.split("\n\n").next().unwrap();
    for name in beyond.split('`').skip(1).step_by(2) {
        assert!(known.contains(name), "no test is called {name}");
    }
}
