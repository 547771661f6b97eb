//! The first bytes of a connection: HTTP/2's preface (RFC 9113, 3.4), within a limit of time.
//!
//! hyper waits for it without end, and says nothing to HTTP/1: here a silent connection is closed, and HTTP/1 is told
//! what this port speaks.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf},
    time::timeout,
};

/// What every HTTP/2 client sends first.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Shortest beginning of an HTTP/1 request.
const SHORTEST_VERB: usize = 3;
/// What HTTP/1 is told.
const OTHER_PROTOCOL: &[u8] = b"HTTP/1.1 505 HTTP Version Not Supported\r\n\
    content-type: text/plain\r\nconnection: close\r\ncontent-length: 66\r\n\r\n\
    this port speaks gRPC over HTTP/2; probes are on the HTTP listener";
/// Longest that a client may take to hear it.
const FAREWELL: Duration = Duration::from_secs(1);
/// Most that is read from it meanwhile: closing on unread bytes would reset what was said.
const FAREWELL_BYTES: u64 = 64 * 1024;

/// A connection whose preface was read, and is read again.
pub(super) struct Prefaced<S> {
    head: &'static [u8],
    socket: S,
}

/// Waits at most `limit` for the preface; `None` when the connection is of no use.
pub(super) async fn read<S>(mut socket: S, limit: Duration) -> Option<Prefaced<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    match timeout(limit, is_http2(&mut socket)).await {
        Ok(Ok(Some(true))) => Some(Prefaced { head: PREFACE, socket }),
        Ok(Ok(Some(false))) => {
            let _ = timeout(FAREWELL, say_goodbye(&mut socket)).await;
            None
        }
        _ => None,
    }
}

/// Whether the preface comes; `None` when what comes is no HTTP at all.
async fn is_http2<S: AsyncRead + Unpin>(socket: &mut S) -> io::Result<Option<bool>> {
    let mut head = [0; PREFACE.len()];
    let mut filled = 0;
    while filled < head.len() {
        let count = socket.read(&mut head[filled..]).await?;
        filled += count;
        if count == 0 {
            return Ok(None);
        }
        if head[..filled] != PREFACE[..filled] {
            let verb = filled.min(SHORTEST_VERB);
            return Ok(head[..verb].iter().all(u8::is_ascii_uppercase).then_some(false));
        }
    }
    Ok(Some(true))
}

async fn say_goodbye<S: AsyncRead + AsyncWrite + Unpin>(socket: &mut S) -> io::Result<()> {
    socket.write_all(OTHER_PROTOCOL).await?;
    socket.shutdown().await?;
    tokio::io::copy(&mut socket.take(FAREWELL_BYTES), &mut tokio::io::sink()).await?;
    Ok(())
}

impl<S: AsyncRead + Unpin> AsyncRead for Prefaced<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.head.is_empty() {
            return Pin::new(&mut self.socket).poll_read(cx, buf);
        }
        let (now, later) = self.head.split_at(self.head.len().min(buf.remaining()));
        buf.put_slice(now);
        self.head = later;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Prefaced<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.socket).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn the_preface_is_read_again() {
        let (mut client, server) = tokio::io::duplex(64);
        client.write_all(PREFACE).await.unwrap();
        client.write_all(b"rest").await.unwrap();
        let mut server = read(server, LIMIT).await.unwrap();
        let mut seen = [0; 28];
        server.read_exact(&mut seen).await.unwrap();
        assert_eq!(&seen[..24], PREFACE);
        assert_eq!(&seen[24..], b"rest");
    }

    #[tokio::test]
    async fn http1_hears_what_is_spoken_here_and_others_nothing() {
        let (mut client, server) = tokio::io::duplex(1_024);
        client.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        let answered = tokio::spawn(read(server, LIMIT));
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        drop(client);
        assert!(answered.await.unwrap().is_none());
        let answer = String::from_utf8(answer).unwrap();
        let (head, text) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 505 "));
        assert!(head.contains(&format!("content-length: {}", text.len())), "{head}");

        let (mut client, server) = tokio::io::duplex(1_024);
        client.write_all(b"\x16\x03\x01\x02\x00").await.unwrap();
        assert!(read(server, LIMIT).await.is_none());
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        assert!(answer.is_empty());
    }

    #[tokio::test]
    async fn silence_has_an_end() {
        let (_client, server) = tokio::io::duplex(64);
        assert!(read(server, Duration::from_millis(1)).await.is_none());
    }
}
