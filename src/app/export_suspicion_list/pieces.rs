//! Bytes on their way out, in pieces; a reader that is slow slows the writer down, and one that has gone away ends it.

use std::io::{self, Write};

use tokio::sync::mpsc;

use crate::app::AppError;

/// Largest piece, in bytes.
pub const PIECE_BYTES: usize = 64 * 1024;

/// Writes pieces into a channel. Only for threads that may block.
pub(super) struct PieceWriter {
    piece: Vec<u8>,
    out: mpsc::Sender<Result<Vec<u8>, AppError>>,
}

impl PieceWriter {
    /// A writer into `out`.
    pub(super) fn new(out: mpsc::Sender<Result<Vec<u8>, AppError>>) -> Self {
        Self { piece: Vec::with_capacity(PIECE_BYTES), out }
    }

    /// What tells whether anybody still reads, without writing.
    pub(super) fn watch(&self) -> mpsc::Sender<Result<Vec<u8>, AppError>> {
        self.out.clone()
    }

    /// Whether anybody still reads.
    pub(super) fn is_read(&self) -> bool {
        !self.out.is_closed()
    }

    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        self.out.blocking_send(Ok(piece)).map_err(|_| gone())
    }
}

/// Nobody reads any more.
pub(super) fn gone() -> io::Error {
    io::Error::from(io::ErrorKind::BrokenPipe)
}

impl Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.piece.len() == PIECE_BYTES {
            self.send()?;
        }
        let taken = bytes.len().min(PIECE_BYTES - self.piece.len());
        self.piece.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    /// Sends what there is. Writers flush at the end only.
    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_full_but_for_the_last() {
        let (out, mut read) = mpsc::channel(8);
        let mut writer = PieceWriter::new(out);
        writer.write_all(&vec![1; 2 * PIECE_BYTES + 5]).unwrap();
        writer.flush().unwrap();
        writer.flush().unwrap();
        drop(writer);
        let mut sizes = Vec::new();
        while let Some(piece) = read.blocking_recv() {
            sizes.push(piece.unwrap().len());
        }
        assert_eq!(sizes, [PIECE_BYTES, PIECE_BYTES, 5]);
    }

    #[test]
    fn a_reader_that_has_gone_away_ends_the_writing() {
        let (out, read) = mpsc::channel(1);
        let mut writer = PieceWriter::new(out);
        assert!(writer.is_read());
        drop(read);
        assert!(!writer.is_read());
        writer.write_all(b"x").unwrap();
        assert_eq!(writer.flush().unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
