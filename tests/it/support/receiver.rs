//! A receiver of webhooks that does as the test says: takes, refuses, hangs, breaks off, sends elsewhere, talks without end.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::{Notify, Semaphore},
};
use tokio_rustls::TlsAcceptor;

/// One request that arrived whole.
#[derive(Debug, Clone)]
pub struct Arrived {
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub content_type: String,
    pub body: Vec<u8>,
}

impl Arrived {
    pub fn event(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The case and its version.
    pub fn case(&self) -> Option<(String, i64)> {
        let data = &self.event()["data"];
        Some((data["case_id"].as_str()?.to_owned(), data["case_version"].as_i64()?))
    }
}

/// What the receiver does with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    /// Takes it: 204.
    Takes,
    /// Takes it, then talks without end.
    TakesAndTalks,
    /// Answers with this status.
    Says(u16),
    /// Sends it to this place.
    SendsTo(SocketAddr),
    /// Takes it and says nothing until it is let.
    Hangs,
    /// Takes it and breaks the connection.
    BreaksOff,
    /// Sends headers without end.
    Babbles,
}

type Script = Arc<dyn Fn(&Arrived, usize) -> Does + Send + Sync>;

/// A running receiver.
#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    arrived: Arc<Mutex<Vec<Arrived>>>,
    script: Arc<Mutex<Script>>,
    came: Arc<Notify>,
    /// One for each that hangs and is let go.
    let_go: Arc<Semaphore>,
}

impl Receiver {
    /// A receiver that takes everything.
    pub async fn start() -> Self {
        Self::start_with(None).await
    }

    /// The same behind TLS.
    pub async fn start_with(tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let script: Script = Arc::new(|_, _| Does::Takes);
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            arrived: Arc::default(),
            script: Arc::new(Mutex::new(script)),
            came: Arc::default(),
            let_go: Arc::new(Semaphore::new(0)),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (receiver, tls) = (serving.clone(), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => receiver.serve(socket).await,
                        Some(tls) => match tls.accept(socket).await {
                            Ok(socket) => receiver.serve(socket).await,
                            Err(_) => Ok(()),
                        },
                    }
                });
            }
        });
        receiver
    }

    /// From now on `script` says what to do with a request, and how many of the same id came before it.
    pub fn does(&self, script: impl Fn(&Arrived, usize) -> Does + Send + Sync + 'static) {
        *self.script.lock().unwrap() = Arc::new(script);
    }

    /// Everything that arrived, in order.
    pub fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// Waits until `count` requests have arrived.
    pub async fn wait_for(&self, count: usize) {
        loop {
            let came = self.came.notified();
            if self.arrived.lock().unwrap().len() >= count {
                return;
            }
            came.await;
        }
    }

    /// Lets one that hangs answer 204.
    pub fn let_one_go(&self) {
        self.let_go.add_permits(1);
    }

    async fn serve<S: AsyncRead + AsyncWrite + Unpin>(&self, socket: S) -> std::io::Result<()> {
        let mut socket = BufReader::new(socket);
        let arrived = read(&mut socket).await?;
        let does = {
            let mut all = self.arrived.lock().unwrap();
            let before = all.iter().filter(|other| other.id == arrived.id).count();
            let script = self.script.lock().unwrap().clone();
            let does = script(&arrived, before);
            all.push(arrived);
            does
        };
        self.came.notify_waiters();
        match does {
            Does::Takes => say(&mut socket, "204 No Content", "").await,
            Does::Says(status) => say(&mut socket, &format!("{status} Says So"), "").await,
            Does::SendsTo(to) => {
                say(&mut socket, "307 Temporary Redirect", &format!("location: http://{to}/\r\n")).await
            }
            Does::BreaksOff => Ok(()),
            Does::Hangs => {
                self.let_go.acquire().await.unwrap().forget();
                say(&mut socket, "204 No Content", "").await
            }
            Does::TakesAndTalks => {
                socket.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await?;
                loop {
                    socket.write_all(b"10\r\n0123456789abcdef\r\n").await?;
                }
            }
            Does::Babbles => {
                socket.write_all(b"HTTP/1.1 200 OK\r\n").await?;
                loop {
                    socket.write_all(b"x-word: and another\r\n").await?;
                }
            }
        }
    }
}

async fn say<S: AsyncWrite + Unpin>(socket: &mut S, status: &str, headers: &str) -> std::io::Result<()> {
    socket.write_all(format!("HTTP/1.1 {status}\r\n{headers}content-length: 0\r\n\r\n").as_bytes()).await?;
    socket.flush().await
}

async fn read<S: AsyncRead + Unpin>(socket: &mut BufReader<S>) -> std::io::Result<Arrived> {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            if line.trim_end().is_empty() {
                break;
            }
            continue;
        };
        headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let mut body = vec![0; header("content-length").parse().unwrap()];
    socket.read_exact(&mut body).await?;
    Ok(Arrived {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
        content_type: header("content-type"),
        body,
    })
}

/// An address at which nobody listens.
pub async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    assert!(TcpStream::connect(address).await.is_err());
    address
}
