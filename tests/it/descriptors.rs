//! Out of file descriptors: the service waits instead of spinning, keeps those who are connected, and takes newcomers
//! again afterwards.

use std::process::Command;

use tokio::{io::AsyncReadExt as _, net::TcpStream};
use zhenshi::grpc::client::Client;

use crate::support::{
    applications::{application, request},
    database::TestDatabase,
    program::{Program, command, token},
};

/// Files that the service may have open: some for itself and its database, the rest for connections.
const MAX_FILES: u32 = 64;
/// Connections that want one each.
const CROWD: usize = 120;

#[tokio::test]
async fn a_service_out_of_descriptors_serves_on_and_recovers() {
    let (database, folder) = (TestDatabase::new().await, tempfile::tempdir().unwrap());
    let made = command(folder.path(), Some(&database.url)).args(["keys", "init"]).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let token = token(folder.path(), Some(&database.url));
    let service =
        Program::serve_as(folder.path(), with_few_files(&command(folder.path(), Some(&database.url))));
    let before = Client::connect(service.url(), &token).await.unwrap();
    let send = |n: u32| request(n.into(), application(&format!("D-{n}"), n));
    before.validate(send(1)).await.unwrap();

    let mut crowd = Vec::new();
    for _ in 0..CROWD {
        crowd.push(TcpStream::connect(service.grpc).await.unwrap());
    }
    before.validate(send(2)).await.unwrap();
    // Nobody of the crowd says anything: each is closed in time, and whoever waited behind it comes in and is closed too.
    for mut socket in crowd {
        let _ = socket.read_to_end(&mut Vec::new()).await;
    }
    let after = Client::connect(service.url(), &token).await.unwrap();
    after.validate(send(3)).await.unwrap();
    let log = std::fs::read_to_string(folder.path().join("service.log")).unwrap();
    let told = log.lines().filter(|line| line.contains("no connection can be taken")).count();
    assert!((1..20).contains(&told), "told {told} times, not for each try:\n{log}");
}

/// The same command with few files and many connections allowed.
fn with_few_files(wanted: &Command) -> Command {
    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -n {MAX_FILES} && exec \"$0\" \"$@\"")]).arg(wanted.get_program());
    limited.args(wanted.get_args());
    for (name, value) in wanted.get_envs() {
        match value {
            Some(value) => limited.env(name, value),
            None => limited.env_remove(name),
        };
    }
    limited
        .env("ZHENSHI__LIMITS__CONNECTIONS_PER_ADDRESS", "500")
        .env("ZHENSHI__LIMITS__HANDSHAKE_MS", "300");
    limited
}
