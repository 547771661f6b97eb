//! How to reach the built-in server. To add a parameter: [`Connection::url`] and its test.

use std::{fmt, fmt::Write, os::unix::ffi::OsStrExt, path::PathBuf};

use super::{DATABASE, MAINTENANCE_DATABASE, PORT, SUPERUSER};

/// A database of the built-in server.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    /// Directory of the socket.
    pub socket_dir: PathBuf,
    /// Number in the socket's name.
    pub port: u16,
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
    /// Database.
    pub database: String,
}

impl Connection {
    /// The service's database.
    pub(super) fn new(socket_dir: PathBuf, password: String) -> Self {
        Self { socket_dir, port: PORT, user: SUPERUSER.into(), password, database: DATABASE.into() }
    }

    /// The same server's database that is always there, from which the service's own is made.
    #[must_use]
    pub fn maintenance(&self) -> Self {
        Self { database: MAINTENANCE_DATABASE.into(), ..self.clone() }
    }

    /// As a URL that libpq and sqlx read. It holds the password.
    pub fn url(&self) -> String {
        format!(
            "postgres:///{}?host={}&port={}&user={}&password={}",
            encode(self.database.as_bytes()),
            encode(self.socket_dir.as_os_str().as_bytes()),
            self.port,
            encode(self.user.as_bytes()),
            encode(self.password.as_bytes()),
        )
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("socket_dir", &self.socket_dir)
            .field("port", &self.port)
            .field("user", &self.user)
            .field("database", &self.database)
            .finish_non_exhaustive()
    }
}

/// Percent-encodes everything but unreserved characters (RFC 3986, 2.3).
fn encode(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_is_encoded_and_debug_keeps_the_password() {
        let connection = Connection::new("/数 据/a+b/pg/run".into(), "00ff".into());
        let host = "%2F%E6%95%B0%20%E6%8D%AE%2Fa%2Bb%2Fpg%2Frun";
        let url = format!("postgres:///zhenshi?host={host}&port=5432&user=zhenshi&password=00ff");
        assert_eq!(connection.url(), url);
        assert!(connection.maintenance().url().starts_with("postgres:///postgres?"));
        assert!(!format!("{connection:?}").contains("00ff"));
    }
}
