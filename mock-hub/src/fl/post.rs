//! One call of the FL library to the hub, byte for byte (fl 2, 4).
//!
//! Written on a bare socket because the habits under test live below an HTTP client: order and
//! spelling of headers, a connection of its own for every call (which only a redirect to the same place
//! uses again), what a redirect does to method, body, cookies and key.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use contract::fl_line::{FL_USER_AGENT, FlLine, RedirectHabit, RedirectKey, TimeLimits};
use contract::key::Secret;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

pub use super::answer::PostError;
use super::answer::{Head, Kept, REDIRECTS_MAX, Stream};
use super::cookies::Cookies;

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

impl Caller {
    /// Sends `body` (or nothing) to `path` below the base and waits for the answer.
    pub async fn call(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<Answer, PostError> {
        let mut url = self.line.url_join.join(&as_configured(&self.base_url), path);
        let mut request = Request {
            method: method.to_owned(),
            body: body.map(str::to_owned),
            key: true,
            stripped: false,
            cookie: None,
        };
        let mut cookies = Cookies::default();
        let mut kept = None;
        for redirects in 0..=REDIRECTS_MAX {
            let target = Url::parse(&url).map_err(|_| PostError::Url(url.clone()))?;
            request.cookie = cookies.header(&target);
            let head = self.exchange(&target, &url, &request, &mut kept).await?;
            let Some(next) = self.next(&head, &target) else {
                return Ok(Answer { status: head.status, redirects });
            };
            cookies.take(&target, &head.cookies);
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
        let mut next = from.join(location).ok()?;
        if !location.starts_with('/') && Url::parse(location).is_err() {
            // The library's own joining of paths drops empty segments.
            let segments: Vec<_> = next.path().split('/').filter(|part| !part.is_empty()).collect();
            let path = format!("/{}", segments.join("/"));
            next.set_path(&path);
        }
        Some(next)
    }

    /// One request and its answer, on the connection of the hop before where that leads to the same
    /// place and is still open.
    async fn exchange(
        &self,
        url: &Url,
        text: &str,
        request: &Request,
        kept: &mut Option<Kept>,
    ) -> Result<Head, PostError> {
        let mut stream = match Kept::again(kept.take(), &url.origin()).await {
            Some(stream) => stream,
            None => self.connect(url, text).await?,
        };
        let (head, reusable) = self.converse(&mut stream, &self.bytes(url, text, request)).await?;
        if reusable {
            *kept = Some(Kept { origin: url.origin(), stream });
        }
        Ok(head)
    }

    async fn connect(&self, url: &Url, text: &str) -> Result<Box<dyn Stream>, PostError> {
        let host = url.host_str().ok_or_else(|| PostError::Url(text.to_owned()))?;
        let port = url.port_or_known_default().ok_or_else(|| PostError::Url(text.to_owned()))?;
        let stream = self.limited(|l| l.connect_secs, TcpStream::connect((host, port))).await?;
        if url.scheme() != "https" {
            return Ok(Box::new(stream));
        }
        let config = self.tls.clone().ok_or_else(|| PostError::Url(text.to_owned()))?;
        let name =
            ServerName::try_from(host.to_owned()).map_err(|_| PostError::Url(text.to_owned()))?;
        let connector = TlsConnector::from(config);
        Ok(Box::new(self.limited(|l| l.connect_secs, connector.connect(name, stream)).await?))
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
                head += &["Content-Length: ", &length, "\r\nContent-Type: application/json\r\n"]
                    .concat();
            }
            None if request.stripped => {}
            None => head += "Content-Length: 0\r\n",
        }
        if let Some(cookie) = &request.cookie {
            head += &["Cookie: ", cookie, "\r\n"].concat();
        }
        [&head, "\r\n", request.body.as_deref().unwrap_or_default()].concat().into_bytes()
    }

    /// The answer, and whether the connection can take another request.
    async fn converse(
        &self,
        stream: &mut Box<dyn Stream>,
        request: &[u8],
    ) -> Result<(Head, bool), PostError> {
        stream.write_all(request).await?;
        stream.flush().await?;
        let mut received = Vec::new();
        let head = loop {
            if let Some(head) = Head::parse(&received)? {
                break head;
            }
            self.more(stream, &mut received).await?;
        };
        while received.len() < head.ends_at && received.len() < ANSWER_BYTES_MAX {
            self.more(stream, &mut received).await?;
        }
        let reusable = head.keeps_connection && received.len() == head.ends_at;
        Ok((head, reusable))
    }

    async fn more(
        &self,
        stream: &mut Box<dyn Stream>,
        received: &mut Vec<u8>,
    ) -> Result<(), PostError> {
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
    cookie: Option<String>,
}

/// A base URL as the library's settings hand it on: one that names a host only gains a slash, which an
/// old line then doubles.
fn as_configured(base: &str) -> String {
    match Url::parse(base) {
        Ok(url) if url.path() == "/" && !base.ends_with('/') => format!("{base}/"),
        _ => base.to_owned(),
    }
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

/// No answer of a hub is read further than this.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

#[cfg(test)]
#[path = "post_tests.rs"]
mod tests;
