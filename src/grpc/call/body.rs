//! The bodies of a call: the request's, frame by frame and within its limits; the answer's, which keeps the call's place
//! until it is sent.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{BufMut as _, Bytes, BytesMut};
use http_body::{Body, Frame as BodyFrame, SizeHint};
use tokio::time::timeout;
use tonic::Status;

use super::{
    Place,
    frames::{Frame, FrameError, Frames, HEADER_BYTES},
};
use crate::grpc::status::StatusWriter;

/// A request's body for tonic: whole frames only, none too large; what is wrong is a status in the caller's language.
pub(super) struct Guarded<B> {
    frames: Frames<B>,
    /// The message whose header was given.
    message: Option<Bytes>,
    /// Whether the method takes one message, and whether it has come.
    single: bool,
    seen: bool,
    words: StatusWriter,
    limit_bytes: usize,
}

impl<B> Guarded<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    pub(super) const fn new(
        frames: Frames<B>,
        single: bool,
        words: StatusWriter,
        limit_bytes: usize,
    ) -> Self {
        Self { frames, message: None, single, seen: false, words, limit_bytes }
    }
}

impl<B> Body for Guarded<B>
where
    B: Body<Data = Bytes> + Unpin,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<BodyFrame<Bytes>, Status>>> {
        if let Some(message) = self.message.take() {
            return Poll::Ready(Some(Ok(BodyFrame::data(message))));
        }
        let message = match ready!(self.frames.poll_next(cx)) {
            None => return Poll::Ready(None),
            Some(Ok(Frame::Message(message))) => message,
            Some(Ok(Frame::TooLarge)) => {
                return Poll::Ready(Some(Err(self.words.too_large(self.limit_bytes))));
            }
            Some(Err(error)) => return Poll::Ready(Some(Err(broken(error, &self.words)))),
        };
        if self.single && std::mem::replace(&mut self.seen, true) {
            return Poll::Ready(Some(Err(self.words.malformed())));
        }
        let mut header = BytesMut::with_capacity(HEADER_BYTES);
        header.put_u8(0);
        // The limit is far below 4 GiB.
        header.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
        if !message.is_empty() {
            self.message = Some(message);
        }
        Poll::Ready(Some(Ok(BodyFrame::data(header.freeze()))))
    }
}

/// Longest that the body of a refused call is waited for.
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// Reads the body of a refused call to its end, up to so many bytes, and forgets it. Without that the rest of it would arrive
/// for a call that is over, which HTTP/2 counts as a mistake of the peer: a gateway whose calls are refused by the hundred
/// would lose its connection, and with it the calls that were taken.
pub(super) async fn drain<B>(mut body: B, most: usize)
where
    B: Body<Data = Bytes> + Unpin,
{
    let reading = async {
        let mut left = most + HEADER_BYTES;
        while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            let bytes = frame.data_ref().map_or(0, Bytes::len);
            let Some(rest) = left.checked_sub(bytes) else { return };
            left = rest;
        }
    };
    // Who does not send it in time is refused all the same.
    let _ = timeout(DRAIN_TIME, reading).await;
}

/// The status of a body that ends too early.
pub(in crate::grpc) fn broken(error: FrameError, words: &StatusWriter) -> Status {
    match error {
        FrameError::Broken => words.malformed(),
        FrameError::NoRoom => words.overloaded(),
        // Nobody reads it.
        FrameError::Gone => Status::cancelled("the call was given up"),
    }
}

/// An answer's body; the call counts as under way until it is dropped.
pub(super) struct Placed<B> {
    body: B,
    _place: Place,
}

impl<B> Placed<B> {
    pub(super) const fn new(body: B, place: Place) -> Self {
        Self { body, _place: place }
    }
}

impl<B: Body + Unpin> Body for Placed<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<BodyFrame<B::Data>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
