//! Where the configuration comes from: defaults, then the file, then the environment, then flags; a later layer wins.
//!
//! [`Layers::config`] reads them as the service does, up to the first thing that is wrong. [`Layers::look`] goes on after
//! it, for `config check`; [`Layers::origin`] says which layer a value is from, for `config show`. To add a source, add its
//! layer in [`Layers::read`] in the order in which it wins.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use figment::{
    Figment, Provider,
    error::Kind,
    providers::{Env, Format as _, Serialized, Toml},
    value::{Dict, Value},
};

use super::{Config, ConfigError};

/// Prefix of configuration in the environment.
pub(super) const ENV_PREFIX: &str = "ZHENSHI__";
/// Variables that other programs know too, and the keys that they stand for.
const FOREIGN_VARIABLES: [(&str, &str); 3] = [
    ("DATABASE_URL", "database.url"),
    ("DATABASE_MIGRATE_URL", "database.migrate_url"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "traces.endpoint"),
];

/// What a value is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody gave it.
    Default,
    /// The configuration file.
    File(PathBuf),
    /// A variable of the environment.
    Env(String),
    /// A flag of the command line.
    Flag(&'static str),
}

impl Origin {
    /// The kind of the source, in one word.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File(_) => "file",
            Self::Env(_) => "env",
            Self::Flag(_) => "flag",
        }
    }

    /// Which file, variable or flag; nothing for a default.
    pub fn place(&self) -> Option<String> {
        match self {
            Self::Default => None,
            Self::File(path) => Some(path.display().to_string()),
            Self::Env(name) => Some(name.clone()),
            Self::Flag(name) => Some((*name).to_owned()),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())?;
        self.place().map_or(Ok(()), |place| write!(f, " {place}"))
    }
}

/// A value that a flag gives to a key.
#[derive(Debug, Clone)]
pub struct Flag {
    /// The flag, as it is written.
    pub name: &'static str,
    /// The key.
    pub key: &'static str,
    /// The value.
    pub value: PathBuf,
}

/// A wrong key, for `config check`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// The key, or the file if it cannot be read at all.
    pub key: String,
    /// What is wrong, and where the value is from.
    pub problem: String,
}

/// One value that somebody gave.
#[derive(Debug, Clone)]
struct Given {
    key: String,
    value: Value,
    origin: Origin,
}

/// What was given, in the order in which it wins; each key once.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    given: Vec<Given>,
}

impl Layers {
    /// Reads `file`, the environment and `flags`, without asking whether they are right.
    ///
    /// # Errors
    /// [`ConfigError::Read`] for a file that is not there or is not TOML.
    pub fn read(file: Option<&Path>, flags: &[Flag]) -> Result<Self, ConfigError> {
        let mut layers = Self::default();
        if let Some(file) = file {
            let named = |error: ConfigError| {
                let ConfigError::Read(problem) = error else { return error };
                ConfigError::Read(format!("{}: {}", file.display(), without_quotes(&problem)))
            };
            layers.add(&Toml::file_exact(file), |_| Origin::File(file.to_owned())).map_err(named)?;
        }
        for (name, key) in FOREIGN_VARIABLES {
            let variable = Env::raw().only(&[name]).map(move |_| key.into());
            layers.add(&variable, |_| Origin::Env(name.to_owned()))?;
        }
        layers.add(&Env::prefixed(ENV_PREFIX).split("__"), |key| Origin::Env(variable(key)))?;
        for Flag { name, key, value } in flags {
            layers.add(&Serialized::global(key, value), |_| Origin::Flag(name))?;
        }
        Ok(layers)
    }

    /// The configuration.
    ///
    /// # Errors
    /// [`ConfigError::Read`], naming the key and where its value came from.
    pub fn config(&self) -> Result<Config, ConfigError> {
        extract(&self.given).map_err(|misfit| {
            let Misfit { given, error } = *misfit;
            let from = given.map_or_else(String::new, |given| format!(" ({})", given.origin));
            ConfigError::Read(format!("{error}{from}"))
        })
    }

    /// What `key` is from.
    pub fn origin(&self, key: &str) -> Origin {
        self.given.iter().find(|given| given.key == key).map_or(Origin::Default, |given| given.origin.clone())
    }

    /// Everything that is wrong, and the configuration without it: a value that is wrong is named and set aside, and then
    /// the rest is looked at again.
    pub fn look(&self) -> (Config, Vec<Wrong>) {
        let mut wrong = Vec::new();
        let mut good = Vec::new();
        for given in &self.given {
            match extract(std::slice::from_ref(given)) {
                // Alone it may lack what its section needs beside it; that shows below.
                Err(misfit) if !matches!(misfit.error.kind, Kind::MissingField(_)) => wrong.push(Wrong {
                    key: given.key.clone(),
                    problem: format!("{} ({})", misfit.error.kind, given.origin),
                }),
                _ => good.push(given.clone()),
            }
        }
        loop {
            let config = match extract(&good) {
                Ok(config) => config,
                Err(misfit) => {
                    let key = misfit.error.path.join(".");
                    wrong.push(Wrong { key, problem: misfit.error.kind.to_string() });
                    return (Config::default(), wrong);
                }
            };
            let Err(ConfigError::Value { key, problem }) = config.validate() else { return (config, wrong) };
            wrong.push(Wrong { key: key.to_owned(), problem });
            let Some(at) = culprit(&good, key) else { return (config, wrong) };
            good.remove(at);
        }
    }

    fn add(&mut self, provider: &dyn Provider, origin: impl Fn(&str) -> Origin) -> Result<(), ConfigError> {
        let read = provider.data().map_err(|error| ConfigError::Read(error.to_string()))?;
        for (_, values) in read {
            for (key, value) in leaves("", values) {
                let origin = origin(&key);
                self.given.retain(|given| given.key != key);
                self.given.push(Given { key, value, origin });
            }
        }
        Ok(())
    }
}

/// What a reader says of a file, without the line that it quotes: that may hold a password.
fn without_quotes(problem: &str) -> String {
    let lines = problem.lines().filter(|line| !line.is_empty() && !line.contains(" |"));
    lines.collect::<Vec<_>>().join("; ")
}

/// Which value makes `key` wrong: its own, or, if it has none, the one without which it would be right.
fn culprit(given: &[Given], key: &str) -> Option<usize> {
    given.iter().position(|given| given.key == key).or_else(|| {
        (0..given.len()).find(|at| {
            let mut without = given.to_vec();
            without.remove(*at);
            let Ok(config) = extract(&without) else { return false };
            !matches!(config.validate(), Err(ConfigError::Value { key: still, .. }) if still == key)
        })
    })
}

/// Why values are no configuration.
struct Misfit<'a> {
    /// The value that it is about.
    given: Option<&'a Given>,
    error: figment::Error,
}

/// The configuration of these values; with an error, the value that it is about.
fn extract(given: &[Given]) -> Result<Config, Box<Misfit<'_>>> {
    let defaults = Figment::from(Serialized::defaults(Config::default()));
    let figment = given
        .iter()
        .fold(defaults, |figment, given| figment.merge(Serialized::global(&given.key, &given.value)));
    figment.extract().map_err(|error| {
        let path = error.path.join(".");
        let about = |given: &&Given| given.key == path || error_names(&error, &given.key);
        Box::new(Misfit { given: given.iter().find(about), error })
    })
}

/// Whether the error is about a key that does not exist.
fn error_names(error: &figment::Error, key: &str) -> bool {
    let Kind::UnknownField(name, _) = &error.kind else { return false };
    let mut path = error.path.clone();
    if path.last() != Some(name) {
        path.push(name.clone());
    }
    key == path.join(".") || key.starts_with(&format!("{}.", path.join(".")))
}

/// Every value below `prefix` that is not a section, with its key. An empty section is a value: its name may be wrong.
fn leaves(prefix: &str, values: Dict) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, value) in values {
        let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            Value::Dict(_, inner) if !inner.is_empty() => found.extend(leaves(&key, inner)),
            value => found.push((key, value)),
        }
    }
    found
}

/// The variable that stands for `key`.
fn variable(key: &str) -> String {
    format!("{ENV_PREFIX}{}", key.replace('.', "__").to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layers(file: &str, later: &str) -> Layers {
        let mut layers = Layers::default();
        layers.add(&Toml::string(file), |_| Origin::File("z.toml".into())).unwrap();
        layers.add(&Toml::string(later), |key| Origin::Env(variable(key))).unwrap();
        layers
    }

    fn keys(wrong: &[Wrong]) -> Vec<&str> {
        wrong.iter().map(|wrong| wrong.key.as_str()).collect()
    }

    #[test]
    fn a_later_layer_wins_and_is_named() {
        let layers =
            layers("[database]\nmax_connections = 7\npostgres_user = 'a'", "database.max_connections = 9");
        let config = layers.config().unwrap();
        assert_eq!((config.database.max_connections, config.database.postgres_user.as_str()), (9, "a"));
        let variable = Origin::Env("ZHENSHI__DATABASE__MAX_CONNECTIONS".into());
        assert_eq!(layers.origin("database.max_connections"), variable);
        assert_eq!(layers.origin("database.postgres_user"), Origin::File("z.toml".into()));
        assert_eq!(layers.origin("data_dir"), Origin::Default);
    }

    #[test]
    fn every_wrong_key_is_named_at_once() {
        let file = "[grpc]\nlisten = 'somewhere'\nlisen = '127.0.0.1:1'\n[http]\nlisten = 5\n[grcp]\n\
                    [database]\nmax_connections = 1\nurl = 'postgres:///z'";
        let (config, wrong) = layers(file, "role = 'boss'").look();
        let mut named = keys(&wrong);
        named.sort_unstable();
        let expected = [
            "database.max_connections",
            "grcp",
            "grpc.lisen",
            "grpc.listen",
            "http.listen",
            "keyring.path",
            "role",
        ];
        assert_eq!(named, expected);
        assert_eq!(config.grpc.listen, Config::default().grpc.listen, "what is wrong is set aside");
        assert!(wrong.iter().all(|wrong| !wrong.problem.is_empty()));
    }

    #[test]
    fn what_a_value_makes_necessary_is_named_and_the_look_goes_on() {
        let (_, wrong) = layers("grpc.listen = '0.0.0.0:1'", "database.max_connections = 1").look();
        assert_eq!(keys(&wrong), ["grpc.insecure", "database.max_connections"]);
    }

    #[test]
    fn right_is_right() {
        let (config, wrong) = layers("grpc.listen = '127.0.0.1:1'", "").look();
        assert_eq!(wrong, []);
        assert_eq!(config.grpc.listen.port(), 1);
    }
}
