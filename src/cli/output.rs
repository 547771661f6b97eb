//! What commands print: results on stdout, everything else on stderr.

use std::io::{self, Write as _};

/// Prints a result line. A reader that has gone away (`| head`) is no failure.
pub fn line(text: impl AsRef<str>) {
    let _ = writeln!(io::stdout(), "{}", text.as_ref());
}

/// Prints a result as one line of JSON.
pub fn json(value: &serde_json::Value) {
    line(value.to_string());
}

/// Prints a note for a person on stderr.
pub fn note(text: impl AsRef<str>) {
    let _ = writeln!(io::stderr(), "{}", text.as_ref());
}

/// Prints an error with its causes.
pub fn error(error: &anyhow::Error) {
    note(format!("error: {error:#}"));
}
