//! `[event]`: what other systems are told of, and where (docs/events.md).
//!
//! An endpoint is `[[event.endpoint]]`. In the environment all of them are one variable,
//! `ZHENSHI__EVENT__ENDPOINT='[{name="core",url="https://…",secret_file="…"}]'`.

use std::{
    collections::{BTreeSet, HashSet},
    path::PathBuf,
    time::Duration,
};

use http::{Uri, uri::Scheme};
use serde::{Deserialize, Serialize};
use zhenshi_domain::event::EventKind;

use super::ConfigError;

/// Longest for connection and TLS to an endpoint.
const CONNECT_MS: u64 = 3_000;
/// Longest from then to its answer. Receivers should take an event and work on it afterwards.
const ANSWER_MS: u64 = 10_000;
/// Both may not be longer: a lease covers them.
const MAX_WAIT_MS: u64 = 60_000;
/// Failed attempts after which an event is given up: with the pauses between them a little over a day.
const MAX_ATTEMPTS: u32 = 36;
/// Events under way to one endpoint, each of another case.
const IN_FLIGHT: u16 = 16;
/// Days for which what was delivered is kept: long enough to answer what became of a case of the last quarter.
const KEEP_DELIVERED_DAYS: u16 = 90;
/// Days for which what was given up is kept, to be sent again.
const KEEP_DEAD_DAYS: u16 = 365;
/// Most endpoints: each is a job and a label of metrics.
const MAX_ENDPOINTS: usize = 32;
/// Longest name of an endpoint.
const MAX_NAME: usize = 40;
/// Key of everything that is wrong with an endpoint.
const ENDPOINT: &str = "event.endpoint";

/// `[event]`
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Event {
    /// `source` of every event: which installation it is from, a URI reference.
    pub source: String,
    /// Longest for connection and TLS to an endpoint.
    pub connect_ms: u64,
    /// Longest from then to its answer.
    pub answer_ms: u64,
    /// Failed attempts after which an event is a dead letter.
    pub max_attempts: u32,
    /// Events under way to one endpoint from one process.
    pub in_flight: u16,
    /// Days for which what was delivered is kept, at least 1.
    pub keep_delivered_days: u16,
    /// Days for which dead letters are kept, at least 1. Afterwards later events of their cases are sent.
    pub keep_dead_days: u16,
    /// Where events go.
    pub endpoint: Vec<EventEndpoint>,
}

impl Default for Event {
    fn default() -> Self {
        Self {
            source: "zhenshi".into(),
            connect_ms: CONNECT_MS,
            answer_ms: ANSWER_MS,
            max_attempts: MAX_ATTEMPTS,
            in_flight: IN_FLIGHT,
            keep_delivered_days: KEEP_DELIVERED_DAYS,
            keep_dead_days: KEEP_DEAD_DAYS,
            endpoint: Vec::new(),
        }
    }
}

/// `[[event.endpoint]]`
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventEndpoint {
    /// Its name, for good: what it has got is kept under it.
    pub name: String,
    /// Where events are sent.
    pub url: String,
    /// Kinds that it gets; empty: all but `case.changed`.
    pub kinds: Vec<String>,
    /// File of its secret.
    pub secret_file: Option<PathBuf>,
    /// Or the variable of the environment that holds it.
    pub secret_env: Option<String>,
    /// File of a second secret, while one replaces the other: events are signed with both.
    pub second_secret_file: Option<PathBuf>,
    /// Or the variable that holds it.
    pub second_secret_env: Option<String>,
    /// Authorities of its certificate; the public ones by default.
    pub ca_file: Option<PathBuf>,
    /// Allows `http` to this machine itself.
    pub allow_http: bool,
    /// When it is new it gets every event there is, not only those to come.
    pub from_start: bool,
}

impl EventEndpoint {
    /// The kinds that it gets.
    pub fn kinds(&self) -> BTreeSet<EventKind> {
        if self.kinds.is_empty() {
            return EventKind::ALL.iter().map(|(kind, _)| *kind).filter(|kind| kind.by_default()).collect();
        }
        self.kinds.iter().filter_map(|name| EventKind::from_name(name)).collect()
    }

    pub(super) fn problem(&self) -> Option<String> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if self.name.is_empty() || self.name.len() > MAX_NAME || !self.name.chars().all(plain) {
            return Some(format!("name must be 1 to {MAX_NAME} of a-z, 0-9, - and _"));
        }
        if let Some(unknown) = self.kinds.iter().find(|name| EventKind::from_name(name).is_none()) {
            let known: Vec<&str> = EventKind::ALL.iter().map(|(_, name)| *name).collect();
            return Some(format!("kinds: {unknown:?} is none of {}", known.join(", ")));
        }
        match (&self.secret_file, &self.secret_env) {
            (None, None) => return Some("secret_file or secret_env must be given".into()),
            (Some(_), Some(_)) => return Some("only one of secret_file and secret_env can be given".into()),
            _ => {}
        }
        if self.second_secret_file.is_some() && self.second_secret_env.is_some() {
            return Some("only one of second_secret_file and second_secret_env can be given".into());
        }
        self.wrong_url().map(|problem| format!("url {problem}"))
    }

    /// What is wrong with the URL. It is not quoted: it may hold a secret.
    fn wrong_url(&self) -> Option<&'static str> {
        let Ok(url) = self.url.parse::<Uri>() else { return Some("must be https://host[:port][/path]") };
        let (Some(scheme), Some(authority)) = (url.scheme(), url.authority()) else {
            return Some("must be https://host[:port][/path]");
        };
        if authority.as_str().contains('@') {
            return Some("must not hold a login: events are signed instead");
        }
        let loopback = matches!(authority.host(), "localhost" | "[::1]")
            || authority.host().parse().is_ok_and(|address: std::net::Ipv4Addr| address.is_loopback());
        match scheme {
            _ if *scheme == Scheme::HTTPS => None,
            _ if *scheme != Scheme::HTTP => Some("must begin with https://"),
            _ if !loopback => Some("must begin with https://; http is possible to this machine itself only"),
            _ if !self.allow_http => {
                Some("must begin with https://; to allow http to this machine, set allow_http")
            }
            _ => None,
        }
    }
}

impl Event {
    pub(super) fn validate(&self) -> Result<(), ConfigError> {
        let wrong = |key, problem: String| Err(ConfigError::Value { key, problem });
        if self.source.is_empty() || self.source.parse::<Uri>().is_err() {
            return wrong("event.source", "must be a URI reference, e.g. urn:example:zhenshi".into());
        }
        for (key, value) in [("event.connect_ms", self.connect_ms), ("event.answer_ms", self.answer_ms)] {
            if !(1..=MAX_WAIT_MS).contains(&value) {
                return wrong(key, format!("must be 1 to {MAX_WAIT_MS}"));
            }
        }
        if self.max_attempts == 0 {
            return wrong("event.max_attempts", "must be at least 1".into());
        }
        if self.in_flight == 0 {
            return wrong("event.in_flight", "must be at least 1".into());
        }
        let kept = [
            ("event.keep_delivered_days", self.keep_delivered_days),
            ("event.keep_dead_days", self.keep_dead_days),
        ];
        if let Some((key, _)) = kept.into_iter().find(|(_, days)| *days == 0) {
            return wrong(key, "must be at least 1".into());
        }
        if self.endpoint.len() > MAX_ENDPOINTS {
            return wrong(ENDPOINT, format!("there are more than {MAX_ENDPOINTS}"));
        }
        let mut names = HashSet::new();
        for (endpoint, number) in self.endpoint.iter().zip(1_u8..) {
            let problem = endpoint.problem().or_else(|| {
                (!names.insert(endpoint.name.as_str())).then(|| "name is another endpoint's".to_owned())
            });
            if let Some(problem) = problem {
                return wrong(ENDPOINT, format!("{number} ({}): {problem}", endpoint.name));
            }
        }
        Ok(())
    }

    /// Longest for connection and TLS.
    pub const fn connect(&self) -> Duration {
        Duration::from_millis(self.connect_ms)
    }

    /// Longest from then to the answer.
    pub const fn answer(&self) -> Duration {
        Duration::from_millis(self.answer_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> EventEndpoint {
        EventEndpoint {
            name: "core".into(),
            url: url.into(),
            secret_env: Some("S".into()),
            ..EventEndpoint::default()
        }
    }

    fn problem(endpoint: EventEndpoint) -> String {
        let event = Event { endpoint: vec![endpoint], ..Event::default() };
        event.validate().map_or_else(|error| error.to_string(), |()| String::new())
    }

    #[test]
    fn only_https_goes_beyond_this_machine() {
        for right in ["https://core.example/hook", "https://10.0.0.7:8443/a?b=c", "https://[fd00::1]/"] {
            assert_eq!(problem(endpoint(right)), "", "{right}");
        }
        for wrong in [
            "",
            "core.example/hook",
            "ftp://core.example/",
            "http://core.example/",
            "http://127.0.0.1:9/",
            "https://login:word@core.example/",
            "https://",
        ] {
            let said = problem(endpoint(wrong));
            assert!(said.contains("event.endpoint: 1 (core): url"), "{wrong}: {said}");
            assert!(!said.contains("login:word"));
        }
        for (url, right) in [
            ("http://127.0.0.1:9/", true),
            ("http://localhost:9/", true),
            ("http://[::1]:9/", true),
            ("http://10.0.0.7/", false),
            ("http://localhost.example/", false),
        ] {
            let allowed = EventEndpoint { allow_http: true, ..endpoint(url) };
            assert_eq!(problem(allowed).is_empty(), right, "{url}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_endpoint_is_said() {
        let base = endpoint("https://core.example/");
        let wrong = [
            (EventEndpoint { name: "Core".into(), ..base.clone() }, "name must be"),
            (EventEndpoint { kinds: vec!["case.opened".into()], ..base.clone() }, "case.opened"),
            (EventEndpoint { secret_env: None, ..base.clone() }, "secret_file or secret_env"),
            (EventEndpoint { secret_file: Some("f".into()), ..base.clone() }, "only one of secret_file"),
        ];
        for (endpoint, words) in wrong {
            let said = problem(endpoint);
            assert!(said.contains(words), "{said}");
        }
        let twice = Event { endpoint: vec![base.clone(), base], ..Event::default() };
        assert!(twice.validate().unwrap_err().to_string().contains("another endpoint's"));
        for (event, key) in [
            (Event { answer_ms: 0, ..Event::default() }, "event.answer_ms"),
            (Event { connect_ms: 60_001, ..Event::default() }, "event.connect_ms"),
            (Event { max_attempts: 0, ..Event::default() }, "event.max_attempts"),
            (Event { in_flight: 0, ..Event::default() }, "event.in_flight"),
            (Event { keep_delivered_days: 0, ..Event::default() }, "event.keep_delivered_days"),
            (Event { keep_dead_days: 0, ..Event::default() }, "event.keep_dead_days"),
            (Event { source: "a b".into(), ..Event::default() }, "event.source"),
        ] {
            assert!(event.validate().unwrap_err().to_string().contains(key), "{key}");
        }
    }

    #[test]
    fn an_endpoint_that_names_no_kinds_gets_all_but_those_for_watchers() {
        let kinds = endpoint("https://core.example/").kinds();
        assert_eq!(kinds.len(), EventKind::ALL.len() - 1);
        assert!(!kinds.contains(&EventKind::CaseChanged));
    }
}
