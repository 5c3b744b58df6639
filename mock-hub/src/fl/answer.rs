//! What the library reads of an answer, and the connection it came on.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::time::timeout;
use url::Origin;

/// Why a call has no answer. The library swallows each of these.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The base URL cannot be called.
    #[error("`{0}` is no URL to post to")]
    Url(String),
    /// No connection, or a broken one.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Silence past the limits of the line.
    #[error("timed out")]
    TimedOut,
    /// The answer is no HTTP.
    #[error("bad status line")]
    NotHttp,
    /// More redirects than the library follows.
    #[error("exceeded {REDIRECTS_MAX} redirects")]
    TooManyRedirects,
}

/// The part of an answer the library looks at.
pub(super) struct Head {
    /// Status.
    pub(super) status: u16,
    /// Where a redirect leads.
    pub(super) location: Option<String>,
    /// Cookies it sets.
    pub(super) cookies: Vec<String>,
    /// Whether another request may follow on the connection.
    pub(super) keeps_connection: bool,
    /// Length of the whole answer, head included; the head alone when the length is not told.
    pub(super) ends_at: usize,
}

impl Head {
    /// `None` when more bytes are needed.
    pub(super) fn parse(bytes: &[u8]) -> Result<Option<Self>, PostError> {
        let known = bytes.len().min(5);
        if bytes[..known] != b"HTTP/"[..known] {
            return Err(PostError::NotHttp);
        }
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&bytes[..end]);
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let status = status.ok_or(PostError::NotHttp)?;
        let mut head = Self {
            status,
            location: None,
            cookies: Vec::new(),
            keeps_connection: false,
            ends_at: end + 4,
        };
        let (mut told, mut closes) = (matches!(status, 204 | 304), false);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            match name.to_ascii_lowercase().as_str() {
                "location" => head.location = Some(value.to_owned()),
                "set-cookie" => head.cookies.push(value.to_owned()),
                "connection" => closes = value.eq_ignore_ascii_case("close"),
                "content-length" => {
                    let length = value.parse::<usize>().map_err(|_| PostError::NotHttp)?;
                    (head.ends_at, told) = (end + 4 + length, true);
                }
                _ => {}
            }
        }
        head.keeps_connection = told && !closes;
        Ok(Some(head))
    }
}

/// A connection that may serve the next hop of the same call.
pub(super) struct Kept {
    /// Where it leads.
    pub(super) origin: Origin,
    /// The connection.
    pub(super) stream: Box<dyn Stream>,
}

impl Kept {
    /// The connection, if it leads to that place and is still open. A server that hung up, or said
    /// something nobody asked for, is not asked again.
    pub(super) async fn again(kept: Option<Self>, origin: &Origin) -> Option<Box<dyn Stream>> {
        let mut kept = kept.filter(|kept| kept.origin == *origin)?;
        let silent = timeout(Duration::ZERO, kept.stream.read(&mut [0; 1])).await.is_err();
        silent.then_some(kept.stream)
    }
}

/// A plain or a TLS connection.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Redirects the library follows before it gives up.
pub(super) const REDIRECTS_MAX: u8 = 30;
