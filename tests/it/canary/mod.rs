//! Personal data stays in: planted values in every field of every request, every rpc, every error that can be reached, a
//! killed service, a killed database and a panic; then logs at TRACE, metrics, spans, errors, the words of panics, the
//! database's files with their WAL, and a dump are searched for them. None may be found.
//!
//! That the search can find is shown by what may be found: the caller's name in logs and spans, the codes of contracts in
//! the files and the dump; and by values that are planted into the other places by the test itself.

pub mod drive;
mod panics;
mod plant;
mod scene;
mod search;
mod soak;

use std::{fs, path::Path, process::Stdio};

use plant::{MARKS, PLAIN_MARKS};
use prost::Message as _;
use scene::{CALLER, SECRETS, Scene};
use search::Searcher;

use crate::support::otlp::Receiver;

/// Reasons of errors that are not driven here, and why.
const NOT_DRIVEN: [&str; 7] = [
    "UNSPECIFIED",                   // never sent
    "QUEUE_FULL",                    // needs thousands of calls at a time; says nothing of the request
    "EXPORT_TOO_LARGE",              // needs more than 10,000 parties; says nothing of the request
    "TOO_MANY_PARTIES", // needs more than 50 parties in one case; says nothing of them but how many
    "STRONGER_SIGN_IN_REQUIRED", // needs an identity provider; says what is configured
    "SHUTTING_DOWN",    // needs a call in the instant of the end; says nothing of the request
    "IDENTITY_PROVIDER_UNAVAILABLE", // needs an identity provider; says nothing of the token
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn personal_data_stays_in() {
    let receiver = Receiver::start().await;
    let mut scene = Scene::open(&receiver.url());
    scene.every_method_with_every_value().await;
    scene.an_accepted_application().await;
    scene.errors_of_the_request().await;
    scene.errors_of_the_lists().await;
    scene.people_work_on_a_case().await;
    scene.errors_of_the_database().await;
    scene.errors_of_the_edge().await;
    scene.kill_the_service_under_load().await;
    let tools = scene.tools();
    let metrics = scene.metrics();
    let dump = scene.dump();
    let backup = scene.backup();
    let refusals = scene.refusals();
    let wanted: Vec<String> = reasons();
    let missing: Vec<&String> =
        wanted.iter().filter(|reason| !refusals.reasons().contains(*reason)).collect();
    assert!(missing.is_empty(), "errors that were not driven: {missing:?}");
    // Stopping sends the last spans and writes everything that the database holds.
    let place = scene.close().await;

    let log = fs::read(place.log()).unwrap();
    let spans = receiver.requests();
    assert!(spans.len() > 1, "spans were sent");
    let spans: Vec<u8> = spans
        .iter()
        .flat_map(|sent| [sent.encode_to_vec(), format!("{sent:?}").into_bytes()].concat())
        .collect();
    let files = files(&place.data_dir());
    assert!(log.windows(7).any(|line| line == b" TRACE "), "the log is one at TRACE");

    let personal = Searcher::new(MARKS.into_iter().chain(SECRETS).chain([scene::token_of(&place)]));
    let codes = Searcher::new(PLAIN_MARKS);
    let caller = Searcher::new([CALLER]);
    let shown: [(&str, &[u8]); 5] = [
        ("log", &log),
        ("tools", &tools),
        ("metrics", metrics.as_bytes()),
        ("spans", &spans),
        ("errors", &refusals.bytes()),
    ];
    let mut hits = Vec::new();
    for (place, bytes) in shown {
        // What is shown names no contract either.
        hits.extend(personal.hits(place, bytes));
        hits.extend(codes.hits(place, bytes));
    }
    hits.extend(personal.hits("dump", &dump));
    // With the receiver's key at hand.
    hits.extend(personal.hits("backup", &backup));
    for (path, bytes) in &files {
        hits.extend(personal.hits(path, bytes));
    }
    assert!(hits.is_empty(), "{} found:\n{}", hits.len(), hits.join("\n"));

    // What may be there is found there: the search works on each of them.
    for (place, bytes) in [("log", &log[..]), ("spans", &spans), ("dump", &dump), ("backup", &backup)] {
        assert!(!caller.hits(place, bytes).is_empty(), "the caller's name in {place}");
    }
    assert!(!codes.hits("dump", &dump).is_empty(), "codes in the dump");
    for part in ["pg/data/base/", "pg/data/pg_wal/"] {
        let within: Vec<_> = files.iter().filter(|(path, _)| path.contains(part)).collect();
        assert!(within.iter().any(|(path, bytes)| !codes.hits(path, bytes).is_empty()), "codes in {part}");
    }
    for (place, bytes) in [("metrics", metrics.as_bytes()), ("errors", &refusals.bytes()), ("tools", &tools)]
    {
        for mark in MARKS {
            let (before, after) = bytes.split_at(bytes.len() / 2);
            let planted = [before, format!("{mark}000001").as_bytes(), after].concat();
            assert!(!personal.hits(place, &planted).is_empty(), "{mark} planted into {place}");
        }
    }
}

#[tokio::test]
async fn the_words_of_a_panic_stay_in() {
    let told = panics::run_child();
    assert!(told.contains("<withheld"), "there was a panic, and it was told: {told}");
    assert!(told.contains("canary/panics.rs"), "its place was told: {told}");
    let searcher = Searcher::new(MARKS);
    assert_eq!(searcher.hits("output", told.as_bytes()), [] as [String; 0]);
    let planted = format!("{told}{}7", MARKS[0]);
    assert!(!searcher.hits("output", planted.as_bytes()).is_empty());
}

/// Every reason that an error can have, those that are not driven apart.
fn reasons() -> Vec<String> {
    let pool = prost_reflect::DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).unwrap();
    let reasons = pool.get_enum_by_name("zhenshi.v1.ErrorReason").unwrap();
    let names = reasons.values().map(|value| value.name().trim_start_matches("ERROR_REASON_").to_owned());
    names.filter(|name| !NOT_DRIVEN.contains(&name.as_str())).collect()
}

/// Every file below `folder`, with its path; what vanishes meanwhile is left out, and sockets.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            all.extend(files(&entry.path()));
        } else if kind.is_file()
            && let Ok(bytes) = fs::read(entry.path())
        {
            all.push((entry.path().display().to_string(), bytes));
        }
    }
    all
}

/// Runs a command to its end and gives what it wrote to stderr.
fn stderr_of(command: &mut std::process::Command) -> Vec<u8> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).output().unwrap().stderr
}
