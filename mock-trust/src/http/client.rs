//! Sending requests, keeping connections a while, following redirects where asked.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Method;
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::http::request::Builder;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use rustls::ClientConfig;
use tokio::time::{Instant, timeout};
use tokio_util::task::AbortOnDropHandle;
use url::{Position, Url};

use super::connect::{Connection, connect};
use super::decode::decoded;
use super::{CallError, Redirects, Reply, Request};
use crate::habits::WireHabits;
use crate::log::{Level, Log};
use crate::settings::Proxies;

/// Makes calls; one for the hub, whose connections are kept, one for the site, where each call has
/// its own.
pub(crate) struct Client {
    options: ClientOptions,
    idle: Mutex<Option<Idle>>,
}

pub(crate) struct ClientOptions {
    pub(crate) proxies: Proxies,
    pub(crate) tls: Arc<ClientConfig>,
    /// How long an unused connection is kept; zero for one connection a call.
    pub(crate) keep_idle: Duration,
    pub(crate) log: Log,
    /// What each call leaves in the log.
    pub(crate) calls: CallLines,
    pub(crate) habits: WireHabits,
}

/// What a call leaves in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallLines {
    /// Whether there is a line at all.
    pub(crate) shown: bool,
    /// Whether it leaves the values of the query out: they hold parts of payloads.
    pub(crate) without_query: bool,
}

struct Idle {
    origin: String,
    since: Instant,
    channel: Channel,
}

struct Channel {
    sender: SendRequest<Full<Bytes>>,
    absolute_form: bool,
    driver: AbortOnDropHandle<()>,
}

impl Client {
    pub(crate) fn new(options: ClientOptions) -> Self {
        Self { options, idle: Mutex::new(None) }
    }

    /// One exchange, or as many as redirects ask for.
    pub(crate) async fn send(&self, request: Request) -> Result<Reply, CallError> {
        let total = request.limits.total;
        let exchange = Box::pin(self.send_following(request));
        match total {
            Some(limit) => {
                let limited = timeout(limit + LATER, exchange).await;
                limited.map_err(|_| CallError::TimedOut)?
            }
            None => exchange.await,
        }
    }

    async fn send_following(&self, mut request: Request) -> Result<Reply, CallError> {
        for _ in 0..=REDIRECTS_MAX {
            let reply = self.exchange(&request).await?;
            self.show(&request, reply.status);
            let Some(next) = redirected(&request, &reply) else { return Ok(reply) };
            request = next;
        }
        Err(CallError::TooManyRedirects)
    }

    async fn exchange(&self, request: &Request) -> Result<Reply, CallError> {
        let origin = request.url[..Position::BeforePath].to_owned();
        let mut message = None;
        if let Some(mut kept) = self.take_idle(&origin).await {
            let built = build(request, kept.absolute_form)?;
            match kept.sender.try_send_request(built).await {
                Ok(reply) => return self.finish(origin, kept, reply).await,
                // Not sent at all: the server had closed the kept connection meanwhile.
                Err(mut error) => match error.take_message() {
                    Some(_) if !self.options.habits.notices_closed_connections => {
                        return Err(CallError::Disconnected);
                    }
                    Some(unsent) => message = Some(unsent),
                    None => return Err(CallError::from_exchange(&error.into_error())),
                },
            }
        }
        let mut channel = self.open(request).await?;
        let message = match message {
            Some(unsent) => unsent,
            None => build(request, channel.absolute_form)?,
        };
        let reply = channel.sender.send_request(message).await;
        let reply = reply.map_err(|error| CallError::from_exchange(&error))?;
        self.finish(origin, channel, reply).await
    }

    async fn open(&self, request: &Request) -> Result<Channel, CallError> {
        let opening = async {
            let ClientOptions { proxies, tls, habits, .. } = &self.options;
            let proxies = proxies.as_honoured(habits.uses_proxy, habits.honours_no_proxy);
            let Connection { stream, absolute_form } =
                connect(&request.url, &proxies, tls, request.limits.read, *habits).await?;
            let (sender, connection) = http1::Builder::new()
                .title_case_headers(true)
                .handshake(TokioIo::new(stream))
                .await
                .map_err(|error| CallError::from_exchange(&error))?;
            let driver = AbortOnDropHandle::new(tokio::spawn(async move {
                // Its failure reaches the caller through the sender.
                let _ = connection.await;
            }));
            Ok(Channel { sender, absolute_form, driver })
        };
        let opened = timeout(request.limits.connect, opening).await;
        opened.map_err(|_| CallError::ConnectUnanswered)?
    }

    async fn finish(
        &self,
        origin: String,
        channel: Channel,
        reply: hyper::Response<Incoming>,
    ) -> Result<Reply, CallError> {
        let (head, mut incoming) = reply.into_parts();
        let mut body = Vec::new();
        let skipped = !self.options.habits.reads_unmeasured_replies
            && !head.headers.contains_key("content-length");
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|error| CallError::from_body(&error))?;
            let Some(chunk) = frame.data_ref() else { continue };
            if body.len() + chunk.len() > REPLY_BYTES_MAX {
                return Err(CallError::TooLong(REPLY_BYTES_MAX));
            }
            body.extend_from_slice(chunk);
        }
        if skipped {
            body.clear();
        }
        if self.options.habits.undoes_compression {
            let encoding = head.headers.get("content-encoding").and_then(|text| text.to_str().ok());
            body = decoded(body, encoding, REPLY_BYTES_MAX)?;
        }
        if !self.options.keep_idle.is_zero() {
            *self.idle.lock() = Some(Idle { origin, since: Instant::now(), channel });
        }
        Ok(Reply { status: head.status.as_u16(), headers: head.headers, body: body.into() })
    }

    /// A kept connection that the server has not closed, as far as a short look tells.
    async fn take_idle(&self, origin: &str) -> Option<Channel> {
        let idle = self.idle.lock().take()?;
        if idle.origin != origin || idle.since.elapsed() >= self.options.keep_idle {
            return None;
        }
        let mut channel = idle.channel;
        if !self.options.habits.notices_closed_connections {
            return Some(channel);
        }
        let ended = timeout(CLOSING_LOOK, &mut channel.driver).await.is_ok();
        (!ended && channel.sender.is_ready()).then_some(channel)
    }

    /// The line an operator is told to look for.
    fn show(&self, request: &Request, status: u16) {
        let CallLines { shown, without_query } = self.options.calls;
        if !shown {
            return;
        }
        let Request { method, url, .. } = request;
        let query = match url.query() {
            Some(_) if without_query => "?***".to_owned(),
            Some(query) => format!("?{query}"),
            None => String::new(),
        };
        let reason = hyper::StatusCode::from_u16(status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .unwrap_or_default();
        let url = &url[..Position::AfterPath];
        self.options.log.line(
            Level::Info,
            "httpx",
            format_args!("HTTP Request: {method} {url}{query} \"HTTP/1.1 {status} {reason}\""),
        );
    }
}

fn build(request: &Request, absolute_form: bool) -> Result<hyper::Request<Full<Bytes>>, CallError> {
    let Request { method, url, headers, body, .. } = request;
    let target = if absolute_form {
        &url[..Position::AfterQuery]
    } else {
        &url[Position::BeforePath..Position::AfterQuery]
    };
    let host = &url[Position::BeforeHost..Position::AfterPort];
    let mut builder = hyper::Request::builder().method(method).uri(target).header("host", host);
    for (name, value) in [
        ("accept", "*/*"),
        ("accept-encoding", "gzip, deflate"),
        ("connection", "keep-alive"),
        ("user-agent", USER_AGENT),
    ] {
        builder = builder.header(name, value);
    }
    for (name, value) in headers {
        builder = builder.header(name, value);
    }
    let builder = describe_body(builder, method, body.as_ref());
    builder
        .body(Full::new(body.clone().unwrap_or_default()))
        .map_err(|error| CallError::Protocol(error.to_string()))
}

fn describe_body(builder: Builder, method: &Method, body: Option<&Bytes>) -> Builder {
    match body {
        Some(body) => {
            builder.header("content-length", body.len()).header("content-type", "application/json")
        }
        None if *method == Method::POST || *method == Method::PUT => {
            builder.header("content-length", 0)
        }
        None => builder,
    }
}

/// The request a redirect asks for, when redirects are followed.
fn redirected(request: &Request, reply: &Reply) -> Option<Request> {
    let keeps_body = match reply.status {
        307 | 308 => true,
        301..=303 => false,
        _ => return None,
    };
    if request.redirects == Redirects::Refuse {
        return None;
    }
    let location = reply.headers.get("location")?.to_str().ok()?;
    let url = request.url.join(location).ok()?;
    let mut next = Request { url, ..request.clone() };
    if !keeps_body && next.method != Method::HEAD {
        next.method = Method::GET;
        next.body = None;
    }
    if origin_of(&next.url) != origin_of(&request.url) {
        next.headers.retain(|(name, _)| {
            !name.eq_ignore_ascii_case("authorization")
                && !request.private_headers.iter().any(|own| own.eq_ignore_ascii_case(name))
        });
    }
    Some(next)
}

fn origin_of(url: &Url) -> &str {
    &url[..Position::BeforePath]
}

const USER_AGENT: &str = "python-httpx/0.28.1";
/// A connection closed before this look is not used again; one closed later fails its call.
const CLOSING_LOOK: Duration = Duration::from_millis(1);
/// The limit on connecting is as long as that on the whole call, and says more: it speaks first.
const LATER: Duration = Duration::from_millis(5);
const REDIRECTS_MAX: usize = 20;
const REPLY_BYTES_MAX: usize = 64 * 1024 * 1024;
