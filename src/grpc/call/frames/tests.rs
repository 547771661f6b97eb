//! Frames in whatever pieces they come.

use std::{collections::VecDeque, convert::Infallible};

use http_body::Frame as BodyFrame;
use proptest::prelude::*;

use super::*;

const LIMIT: usize = 100;

/// A body of given chunks.
struct Chunks(VecDeque<Bytes>);

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<BodyFrame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|chunk| Ok(BodyFrame::data(chunk))))
    }
}

fn framed(flag: u8, claimed: u32, message: &[u8]) -> Vec<u8> {
    [&[flag][..], &claimed.to_be_bytes(), message].concat()
}

fn read(bytes: &[u8], piece: usize, budget: &Budget) -> (Vec<Frame>, Option<FrameError>) {
    let body = Chunks(bytes.chunks(piece).map(Bytes::copy_from_slice).collect());
    let mut frames = Frames::new(body, LIMIT, budget.clone());
    let mut cx = Context::from_waker(std::task::Waker::noop());
    let mut read = Vec::new();
    loop {
        match frames.poll_next(&mut cx) {
            Poll::Ready(Some(Ok(frame))) => read.push(frame),
            Poll::Ready(Some(Err(error))) => {
                assert_eq!(frames.poll_next(&mut cx), Poll::Ready(None), "an error is the end");
                return (read, Some(error));
            }
            Poll::Ready(None) => return (read, None),
            Poll::Pending => panic!("chunks never wait"),
        }
    }
}

proptest! {
    #[test]
    fn messages_come_out_as_they_went_in(
        lengths in prop::collection::vec(0usize..150, 0..8),
        piece in 1usize..200,
    ) {
        let budget = Budget::new(10_000);
        let mut bytes = Vec::new();
        for (n, length) in lengths.iter().enumerate() {
            let message = vec![u8::try_from(n).unwrap(); *length];
            bytes.extend(framed(0, u32::try_from(*length).unwrap(), &message));
        }
        let (frames, error) = read(&bytes, piece, &budget);
        prop_assert_eq!(error, None);
        let expected: Vec<Frame> = lengths.iter().enumerate().map(|(n, length)| {
            if *length > LIMIT { Frame::TooLarge }
            else { Frame::Message(Bytes::from(vec![u8::try_from(n).unwrap(); *length])) }
        }).collect();
        prop_assert_eq!(frames, expected);
        prop_assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), piece in 1usize..50) {
        let budget = Budget::new(10_000);
        read(&bytes, piece, &budget);
        prop_assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn a_frame_that_is_cut_off_or_unknown_is_broken() {
    let budget = Budget::new(10_000);
    for bytes in
        [framed(0, 9, b"short"), framed(1, 1, b"x"), framed(7, 1, b"x"), vec![0, 0, 0], framed(0, 101, b"")]
    {
        let (frames, error) = read(&bytes, 3, &budget);
        assert_eq!(error, Some(FrameError::Broken), "{bytes:?}");
        assert!(frames.iter().all(|frame| *frame == Frame::TooLarge));
    }
}

#[test]
fn a_claimed_length_takes_no_memory() {
    let budget = Budget::new(10_000);
    for claimed in [u32::MAX, 4 * 1024 * 1024, 100] {
        let body = Chunks([Bytes::from(framed(0, claimed, b"x"))].into());
        let mut frames = Frames::new(body, usize::MAX, budget.clone());
        let mut cx = Context::from_waker(std::task::Waker::noop());
        // The message is not there: the body ends in the middle of it.
        assert_eq!(frames.step_header_of(&mut cx), 1, "only what has arrived counts");
    }
    assert_eq!(budget.used.load(Ordering::Relaxed), 0);
}

impl Frames<Chunks> {
    /// Reads the one chunk and says how much memory is counted and held.
    fn step_header_of(&mut self, cx: &mut Context<'_>) -> usize {
        let Poll::Ready(Some(Ok(frame))) = Pin::new(&mut self.body).poll_frame(cx) else { panic!() };
        self.chunk = frame.into_data().unwrap();
        while !self.chunk.is_empty() {
            assert_eq!(self.step(), Ok(None));
        }
        let State::Message { piece, .. } = &self.state else { panic!("in the middle of a message") };
        assert!(piece.bytes.capacity() <= 2 * FIRST_PIECE_BYTES, "{}", piece.bytes.capacity());
        self.budget.used.load(Ordering::Relaxed)
    }
}

#[test]
fn the_budget_is_shared_and_given_back() {
    let budget = Budget::new(50);
    let whole = framed(0, 60, &[1; 60]);
    // In one piece nothing waits; in pieces there is no room.
    assert_eq!(read(&whole, 1_000, &budget).1, None);
    assert_eq!(read(&whole, 10, &budget).1, Some(FrameError::NoRoom));
    assert_eq!(budget.used.load(Ordering::Relaxed), 0);
    assert_eq!(read(&framed(0, 40, &[1; 40]), 10, &budget).1, None);
}
