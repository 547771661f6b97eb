//! gRPC's frames out of a body: five bytes (a flag, a length) and a message.
//!
//! tonic reserves the length that a frame claims before a byte of it has come, and ends the call at a frame that is too
//! large. Here memory grows with what has arrived, all calls share one budget of it, and a frame that is too large is
//! told of and skipped, so that a stream can go on.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
};

use bytes::{Buf as _, Bytes, BytesMut};
use http_body::Body;

/// Bytes of a frame before its message.
pub(in crate::grpc) const HEADER_BYTES: usize = 5;
/// A message that comes in pieces begins with room for this much.
const FIRST_PIECE_BYTES: usize = 4 * 1024;

/// What a body gives.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::grpc) enum Frame {
    /// A whole message, still encoded.
    Message(Bytes),
    /// A message over the limit, which is skipped.
    TooLarge,
}

/// Why a body gives no more frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::grpc) enum FrameError {
    /// A flag that there is not, a compressed message, or an end in the middle of a frame.
    Broken,
    /// The budget of messages in part is used up.
    NoRoom,
    /// The caller has reset the call or closed the connection: nobody listens.
    Gone,
}

/// Memory for messages that have arrived in part, of all calls together.
#[derive(Debug, Clone)]
pub(in crate::grpc) struct Budget {
    most: usize,
    used: Arc<AtomicUsize>,
}

impl Budget {
    pub(in crate::grpc) fn new(most: usize) -> Self {
        Self { most, used: Arc::default() }
    }

    fn take(&self, bytes: usize) -> bool {
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        let fits = before.saturating_add(bytes) <= self.most;
        if !fits {
            self.give_back(bytes);
        }
        fits
    }

    fn give_back(&self, bytes: usize) {
        self.used.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// A message in part; what it holds counts against the budget until it is whole or dropped.
struct Piece {
    bytes: BytesMut,
    counted: usize,
    budget: Budget,
}

impl Drop for Piece {
    fn drop(&mut self) {
        self.budget.give_back(self.counted);
    }
}

enum State {
    Header,
    Message { length: usize, piece: Piece },
    Skip { left: usize },
    Ended,
}

/// Reads the frames of a body.
pub(in crate::grpc) struct Frames<B> {
    body: B,
    limit: usize,
    budget: Budget,
    /// What has arrived and is not looked at.
    chunk: Bytes,
    header: [u8; HEADER_BYTES],
    header_filled: usize,
    state: State,
}

impl<B> Frames<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    /// Frames of `body` whose messages have at most `limit` bytes.
    pub(in crate::grpc) const fn new(body: B, limit: usize, budget: Budget) -> Self {
        let header = [0; HEADER_BYTES];
        Self { body, limit, budget, chunk: Bytes::new(), header, header_filled: 0, state: State::Header }
    }

    /// The next frame; `None` at the end. After an error there is only the end.
    pub(in crate::grpc) fn poll_next(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame, FrameError>>> {
        loop {
            if matches!(self.state, State::Ended) {
                return Poll::Ready(None);
            }
            match self.step() {
                Ok(Some(frame)) => return Poll::Ready(Some(Ok(frame))),
                Ok(None) => {}
                Err(error) => return self.end_with(error),
            }
            if !self.chunk.is_empty() {
                continue;
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                // Trailers of a request say nothing.
                Some(Ok(frame)) => self.chunk = frame.into_data().unwrap_or_default(),
                Some(Err(_)) => return self.end_with(FrameError::Gone),
                None => {
                    let between = matches!(self.state, State::Header) && self.header_filled == 0;
                    if !between {
                        return self.end_with(FrameError::Broken);
                    }
                    self.state = State::Ended;
                }
            }
        }
    }

    fn end_with(&mut self, error: FrameError) -> Poll<Option<Result<Frame, FrameError>>> {
        self.state = State::Ended;
        self.chunk = Bytes::new();
        Poll::Ready(Some(Err(error)))
    }

    /// Works on what has arrived until it is used up or a frame is whole.
    fn step(&mut self) -> Result<Option<Frame>, FrameError> {
        match &mut self.state {
            State::Header => self.step_header(),
            State::Message { length, piece } => {
                let take = (*length - piece.bytes.len()).min(self.chunk.len());
                if !piece.budget.take(take) {
                    return Err(FrameError::NoRoom);
                }
                piece.counted += take;
                piece.bytes.extend_from_slice(&self.chunk.split_to(take));
                if piece.bytes.len() < *length {
                    return Ok(None);
                }
                let message = std::mem::take(&mut piece.bytes).freeze();
                self.state = State::Header;
                Ok(Some(Frame::Message(message)))
            }
            State::Skip { left } => {
                let take = (*left).min(self.chunk.len());
                self.chunk.advance(take);
                *left -= take;
                if *left == 0 {
                    self.state = State::Header;
                }
                Ok(None)
            }
            State::Ended => Ok(None),
        }
    }

    fn step_header(&mut self) -> Result<Option<Frame>, FrameError> {
        let take = (HEADER_BYTES - self.header_filled).min(self.chunk.len());
        let (from, to) = (self.header_filled, self.header_filled + take);
        self.header[from..to].copy_from_slice(&self.chunk.split_to(take));
        self.header_filled = to;
        if to < HEADER_BYTES {
            return Ok(None);
        }
        self.header_filled = 0;
        let [flag, length @ ..] = self.header;
        // 1 means compressed, which calls that say so in their headers are refused for before they come here.
        if flag != 0 {
            return Err(FrameError::Broken);
        }
        let length = u32::from_be_bytes(length) as usize;
        if length > self.limit {
            self.state = State::Skip { left: length };
            return Ok(Some(Frame::TooLarge));
        }
        if self.chunk.len() >= length {
            // Whole in what has arrived: no copy.
            return Ok(Some(Frame::Message(self.chunk.split_to(length))));
        }
        let bytes = BytesMut::with_capacity(length.min(FIRST_PIECE_BYTES));
        let piece = Piece { bytes, counted: 0, budget: self.budget.clone() };
        self.state = State::Message { length, piece };
        Ok(None)
    }
}

#[cfg(test)]
#[path = "frames/tests.rs"]
mod tests;
