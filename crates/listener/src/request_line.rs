//! The first line of a connection, read as loosely as other servers read it.
//!
//! Kakao's sample takes `/friend-message?uuid="a","b"`, and curl sends these quotes as they are typed. hyper
//! refuses them before any handler sees the request, so here they are encoded, as browsers would have done.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A connection whose first line may hold quotes and angle brackets.
///
/// Only the first line is touched: the lengths of everything after it stay as the client counted them.
pub(crate) struct LooseRequestLine<S> {
    stream: S,
    /// Read and encoded, not handed over yet.
    held: Vec<u8>,
    is_past: bool,
}

impl<S> LooseRequestLine<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, held: Vec::new(), is_past: false }
    }

    fn take(&mut self, bytes: &[u8]) {
        for (place, byte) in bytes.iter().enumerate() {
            if self.is_past {
                self.held.extend_from_slice(&bytes[place..]);
                return;
            }
            match byte {
                b'"' => self.held.extend_from_slice(b"%22"),
                b'<' => self.held.extend_from_slice(b"%3C"),
                b'>' => self.held.extend_from_slice(b"%3E"),
                byte => self.held.push(*byte),
            }
            self.is_past = *byte == b'\n';
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for LooseRequestLine<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.held.is_empty() {
            if self.is_past {
                return Pin::new(&mut self.stream).poll_read(context, out);
            }
            let mut bytes = [0; 2048];
            let mut bytes = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut bytes))?;
            self.take(bytes.filled());
        }
        let length = self.held.len().min(out.remaining());
        out.put_slice(&self.held[..length]);
        self.held.drain(..length);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for LooseRequestLine<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
