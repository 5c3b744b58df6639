//! Misbehaviour at the level of bytes: the writer between hyper and the socket.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use super::{ConnectionControl, Stream, WireFault};
use crate::faults::Part;

/// Passes everything through until a fault is in force; costs one atomic load then.
pub(super) struct FaultIo {
    stream: Stream,
    control: ConnectionControl,
    active: Option<Active>,
}

/// A fault being carried out on the present reply.
enum Active {
    Reset,
    Close,
    Truncate { head: Head, left: u64 },
    Garbage(Bytes),
    Drip(Drip),
    Preface(Bytes),
    Capitals(Capitals),
}

struct Drip {
    head: Head,
    every: Duration,
    bytes: usize,
    pause: Pin<Box<Sleep>>,
    released: Pin<Box<WaitForCancellationFutureOwned>>,
}

/// A head whose names go out in capitals.
struct Capitals {
    head: Head,
    /// Whether the next byte belongs to the name of a header.
    in_name: bool,
}

/// How far the reply's head, which ends with an empty line, has gone out.
struct Head {
    matched: usize,
}

impl FaultIo {
    pub(super) fn new(stream: Stream, control: ConnectionControl) -> Self {
        Self { stream, control, active: None }
    }

    fn poll_faulty(&mut self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let Some(active) = self.active.take().or_else(|| self.control.fault().map(Active::from))
        else {
            return Pin::new(&mut self.stream).poll_write(cx, buf);
        };
        let active = self.active.insert(active);
        match active {
            Active::Reset => {
                // A socket that is gone already cannot be reset any more.
                let _ = self.stream.tcp().set_zero_linger();
                Poll::Ready(Err(cut_off()))
            }
            Active::Close => poll_close(&mut self.stream, cx),
            Active::Truncate { head, left } => {
                let passing = head.rest(buf);
                let room = usize::try_from(*left).unwrap_or(usize::MAX).saturating_add(passing);
                let allowed = buf.len().min(room);
                if allowed == 0 {
                    return poll_close(&mut self.stream, cx);
                }
                let sent = ready!(Pin::new(&mut self.stream).poll_write(cx, &buf[..allowed]))?;
                head.sent(&buf[..sent.min(passing)]);
                *left -= sent.saturating_sub(passing) as u64;
                Poll::Ready(Ok(sent))
            }
            Active::Garbage(pending) => {
                while pending.has_remaining() {
                    let sent = ready!(Pin::new(&mut self.stream).poll_write(cx, pending))?;
                    pending.advance(sent);
                }
                poll_close(&mut self.stream, cx)
            }
            Active::Drip(drip) => drip.poll_write(&mut self.stream, cx, buf),
            Active::Preface(pending) => {
                while pending.has_remaining() {
                    let sent = ready!(Pin::new(&mut self.stream).poll_write(cx, pending))?;
                    pending.advance(sent);
                }
                Pin::new(&mut self.stream).poll_write(cx, buf)
            }
            Active::Capitals(capitals) => capitals.poll_write(&mut self.stream, cx, buf),
        }
    }
}

impl Drip {
    fn poll_write(
        &mut self,
        stream: &mut Stream,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let passing = self.head.rest(buf);
        if passing > 0 {
            let sent = ready!(Pin::new(stream).poll_write(cx, &buf[..passing]))?;
            self.head.sent(&buf[..sent]);
            return Poll::Ready(Ok(sent));
        }
        let released = self.released.as_mut().poll(cx).is_ready();
        if released {
            // Every later piece is the whole rest.
            self.bytes = usize::MAX;
        } else {
            ready!(self.pause.as_mut().poll(cx));
        }
        let piece = &buf[..buf.len().min(self.bytes)];
        let sent = ready!(Pin::new(&mut *stream).poll_write(cx, piece))?;
        if !released {
            self.pause.as_mut().reset(Instant::now() + self.every);
        }
        Poll::Ready(Ok(sent))
    }
}

impl Capitals {
    fn poll_write(
        &mut self,
        stream: &mut Stream,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let passing = self.head.rest(buf);
        if passing == 0 {
            return Pin::new(stream).poll_write(cx, buf);
        }
        let mut in_name = self.in_name;
        let capitals: Vec<u8> =
            buf[..passing].iter().map(|byte| raised(*byte, &mut in_name)).collect();
        let sent = ready!(Pin::new(stream).poll_write(cx, &capitals))?;
        for byte in &buf[..sent] {
            raised(*byte, &mut self.in_name);
        }
        self.head.sent(&buf[..sent]);
        Poll::Ready(Ok(sent))
    }
}

/// The byte in capitals if it belongs to a name; names begin after a line's end and end at a colon.
fn raised(byte: u8, in_name: &mut bool) -> u8 {
    match byte {
        b'\n' => *in_name = true,
        b':' => *in_name = false,
        _ => {}
    }
    if *in_name { byte.to_ascii_uppercase() } else { byte }
}

/// What is written is on its way before the connection goes.
fn poll_close(stream: &mut Stream, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
    ready!(Pin::new(stream).poll_flush(cx))?;
    Poll::Ready(Err(cut_off()))
}

fn cut_off() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "the connection was ended by a fault")
}

impl From<WireFault> for Active {
    fn from(fault: WireFault) -> Self {
        match fault {
            WireFault::Reset => Self::Reset,
            WireFault::Close => Self::Close,
            WireFault::Truncate { bytes, part } => {
                Self::Truncate { head: Head::of(part), left: bytes }
            }
            WireFault::Garbage(bytes) => Self::Garbage(bytes),
            WireFault::Preface(bytes) => Self::Preface(bytes),
            WireFault::CapitalHead => {
                Self::Capitals(Capitals { head: Head::of(Part::Body), in_name: false })
            }
            WireFault::Drip { every, bytes, part, released } => Self::Drip(Drip {
                head: Head::of(part),
                every,
                bytes: bytes.max(1),
                pause: Box::pin(tokio::time::sleep(every)),
                released: Box::pin(released.cancelled_owned()),
            }),
        }
    }
}

impl Head {
    /// When the whole response counts, the head counts as gone.
    fn of(part: Part) -> Self {
        Self { matched: if part == Part::Response { END.len() } else { 0 } }
    }

    /// How many bytes of `buf` still belong to the head.
    fn rest(&self, buf: &[u8]) -> usize {
        let mut head = Self { matched: self.matched };
        buf.iter().take_while(|byte| head.step(**byte)).count()
    }

    fn sent(&mut self, head: &[u8]) {
        for byte in head {
            self.step(*byte);
        }
    }

    /// Whether this byte belonged to the head.
    fn step(&mut self, byte: u8) -> bool {
        if self.matched == END.len() {
            return false;
        }
        self.matched = match byte {
            _ if byte == END[self.matched] => self.matched + 1,
            b'\r' => 1,
            _ => 0,
        };
        true
    }
}

impl AsyncRead for FaultIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for FaultIo {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.control.fault_in_force() {
            return self.poll_faulty(cx, buf);
        }
        self.active = None;
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.control.fault_in_force() {
            let first = bufs.iter().find(|buf| !buf.is_empty()).map_or(&[][..], |buf| buf);
            return self.poll_faulty(cx, first);
        }
        self.active = None;
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

const END: &[u8; 4] = b"\r\n\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_head_ends_with_the_first_empty_line_however_it_is_split() {
        let reply = b"HTTP/1.1 200 OK\r\na: b\r\n\r\n\r\n\r\nbody";
        let head_len = 25;
        for split in 0..reply.len() {
            let mut head = Head::of(Part::Body);
            let first = head.rest(&reply[..split]);
            assert_eq!(first, split.min(head_len));
            head.sent(&reply[..first]);
            assert_eq!(first + head.rest(&reply[first..]), head_len);
        }
        assert_eq!(Head::of(Part::Response).rest(reply), 0);
    }
}
