//! The page in a real browser: the service in this process with a clock that the tests move, an office with people of every role
//! and cases in every state, and `tests/browser/*.test.mjs`, which Node's own runner runs against it.
//!
//! Run by `./dev test` and, alone, by `./dev test browser [FILE]`, which install what it needs. To add a test: a file in `tests/browser/`; to add to the scene:
//! [`scene`]. What the browser's tests ask of this process besides the page (to move the clock, to let jobs run) is a line of
//! [`Control`].

mod control;
mod scene;

use std::{collections::BTreeMap, fs, path::Path, process::Stdio, time::Duration};

use tokio::{process::Command, time::timeout};

use crate::support::{
    cases::Office,
    database::TestDatabase,
    web::{Browser, PASSWORD},
};
use control::Control;

/// Where `./dev` has installed the packages of the tests.
const PACKAGES: &str = "target/browser-tests";
/// Where the pictures of the pages are kept.
const PICTURES: &str = "target/browser";
/// Longer than all files take on a loaded machine: whoever takes longer hangs, and that is said.
const LONGEST: Duration = Duration::from_mins(12);

#[tokio::test(flavor = "multi_thread")]
#[ignore = "wants a browser: ./dev test browser"]
async fn browser() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::create_dir_all(root.join(PICTURES)).unwrap();
    let office = Office::open_with(TestDatabase::new().await, |_| ()).await;
    let cases = scene::set(&office).await;
    let mut people: BTreeMap<&str, &str> = BTreeMap::new();
    for (code, _) in office.people() {
        drop(Browser::of(&office.service, code).await);
        people.insert(code, PASSWORD);
    }
    let address = format!("http://{}", office.service.running().http);
    let control = Control::open(office).await;
    let mut files: Vec<_> = fs::read_dir(root.join("tests/browser"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .filter(|path| wanted(path))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "there are tests of the browser");
    let mut node = Command::new("node")
        .args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files)
        .current_dir(root)
        .env("ZHENSHI_PAGE", &address)
        .env("ZHENSHI_PEOPLE", serde_json::to_string(&people).unwrap())
        .env("ZHENSHI_CASES", serde_json::to_string(&cases).unwrap())
        .env("ZHENSHI_CONTROL", control.address.to_string())
        .env("ZHENSHI_PACKAGES", root.join(PACKAGES))
        .env("ZHENSHI_PICTURES", root.join(PICTURES))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let ended = timeout(LONGEST, node.wait()).await;
    let status =
        ended.unwrap_or_else(|_| panic!("the browser's tests hang: not done after {LONGEST:?}")).unwrap();
    assert!(status.success(), "the browser's tests failed: {status}");
}

/// Whether a file is one of those that are asked for; all of them if none are.
fn wanted(path: &Path) -> bool {
    let only = std::env::var("ZHENSHI_BROWSER_ONLY").unwrap_or_default();
    only.is_empty() || path.file_name().is_some_and(|name| name.to_string_lossy().contains(&only))
}
