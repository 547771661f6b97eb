//! `./dev soak canary`: very many applications with planted values in every field, through the stream of the gateway; then
//! logs, metrics, files, a dump and a backup for a key at hand are searched. None of the values may be found.

use std::fs;

use age::secrecy::ExposeSecret as _;
use prost::Message as _;
use prost_reflect::DescriptorPool;

use super::{
    drive::{Driver, Refusals},
    files,
    plant::{MARKS, PLAIN_MARKS, Planter, Script, with_request_id},
    search::Searcher,
};
use crate::support::{built_in::BuiltIn, program::http_get};

/// Applications when nothing is said.
const APPLICATIONS: u32 = 100_000;
/// Applications of one stream.
const CHUNK: u32 = 500;
/// The stream.
const STREAM: &str = "/zhenshi.v1.ValidationService/ValidateApplications";

fn wanted() -> u32 {
    std::env::var("ZHENSHI_SOAK_APPLICATIONS").map_or(APPLICATIONS, |text| text.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "long: ./dev soak canary"]
async fn soak_canary() {
    let place = BuiltIn::new();
    let serving = place.serve_with(&[("RUST_LOG", "debug")]);
    let token = place.token();
    let driver = Driver::connect(serving.url(), Refusals::default()).await;
    let pool = DescriptorPool::decode(zhenshi_proto::FILE_DESCRIPTOR_SET).unwrap();
    let descriptor = pool.get_message_by_name("zhenshi.v1.ValidateApplicationsRequest").unwrap();
    let (all, mut values) = (wanted(), 0);
    for first in (0..all).step_by(CHUNK as usize) {
        let script = if first.is_multiple_of(2 * CHUNK) { Script::Latin } else { Script::Chinese };
        let mut planter = Planter::new(script, values);
        let count = CHUNK.min(all - first);
        let messages = (0..count)
            .map(|n| with_request_id(planter.message(&descriptor), u128::from(first + n)).encode_to_vec())
            .collect();
        values = planter.planted();
        let answers = driver.call(STREAM, Some(&token), messages).await.unwrap();
        assert_eq!(answers.len(), count as usize);
    }
    let metrics = http_get(serving.http, "/metrics");
    let key = age::x25519::Identity::generate();
    let (secret, backup) = (place.log().with_file_name("k"), place.log().with_file_name("b"));
    fs::write(&secret, key.to_string().expose_secret()).unwrap();
    let public = key.to_public().to_string();
    place.output(&["db", "backup", "--out", backup.to_str().unwrap(), "--recipient", &public]);
    let recorded = place.output(&["db", "psql", "-Atc", "SELECT count(*) FROM submission"]);
    assert_eq!(recorded.parse::<u32>().unwrap(), all);
    serving.stop().await;

    let (personal, codes) = (Searcher::new(MARKS), Searcher::new(PLAIN_MARKS));
    let mut hits = personal.hits("metrics", metrics.as_bytes());
    hits.extend(personal.hits("log", &fs::read(place.log()).unwrap()));
    let opened = opened(&backup, &key);
    hits.extend(personal.hits("backup, opened", &opened));
    assert!(!codes.hits("backup", &opened).is_empty(), "what may be there is found there");
    let files = files(&place.data_dir());
    for (path, bytes) in &files {
        hits.extend(personal.hits(path, bytes));
    }
    assert!(
        files
            .iter()
            .any(|(path, bytes)| path.contains("pg/data/base/") && !codes.hits(path, bytes).is_empty())
    );
    assert!(hits.is_empty(), "{} found:\n{}", hits.len(), hits.join("\n"));
    eprintln!("{all} applications, {values} planted values, {} files, 0 hits", files.len());
}

/// The dump inside of a backup, uncompressed as far as it was compressed by `pg_dump`.
pub fn opened(backup: &std::path::Path, key: &age::x25519::Identity) -> Vec<u8> {
    use std::io::Read as _;
    let mut reading = zhenshi::app::backup::container::open(backup, key).unwrap();
    let mut dump = tempfile::NamedTempFile::new().unwrap();
    std::io::copy(&mut reading, &mut dump).unwrap();
    reading.finish().unwrap();
    let program = zhenshi::store::embedded::find_program(None, "pg_restore").unwrap();
    let plain = std::process::Command::new(program).arg("--file=-").arg(dump.path()).output().unwrap();
    assert!(plain.status.success(), "{}", String::from_utf8_lossy(&plain.stderr));
    let mut all = plain.stdout;
    // The archive as it is, too.
    fs::File::open(dump.path()).unwrap().read_to_end(&mut all).unwrap();
    all
}
