//! What the browser's tests ask of the service's process besides the page: one line a question, one line an answer.

use std::{net::SocketAddr, sync::Arc};

use chrono::TimeDelta;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use super::scene;
use crate::support::cases::Office;

/// The other end of the tests' wire.
pub struct Control {
    pub address: SocketAddr,
}

impl Control {
    /// Listens for questions about `office`.
    pub async fn open(office: Office) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let office = Arc::new(office);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(answer(office.clone(), socket));
            }
        });
        Self { address }
    }
}

async fn answer(office: Arc<Office>, socket: TcpStream) {
    let (read, mut write) = socket.into_split();
    let mut lines = BufReader::new(read).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        ask(&office, &line).await;
        if write.write_all(b"done\n").await.is_err() {
            return;
        }
    }
}

async fn ask(office: &Office, line: &str) {
    let (what, rest) = line.split_once(' ').unwrap_or((line, ""));
    match what {
        // To a time of a day in Shanghai.
        "at" => office.at(rest),
        // By so many seconds.
        "advance" => office.service.clock.advance(TimeDelta::seconds(rest.parse().unwrap())),
        // Releases and distributes what is due.
        "distribute" => office.distribute().await,
        // Gives positions to what has changed, so that watchers are told, and to the entries of the audit log.
        "relay" => {
            let app = office.app();
            app.store.relay(app.audit_keys.get()).await.unwrap();
        }
        // So many more open cases of the agents.
        "plant" => scene::plant(office, rest.parse().unwrap()).await,
        other => panic!("nobody knows how to {other}"),
    }
}
