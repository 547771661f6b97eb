//! A connection, with TLS or without; its place is given back when it is dropped.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

use super::{Peer, admission::Permit};

/// A connection that has been admitted.
pub struct Socket {
    wire: Wire,
    _permit: Permit,
}

/// How its bytes travel.
pub(super) enum Wire {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Socket {
    pub(super) const fn new(wire: Wire, permit: Permit) -> Self {
        Self { wire, _permit: permit }
    }

    /// Who is at the other end, by a certificate that was verified.
    pub fn peer(&self) -> Peer {
        match &self.wire {
            Wire::Plain(_) => Peer::default(),
            Wire::Tls(stream) => Peer::of(stream.get_ref().1.peer_certificates()),
        }
    }
}

/// Does the same with either wire.
macro_rules! on_wire {
    ($self:ident, $wire:ident => $do:expr) => {
        match &mut $self.get_mut().wire {
            Wire::Plain($wire) => {
                let $wire = Pin::new($wire);
                $do
            }
            Wire::Tls($wire) => {
                let $wire = Pin::new($wire.as_mut());
                $do
            }
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        on_wire!(self, wire => wire.poll_read(cx, buf))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        on_wire!(self, wire => wire.poll_write(cx, buf))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        on_wire!(self, wire => wire.poll_write_vectored(cx, bufs))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.wire {
            Wire::Plain(wire) => wire.is_write_vectored(),
            Wire::Tls(wire) => wire.is_write_vectored(),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_wire!(self, wire => wire.poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        on_wire!(self, wire => wire.poll_shutdown(cx))
    }
}
