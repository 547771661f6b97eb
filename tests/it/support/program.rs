//! The program in a process of its own: several replicas on one database.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
};

use serde::Deserialize;

use super::processes::{eventually, signal};

/// `zhenshi serve` in a process of its own; killed when dropped.
pub struct Program {
    child: Child,
    pub grpc: SocketAddr,
    pub http: SocketAddr,
}

#[derive(Deserialize)]
struct Ready {
    grpc: SocketAddr,
    http: SocketAddr,
}

/// A command of the program with its data in `folder`, on the database `url` (or the built-in one).
pub fn command(folder: &Path, url: Option<&str>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhenshi"));
    command.env_remove("DATABASE_URL").env("RUST_LOG", "warn").arg("--data-dir").arg(folder);
    if let Some(url) = url {
        command.env("DATABASE_URL", url).arg("--keyring").arg(folder.join("keyring.json"));
    }
    command
}

impl Program {
    /// Starts a service with these variables in its environment, and waits until it says that it is ready.
    pub fn serve_with(folder: &Path, url: Option<&str>, variables: &[(&str, &str)]) -> Self {
        let mut command = command(folder, url);
        command.envs(variables.iter().copied());
        Self::serve_as(folder, command)
    }

    /// The same of a command that was made ready for it.
    pub fn serve_as(folder: &Path, mut command: Command) -> Self {
        let log = fs::File::options().create(true).append(true).open(folder.join("service.log")).unwrap();
        let mut child = command
            .args(["serve", "--grpc-listen", "127.0.0.1:0", "--http-listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let Ok(ready) = serde_json::from_str::<Ready>(&line) else {
            let log = fs::read_to_string(folder.join("service.log")).unwrap_or_default();
            panic!("the service did not start: {log}");
        };
        Self { child, grpc: ready.grpc, http: ready.http }
    }

    /// Its process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to stop, and waits until it has.
    pub async fn stop(mut self) -> ExitStatus {
        signal("TERM", &[self.child.id()]);
        eventually("the service stops", async || self.child.try_wait().unwrap()).await
    }

    /// The answer to `GET path` on its HTTP listener: status line, headers and body.
    pub fn get(&self, path: &str) -> String {
        http_get(self.http, path)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.grpc)
    }
}

/// The whole answer to `GET path`.
pub fn http_get(address: SocketAddr, path: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes a token for everything and returns it.
pub fn token(folder: &Path, url: Option<&str>) -> String {
    let made = command(folder, url)
        .args(["token", "create", "--name", "test", "--source", "all", "--channel", "all"])
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}
