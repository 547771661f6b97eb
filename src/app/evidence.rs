//! What may be attached to cases: how large, of which type, free of viruses; and how many uploads at a time.
//!
//! An upload never lies in clear in one place: it is hashed, scanned and sealed piece by piece as it comes ([`Upload`]), and
//! written in one transaction when it is whole. A call that is dropped leaves nothing, not even a file. To allow another
//! type: see [`sniff`].

pub mod scan;
pub mod sniff;
mod upload;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub use self::{
    scan::Scanner,
    upload::{PIECE_BYTES, Stopped, Upload, Whole},
};

/// Why a content cannot be evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// There is none.
    Empty,
    /// Not as large as its header says: HTTP/2 shows an upload that was given up as one that has ended.
    Incomplete,
    /// Larger than is taken.
    TooLarge,
    /// Of a type that is not taken, or that cannot be told.
    ContentType,
    /// The scanner found a virus.
    Virus,
    /// The scanner could not say.
    NotScanned,
}

impl Refused {
    /// Stable name, as the error's metadata carry it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "EMPTY",
            Self::Incomplete => "INCOMPLETE",
            Self::TooLarge => "TOO_LARGE",
            Self::ContentType => "CONTENT_TYPE",
            Self::Virus => "VIRUS",
            Self::NotScanned => "NOT_SCANNED",
        }
    }
}

/// Whether `name` names a file and nothing else: no path, and nothing that shows another name than there is (marks that
/// turn the direction of writing, and those that cannot be seen).
pub fn is_file_name(name: &str) -> bool {
    let hostile = |c: char| {
        matches!(c, '/' | '\\' | '\n' | '\r' | '\t')
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    !name.chars().any(hostile) && name != "." && name != ".."
}

/// Takes uploads in.
#[derive(Debug)]
pub struct Intake {
    max_bytes: usize,
    scanner: Option<Scanner>,
    places: Arc<Semaphore>,
}

impl Intake {
    /// Takes contents of up to `max_bytes`, `uploads` at a time, and has them looked at by `scanner` if there is one.
    pub fn new(max_bytes: usize, uploads: usize, scanner: Option<Scanner>) -> Self {
        Self { max_bytes, scanner, places: Arc::new(Semaphore::new(uploads)) }
    }

    /// Largest content that is taken, in bytes.
    pub const fn max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// How many places are free.
    pub fn free_places(&self) -> usize {
        self.places.available_permits()
    }

    /// A place for an upload, until it is dropped; none while all are taken.
    pub fn place(&self) -> Option<OwnedSemaphorePermit> {
        self.places.clone().try_acquire_owned().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_no_path_and_shows_what_it_is() {
        for name in ["身份证.pdf", "scan 1.jpg", "..pdf", ".hidden", "a;rm -rf.png", "<b>.png", "'\".pdf"]
        {
            assert!(is_file_name(name), "{name}");
        }
        let hostile =
            ["../../etc/passwd", "..", ".", "c:\\x.pdf", "a\nb", "a\u{202E}fdp.exe", "a\u{200B}.pdf"];
        for name in hostile {
            assert!(!is_file_name(name), "{name:?}");
        }
    }
}
