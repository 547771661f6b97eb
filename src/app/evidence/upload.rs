//! A content on its way in: told apart into pieces, hashed, scanned and sealed as it comes.

use std::sync::Arc;

use aws_lc_rs::digest;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Intake, Refused, scan::Scan, sniff};
use crate::{
    entropy::SharedEntropy,
    security::sealing::{Pieces, SealError, Sealer},
    store::case::evidence,
};

/// Bytes of a piece, but the last. Contents that are stored keep the size that they were sealed with.
pub const PIECE_BYTES: usize = 64 * 1024;

/// Why an upload ended.
#[derive(Debug)]
pub enum Stopped {
    /// It cannot be evidence.
    Refused(Refused),
    /// It could not be sealed.
    Failed(SealError),
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<SealError> for Stopped {
    fn from(error: SealError) -> Self {
        Self::Failed(error)
    }
}

/// A content on its way in.
pub struct Upload {
    max_bytes: usize,
    entropy: SharedEntropy,
    wrapped_key: Vec<u8>,
    pieces: Pieces,
    sealed: Vec<Vec<u8>>,
    /// What is not a whole piece yet.
    rest: Zeroizing<Vec<u8>>,
    size: usize,
    hash: digest::Context,
    content_type: Option<&'static str>,
    scan: Option<Scan>,
}

/// A content that is whole.
#[derive(Debug)]
pub struct Whole {
    /// Data key of the pieces, wrapped.
    pub wrapped_key: Vec<u8>,
    /// The pieces, sealed.
    pub pieces: Vec<Vec<u8>>,
    /// Size of the content in bytes.
    pub size: usize,
    /// Its SHA-256.
    pub sha256: Vec<u8>,
    /// Its media type.
    pub content_type: &'static str,
}

impl Upload {
    /// Begins the upload of the evidence `id`.
    ///
    /// # Errors
    /// [`Stopped`] if the scanner cannot be run, or there is no luck to be had.
    pub fn begin(
        intake: &Intake,
        sealer: &Sealer,
        entropy: &SharedEntropy,
        id: Uuid,
    ) -> Result<Self, Stopped> {
        let (wrapped_key, pieces) = sealer.begin_pieces(evidence::place(id), entropy.as_ref())?;
        let scan = intake.scanner.as_ref().map(super::Scanner::begin).transpose()?;
        Ok(Self {
            max_bytes: intake.max_bytes,
            entropy: Arc::clone(entropy),
            wrapped_key,
            pieces,
            sealed: Vec::new(),
            // Never grows: growing would leave clear copies behind.
            rest: Zeroizing::new(Vec::with_capacity(PIECE_BYTES)),
            size: 0,
            hash: digest::Context::new(&digest::SHA256),
            content_type: None,
            scan,
        })
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`Stopped`] once it is clear that the content cannot be evidence.
    pub async fn take(&mut self, mut bytes: &[u8]) -> Result<(), Stopped> {
        self.size += bytes.len();
        if self.size > self.max_bytes {
            return Err(Refused::TooLarge.into());
        }
        while !bytes.is_empty() {
            if self.rest.len() == PIECE_BYTES {
                self.seal(false).await?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(PIECE_BYTES - self.rest.len()));
            self.rest.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// The content is whole: all its `size` bytes.
    ///
    /// # Errors
    /// [`Stopped`] if it cannot be evidence.
    pub async fn finish(mut self, size: usize) -> Result<Whole, Stopped> {
        if self.size != size {
            return Err(Refused::Incomplete.into());
        }
        if size == 0 {
            return Err(Refused::Empty.into());
        }
        self.seal(true).await?;
        if let Some(scan) = self.scan {
            scan.finish().await?;
        }
        Ok(Whole {
            wrapped_key: self.wrapped_key,
            pieces: self.sealed,
            size: self.size,
            sha256: self.hash.finish().as_ref().to_vec(),
            content_type: self.content_type.ok_or(Refused::ContentType)?,
        })
    }

    async fn seal(&mut self, last: bool) -> Result<(), Stopped> {
        if self.content_type.is_none() {
            self.content_type = Some(sniff::content_type(&self.rest).ok_or(Refused::ContentType)?);
        }
        self.hash.update(&self.rest);
        if let Some(scan) = &mut self.scan {
            scan.put(&self.rest).await?;
        }
        self.sealed.push(self.pieces.seal(&self.rest, last, self.entropy.as_ref())?);
        self.rest.clear();
        Ok(())
    }
}
