//! The configuration as a person may see it: every key with its value and what that is from; passwords left out.
//!
//! To add a secret key, give its last part one of the names of [`SECRET_NAMES`]; URLs lose their passwords by themselves.

use serde_json::Value;

use super::{Config, Layers, Origin};

/// What stands in the place of a secret.
const REDACTED: &str = "***";
/// A key whose last part holds one of these is a secret as a whole.
const SECRET_NAMES: [&str; 4] = ["password", "secret", "token", "headers"];
/// Parameters of a URL that hold no secret; every other one is left out.
const PLAIN_PARAMETERS: [&str; 9] = [
    "host",
    "port",
    "dbname",
    "user",
    "sslmode",
    "sslrootcert",
    "application_name",
    "options",
    "connect_timeout",
];

/// One key.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownValue {
    /// The key, such as `grpc.listen`.
    pub key: String,
    /// Its value, without secrets; `null` if it is not set.
    pub value: Value,
    /// What it is from.
    pub origin: Origin,
}

/// Every key of `config`, in the order of the sections.
///
/// # Errors
/// When a section cannot be written as JSON, which a mistake of ours alone can cause.
pub fn shown(config: &Config, layers: &Layers) -> serde_json::Result<Vec<ShownValue>> {
    let mut found = Vec::new();
    collect("", serde_json::to_value(config)?, &mut found);
    let show = |(key, value): (String, Value)| {
        let origin = layers.origin(&key);
        ShownValue { value: redacted(&key, value), key, origin }
    };
    Ok(found.into_iter().map(show).collect())
}

fn collect(prefix: &str, value: Value, found: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(section) if !section.is_empty() => {
            for (name, value) in section {
                let key = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
                collect(&key, value, found);
            }
        }
        value => found.push((prefix.to_owned(), value)),
    }
}

/// Whether a key of that name is a secret; one that says where a secret is found is none.
fn is_secret(name: &str) -> bool {
    let place = name.ends_with("_file") || name.ends_with("_env");
    !place && SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

fn redacted(key: &str, value: Value) -> Value {
    let name = key.rsplit('.').next().unwrap_or(key);
    match value {
        Value::Null => Value::Null,
        _ if is_secret(name) => REDACTED.into(),
        Value::String(text) if text.contains("://") => without_password(&text).into(),
        // A database may also be named in libpq's words, `host=… password=…`.
        Value::String(text) if name.ends_with("url") && !text.is_empty() => REDACTED.into(),
        Value::Array(values) => values.into_iter().map(|value| redacted(key, value)).collect(),
        // Of a list of sections; the parts of other sections are keys of their own.
        Value::Object(parts) => {
            parts.into_iter().map(|(name, value)| (name.clone(), redacted(&name, value))).collect()
        }
        value => value,
    }
}

/// A URL without its password, wherever that stands.
fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or_default();
    let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
    // The last `@`: a password that was not encoded may hold one itself, and a slash too.
    let place = match place.rsplit_once('@') {
        Some((login, host)) => match login.split_once(':') {
            Some((user, _)) => format!("{user}:{REDACTED}@{host}"),
            None => format!("{login}@{host}"),
        },
        None => place.to_owned(),
    };
    let query = query.map(|query| {
        let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if !PLAIN_PARAMETERS.contains(&name) => format!("{name}={REDACTED}"),
            _ => parameter.to_owned(),
        });
        format!("?{}", parameters.collect::<Vec<_>>().join("&"))
    });
    format!("{scheme}://{place}{}", query.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lose_their_passwords_and_nothing_else() {
        let cases = [
            ("postgres://u:s3cret@h:5432/d", "postgres://u:***@h:5432/d"),
            ("postgres://u:s3c@re/t@h/d?sslmode=require", "postgres://u:***@h/d?sslmode=require"),
            ("postgres:///d?host=/run&user=u&password=s3cret", "postgres:///d?host=/run&user=u&password=***"),
            ("postgres:///d?sslpassword=s3cret&port=1", "postgres:///d?sslpassword=***&port=1"),
            ("postgres://u@h/d", "postgres://u@h/d"),
        ];
        for (url, expected) in cases {
            assert_eq!(redacted("database.url", url.into()), expected, "{url}");
        }
        assert_eq!(redacted("database.url", "host=h password=s3cret".into()), REDACTED);
        assert_eq!(redacted("x.api_token", "s3cret".into()), REDACTED);
        assert_eq!(redacted("x.api_token", Value::Null), Value::Null);
        assert_eq!(redacted("keyring.path", "keyring.json".into()), "keyring.json");
    }

    #[test]
    fn secrets_in_a_list_of_sections_are_left_out_too() {
        let sections = serde_json::json!([
            {"name": "core", "url": "https://u:s3cret@h/?key=s3cret", "secret_file": "/etc/core.secret", "secret": "s3cret"},
        ]);
        let shown = redacted("event.endpoint", sections);
        let expected = serde_json::json!([
            {"name": "core", "url": "https://u:***@h/?key=***", "secret_file": "/etc/core.secret", "secret": "***"},
        ]);
        assert_eq!(shown, expected);
    }

    #[test]
    fn every_key_is_shown_once_with_its_origin() {
        let config = Config::default();
        let shown = shown(&config, &Layers::default()).unwrap();
        let keys: Vec<&str> = shown.iter().map(|value| value.key.as_str()).collect();
        assert!(["data_dir", "role", "grpc.listen", "database.url"].iter().all(|key| keys.contains(key)));
        assert!(shown.iter().all(|value| value.origin == Origin::Default));
    }
}
