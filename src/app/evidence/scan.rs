//! The virus scanner: a program of the operator's that reads a content from its standard input and says by its exit code
//! what it found, as `clamdscan -` does: 0 clean, 1 a virus; everything else, and silence, is no answer.

use std::{path::PathBuf, process::Stdio, time::Duration};

use tokio::{
    io::AsyncWriteExt as _,
    process::{Child, ChildStdin, Command},
    time::timeout,
};

use super::Refused;

/// Exit code of a clean content.
const CLEAN: i32 = 0;
/// Exit code of a virus.
const VIRUS: i32 = 1;

/// The program and how to run it.
#[derive(Debug, Clone)]
pub struct Scanner {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// Longest that it may stand still, and take after the last byte.
    pub timeout: Duration,
}

/// One content on its way through the scanner, which ends with this.
#[derive(Debug)]
pub struct Scan {
    child: Child,
    /// None once the program reads no more: a virus may be told from the first bytes.
    input: Option<ChildStdin>,
    timeout: Duration,
}

impl Scanner {
    /// Starts the program. What it says beside its exit code is not read: it may quote the content.
    ///
    /// # Errors
    /// [`Refused::NotScanned`] if it cannot be run.
    pub fn begin(&self) -> Result<Scan, Refused> {
        let child = Command::new(&self.program)
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child =
            child.map_err(|error| not_scanned(&format_args!("it cannot be run: {}", error.kind())))?;
        let input = child.stdin.take();
        Ok(Scan { child, input, timeout: self.timeout })
    }
}

impl Scan {
    /// Gives the program the next bytes.
    ///
    /// # Errors
    /// [`Refused::NotScanned`] if it does not take them in time.
    pub async fn put(&mut self, bytes: &[u8]) -> Result<(), Refused> {
        let Some(input) = &mut self.input else { return Ok(()) };
        match timeout(self.timeout, input.write_all(bytes)).await {
            Ok(Ok(())) => {}
            // It has seen enough; its exit code says what.
            Ok(Err(_)) => self.input = None,
            Err(_) => return Err(not_scanned(&"it stands still")),
        }
        Ok(())
    }

    /// Waits for the verdict.
    ///
    /// # Errors
    /// [`Refused::Virus`]; [`Refused::NotScanned`] if it gives no verdict, or none in time.
    pub async fn finish(mut self) -> Result<(), Refused> {
        // Closed: the content is whole.
        drop(self.input.take());
        match timeout(self.timeout, self.child.wait()).await {
            Ok(Ok(status)) => match status.code() {
                Some(CLEAN) => Ok(()),
                Some(VIRUS) => Err(Refused::Virus),
                _ => Err(not_scanned(&status)),
            },
            Ok(Err(error)) => Err(not_scanned(&error.kind())),
            Err(_) => Err(not_scanned(&"it gives no answer")),
        }
    }
}

/// Says to the operator why; the caller learns only that it was not scanned.
fn not_scanned(why: &dyn std::fmt::Display) -> Refused {
    tracing::error!(why = %why, "the virus scanner did not scan a piece of evidence, which was refused");
    Refused::NotScanned
}
