//! A stream whose every wait for bytes is bounded.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// Fails a read with `TimedOut` when no byte came for the limit since the last byte read or written.
pub(super) struct ReadLimit<S> {
    stream: S,
    limit: Option<Duration>,
    waiting: Pin<Box<Sleep>>,
}

impl<S> ReadLimit<S> {
    pub(super) fn new(stream: S, limit: Option<Duration>) -> Self {
        let waiting = Box::pin(sleep(limit.unwrap_or_default()));
        Self { stream, limit, waiting }
    }

    fn restart(&mut self) {
        if let Some(limit) = self.limit {
            self.waiting.as_mut().reset(Instant::now() + limit);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for ReadLimit<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Poll::Ready(read) = Pin::new(&mut self.stream).poll_read(cx, buf) {
            self.restart();
            return Poll::Ready(read);
        }
        if self.limit.is_none() {
            return Poll::Pending;
        }
        ready!(self.waiting.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for ReadLimit<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.restart();
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn silence_times_out_and_a_drip_does_not() {
        let (near, mut far) = duplex(8);
        let mut limited = ReadLimit::new(near, Some(Duration::from_millis(60)));
        let dripping = tokio::spawn(async move {
            for _ in 0..5 {
                tokio::time::sleep(Duration::from_millis(30)).await;
                far.write_all(b"x").await.expect("the reader is there");
            }
            far
        });
        for _ in 0..5 {
            assert_eq!(limited.read_u8().await.expect("a byte in time"), b'x');
        }
        let _far = dripping.await.expect("the drip ends");
        let error = limited.read_u8().await.expect_err("nothing comes");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
