//! A connection lost at COMMIT: the answer says what stands in the tables.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{UnixListener, UnixStream},
};
use zhenshi::{
    app::recorder::Recorder,
    store::{Store, StoreOptions, record::Outcome},
};

use crate::support::{
    database::{TestDatabase, count},
    recorder::{item, tools},
};

const PASS: u8 = 0;
const CUT_BEFORE_COMMIT: u8 = 1;
const CUT_AFTER_COMMIT: u8 = 2;

/// The message by which sqlx commits: `Q`, length, text, NUL.
const COMMIT: &[u8] = b"Q\0\0\0\x0bCOMMIT\0";

/// A proxy between service and database that cuts one connection at its COMMIT.
struct Proxy {
    folder: TempDir,
    mode: Arc<AtomicU8>,
}

impl Proxy {
    /// Listens beside the database's socket `target`.
    fn start(target: PathBuf) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let mode = Arc::new(AtomicU8::new(PASS));
        let shared = mode.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(relay(client, target.clone(), shared.clone()));
            }
        });
        Self { folder, mode }
    }
}

/// Passes bytes both ways until the cut.
async fn relay(client: UnixStream, target: PathBuf, mode: Arc<AtomicU8>) {
    let server = UnixStream::connect(target).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let answers = tokio::spawn({
        let mode = mode.clone();
        async move {
            let mut buffer = vec![0; 65_536];
            while let Ok(size @ 1..) = from_server.read(&mut buffer).await {
                // "COMMIT" stands in the answer only after the server has committed.
                if mode.load(Ordering::SeqCst) == CUT_AFTER_COMMIT
                    && buffer[..size].windows(7).any(|bytes| bytes == b"COMMIT\0")
                {
                    mode.store(PASS, Ordering::SeqCst);
                    return;
                }
                if to_client.write_all(&buffer[..size]).await.is_err() {
                    return;
                }
            }
        }
    });
    let questions = tokio::spawn(async move {
        let mut buffer = vec![0; 65_536];
        while let Ok(size @ 1..) = from_client.read(&mut buffer).await {
            let commits = buffer[..size].windows(COMMIT.len()).any(|bytes| bytes == COMMIT);
            if commits && mode.load(Ordering::SeqCst) == CUT_BEFORE_COMMIT {
                mode.store(PASS, Ordering::SeqCst);
                return;
            }
            if to_server.write_all(&buffer[..size]).await.is_err() {
                return;
            }
        }
    });
    // When either direction ends, both halves are dropped: the connection is cut.
    let (stop_answers, stop_questions) = (answers.abort_handle(), questions.abort_handle());
    tokio::select! {
        _ = answers => stop_questions.abort(),
        _ = questions => stop_answers.abort(),
    }
}

/// The socket folder in a URL of the form `…?host=/folder…`.
fn socket_folder(url: &str) -> &str {
    let (_, host) = url.split_once("host=").unwrap();
    host.split('&').next().unwrap()
}

async fn record_through(mode: u8) {
    let database = TestDatabase::new().await;
    let admin = database.admin().await;
    let folder = socket_folder(&database.url).replace("%2F", "/");
    let proxy = Proxy::start(Path::new(&folder).join(".s.PGSQL.5432"));
    let url = database.url.replace(socket_folder(&database.url), proxy.folder.path().to_str().unwrap());
    let store = Store::connect(&StoreOptions { url, max_connections: 4 }).await.unwrap();
    let (recorder, _task) = Recorder::start(store, tools(1));

    proxy.mode.store(mode, Ordering::SeqCst);
    let outcome = recorder.record(Arc::new(item("A-1", 1))).await.unwrap();
    assert_eq!(proxy.mode.load(Ordering::SeqCst), PASS, "the connection was cut");

    let (Outcome::Recorded(answer) | Outcome::Replayed(answer)) = &outcome else { panic!("{outcome:?}") };
    let stored: Vec<uuid::Uuid> =
        sqlx::query_scalar("SELECT id FROM submission").fetch_all(&admin).await.unwrap();
    assert_eq!(stored, [answer.submission_id], "the answer names what stands in the table, once");
    assert_eq!(count(&admin, "SELECT count(*) FROM request_key").await, 1);
    assert_eq!(count(&admin, "SELECT count(*) FROM contact_use").await, 1);
    // After the first cut nothing stood and it was recorded anew; after the second the record answered.
    assert_eq!(matches!(outcome, Outcome::Replayed(_)), mode == CUT_AFTER_COMMIT);
}

#[tokio::test]
async fn a_connection_cut_before_the_server_saw_commit() {
    record_through(CUT_BEFORE_COMMIT).await;
}

#[tokio::test]
async fn a_connection_cut_after_the_server_committed() {
    record_through(CUT_AFTER_COMMIT).await;
}
