//! Bodies on their way out: whole ones as they are, long ones watched while they pass.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::Body as AxumBody;
use axum::http::response::Parts;
use bytes::{Bytes, BytesMut};
use contract::capture::BODY_BYTES_MAX;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};

use super::ConnectionControl;
use crate::capture::{Pending, Reply};

/// Body of a reply as hyper gets it.
pub(super) enum ReplyBody {
    Whole(Bytes),
    Watched(Box<Watched>),
    /// Of untold length: what is left.
    Unmeasured(Bytes),
}

/// A body that is recorded when its last piece has gone, or when it is given up.
pub(super) struct Watched {
    body: AxumBody,
    seen: BytesMut,
    seen_bytes: u64,
    record: Option<Record>,
}

struct Record {
    pending: Pending,
    head: Parts,
    control: ConnectionControl,
}

/// A short body of known length, collected; or the body as it was.
pub(super) async fn settled(body: AxumBody) -> Result<Result<Bytes, AxumBody>, axum::Error> {
    match body.size_hint().exact() {
        Some(0) => Ok(Ok(Bytes::new())),
        Some(len) if len <= WHOLE_BYTES_MAX => whole(body).await.map(Ok),
        _ => Ok(Err(body)),
    }
}

async fn whole(mut body: AxumBody) -> Result<Bytes, axum::Error> {
    let first = match body.frame().await.transpose()? {
        Some(frame) => frame.into_data().unwrap_or_default(),
        None => return Ok(Bytes::new()),
    };
    if body.is_end_stream() || body.size_hint().exact() == Some(0) {
        return Ok(first);
    }
    let mut all = BytesMut::from(first);
    while let Some(frame) = body.frame().await.transpose()? {
        all.extend_from_slice(&frame.into_data().unwrap_or_default());
    }
    Ok(all.freeze())
}

impl Watched {
    pub(super) fn new(
        body: AxumBody,
        pending: Option<Pending>,
        head: &Parts,
        control: &ConnectionControl,
    ) -> Self {
        let record =
            pending.map(|pending| Record { pending, head: head.clone(), control: control.clone() });
        Self { body, seen: BytesMut::new(), seen_bytes: 0, record }
    }

    fn saw(&mut self, data: &[u8]) {
        if self.record.is_none() {
            return;
        }
        self.seen_bytes += data.len() as u64;
        // A little more than is kept, so that the masking sees where the cut falls.
        let room = (BODY_BYTES_MAX + CUT_MARGIN_BYTES).saturating_sub(self.seen.len());
        self.seen.extend_from_slice(&data[..data.len().min(room)]);
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(Record { pending, head, control }) = self.record.take() {
            let reply = Reply {
                status: head.status,
                headers: &head.headers,
                body: &self.seen,
                body_bytes: self.seen_bytes,
            };
            pending.answered(&reply, control.tokens());
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        match &mut *self {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Unmeasured(left) if left.is_empty() => Poll::Ready(None),
            Self::Unmeasured(left) => {
                let piece = left.split_to(left.len().min(PIECE_BYTES));
                Poll::Ready(Some(Ok(Frame::data(piece))))
            }
            Self::Watched(watched) => {
                let frame = ready!(Pin::new(&mut watched.body).poll_frame(cx));
                if let Some(Ok(frame)) = &frame
                    && let Some(data) = frame.data_ref()
                {
                    watched.saw(data);
                }
                Poll::Ready(frame)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Unmeasured(_) => false,
            Self::Watched(watched) => watched.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Unmeasured(_) => SizeHint::default(),
            Self::Watched(watched) => watched.body.size_hint(),
        }
    }
}

/// Small, so that one reply comes in several chunks.
const PIECE_BYTES: usize = 48;
const WHOLE_BYTES_MAX: u64 = 4 * 1024 * 1024;
const CUT_MARGIN_BYTES: usize = 64;
