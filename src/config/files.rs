//! The files that a configuration names and the service reads when it starts: so that they can be looked at before it does.
//!
//! To add one: a line in [`Config::files`].

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use super::{Config, EventEndpoint};

impl Config {
    /// Key and path of every file that has to be there. The keyring of the built-in database is not among them: it is made.
    pub fn files(&self) -> Vec<(String, &Path)> {
        let (grpc, http, audit) = (&self.grpc.tls, &self.http.tls, &self.audit);
        let keyring = self.keyring.path.as_ref().filter(|_| self.database.url.is_some());
        let oidc = self.sign_in.oidc.as_ref();
        let single: [(&str, Option<&PathBuf>); 15] = [
            ("grpc.tls.certificate", grpc.certificate.as_ref()),
            ("grpc.tls.key", grpc.key.as_ref()),
            ("grpc.tls.client_ca", grpc.client_ca.as_ref()),
            ("grpc.tls.client_crl", grpc.client_crl.as_ref()),
            ("http.tls.certificate", http.certificate.as_ref()),
            ("http.tls.key", http.key.as_ref()),
            ("keyring.path", keyring),
            ("keyring.key_encryption_file", self.keyring.key_encryption_file.as_ref()),
            ("rules.profile", self.rules.profile.as_ref()),
            ("audit.checkpoint_secret_file", audit.checkpoint_secret_file.as_ref()),
            ("audit.checkpoint_ca_file", audit.checkpoint_ca_file.as_ref()),
            ("evidence.scan_program", self.evidence.scan_program.as_ref()),
            ("sign_in.oidc.client_secret_file", oidc.and_then(|oidc| oidc.client_secret_file.as_ref())),
            ("sign_in.oidc.ca", oidc.and_then(|oidc| oidc.ca.as_ref())),
            ("traces.ca", self.traces.ca.as_ref()),
        ];
        let named = single.into_iter().filter_map(|(key, path)| Some((key.to_owned(), path?.as_path())));
        named.chain(self.event.endpoint.iter().flat_map(of_endpoint)).collect()
    }

    /// Those that cannot be read, and why: key, and what is wrong.
    pub fn unreadable_files(&self) -> Vec<(String, String)> {
        let problem = |path: &Path| -> io::Result<()> {
            let is_folder = File::open(path)?.metadata()?.is_dir();
            if is_folder { Err(io::ErrorKind::IsADirectory.into()) } else { Ok(()) }
        };
        let wrong = |(key, path): (String, &Path)| {
            let error = problem(path).err()?;
            Some((key, format!("cannot read {}: {error}", path.display())))
        };
        self.files().into_iter().filter_map(wrong).collect()
    }
}

fn of_endpoint(endpoint: &EventEndpoint) -> impl Iterator<Item = (String, &Path)> {
    let files = [
        ("secret_file", &endpoint.secret_file),
        ("second_secret_file", &endpoint.second_secret_file),
        ("ca_file", &endpoint.ca_file),
    ];
    files.into_iter().filter_map(|(name, path)| {
        Some((format!("event.endpoint.{}.{name}", endpoint.name), path.as_ref()?.as_path()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_told_by_its_key() {
        let mut config = Config::default();
        assert_eq!(config.unreadable_files(), []);
        config.http.tls.certificate = Some("/nowhere/certificate.pem".into());
        config.rules.profile = Some("/".into());
        config.event.endpoint = vec![EventEndpoint {
            name: "core".into(),
            secret_file: Some("/nowhere/s".into()),
            ..Default::default()
        }];
        // Made by the service itself, unless the database is somebody else's.
        config.keyring.path = Some("/nowhere/keys.json".into());
        let keys = |config: &Config| -> Vec<String> {
            config.unreadable_files().into_iter().map(|(key, _)| key).collect()
        };
        assert_eq!(
            keys(&config),
            ["http.tls.certificate", "rules.profile", "event.endpoint.core.secret_file"]
        );
        config.database.url = Some("postgres:///zhenshi".into());
        assert!(keys(&config).contains(&"keyring.path".to_owned()));
    }
}
