//! `zhenshi config show`: every key of the configuration in force, and what its value is from. Passwords are left out.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::{
    cli::output,
    config::{Layers, ShownValue, shown},
};

/// Prints the configuration in force.
///
/// # Errors
/// When it cannot be read; `config check` then names everything that is wrong.
pub fn run(layers: &Layers, as_json: bool) -> anyhow::Result<ExitCode> {
    let values = shown(&layers.config()?, layers)?;
    if as_json {
        let keys: Vec<Value> = values.into_iter().map(as_object).collect();
        output::json(&json!({ "keys": keys }));
    } else {
        for ShownValue { key, value, origin } in values {
            let value = if value.is_null() { "(not set)".to_owned() } else { value.to_string() };
            output::line(format!("{key} = {value}  # {origin}"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn as_object(shown: ShownValue) -> Value {
    let ShownValue { key, value, origin } = shown;
    json!({ "key": key, "value": value, "origin": origin.kind(), "from": origin.place() })
}
