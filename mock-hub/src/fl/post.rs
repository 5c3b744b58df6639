//! One call of the FL library to the hub, byte for byte (fl 2, 4).
//!
//! Written on a bare socket because the habits under test live below an HTTP client: order and
//! spelling of headers, a connection of its own for every call, what a redirect does to method, body
//! and key.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use contract::fl_line::{FL_USER_AGENT, FlLine, RedirectHabit, RedirectKey, TimeLimits};
use contract::key::Secret;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

/// Where and as whom the FL server posts.
#[derive(Clone)]
pub struct Caller {
    /// Habits of the library.
    pub line: &'static FlLine,
    /// Base URL of the hub API, as configured: a trailing slash is kept.
    pub base_url: String,
    /// Hub-internal key; `None` sends the header empty.
    pub key: Option<Secret>,
    /// Factor on every time limit and pause.
    pub time_scale: f64,
    /// Trust anchors for `https` bases.
    pub tls: Option<Arc<rustls::ClientConfig>>,
}

/// What a call came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Status of the last answer.
    pub status: u16,
    /// Redirects that were followed to get it.
    pub redirects: u8,
}

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

impl Caller {
    /// Sends `body` (or nothing) to `path` below the base and waits for the answer.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answer, PostError> {
        let mut url = self.line.url_join.join(self.base_url.as_str(), path);
        let mut request = Request {
            method: method.to_owned(),
            body: body.map(str::to_owned),
            key: true,
            stripped: false,
        };
        for redirects in 0..=REDIRECTS_MAX {
            let target = Url::parse(&url).map_err(|_| PostError::Url(url.clone()))?;
            let head = self.exchange(&target, &url, &request).await?;
            let Some(next) = self.next(&head, &target) else {
                return Ok(Answer { status: head.status, redirects });
            };
            request.redirect(head.status);
            if self.line.redirect_key == RedirectKey::Withheld && next.origin() != target.origin() {
                request.key = false;
            }
            url = next.to_string();
        }
        Err(PostError::TooManyRedirects)
    }

    fn next(&self, head: &Head, from: &Url) -> Option<Url> {
        let follows = self.line.redirects == RedirectHabit::FollowedAsGet;
        let redirect = matches!(head.status, 301 | 302 | 303 | 307 | 308);
        let location = head.location.as_deref().filter(|_| follows && redirect)?;
        from.join(location).ok()
    }

    async fn exchange(&self, url: &Url, text: &str, request: &Request) -> Result<Head, PostError> {
        let host = url.host_str().ok_or_else(|| PostError::Url(text.to_owned()))?;
        let port = url.port_or_known_default().ok_or_else(|| PostError::Url(text.to_owned()))?;
        let stream = self.limited(|l| l.connect_secs, TcpStream::connect((host, port))).await?;
        let bytes = self.bytes(url, text, request);
        if url.scheme() != "https" {
            return self.converse(stream, &bytes).await;
        }
        let config = self.tls.clone().ok_or_else(|| PostError::Url(text.to_owned()))?;
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| PostError::Url(text.to_owned()))?;
        let connector = TlsConnector::from(config);
        let stream = self.limited(|l| l.connect_secs, connector.connect(name, stream)).await?;
        self.converse(stream, &bytes).await
    }

    fn bytes(&self, url: &Url, text: &str, request: &Request) -> Vec<u8> {
        let target = raw_target(url, text);
        let authority = match url.port() {
            Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
            None => url.host_str().unwrap_or_default().to_owned(),
        };
        // A redirect takes the headers of the body away; the layer below then puts the length of a
        // call that should have a body where its own headers are.
        let bare_length = match request.method.as_str() {
            "GET" => "",
            _ if request.stripped => "Content-Length: 0\r\n",
            _ => "",
        };
        let mut head = format!(
            "{} {target} HTTP/1.1\r\nHost: {authority}\r\n{bare_length}\
             User-Agent: {FL_USER_AGENT}\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\n\
             Connection: keep-alive\r\n",
            request.method,
        );
        if request.key {
            let key = self.key.as_ref().map(Secret::expose).unwrap_or_default();
            head += &[self.line.key_header, ": ", key, "\r\n"].concat();
        }
        match &request.body {
            Some(body) => {
                let length = body.len().to_string();
                let lines = ["Content-Length: ", &length, "\r\nContent-Type: application/json"];
                head += &[&lines.concat(), "\r\n\r\n", body].concat();
            }
            None if request.stripped => head += "\r\n",
            None => head += "Content-Length: 0\r\n\r\n",
        }
        head.into_bytes()
    }

    async fn converse<S>(&self, mut stream: S, request: &[u8]) -> Result<Head, PostError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        stream.write_all(request).await?;
        stream.flush().await?;
        let mut received = Vec::new();
        let head = loop {
            if let Some(head) = Head::parse(&received)? {
                break head;
            }
            self.more(&mut stream, &mut received).await?;
        };
        while received.len() < head.ends_at && received.len() < ANSWER_BYTES_MAX {
            self.more(&mut stream, &mut received).await?;
        }
        Ok(head)
    }

    async fn more<S>(&self, stream: &mut S, received: &mut Vec<u8>) -> Result<(), PostError>
    where
        S: AsyncRead + Unpin,
    {
        let mut buffer = [0; 4096];
        let n = self.limited(|limits| limits.read_secs, stream.read(&mut buffer)).await?;
        if n == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        if received.len() > ANSWER_BYTES_MAX {
            return Err(PostError::NotHttp);
        }
        received.extend_from_slice(&buffer[..n]);
        Ok(())
    }

    async fn limited<T>(
        &self,
        secs: fn(TimeLimits) -> u64,
        work: impl Future<Output = io::Result<T>>,
    ) -> Result<T, PostError> {
        match self.line.hub_limits {
            None => Ok(work.await?),
            Some(limits) => {
                let limit = Duration::from_secs(secs(limits)).mul_f64(self.time_scale);
                Ok(timeout(limit, work).await.map_err(|_| PostError::TimedOut)??)
            }
        }
    }
}

/// The parts of a call that a redirect changes.
struct Request {
    method: String,
    body: Option<String>,
    key: bool,
    /// A redirect took the body and its headers.
    stripped: bool,
}

impl Request {
    fn redirect(&mut self, status: u16) {
        let as_get = match status {
            301 => self.method == "POST",
            302 | 303 => true,
            _ => return,
        };
        if as_get {
            "GET".clone_into(&mut self.method);
        }
        self.body = None;
        self.stripped = true;
    }
}

/// Path and query as written: a URL parser would keep `//` too, but not every escape.
fn raw_target(url: &Url, text: &str) -> String {
    let after_scheme = text.split_once("://").map_or(text, |(_, rest)| rest);
    let after_scheme = after_scheme.split('#').next().unwrap_or_default();
    match after_scheme.find('/') {
        Some(at) => after_scheme[at..].to_owned(),
        None => url.path().to_owned(),
    }
}

/// The part of an answer the library looks at.
struct Head {
    status: u16,
    location: Option<String>,
    /// Length of the whole answer, head included; the head alone when the length is not told.
    ends_at: usize,
}

impl Head {
    /// `None` when more bytes are needed.
    fn parse(bytes: &[u8]) -> Result<Option<Self>, PostError> {
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
        let mut head =
            Self { status: status.ok_or(PostError::NotHttp)?, location: None, ends_at: end + 4 };
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            let value = value.trim();
            if name.eq_ignore_ascii_case("location") {
                head.location = Some(value.to_owned());
            } else if name.eq_ignore_ascii_case("content-length") {
                head.ends_at = end + 4 + value.parse::<usize>().map_err(|_| PostError::NotHttp)?;
            }
        }
        Ok(Some(head))
    }
}

/// Redirects the library follows before it gives up.
const REDIRECTS_MAX: u8 = 30;

/// No answer of a hub is read further than this.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

#[cfg(test)]
#[path = "post_tests.rs"]
mod tests;
